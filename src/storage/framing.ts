import { crc32 } from 'node:zlib';
import { StorageCorruption } from './corruption.ts';

const sumBytes = 4;

/** A value with a checksum over its key and itself at the end. */
export function seal(key: Uint8Array, value: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(value.length + sumBytes);
  sealed.set(value);
  sealed.writeUInt32BE(crc32(value, crc32(key)), value.length);
  return sealed;
}

/** The value, if the checksum is right; otherwise the record cannot be trusted, and the member must not go on. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const length = bytes.length - sumBytes;
  if (length < 0 || bytes.readUInt32BE(length) !== crc32(bytes.subarray(0, length), crc32(key))) {
    throw new StorageCorruption(key, 'its checksum is wrong');
  }
  return bytes.subarray(0, length);
}
