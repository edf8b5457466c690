import { kinds, tagBytes, uncompressed } from './table-cursor.ts';

/** Where the last value that was found begins and ends, and where a number that was read ends. */
export const found = { from: 0, to: 0 };
let next = 0;

/**
 * Finds the value of a key in a block of one of LevelDB's tables, which begins at `start` and has `size` bytes with its
 * compression; `found` says where it is. False if the block does not hold it, or its layout is not known here. Reads no byte
 * beyond the block.
 */
export function findInBlock(bytes: Buffer, start: number, size: number, key: string): boolean {
  const end = start + size - 1;
  if (size < 5 || bytes[end] !== uncompressed) return false;
  const entriesEnd = end - 4 - 4 * bytes.readUInt32LE(end - 4);
  const length = key.length;
  /** Bytes that the key of the last entry begins with, as the sought one does. */
  let common = 0;
  let at = start;
  while (at < entriesEnd) {
    const shared = varint(bytes, at);
    const own = varint(bytes, next);
    const valueBytes = varint(bytes, next);
    const keyStart = next;
    const valueStart = keyStart + own;
    at = valueStart + valueBytes;
    if (at > entriesEnd) return false;
    // An entry that shares more than is common differs from the sought key where the last one did.
    if (shared > common) continue;
    common = shared;
    const last = Math.min(shared + own, length);
    for (let from = keyStart; common < last; from++, common++) {
      if (bytes[from] !== key.charCodeAt(common)) break;
    }
    if (common < length || shared + own !== length + tagBytes) continue;
    found.from = valueStart;
    found.to = at;
    return bytes[keyStart + own - tagBytes] === kinds.value;
  }
  return false;
}

function varint(bytes: Buffer, start: number): number {
  const byte = bytes[start] ?? 0;
  if (byte < 0x80) {
    next = start + 1;
    return byte;
  }
  let at = start + 1;
  let value = byte & 0x7f;
  for (let factor = 128; ; factor *= 128) {
    const more = bytes[at++] ?? 0;
    value += (more & 0x7f) * factor;
    if (more < 0x80) break;
  }
  next = at;
  return value;
}
