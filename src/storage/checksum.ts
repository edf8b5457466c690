import { crc32 } from 'node:zlib';
import { asBuffer } from '../base/key.ts';
import { StorageCorruption } from './corruption.ts';

/** Bytes that a checksum adds to a value. */
export const sumBytes = 4;

/** Appends a checksum over key and value to the value, in memory of just so many bytes that `allocate` gives. */
export function seal(
  key: Uint8Array,
  value: Uint8Array,
  allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
): Buffer {
  const sealed = allocate(value.length + sumBytes);
  sealed.set(value);
  sealed.writeUInt32BE(crc32(value, crc32OfKey(key)), value.length);
  return sealed;
}

/** Returns the value if its checksum is correct; otherwise throws StorageCorruption. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Buffer {
  return unsealPart(key, key.length, asBuffer(sealed), 0, sealed.length);
}

/** The same for a key that ends at `keyEnd`, and a value that is the part of `bytes` from `from` to `to`. */
export function unsealPart(
  key: Uint8Array,
  keyEnd: number,
  bytes: Buffer,
  from: number,
  to: number,
): Buffer {
  const value = unsealed(bytes, from, to, crc32OfKey(key, 0, 0, keyEnd));
  if (value === undefined) {
    throw new StorageCorruption(key.slice(0, keyEnd), 'its checksum is wrong');
  }
  return value;
}

/** The same for a key that is a binary string. */
export function unsealText(key: string, sealed: Buffer): Buffer {
  const value = unsealed(sealed, 0, sealed.length, crc32OfText(key));
  if (value === undefined) {
    throw new StorageCorruption(Buffer.from(key, 'latin1'), 'its checksum is wrong');
  }
  return value;
}

/** The same for a value that is the part of `bytes` from `from` to `to`; undefined if its checksum is wrong. */
export function unsealedText(
  key: string,
  bytes: Buffer,
  from: number,
  to: number,
): Buffer | undefined {
  return unsealed(bytes, from, to, crc32OfText(key));
}

function unsealed(bytes: Buffer, from: number, to: number, keySum: number): Buffer | undefined {
  const end = to - sumBytes;
  if (end < from) return undefined;
  const value = bytes.subarray(from, end);
  return bytes.readUInt32BE(end) === crc32(value, keySum) ? value : undefined;
}

/** The table of CRC-32, from what it gives for one byte. */
const sums = Int32Array.from({ length: 256 }, (_, at) => ~crc32(Buffer.of(at ^ 0xff)) ^ (~0 >>> 8));

/**
 * CRC-32 of the bytes of a key from `start` to `end`; `before` is that of what comes before them. A key has a few bytes: a call
 * of `crc32` takes ten times as long.
 */
export function crc32OfKey(
  key: Uint8Array,
  start: number = 0,
  before: number = 0,
  end: number = key.length,
): number {
  let sum = ~before;
  for (let at = start; at < end; at++) {
    sum = (sums[(sum ^ (key[at] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}

/** The same of a binary string. */
export function crc32OfText(text: string, before = 0): number {
  let sum = ~before;
  for (let at = 0; at < text.length; at++) {
    sum = (sums[(sum ^ text.charCodeAt(at)) & 0xff] ?? 0) ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}
