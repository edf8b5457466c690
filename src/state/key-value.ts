import type { Key } from '../base/key.ts';

/** 63-bit id of a lease; 0 means "no lease". */
export type LeaseId = bigint;

/** One version of a key. Immutable once made, and shared by everybody who sees it. */
export interface KeyValue {
  readonly key: Key;
  readonly value: Uint8Array;
  /** The value as a binary string, where it is kept as one: then `value` is made at each call. */
  readonly text?: string;
  /** The revision that began this generation of the key. */
  readonly createRevision: number;
  /** The revision that wrote this version. */
  readonly modRevision: number;
  /** 1 for the first version of a generation. */
  readonly version: number;
  readonly lease: LeaseId;
}

/** The length of the value, without making it. */
export function valueBytesOf(kv: KeyValue): number {
  return kv.text === undefined ? kv.value.length : kv.text.length;
}

/**
 * The newest version of a key whose value is in memory, for long reads: buffers made for each of a million values are
 * memory outside of the heap, which makes V8 collect garbage over and over.
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

/** What happened to one key in one revision. */
export interface KeyEvent {
  readonly kind: 'put' | 'delete';
  /** For `delete`: only `key` and `modRevision` mean anything; the rest is zero and empty. */
  readonly kv: KeyValue;
}

/** All that happened in one revision, in the order of the operations. */
export interface RevisionEvents {
  readonly revision: number;
  readonly events: readonly KeyEvent[];
}

/** A place in history: the event `sub` of `revision`. */
export interface Position {
  readonly revision: number;
  readonly sub: number;
}

/** How much of history is read at once. */
export interface ReadBounds {
  /** Revisions that have events. */
  readonly revisionsMax: number;
  readonly eventsMax: number;
  readonly bytesMax: number;
}
