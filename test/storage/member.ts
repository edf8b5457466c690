import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Recovered, Store } from '../../src/replica/index.ts';
import { openLevelStore } from '../../src/storage/index.ts';
import { stateOf } from '../contract/store.ts';

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-storage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function openStore(directory: string): Promise<Store> {
  return openLevelStore(directory, {
    clock: systemClock(),
    logger: silentLogger,
    metrics: silentMetrics,
    fsync: false,
  });
}

/** All that a member reads when it starts. */
export interface Found {
  readonly recovered: Recovered;
  readonly state: Readonly<Record<string, string>>;
}

export async function find(directory: string): Promise<Found> {
  const store = await openStore(directory);
  try {
    return { recovered: await store.load(), state: await stateOf(store) };
  } finally {
    await store.close();
  }
}

/** The names of LevelDB's files of a kind, oldest first. */
export async function filesOf(directory: string, kind: RegExp): Promise<string[]> {
  const names = await readdir(join(directory, 'member'));
  return names
    .filter((name) => kind.test(name))
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => join('member', name));
}

/** A copy of a directory in which one file has another content. */
export async function copyWith(
  directory: string,
  target: string,
  file: string,
  change: (bytes: Buffer) => Uint8Array,
): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await cp(directory, target, { recursive: true });
  await writeFile(join(target, file), change(await readFile(join(directory, file))));
}

export function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}
