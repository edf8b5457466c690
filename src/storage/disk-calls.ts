import { fdatasync, writev } from 'node:fs';
import { open } from 'node:fs/promises';

/** So many buffers in one call. */
const partsMax = 1000;

/** Writes all parts, one behind the other. A full disk may take a part only; the next attempt then says why. */
export async function writeParts(
  descriptor: number,
  parts: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let left = parts.filter(({ length }) => length > 0);
  let at = position;
  while (left.length > 0) {
    const some = left.slice(0, partsMax);
    let written = await writeSome(descriptor, some, at);
    at += written;
    const rest: Uint8Array[] = [];
    for (const part of some) {
      if (written < part.length) rest.push(part.subarray(written));
      written = Math.max(0, written - part.length);
    }
    left = rest.concat(left.slice(partsMax));
  }
}

function writeSome(
  descriptor: number,
  parts: readonly Uint8Array[],
  position: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(descriptor, parts, position, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
}

/** Resolves when what was written to a file is on the disk. */
export function syncData(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(descriptor, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** Resolves when names that were created or changed in a folder are on the disk; a power failure may undo them before. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
