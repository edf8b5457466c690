import type { Key } from '../base/key.ts';

/** 63-bit id of a lease; 0 means "no lease". */
export type LeaseId = bigint;

/** One version of a key. Immutable, and shared by all who read it. */
export interface KeyValue {
  readonly key: Key;
  readonly value: Uint8Array;
  /** The revision that began this generation of the key. */
  readonly createRevision: number;
  /** The revision that wrote this version. */
  readonly modRevision: number;
  /** 1 for the first version of a generation. */
  readonly version: number;
  readonly lease: LeaseId;
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
