import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RaftLog } from '../../src/storage/raft-log.ts';
import { temporaryFolder } from './member.ts';

/** How this process has opened the files below a folder, as the kernel says. */
function openedWith(folder: string): number[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      if (!readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder)) return [];
      const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
      return [Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '', 8)];
    } catch {
      // The descriptor that read the list is closed by now.
      return [];
    }
  });
}

test.runIf(process.platform === 'linux').each([
  { fsync: true, flag: constants.O_DSYNC },
  { fsync: false, flag: 0 },
])('a write to the log waits for the disk: fsync $fsync', async ({ fsync, flag }) => {
  const folder = await temporaryFolder();
  const log = new RaftLog({ folder, fsync });
  onTestFinished(() => log.close());
  const record = { hardState: { term: 1, vote: undefined, commit: 0 }, entries: [] };
  await log.begin(1, record);
  const created = openedWith(folder);
  expect(created.map((flags) => flags & constants.O_DSYNC)).toEqual([flag]);

  // A start opens the file that is there.
  const again = new RaftLog({ folder: join(folder, '.'), fsync });
  onTestFinished(() => again.close());
  await again.load(1, 0);
  expect(openedWith(folder).map((flags) => flags & constants.O_DSYNC)).toEqual([flag, flag]);
});

test('records share the memory that they are written from, one after the other', async () => {
  const folder = await temporaryFolder();
  const log = new RaftLog({ folder, fsync: false });
  const hardState = { term: 1, vote: undefined, commit: 0 };
  await log.begin(1, { hardState, entries: [] });
  const sizes = [100_000, 10, 3_000_000, 20_000, 0, 100_001];
  const entries = sizes.map((bytes, at) => {
    const data = Buffer.alloc(bytes, at + 1);
    return { index: at + 1, term: 1, kind: 'command' as const, data };
  });
  for (const entry of entries) await log.append({ hardState: undefined, entries: [entry] });
  const first = log.append({ hardState: undefined, entries: [] });
  await expect(log.append({ hardState: undefined, entries: [] })).rejects.toThrow(
    'one after the other',
  );
  await first;
  await log.close();

  const again = new RaftLog({ folder, fsync: false });
  onTestFinished(() => again.close());
  const found = await again.load(1, 0);
  expect(found.entries).toHaveLength(entries.length);
  for (const [at, { data }] of found.entries.entries()) {
    expect(Buffer.compare(data, entries[at]?.data ?? Buffer.alloc(1))).toBe(0);
  }
});
