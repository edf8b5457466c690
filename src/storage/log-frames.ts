import { crc32 } from 'node:zlib';

/**
 * How records lie in a file of the log. Each begins at a multiple of 16 bytes with a head of 16 bytes, little endian:
 *
 *   magic number, length of the content, checksum of the content, checksum of the twelve bytes before
 *
 * Checksums begin with that of the file's name, so that no record counts in another file. The file is filled with zeros
 * ahead of the records: a write into it then changes no metadata of the file system, and its sync takes a fraction of
 * the time.
 *
 * A head never spans sectors, which a disk writes whole or not at all. So a head that is there and does not verify was
 * changed after it was written. Of the content a crash may leave some sectors out; they are zero.
 */
export const headBytes = 16;
const magic = 0x314c_4352;
const sectorBytes = 512;

export function seedOf(fileName: string): number {
  return crc32(Buffer.from(fileName, 'latin1'));
}

/** The offset at which a record after one that ends at `end` begins. */
export function alignedEnd(end: number): number {
  return Math.ceil(end / headBytes) * headBytes;
}

/** Writes the head of a record whose content fills the rest of `record`. */
export function sealRecord(record: Buffer, seed: number): void {
  const content = record.subarray(headBytes);
  record.writeUInt32LE(magic, 0);
  record.writeUInt32LE(content.length, 4);
  record.writeUInt32LE(crc32(content, seed), 8);
  record.writeUInt32LE(crc32(record.subarray(0, 12), seed), 12);
}

/** The records of a file, and what follows the last one. */
export interface FoundRecords {
  readonly contents: readonly Buffer[];
  /** The end of the last one. */
  readonly end: number;
  /** Only zeros follow; or a write that a crash cut off; or bytes at `end` that were changed after they were written. */
  readonly rest: 'empty' | 'torn' | 'damaged';
}

export function recordsOf(file: Buffer, seed: number): FoundRecords {
  const contents: Buffer[] = [];
  let at = 0;
  for (;;) {
    const content = contentAt(file, at, seed);
    if (content === undefined) break;
    contents.push(content);
    at = alignedEnd(at + headBytes + content.length);
  }
  const end = Math.min(at, file.length);
  return { contents, end, rest: restOf(file, end, seed) };
}

/** The content of the record at `at`, if it is whole. */
function contentAt(file: Buffer, at: number, seed: number): Buffer | undefined {
  const length = lengthAt(file, at, seed);
  if (length === undefined || at + headBytes + length > file.length) return undefined;
  const content = file.subarray(at + headBytes, at + headBytes + length);
  return crc32(content, seed) === file.readUInt32LE(at + 8) ? content : undefined;
}

/** The length that a sound head at `at` gives. */
function lengthAt(file: Buffer, at: number, seed: number): number | undefined {
  if (at + headBytes > file.length || file.readUInt32LE(at) !== magic) return undefined;
  if (crc32(file.subarray(at, at + 12), seed) !== file.readUInt32LE(at + 12)) return undefined;
  return file.readUInt32LE(at + 4);
}

function restOf(file: Buffer, at: number, seed: number): FoundRecords['rest'] {
  if (isZero(file, at, file.length)) return 'empty';
  // Each write is synced before the next one begins: of two, a crash cuts off only the second.
  if (hasRecordAfter(file, at, seed)) return 'damaged';
  if (at + headBytes > file.length || isZero(file, at, at + headBytes)) return 'torn';
  const length = lengthAt(file, at, seed);
  if (length === undefined) return 'damaged';
  const end = at + headBytes + length;
  return end > file.length || hasZeroSector(file, at, end) ? 'torn' : 'damaged';
}

function hasRecordAfter(file: Buffer, at: number, seed: number): boolean {
  for (let next = at + headBytes; next + headBytes <= file.length; next += headBytes) {
    if (contentAt(file, next, seed) !== undefined) return true;
  }
  return false;
}

/** True if a sector, or the beginning of the last one, was never written. */
function hasZeroSector(file: Buffer, from: number, end: number): boolean {
  for (let at = from - (from % sectorBytes) + sectorBytes; at < end; at += sectorBytes) {
    if (isZero(file, at, Math.min(end, at + sectorBytes))) return true;
  }
  return false;
}

export function isZero(file: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (file[at] !== 0) return false;
  return true;
}
