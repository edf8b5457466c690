/**
 * Where the state keeps its records. Writes are buffered: they can be read back at once, and reach the disk later,
 * together with the applied index that they belong to, in one atomic batch (the replica sees to that). Keys are
 * binary strings, whose first character is the key space; the order is bytewise.
 */
export interface Engine {
  /** The newest value, written to disk or not. */
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array): void;
  /**
   * Puts a record behind all others of its key space (the first character of its key). Such records may reach the disk
   * ahead of the rest, in parts, because many of them can belong to one command. After a crash those are gone of which
   * the applied index says nothing.
   */
  append(key: string, value: Uint8Array): void;
  delete(key: string): void;
  /** Records with `from <= key < to` in key order, in batches; only used while nothing writes (start, hashing). */
  scan(from: string, to: string): AsyncIterable<readonly EngineRecord[]>;
}

export interface EngineRecord {
  readonly key: string;
  readonly value: Uint8Array;
}
