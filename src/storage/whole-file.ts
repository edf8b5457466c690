import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/**
 * A file, read at once into memory that `allocate` gives, which may be more than was asked for. `readFile` reads in pieces and
 * joins them, and V8 marks its whole heap for each 64 MiB of such memory.
 */
export async function readWhole(
  path: string,
  allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafeSlow(bytes),
): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await readInto(file, 0, allocate(size).subarray(0, size));
  } finally {
    await file.close();
  }
}

/** Reads the bytes up to, not including, `to`; fewer if the file ends before. */
export function readAt(file: FileHandle, from: number, to: number): Promise<Buffer> {
  return readInto(file, from, Buffer.allocUnsafeSlow(to - from));
}

async function readInto(file: FileHandle, from: number, bytes: Buffer): Promise<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}
