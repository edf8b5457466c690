import fs from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Entry } from '../../src/raft/index.ts';
import { RaftLog } from '../../src/storage/raft-log.ts';

const hardState = { term: 1, vote: undefined, commit: 0 };

/** A limit of the size of files, or a quota, takes any number of bytes. */
test.each([
  [1, 200],
  [15, 200],
  [16, 200],
  [40, 200],
  [199, 200],
  [600, 1500],
  [1400, 1500],
])(
  'a write that fails after %i bytes of a record of more than %i is not there at the next start',
  async (taken, length) => {
    const folder = mkdtempSync(join(tmpdir(), 'failed-write-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const log = new RaftLog({ folder, fsync: true });
    await log.begin(1, { hardState, entries: [] });
    await log.append({ hardState: undefined, entries: [entryOf(1, length)] });
    await failingAfter(taken, () =>
      expect(log.append({ hardState: undefined, entries: [entryOf(2, length)] })).rejects.toThrow(
        'EFBIG',
      ),
    );
    await log.close();

    const again = new RaftLog({ folder, fsync: true });
    const found = await again.load(1, 0);
    expect(found.entries.map(({ index }) => index)).toEqual([1]);
    await again.append({ hardState: undefined, entries: [entryOf(2, length)] });
    await again.close();
    const last = new RaftLog({ folder, fsync: true });
    const { entries } = await last.load(1, 0);
    expect(entries.map(({ index }) => index)).toEqual([1, 2]);
    await last.close();
  },
);

function entryOf(index: number, length: number): Entry {
  return { index, term: 1, kind: 'command', data: Buffer.alloc(length, 7) };
}

/** While `action` is under way a write takes so many bytes, and the attempt to write the rest fails. */
async function failingAfter(bytes: number, action: () => Promise<void>): Promise<void> {
  const { writev } = fs;
  let isFirst = true;
  const limited = (
    descriptor: number,
    parts: Buffer[],
    position: number,
    done: (error: Error | null, written: number) => void,
  ): void => {
    if (!isFirst) {
      done(new Error('EFBIG: file too large, write'), 0);
      return;
    }
    isFirst = false;
    const some = Buffer.concat(parts).subarray(0, bytes);
    writev(descriptor, [some], position, done);
  };
  Object.assign(fs, { writev: limited });
  syncBuiltinESMExports();
  try {
    await action();
  } finally {
    Object.assign(fs, { writev });
    syncBuiltinESMExports();
  }
}
