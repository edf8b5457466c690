import { gzip } from 'node:zlib';

/** Compresses off the event loop. */
export function zipped(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gzip(bytes, (error, packed) => (error === null ? resolve(packed) : reject(error)));
  });
}
