import type { Key } from '../base/key.ts';

/** 63-bit id of a lease; 0 means "no lease". */
export type LeaseId = bigint;

/** One version of a key. Immutable once made, and shared by everybody who sees it. */
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
