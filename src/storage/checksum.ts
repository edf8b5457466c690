import { crc32 } from 'node:zlib';
import { asBuffer } from '../base/key.ts';
import { StorageCorruption } from './corruption.ts';

const sumBytes = 4;

/** Appends a checksum over key and value to the value. */
export function seal(key: Uint8Array, value: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(value.length + sumBytes);
  sealed.set(value);
  sealed.writeUInt32BE(crc32(value, crc32(key)), value.length);
  return sealed;
}

/** Returns the value if its checksum is correct; otherwise throws StorageCorruption. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Buffer {
  const bytes = asBuffer(sealed);
  const length = bytes.length - sumBytes;
  const value = bytes.subarray(0, Math.max(0, length));
  if (length < 0 || bytes.readUInt32BE(length) !== crc32(value, crc32(key))) {
    throw new StorageCorruption(key, 'its checksum is wrong');
  }
  return value;
}
