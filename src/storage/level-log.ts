import { maskedCrc32c } from './crc32c.ts';

const blockBytes = 32_768;
const headerBytes = 7;
const sectorBytes = 512;

/** The records of LevelDB's logs and manifests: whole ones, or pieces of one that goes across blocks. */
const kinds = { full: 1, first: 2, middle: 3, last: 4 } as const;

/**
 * Where a file in LevelDB's log format is damaged; undefined if it is sound, or ends in a write that a crash cut off.
 *
 * LevelDB itself leaves out what does not verify and goes on behind it, so that one changed bit makes a write that was
 * acknowledged disappear. A crash, though, only leaves the end of the last write away (or zeros in its place), and
 * nothing after it. Whatever else does not verify was changed after it was written.
 */
export function damageOfLog(bytes: Buffer): number | undefined {
  let at = 0;
  while (at < bytes.length) {
    const blockEnd = Math.min(bytes.length, blockEndAfter(at));
    if (blockEnd - at < headerBytes) {
      at = blockEnd;
      continue;
    }
    const end = endOfRecord(bytes, at, blockEnd);
    if (end === undefined) return isTorn(bytes, at, blockEnd) ? undefined : at;
    at = end;
  }
  return undefined;
}

/** The records of a sound log, put together from their pieces. One that a crash cut off is left out. */
export function* recordsOfLog(bytes: Buffer): Generator<Buffer> {
  let pieces: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const blockEnd = Math.min(bytes.length, blockEndAfter(at));
    if (blockEnd - at < headerBytes) {
      at = blockEnd;
      continue;
    }
    const end = endOfRecord(bytes, at, blockEnd);
    if (end === undefined) return;
    const kind = bytes[at + 6];
    if (kind === kinds.full || kind === kinds.first) pieces = [];
    pieces.push(bytes.subarray(at + headerBytes, end));
    if (kind === kinds.full || kind === kinds.last) yield Buffer.concat(pieces);
    at = end;
  }
}

function blockEndAfter(at: number): number {
  return at - (at % blockBytes) + blockBytes;
}

/** Where the record at `at` ends, if it lies in its block and its checksum is right. */
function endOfRecord(bytes: Buffer, at: number, blockEnd: number): number | undefined {
  const end = at + headerBytes + bytes.readUInt16LE(at + 4);
  const kind = bytes[at + 6] ?? 0;
  if (end > blockEnd || kind < kinds.full || kind > kinds.last) return undefined;
  return maskedCrc32c(bytes, at + 6, end) === bytes.readUInt32LE(at) ? end : undefined;
}

/** True if a crash explains what is at `at` and behind it. */
function isTorn(bytes: Buffer, at: number, blockEnd: number): boolean {
  if (hasWriteAfter(bytes, at)) return false;
  const end = at + headerBytes + bytes.readUInt16LE(at + 4);
  if (end > blockEnd) {
    // Cut off, unless the rest is whole and only the length is wrong.
    if (blockEnd < bytes.length) return hasZeroSector(bytes, at);
    return maskedCrc32c(bytes, at + 6, blockEnd) !== bytes.readUInt32LE(at);
  }
  return hasZeroSector(bytes, at) || bytes.subarray(at).every((byte) => byte === 0);
}

/** True if a later write is there, wherever in the block of `at` or in the blocks behind it. */
function hasWriteAfter(bytes: Buffer, at: number): boolean {
  const blockEnd = Math.min(bytes.length, blockEndAfter(at));
  for (let next = at + 1; next + headerBytes <= blockEnd; next++) {
    if (isBeginning(bytes, next, blockEnd)) return true;
  }
  for (let block = blockEnd; block + headerBytes <= bytes.length; block += blockBytes) {
    const end = Math.min(bytes.length, block + blockBytes);
    for (let next = block; next + headerBytes <= end;) {
      if (isBeginning(bytes, next, end)) return true;
      const following = endOfRecord(bytes, next, end);
      if (following === undefined) break;
      next = following;
    }
  }
  return false;
}

function isBeginning(bytes: Buffer, at: number, blockEnd: number): boolean {
  const kind = bytes[at + 6];
  const begins = kind === kinds.full || kind === kinds.first;
  return begins && endOfRecord(bytes, at, blockEnd) !== undefined;
}

/** A sector that was given to the file but never written. */
function hasZeroSector(bytes: Buffer, from: number): boolean {
  const first = from - (from % sectorBytes) + sectorBytes;
  for (let at = first; at + sectorBytes <= bytes.length; at += sectorBytes) {
    if (bytes.subarray(at, at + sectorBytes).every((byte) => byte === 0)) return true;
  }
  return false;
}
