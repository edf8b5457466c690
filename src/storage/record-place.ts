import { crc32 } from 'node:zlib';
import { asBuffer } from '../base/key.ts';

/** Where a large record is: in a file of its own kind (`large-files.ts`), and not in LevelDB. */
export interface RecordPlace {
  readonly file: number;
  /** Below 2^48. */
  readonly offset: number;
  readonly length: number;
  /** CRC-32 of the record. */
  readonly sum: number;
}

/**
 * What LevelDB has in place of the record: this byte, with which no record of the state in LevelDB begins (MessagePack does not
 * use it, and layouts of versions are small numbers), then file (4 bytes, big endian), offset (6), length (4) and sum (4).
 */
const placeByte = 0xc1;
const lengthAt = 11;
const placeBytes = 19;

/** Records of so many bytes are large. */
const largeBytesMin = 512;

/** True if a record of the state is kept outside LevelDB. One that would be taken for a place always is. */
export function isLarge(record: Uint8Array): boolean {
  return record.length >= largeBytesMin || record[0] === placeByte;
}

export function encodePlace({ file, offset, length, sum }: RecordPlace): Buffer {
  const bytes = Buffer.allocUnsafe(placeBytes);
  bytes[0] = placeByte;
  bytes.writeUInt32BE(file, 1);
  bytes.writeUIntBE(offset, 5, 6);
  bytes.writeUInt32BE(length, lengthAt);
  bytes.writeUInt32BE(sum, 15);
  return bytes;
}

/** The place that LevelDB has for a record; undefined: what it has is the record. */
export function placeIn(value: Uint8Array): RecordPlace | undefined {
  if (value.length !== placeBytes || value[0] !== placeByte) return undefined;
  const bytes = asBuffer(value);
  return {
    file: bytes.readUInt32BE(1),
    offset: bytes.readUIntBE(5, 6),
    length: bytes.readUInt32BE(lengthAt),
    sum: bytes.readUInt32BE(15),
  };
}

/** Whether the part of `bytes` from `from` to `to` looks like a place. */
export function mayBePlace(bytes: Buffer, from: number, to: number): boolean {
  return to - from === placeBytes && bytes[from] === placeByte;
}

/** The length of the record that the part of `bytes` from `from` to `to` is, or is the place of. */
export function recordLength(bytes: Buffer, from: number, to: number): number {
  return mayBePlace(bytes, from, to) ? bytes.readUInt32BE(from + lengthAt) : to - from;
}

/** What is wrong with the bytes that were read at a place; undefined: they are the record. */
export function damageOf({ file, length, sum }: RecordPlace, bytes: Buffer): string | undefined {
  if (bytes.length < length) return `${largeFileName(file)} ends before it`;
  if (crc32(bytes) !== sum) return `its checksum in ${largeFileName(file)} is wrong`;
  return undefined;
}

export function largeFileName(file: number): string {
  return `${String(file).padStart(8, '0')}.large`;
}
