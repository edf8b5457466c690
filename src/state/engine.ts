import type { PackedVersions } from './version-rows.ts';

/**
 * Stores the state's records. Writes are buffered: they can be read at once, and reach the disk later, together with
 * the applied index that they belong to, in one atomic batch (the replica ensures that). Keys are binary strings in
 * bytewise order; the first character is the key space.
 */
export interface Engine {
  /** The newest value, whether or not it is on the disk. */
  get(key: string): Uint8Array | undefined;
  /**
   * A shorter way to a value. It may be a former one, or damaged: only for callers that know its hash. Undefined: unknown.
   */
  peek(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array): void;
  /**
   * Puts a record after all others of its key space (first character). Since one command may append many such
   * records, they may reach the disk before the rest, in parts. After a crash those are discarded that no applied
   * index on the disk covers.
   */
  append(key: string, value: Uint8Array): void;
  /** `bytes`: those of the record, if they are known, by which a store sees when it has space to give back. */
  delete(key: string, bytes?: number): void;
  /**
   * Records with `from <= key < to` in key order, in batches. Only while nothing writes: at a start, and for hashing.
   */
  scan(from: string, to: string): AsyncIterable<readonly EngineRecord[]>;
  /**
   * The records of all versions, in order, packed; only at a start. Each piece is valid until the next one is asked for. Without
   * it the caller packs what `scan` gives.
   */
  versions?(wantsValues: () => boolean): AsyncIterable<PackedVersions>;
}

export interface EngineRecord {
  readonly key: string;
  readonly value: Uint8Array;
}
