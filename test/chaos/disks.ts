import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SeededRandom } from '../simulation/random.ts';

/** Current mounts, to be unmounted when a run is aborted. */
const mounted = new Set<string>();
process.on('exit', () => {
  for (const directory of mounted) unmount(directory);
});

/** Creates a directory as a file system of its own. Needs root; false if it is an ordinary directory. */
export function mountSmallDisk(directory: string, megabytes: number): boolean {
  mkdirSync(directory);
  if (process.getuid?.() !== 0) return false;
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', directory];
    execFileSync('mount', options, { stdio: 'ignore' });
    mounted.add(directory);
    return true;
  } catch {
    return false;
  }
}

export function unmount(directory: string): void {
  execFileSync('umount', ['--lazy', directory]);
  mounted.delete(directory);
}

/** Writes a file until the disk is full. */
export function fill(file: string, directory: string): void {
  const { bavail, bsize } = statfsSync(directory);
  const descriptor = openSync(file, 'w');
  const piece = Buffer.alloc(1 << 20);
  try {
    for (let left = bavail * bsize; left > 0;) {
      const written = writeSync(descriptor, piece, 0, Math.min(left, piece.length));
      if (written === 0) break;
      left -= written;
    }
  } catch {
    // Full sooner than calculated, because the member writes, too.
  } finally {
    closeSync(descriptor);
  }
}

/** The number of synced bytes of each log, ours and LevelDB's, and of files of large records, as `failing-disk.mjs` notes them. */
const syncedBytes = z.record(z.string(), z.number());

export function syncedFileOf(dataDir: string): string {
  return `${dataDir}.synced`;
}

/** Empties the directory of a stopped member; its mount stays. */
export function wipe(dataDir: string): void {
  rmSync(syncedFileOf(dataDir), { force: true });
  for (const name of namesIn(dataDir)) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

/**
 * Simulates a power failure on the disk of a killed member: of what was written to such a file and never synced,
 * everything from some byte on is lost. LevelDB syncs tables and manifests before it relies on them. Returns the
 * number of bytes lost.
 */
export function loseUnsynced(dataDir: string, random: SeededRandom): number {
  const folder = join(dataDir, 'member');
  const synced = readSynced(dataDir);
  let lost = 0;
  for (const name of namesIn(folder)) {
    if (!/\.(log|raft|large)$/.test(name)) continue;
    const { size } = statSync(join(folder, name));
    const safe = Math.min(size, synced[name] ?? 0);
    const kept = random.between(0, 2) === 0 ? random.between(safe, size) : safe;
    truncateSync(join(folder, name), kept);
    lost += size - kept;
  }
  return lost;
}

function readSynced(dataDir: string): Readonly<Record<string, number>> {
  try {
    return syncedBytes.parse(JSON.parse(readFileSync(syncedFileOf(dataDir), 'utf8')));
  } catch {
    // It has written nothing yet.
    return {};
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
