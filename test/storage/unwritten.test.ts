import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openLevelStore } from '../../src/storage/index.ts';
import { base, owner, writeOf } from '../contract/store.ts';
import { openStore, temporaryFolder } from './member.ts';

/** The pieces of another store's state. */
async function pieces(): Promise<Uint8Array[]> {
  const store = await openStore(await temporaryFolder());
  await store.load();
  await store.create(owner, base);
  store.engine.put('theirs', Buffer.from('value'));
  await store.write(writeOf({ appliedIndex: 1 }));
  const source = await store.openSnapshot();
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  await source.close();
  await store.close();
  return chunks;
}

/** LevelDB cannot begin a log any more, as without file descriptors: the names are taken. */
function takeNamesOfLogs(directory: string): void {
  const folder = join(directory, 'member');
  const numbers = readdirSync(folder).map((name) => Number.parseInt(/\d+/.exec(name)?.[0] ?? '0'));
  const newest = Math.max(...numbers);
  for (let number = newest + 1; number < newest + 20; number++) {
    mkdirSync(join(folder, `${String(number).padStart(6, '0')}.log`));
  }
}

test('what LevelDB could not write out of its memory does not count as on the disk', async () => {
  const directory = await temporaryFolder();
  const store = await openLevelStore(directory, {
    clock: systemClock(),
    logger: silentLogger,
    metrics: silentMetrics,
    fsync: true,
  });
  await store.load();
  await store.create(owner, base);
  const stage = await store.stageSnapshot();
  for (const chunk of await pieces()) await stage.write(chunk);
  takeNamesOfLogs(directory);

  await expect(stage.finish()).rejects.toThrow('LevelDB did not write to a table');
  await expect(store.openSnapshot()).rejects.toThrow('LevelDB did not write to a table');
  await store.close();
});
