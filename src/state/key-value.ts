import type { Key } from '../base/key.ts';

/** 63-bit id of a lease; 0 means "no lease". */
export type LeaseId = bigint;

/** One version of a key. Immutable, and shared by all who read it. */
export interface KeyValue {
  readonly key: Key;
  readonly value: Uint8Array;
  /** The value as a binary string, if it is kept as one; `value` is then computed at each call. */
  readonly text?: string;
  /** The revision that began this generation of the key. */
  readonly createRevision: number;
  /** The revision that wrote this version. */
  readonly modRevision: number;
  /** 1 for the first version of a generation. */
  readonly version: number;
  readonly lease: LeaseId;
}

/** The length of the value, without computing it. */
export function valueBytesOf(kv: KeyValue): number {
  return kv.text === undefined ? kv.value.length : kv.text.length;
}

/**
 * The newest version of a key whose value is in memory, for long reads. Buffers for each of a million values would be
 * memory outside the heap, which makes V8 collect garbage over and over.
 */
export class TextKeyValue implements KeyValue {
  readonly key: Key;
  readonly text: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: LeaseId;

  constructor(
    kv: Omit<KeyValue, 'value' | 'text' | 'modRevision'> & { revision: number },
    text: string,
  ) {
    this.key = kv.key;
    this.text = text;
    this.createRevision = kv.createRevision;
    this.modRevision = kv.revision;
    this.version = kv.version;
    this.lease = kv.lease;
  }

  get value(): Uint8Array {
    return Buffer.from(this.text, 'latin1');
  }
}

/** One change of one key. */
export interface KeyEvent {
  readonly kind: 'put' | 'delete';
  /** For `delete` only `key` and `modRevision` are set; the rest is zero or empty. */
  readonly kv: KeyValue;
}

/** All events of one revision, in the order of the operations. */
export interface RevisionEvents {
  readonly revision: number;
  readonly events: readonly KeyEvent[];
}

/** A position in history: the event `sub` of `revision`. */
export interface Position {
  readonly revision: number;
  readonly sub: number;
}

/** Bounds of one read of history. */
export interface ReadBounds {
  /** Counts only revisions with events. */
  readonly revisionsMax: number;
  readonly eventsMax: number;
  readonly bytesMax: number;
}
