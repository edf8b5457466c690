/** Four tables: the checksum of a byte, and of a byte followed by one, two and three zero bytes. */
const tables = makeTables();

function makeTables(): Int32Array {
  const made = new Int32Array(4 * 256);
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
 * CRC-32C (Castagnoli), as LevelDB's files have it, of the bytes from `from` up to, not including, `to`. Four bytes
 * at a time.
 */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  let sum = ~0;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    sum ^=
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    sum =
      (tables[768 + (sum & 0xff)] ?? 0) ^
      (tables[512 + ((sum >>> 8) & 0xff)] ?? 0) ^
      (tables[256 + ((sum >>> 16) & 0xff)] ?? 0) ^
      (tables[sum >>> 24] ?? 0);
  }
  for (; at < to; at++) sum = (tables[(sum ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}

/**
 * The checksum as LevelDB stores it: rotated and offset, so that checksums of data that contains checksums stay
 * sound.
 */
export function maskedCrc32c(bytes: Uint8Array, from: number, to: number): number {
  const sum = crc32c(bytes, from, to);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
