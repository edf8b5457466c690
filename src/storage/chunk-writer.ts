const headBytesMax = 6;
/** Bytes of a sum. */
export const sumBytes = 5;
/** A chunk is full with so many bytes of keys and values. */
const chunkBytes = 128 << 10;
/** Beyond them: a last record of usual size, and what MessagePack adds. */
const spareBytes = 32 << 10;

/** MessagePack's first byte of a string or of bytes, by how many bytes tell the length. */
interface Kind {
  readonly inFirstByte: number | undefined;
  readonly one: number;
  readonly two: number;
  readonly four: number;
}

const string: Kind = { inFirstByte: 0xa0, one: 0xd9, two: 0xda, four: 0xdb };
const binary: Kind = { inFirstByte: undefined, one: 0xc4, two: 0xc5, four: 0xc6 };

/**
 * Builds chunks of a snapshot: `[[key, value, key, value …], sum]` in MessagePack. By hand, because a general packer takes
 * several times as long for records as small as these.
 */
export class ChunkWriter {
  /** The records of a chunk begin behind room for what comes before them. */
  #bytes = Buffer.alloc(0);
  #at = headBytesMax;
  #records = 0;
  #contentBytes = 0;

  get isEmpty(): boolean {
    return this.#records === 0;
  }

  get isFull(): boolean {
    return this.#contentBytes >= chunkBytes;
  }

  /** Adds a record; the key is a binary string. */
  add(key: string, value: Uint8Array): void {
    this.#reserve(2 * key.length + value.length + 10);
    this.#addKey(key);
    this.#at = writeLength(this.#bytes, this.#at, value.length, binary);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    this.#records++;
    this.#contentBytes += key.length + value.length;
  }

  /** Ends the chunk and begins the next one. */
  take(sum: number): Buffer {
    const bytes = this.#bytes;
    const items = 2 * this.#records;
    const start = headBytesMax - headBytes(items);
    bytes[start] = 0x92;
    writeItems(bytes, start + 1, items);
    writeSum(bytes, this.#at, sum);
    const chunk = bytes.subarray(start, this.#at + sumBytes);
    this.#bytes = Buffer.alloc(0);
    this.#at = headBytesMax;
    this.#records = 0;
    this.#contentBytes = 0;
    return chunk;
  }

  #reserve(more: number): void {
    const needed = this.#at + more + sumBytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(chunkBytes + spareBytes, needed * 1.5));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  /** As UTF-8, in which characters from 0x80 on take two bytes. */
  #addKey(key: string): void {
    const bytes = this.#bytes;
    let at = writeLength(bytes, this.#at, utf8Bytes(key), string);
    for (let each = 0; each < key.length; each++) {
      const code = key.charCodeAt(each);
      if (code < 0x80) bytes[at++] = code;
      else {
        bytes[at++] = 0xc0 | (code >>> 6);
        bytes[at++] = 0x80 | (code & 0x3f);
      }
    }
    this.#at = at;
  }
}

/** Lengths of the chunks that a ChunkWriter makes of the same records. */
export class ChunkMeter {
  #recordBytes = 0;
  #records = 0;
  #contentBytes = 0;

  get isEmpty(): boolean {
    return this.#records === 0;
  }

  get isFull(): boolean {
    return this.#contentBytes >= chunkBytes;
  }

  add(key: string, valueBytes: number): void {
    const keyBytes = utf8Bytes(key);
    this.#recordBytes += lengthBytes(keyBytes, string) + keyBytes;
    this.#recordBytes += lengthBytes(valueBytes, binary) + valueBytes;
    this.#records++;
    this.#contentBytes += key.length + valueBytes;
  }

  take(): number {
    const length = headBytes(2 * this.#records) + this.#recordBytes + sumBytes;
    this.#recordBytes = 0;
    this.#records = 0;
    this.#contentBytes = 0;
    return length;
  }
}

/** A sum as MessagePack's number of four bytes, though small ones would fit into less: the length does not depend on it. */
export function writeSum(bytes: Buffer, at: number, sum: number): void {
  bytes[at] = 0xce;
  bytes.writeUInt32BE(sum, at + 1);
}

function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) bytes++;
  return bytes;
}

function lengthBytes(length: number, { inFirstByte }: Kind): number {
  if (length < 0x20 && inFirstByte !== undefined) return 1;
  if (length < 0x100) return 2;
  return length < 0x1_0000 ? 3 : 5;
}

function writeLength(bytes: Buffer, start: number, length: number, kind: Kind): number {
  const { inFirstByte, one, two, four } = kind;
  let at = start;
  if (length < 0x20 && inFirstByte !== undefined) bytes[at++] = inFirstByte | length;
  else if (length < 0x100) {
    bytes[at++] = one;
    bytes[at++] = length;
  } else if (length < 0x1_0000) {
    bytes[at++] = two;
    bytes[at++] = length >>> 8;
    bytes[at++] = length & 0xff;
  } else {
    bytes[at++] = four;
    at = bytes.writeUInt32BE(length, at);
  }
  return at;
}

/** Of the chunk, and of the array of so many items in it. */
function headBytes(items: number): number {
  if (items < 0x10) return 2;
  return items < 0x1_0000 ? 4 : 6;
}

function writeItems(bytes: Buffer, at: number, items: number): void {
  if (items < 0x10) bytes[at] = 0x90 | items;
  else if (items < 0x1_0000) {
    bytes[at] = 0xdc;
    bytes.writeUInt16BE(items, at + 1);
  } else {
    bytes[at] = 0xdd;
    bytes.writeUInt32BE(items, at + 1);
  }
}
