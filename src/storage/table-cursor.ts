import { Cursor, indexOf } from './level-table.ts';
import type { Handle } from './level-table.ts';

/** Bytes that LevelDB adds to a key: the kind of the change, and its sequence number. */
export const tagBytes = 8;
export const kinds = { deletion: 0, value: 1 } as const;
export const uncompressed = 0;

/** A table whose layout is not read here; LevelDB may know it. */
export class UnknownTable extends Error {}

/**
 * Walks over the changes in one of LevelDB's tables. They are in order of keys, and of one key the newest is first. The
 * checksums of the blocks must have been verified, or are when `blocks` gives them.
 */
export class TableCursor {
  /** The key of the change, as a binary string. */
  key = '';
  /** A change with a higher number is newer. */
  sequence = 0;
  isDeletion = false;
  readonly #bytes: Buffer;
  #valueStart = 0;
  readonly #blocks: Iterator<Handle>;
  /** The end of the value: the next change begins here. */
  #at = 0;
  #entriesEnd = 0;
  /** The key of the last change, with LevelDB's tag: the next one holds only what differs. */
  #keyBytes = Buffer.alloc(64);

  constructor(bytes: Buffer, blocks: Iterator<Handle> = blocksOf(bytes)) {
    this.#bytes = bytes;
    this.#blocks = blocks;
  }

  /** Moves to the next change; false at the end. */
  next(): boolean {
    while (this.#at >= this.#entriesEnd) {
      if (!this.#nextBlock()) return false;
    }
    const shared = this.#number();
    const own = this.#number();
    const valueBytes = this.#number();
    this.#takeKey(shared, own);
    this.#valueStart = this.#at;
    this.#at += valueBytes;
    return true;
  }

  /** Moves beyond all changes of this key; false at the end. */
  pass(key: string): boolean {
    while (this.key === key) {
      if (!this.next()) return false;
    }
    return true;
  }

  get valueBytes(): number {
    return this.#at - this.#valueStart;
  }

  /** The value of the change, as a view of the table. */
  value(): Buffer {
    return this.#bytes.subarray(this.#valueStart, this.#at);
  }

  #nextBlock(): boolean {
    const { value: block } = this.#blocks.next() as IteratorResult<Handle, undefined>;
    if (block === undefined) return false;
    const end = block.offset + block.size;
    if (this.#bytes[end] !== uncompressed) throw new UnknownTable('a compressed block');
    const restarts = this.#bytes.readUInt32LE(end - 4);
    this.#at = block.offset;
    this.#entriesEnd = end - 4 - 4 * restarts;
    return true;
  }

  #takeKey(shared: number, own: number): void {
    const length = shared + own;
    if (length > this.#keyBytes.length) {
      this.#keyBytes = Buffer.concat([this.#keyBytes], 2 * length);
    }
    const key = this.#keyBytes;
    const bytes = this.#bytes;
    // A few bytes: a call of `copy` takes longer.
    for (let at = 0; at < own; at++) key[shared + at] = bytes[this.#at + at] ?? 0;
    this.#at += own;
    const keyLength = length - tagBytes;
    const kind = key[keyLength];
    if (kind !== kinds.deletion && kind !== kinds.value) throw new UnknownTable('a kind of change');
    this.isDeletion = kind === kinds.deletion;
    this.sequence = key.readUInt32LE(keyLength + 1) + key.readUIntLE(keyLength + 5, 3) * 2 ** 32;
    this.key = key.toString('latin1', 0, keyLength);
  }

  /** A varint; nearly all are of one byte or two. */
  #number(): number {
    const byte = this.#bytes[this.#at++] ?? 0;
    if (byte < 0x80) return byte;
    const next = this.#bytes[this.#at++] ?? 0;
    if (next < 0x80) return (byte & 0x7f) | (next << 7);
    const cursor = new Cursor(this.#bytes, this.#at - 2);
    const value = cursor.number();
    this.#at = cursor.at;
    return value;
  }
}

function* blocksOf(bytes: Buffer): Generator<Handle, undefined> {
  for (const { value } of indexOf(bytes)) yield value;
}

/** The key of a record, as a binary string, from a key as LevelDB has it in tables. */
export function userKeyOf(key: Buffer): string {
  return key.toString('latin1', 0, key.length - tagBytes);
}

/** The key of the first record in a block, which is there as a whole. */
export function firstKeyOf(block: Buffer): string {
  const cursor = new Cursor(block, 0);
  cursor.number();
  const length = cursor.number();
  cursor.number();
  return userKeyOf(cursor.bytes(length));
}
