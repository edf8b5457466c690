import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SnapshotChunk } from '../client/index.ts';
import { CliFailure, exitCodes } from './exit.ts';

/** A snapshot ends with the SHA-256 of everything before it. */
const trailerSize = 32;
/** The data itself comes in whole sectors, so that a missing trailer shows in the size alone. */
const sectorSize = 512;

/**
 * Writes a snapshot so that there is never half of one under its name: it goes to `<path>.part`, is checked against
 * its own hash, made durable, and only then gets its name. Gives the number of bytes.
 */
export async function saveSnapshot(
  path: string,
  chunks: AsyncIterable<SnapshotChunk>,
  onProgress: (written: number, total: number) => void,
): Promise<number> {
  const partPath = `${path}.part`;
  const file = await openForWriting(partPath);
  try {
    const size = await writeChecked(file, chunks, onProgress);
    await file.sync();
    await file.close();
    await rename(partPath, path);
    await syncDirectory(dirname(path));
    return size;
  } catch (error) {
    await file.close().catch(() => {});
    await rm(partPath, { force: true });
    throw error;
  }
}

/** Checks the hash at the end of a snapshot that was saved; throws if it does not fit. */
export async function checkSnapshot(
  path: string,
  onProgress: (read: number, total: number) => void,
): Promise<void> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw failure(`cannot read ${path}: ${reasonOf(error)}`);
  });
  if (size % sectorSize !== trailerSize) {
    throw failure(`${path} is no snapshot, or has lost its end: it has ${size} bytes`);
  }
  const tail = new Tail();
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(1 << 20);
    for (let read = 0; read < size;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) break;
      tail.add(buffer.subarray(0, bytesRead));
      read += bytesRead;
      onProgress(read, size);
    }
  } finally {
    await file.close();
  }
  tail.check(path);
}

/** A hash over all bytes but the last 32, which it keeps to compare. */
class Tail {
  readonly #hash: Hash = createHash('sha256');
  #held: Buffer = Buffer.alloc(0);

  add(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#held, bytes]);
    const cut = Math.max(0, all.length - trailerSize);
    this.#hash.update(all.subarray(0, cut));
    this.#held = all.subarray(cut);
  }

  check(name: string): void {
    if (this.#hash.digest().equals(this.#held)) return;
    throw failure(`${name} is damaged: its content does not fit the hash at its end`);
  }
}

async function writeChecked(
  file: FileHandle,
  chunks: AsyncIterable<SnapshotChunk>,
  onProgress: (written: number, total: number) => void,
): Promise<number> {
  const tail = new Tail();
  let written = 0;
  for await (const { bytes, remaining } of chunks) {
    await file.writeFile(bytes);
    tail.add(bytes);
    written += bytes.length;
    onProgress(written, written + remaining);
  }
  if (written % sectorSize !== trailerSize) {
    throw failure(`the snapshot came incomplete: ${written} bytes; try again`);
  }
  tail.check('the snapshot that came');
  return written;
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    // A snapshot holds all keys: readable for its owner only.
    return await open(path, 'w', 0o600);
  } catch (error) {
    throw failure(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Makes a rename durable; some file systems cannot, and need not. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch {
    return;
  } finally {
    await directory.close();
  }
}

function failure(message: string): CliFailure {
  return new CliFailure(exitCodes.failed, message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
