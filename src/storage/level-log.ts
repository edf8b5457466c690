import { maskedCrc32c } from './crc32c.ts';

const blockBytes = 32_768;
const headerBytes = 7;
const sectorBytes = 512;

/** Kinds of records in LevelDB's logs and manifests: whole ones, or pieces of one that spans blocks. */
const kinds = { full: 1, first: 2, middle: 3, last: 4 } as const;

/**
 * The offset at which a file in LevelDB's log format is damaged; undefined if it is sound, or ends in a write that a
 * crash cut off.
 *
 * LevelDB itself skips what does not verify and goes on after it, so one changed bit makes an acknowledged write
 * disappear. A crash, though, only cuts off the end of the last write (or leaves zeros there), and nothing follows.
 * Any other record that does not verify was changed after it was written.
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

/** The records of a sound log, assembled from their pieces, without a last one that a crash cut off. */
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

/** The end of the record at `at`, if it is within its block and its checksum is correct. */
function endOfRecord(bytes: Buffer, at: number, blockEnd: number): number | undefined {
  const end = at + headerBytes + bytes.readUInt16LE(at + 4);
  const kind = bytes[at + 6] ?? 0;
  if (end > blockEnd || kind < kinds.full || kind > kinds.last) return undefined;
  return maskedCrc32c(bytes, at + 6, end) === bytes.readUInt32LE(at) ? end : undefined;
}

/** True if a crash explains the bytes from `at` on. */
function isTorn(bytes: Buffer, at: number, blockEnd: number): boolean {
  if (hasWriteAfter(bytes, at)) return false;
  const end = at + headerBytes + bytes.readUInt16LE(at + 4);
  if (end > blockEnd) {
    // Cut off, unless the rest is complete and only the length is wrong.
    if (blockEnd < bytes.length) return hasZeroSector(bytes, at);
    return maskedCrc32c(bytes, at + 6, blockEnd) !== bytes.readUInt32LE(at);
  }
  return hasZeroSector(bytes, at) || bytes.subarray(at).every((byte) => byte === 0);
}

/** True if a later write follows, in the block of `at` or in later blocks. */
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

/** True if a sector was allocated to the file but never written. */
function hasZeroSector(bytes: Buffer, from: number): boolean {
  const first = from - (from % sectorBytes) + sectorBytes;
  for (let at = first; at + sectorBytes <= bytes.length; at += sectorBytes) {
    if (bytes.subarray(at, at + sectorBytes).every((byte) => byte === 0)) return true;
  }
  return false;
}
