import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { singleKey } from '../../src/base/key.ts';
import { systemClock } from '../../src/platform/index.ts';
import { restoreBackup } from '../../src/server/restore.ts';
import { State } from '../../src/state/index.ts';
import { openLevelStore } from '../../src/storage/index.ts';
import { operationsOf, putOf, Stage } from '../operations/stage.ts';
import { anonymous } from '../simulation/callers.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-restore-'));
const file = join(folder, 'backup.db');
let deleted: number;

/** A backup of data in which an instance was removed, and compaction has removed the last trace of it. */
beforeAll(async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const key = '/services/payment/a';
  await stage.settled(operations.put(putOf(key), anonymous));
  const removal = operations.deleteRange({ range: singleKey(key), prevKv: false }, anonymous);
  deleted = (await stage.settled(removal)).header.revision;
  const { header } = await stage.settled(operations.put(putOf('other'), anonymous));
  const compaction = { revision: header.revision, physical: true };
  await stage.settled(operations.compact(compaction, anonymous));
  const backup = await stage.settled(operations.backup({}, anonymous));
  const blobs: Uint8Array[] = [];
  for await (const blob of backup.chunks()) blobs.push(Buffer.from(blob));
  writeFileSync(file, Buffer.concat(blobs));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function restored(name: string, bumpRevision: number): Promise<State> {
  const dataDir = join(folder, name);
  const initialCluster = [{ name, peerUrl: 'http://127.0.0.1:1' }];
  await restoreBackup(file, {
    name,
    dataDir,
    initialCluster,
    initialClusterToken: 'restored',
    bumpRevision,
  });
  const store = await openLevelStore(dataDir, {
    clock: systemClock(),
    logger: silentLogger,
    metrics: silentMetrics,
    fsync: false,
  });
  const { appliedIndex } = await store.load();
  const state = await State.load(store.engine, appliedIndex);
  await store.close();
  return state;
}

test('the last deletions are in a backup, and in what is restored from it', async () => {
  const { deletions } = await restored('m1', 0);
  expect(deletions.of('/services/payment/')).toBe(deleted);
  expect(deletions.floor).toBe(1);
});

test('after a bump no directory answers with a revision of the time before', async () => {
  const state = await restored('m2', 1000);
  expect(state.revision).toBe(deleted + 1 + 1000);
  expect(state.deletions.of('/services/payment/')).toBe(state.revision);
  expect(state.deletions.of('/services/other/')).toBe(state.revision);
});

test('a directory that is there, as a volume of its own is, is kept, with what is no data', async () => {
  const dataDir = join(folder, 'm3');
  mkdirSync(join(dataDir, 'lost+found'), { recursive: true });
  // A restore that was cut off.
  mkdirSync(join(dataDir, '.restoring/member'), { recursive: true });
  writeFileSync(join(dataDir, '.restoring/member/000003.log'), 'half');
  const { ino } = statSync(dataDir);

  expect((await restored('m3', 0)).keyCount).toBe(1);

  expect(statSync(dataDir).ino).toBe(ino);
  expect(readdirSync(dataDir).toSorted()).toEqual(['lost+found', 'member']);
});

test('a directory with data is left as it is, and so is one into which nothing could be restored', async () => {
  const former = join(folder, 'm4');
  mkdirSync(join(former, 'member'), { recursive: true });
  await expect(restored('m4', 0)).rejects.toThrow('is not empty');
  expect(readdirSync(former)).toEqual(['member']);

  await expect(restored('m5', 2 ** 53)).rejects.toThrow('cannot be bumped');
  expect(existsSync(join(folder, 'm5'))).toBe(false);
});
