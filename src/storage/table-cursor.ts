import { sumBytes, unsealPart } from './checksum.ts';
import { Cursor, indexOf } from './level-table.ts';
import type { Handle } from './level-table.ts';
import { mayBePlace, recordLength } from './record-place.ts';

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
  /** The key of the change is in these bytes up to `keyLength`, until the next one. */
  keyBytes: Buffer = Buffer.alloc(64);
  keyLength = -1;
  /** The change before it was one of the same key. */
  isSameKey = false;
  /** A change with a higher number is newer. */
  sequence = 0;
  isDeletion = false;
  readonly #bytes: Buffer;
  #key: string | undefined;
  #valueStart = 0;
  readonly #blocks: Iterator<Handle>;
  /** The end of the value: the next change begins here. */
  #at = 0;
  #entriesEnd = 0;

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

  /** Moves to the next change of another key; false at the end. */
  nextKey(): boolean {
    do {
      if (!this.next()) return false;
    } while (this.isSameKey);
    return true;
  }

  /** The key of the change, as a binary string. */
  get key(): string {
    return (this.#key ??= this.keyBytes.toString('latin1', 0, Math.max(0, this.keyLength)));
  }

  get valueBytes(): number {
    return this.#at - this.#valueStart;
  }

  /** Bytes of a record of the state, also if it is kept elsewhere. */
  get recordBytes(): number {
    return recordLength(this.#bytes, this.#valueStart, this.#at - sumBytes);
  }

  /** True unless the value itself is the record. */
  get mayBePlace(): boolean {
    return mayBePlace(this.#bytes, this.#valueStart, this.#at - sumBytes);
  }

  /** The value of the change, as a view of the table. */
  value(): Buffer {
    return this.#bytes.subarray(this.#valueStart, this.#at);
  }

  /** The value of a record without its checksum, which is verified. Throws StorageCorruption. */
  unsealedValue(): Buffer {
    const { keyBytes, keyLength } = this;
    return unsealPart(keyBytes, keyLength, this.#bytes, this.#valueStart, this.#at);
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
    if (length > this.keyBytes.length) {
      this.keyBytes = Buffer.concat([this.keyBytes], 2 * length);
    }
    const key = this.keyBytes;
    const bytes = this.#bytes;
    const keyLength = length - tagBytes;
    let isSame = keyLength === this.keyLength;
    // A few bytes: a call of `copy` takes longer.
    for (let at = shared; at < length; at++) {
      const byte = bytes[this.#at++] ?? 0;
      if (at < keyLength && byte !== key[at]) isSame = false;
      key[at] = byte;
    }
    const kind = key[keyLength];
    if (kind !== kinds.deletion && kind !== kinds.value) throw new UnknownTable('a kind of change');
    this.isDeletion = kind === kinds.deletion;
    this.sequence = key.readUInt32LE(keyLength + 1) + key.readUIntLE(keyLength + 5, 3) * 2 ** 32;
    this.isSameKey = isSame;
    this.keyLength = keyLength;
    if (!isSame) this.#key = undefined;
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
