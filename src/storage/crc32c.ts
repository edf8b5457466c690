/** Eight tables: the checksum of a byte, and of a byte followed by one to seven zero bytes. */
const tables = makeTables();

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder & 1) === 1 ? 0x82f63b78 ^ (remainder >>> 1) : remainder >>> 1;
    }
    made[byte] = remainder;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] ?? 0;
    made[at] = (made[before & 0xff] ?? 0) ^ (before >>> 8);
  }
  return made;
}

/**
 * CRC-32C (Castagnoli), as LevelDB's files have it, of the bytes from `from` up to, not including, `to`. Eight bytes
 * at a time: a start sums every table of the state.
 */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const view = viewOf(bytes);
  let sum = ~0;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const low = sum ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    sum =
      (tables[1792 + (low & 0xff)] ?? 0) ^
      (tables[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
      (tables[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
      (tables[1024 + (low >>> 24)] ?? 0) ^
      (tables[768 + (high & 0xff)] ?? 0) ^
      (tables[512 + ((high >>> 8) & 0xff)] ?? 0) ^
      (tables[256 + ((high >>> 16) & 0xff)] ?? 0) ^
      (tables[high >>> 24] ?? 0);
  }
  for (; at < to; at++) sum = (tables[(sum ^ view.getUint8(at)) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/**
 * The checksum as LevelDB stores it: rotated and offset, so that checksums of data that contains checksums stay
 * sound.
 */
export function maskedCrc32c(bytes: Uint8Array, from: number, to: number): number {
  const sum = crc32c(bytes, from, to);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
