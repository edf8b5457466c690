import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Entry } from '../../src/raft/index.ts';
import { headBytes } from '../../src/storage/log-frames.ts';
import { RaftLog } from '../../src/storage/raft-log.ts';

const hardState = { term: 3, vote: 'm2', commit: 0 };
const fileBytes = 16 << 20;
const sectorBytes = 512;

function entryOf(index: number, length: number): Entry {
  return { index, term: 1, kind: 'command', data: Buffer.alloc(length, 7) };
}

/** A log whose first file is full, and whose second holds the entry after that; where the first says that another follows. */
async function rolled(fillBytes: number): Promise<{ folder: string; markerAt: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'log-roll-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = new RaftLog({ folder, fsync: false });
  await log.begin(1, { hardState, entries: [] });
  await log.append({ hardState: undefined, entries: [entryOf(1, fileBytes + fillBytes)] });
  await log.append({ hardState: undefined, entries: [entryOf(2, 10)] });
  await log.close();
  const bytes = readFileSync(join(folder, first));
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  return { folder, markerAt: end - 1 - headBytes };
}

const first = '000001-00000001.raft';
const second = '000001-00000002.raft';

async function loaded(folder: string): Promise<{ log: RaftLog; indexes: number[] }> {
  const log = new RaftLog({ folder, fsync: false });
  const { entries, hardState: found } = await log.load(1, 0);
  expect(found).toEqual(hardState);
  return { log, indexes: entries.map(({ index }) => index) };
}

/** What a power failure can leave of the record that ends a file: each of its sectors is there or not. */
function tearsAt(markerAt: number): ((bytes: Buffer) => Buffer)[] {
  const end = markerAt + headBytes + 1;
  const inNextSector = Math.ceil((markerAt + 1) / sectorBytes) * sectorBytes;
  const tears = [(bytes: Buffer) => bytes.fill(0, markerAt, end), (bytes: Buffer) => bytes];
  if (inNextSector >= end) return tears;
  return [
    ...tears,
    (bytes: Buffer) => bytes.fill(0, inNextSector, end),
    (bytes: Buffer) => bytes.fill(0, markerAt, inNextSector),
    (bytes: Buffer) => bytes.subarray(0, inNextSector),
  ];
}

test('a power failure while one file follows another leaves a log that goes on', async () => {
  let torn = 0;
  for (let fillBytes = 0; fillBytes < sectorBytes; fillBytes += headBytes) {
    const { folder, markerAt } = await rolled(fillBytes);
    const whole = readFileSync(join(folder, first));
    for (const tear of tearsAt(markerAt)) {
      writeFileSync(join(folder, first), tear(Buffer.from(whole)));
      writeFileSync(join(folder, second), '');
      const { log, indexes } = await loaded(folder);
      expect(indexes).toEqual([1]);
      await log.append({ hardState: undefined, entries: [entryOf(2, 10)] });
      await log.close();
      const again = await loaded(folder);
      expect(again.indexes).toEqual([1, 2]);
      await again.log.close();
      torn++;
    }
  }
  expect(torn).toBe(2 * 32 + 3);
}, 60_000);

test('a file without records does not stand for those before it', async () => {
  const { folder } = await rolled(0);
  truncateSync(join(folder, second), 0);
  const { log } = await loaded(folder);
  await log.truncate(1);
  await log.close();
  // Term and vote are in the records only.
  const again = new RaftLog({ folder, fsync: false });
  expect((await again.load(1, 1)).hardState).toEqual(hardState);
  await again.close();
});
