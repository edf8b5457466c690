import { maskedCrc32c } from './crc32c.ts';

export const footerBytes = 48;
const magic = Buffer.from('57fb808b247547db', 'hex');
/** After each block: its compression, and its checksum. */
export const trailerBytes = 5;

/** A block of a table. */
export interface Handle {
  readonly offset: number;
  readonly size: number;
}

export interface TableDamage {
  readonly offset: number;
  /** The block held records up to about this key; undefined if it held none. */
  readonly lastKey: Uint8Array | undefined;
}

/**
 * The place at which one of LevelDB's tables is damaged. LevelDB does not verify the checksums of blocks when it
 * reads, and those of our records do not cover what LevelDB adds to a key: one changed bit there turns a record into
 * a deletion.
 */
export function damageOfTable(bytes: Buffer): TableDamage | undefined {
  const footer = bytes.length - footerBytes;
  if (footer < 0 || !bytes.subarray(bytes.length - magic.length).equals(magic)) {
    return { offset: Math.max(0, footer), lastKey: undefined };
  }
  const cursor = new Cursor(bytes, footer);
  const metaIndex = cursor.handle();
  const index = cursor.handle();
  for (const handle of [metaIndex, index]) {
    if (!isSound(bytes, handle)) return { offset: handle.offset, lastKey: undefined };
  }
  for (const { value } of entriesOf(bytes, metaIndex)) {
    if (!isSound(bytes, value)) return { offset: value.offset, lastKey: undefined };
  }
  for (const { key, value } of entriesOf(bytes, index)) {
    // The last eight bytes are LevelDB's own.
    if (!isSound(bytes, value)) return { offset: value.offset, lastKey: key.subarray(0, -8) };
  }
  return undefined;
}

/** True if the checksum of a block is correct. */
export function isSound(bytes: Buffer, { offset, size }: Handle): boolean {
  const end = offset + size;
  if (end + trailerBytes > bytes.length) return false;
  return maskedCrc32c(bytes, offset, end + 1) === bytes.readUInt32LE(end + 1);
}

/** The blocks of a sound table, in order. No key of a block is after the key that stands for it here. */
export function indexOf(
  bytes: Buffer,
): Generator<{ readonly key: Buffer; readonly value: Handle }> {
  return entriesOf(bytes, indexHandle(bytes.subarray(-footerBytes)));
}

/** Where the footer of a table has its index. */
export function indexHandle(footer: Buffer): Handle {
  const cursor = new Cursor(footer, 0);
  cursor.handle();
  return cursor.handle();
}

export function isFooter(bytes: Buffer): boolean {
  return bytes.length === footerBytes && bytes.subarray(-magic.length).equals(magic);
}

/** The entries of a sound index block; the values are handles. */
export function* entriesOf(
  bytes: Buffer,
  { offset, size }: Handle,
): Generator<{ readonly key: Buffer; readonly value: Handle }> {
  const restarts = bytes.readUInt32LE(offset + size - 4);
  const end = offset + size - 4 - 4 * restarts;
  const cursor = new Cursor(bytes, offset);
  let key: Buffer = Buffer.alloc(0);
  while (cursor.at < end) {
    const shared = cursor.number();
    const ownBytes = cursor.number();
    const valueBytes = cursor.number();
    key = Buffer.concat([key.subarray(0, shared), cursor.bytes(ownBytes)]);
    yield { key, value: new Cursor(cursor.bytes(valueBytes), 0).handle() };
  }
}

/** Reads LevelDB's encodings, one after the other. */
export class Cursor {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** A varint: seven bits a byte, the lowest first. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  bytes(count: number): Buffer {
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  handle(): Handle {
    return { offset: this.number(), size: this.number() };
  }
}
