import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SeededRandom } from '../simulation/random.ts';
import { waitedFor, within } from './bounded.ts';
import { loseUnsynced, syncedFileOf, wipe } from './disks.ts';
import { bytesOfValue, textOfValue } from './values.ts';
import { compareWatchers, everyEvent } from './watchers.ts';
import type { WatchKind } from './watchers.ts';
import type { Hole, WatchedEvent } from './watch-record.ts';

function watcher(
  revisions: readonly number[],
  holes: readonly Hole[] = [],
): Parameters<typeof compareWatchers>[0][number] {
  const events = revisions.map((revision) => ({
    revision,
    key: 'k',
    found: null,
    previous: null,
    seenAtMs: 0,
  }));
  return { record: { events, holes: [...holes], problems: [] }, kind: everyEvent };
}

function foundOf(value: string | null | undefined): WatchedEvent['found'] {
  if (value === null || value === undefined) return null;
  return { value, modRevision: 1, createRevision: 1, version: 1 };
}

/** A watcher of one kind that saw these values of one key; null is a deletion. */
function watcherOf(
  kind: WatchKind,
  seen: readonly { revision: number; value: string | null; previous?: string }[],
): Parameters<typeof compareWatchers>[0][number] {
  const events = seen.map(({ revision, value, previous }) => ({
    revision,
    key: 'k',
    found: foundOf(value),
    previous: foundOf(previous),
    seenAtMs: 0,
  }));
  return { record: { events, holes: [], problems: [] }, kind };
}

const whole = { prefix: '', compacted: 0 };

function deletedAt(revision: number): Parameters<typeof compareWatchers>[1][number] {
  return {
    id: revision,
    client: 'c1',
    call: { kind: 'delete', key: 'k' },
    outcome: { revision, results: [{ kind: 'delete', deleted: 1, previous: null }] },
    invokedAt: 0,
    returnedAt: 1,
  };
}

test('revisions compacted while a watcher was away are not missed', () => {
  const holes = [{ from: 3, to: 4 }];
  expect(compareWatchers([watcher([2, 3, 4, 5]), watcher([2, 5], holes)], [], whole)).toEqual([]);
});

test('a missed revision just outside the compacted ones is a finding, on both sides', () => {
  const holes = [{ from: 3, to: 4 }];
  const all = watcher([2, 3, 4, 5]);
  expect(compareWatchers([all, watcher([5], holes)], [], whole)).toHaveLength(1);
  expect(compareWatchers([all, watcher([2], holes)], [], whole)).toHaveLength(1);
  expect(compareWatchers([all, watcher([2, 4, 5], holes)], [], whole)).toHaveLength(1);
});

test('a write that was acknowledged and that no watcher saw is a finding', () => {
  const watchers = [watcher([2]), watcher([2])];
  expect(compareWatchers(watchers, [deletedAt(2)], whole)).toEqual([]);
  expect(compareWatchers(watchers, [deletedAt(3)], whole)).toHaveLength(1);
});

test('a watcher of deletions sees just these, each with what was deleted', () => {
  const all = watcherOf(everyEvent, [
    { revision: 2, value: 'a' },
    { revision: 3, value: null },
    { revision: 4, value: 'b' },
  ]);
  const kind = { onlyDeletes: true, withPrevious: true };
  const problemsOf = (...seen: Parameters<typeof watcherOf>[1]): string[] =>
    compareWatchers([all, watcherOf(kind, seen)], [], whole);
  expect(problemsOf({ revision: 3, value: null, previous: 'a' })).toEqual([]);
  expect(problemsOf({ revision: 3, value: null, previous: 'b' })).toHaveLength(1);
  expect(problemsOf({ revision: 3, value: null })).toHaveLength(1);
  expect(
    problemsOf({ revision: 3, value: null, previous: 'a' }, { revision: 4, value: 'b' }),
  ).not.toEqual([]);
  expect(problemsOf()).toHaveLength(1);
});

test('the version before an event may be missing once that revision is compacted', () => {
  const all = watcherOf(everyEvent, [
    { revision: 2, value: 'a' },
    { revision: 3, value: 'b' },
  ]);
  const other = watcherOf({ onlyDeletes: false, withPrevious: true }, [
    { revision: 2, value: 'a' },
    { revision: 3, value: 'b' },
  ]);
  expect(compareWatchers([all, other], [], { prefix: '', compacted: 3 })).toEqual([]);
  expect(compareWatchers([all, other], [], { prefix: '', compacted: 2 })).toHaveLength(1);
});

test('a value that differs in one byte, or in its length, is damaged', () => {
  for (const text of ['', '1', '5', '11', '23', '97', '499', '1009', '5045', 'end']) {
    const bytes = bytesOfValue(text);
    expect(textOfValue(bytes)).toBe(text);
    if (bytes.length < 2 || text === 'end') continue;
    const changed = Buffer.from(bytes);
    changed[bytes.length - 1] = 0;
    expect(textOfValue(changed)).toContain('damaged');
    expect(textOfValue(bytes.subarray(1))).not.toBe(text);
    expect(textOfValue(Buffer.concat([bytes, bytes]))).toContain('damaged');
  }
});

test('a power cut removes unsynced bytes, all or a part from the end, and never synced ones', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-power-'));
  const syncedFile = syncedFileOf(dataDir);
  onTestFinished(() => {
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(syncedFile, { force: true });
  });
  mkdirSync(join(dataDir, 'member'));
  const lengths = new Set<number>();
  const largeLengths = new Set<number>();
  for (let seed = 1; seed <= 50; seed++) {
    for (const name of ['3.log', '5.log', '4.ldb', '6.large']) {
      writeFileSync(join(dataDir, 'member', name), 'synced-not');
    }
    writeFileSync(syncedFile, JSON.stringify({ '3.log': 6 }));
    loseUnsynced(dataDir, new SeededRandom(seed));
    const kept = readFileSync(join(dataDir, 'member/3.log'), 'utf8');
    expect('synced-not'.startsWith(kept)).toBe(true);
    expect(kept.length).toBeGreaterThanOrEqual(6);
    expect(readFileSync(join(dataDir, 'member/4.ldb'), 'utf8')).toBe('synced-not');
    lengths.add(readFileSync(join(dataDir, 'member/5.log'), 'utf8').length);
    largeLengths.add(readFileSync(join(dataDir, 'member/6.large'), 'utf8').length);
  }
  // A log without a sync may be lost as a whole.
  expect(Math.min(...lengths)).toBe(0);
  expect(lengths.size).toBeGreaterThan(3);
  expect(largeLengths.size).toBeGreaterThan(3);
});

test('the logs of a wiped directory count as new', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-power-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  writeFileSync(syncedFileOf(dataDir), JSON.stringify({ '3.log': 10 }));
  mkdirSync(join(dataDir, 'member'));
  wipe(dataDir);
  mkdirSync(join(dataDir, 'member'));
  writeFileSync(join(dataDir, 'member/3.log'), '0123456789');
  const lost = Array.from({ length: 20 }, (_, seed) => {
    writeFileSync(join(dataDir, 'member/3.log'), '0123456789');
    return loseUnsynced(dataDir, new SeededRandom(seed));
  });
  expect(Math.max(...lost)).toBe(10);
});

test('a timeout is a finding that lists all other waits', async () => {
  const over = new AbortController();
  const slow = within(
    'the slow one',
    600_000,
    new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve())),
  );
  const never = new Promise<never>(() => {});
  await expect(within('the quick one', 1, never)).rejects.toThrow(
    /the quick one has not ended after 1 ms; also waited for: the slow one/,
  );
  expect(waitedFor()).toHaveLength(1);
  over.abort();
  await slow;
  expect(waitedFor()).toEqual([]);
});
