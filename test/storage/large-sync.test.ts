import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/storage/level-directory.ts';
import { LargeFiles } from '../../src/storage/large-files.ts';
import { LevelWriter } from '../../src/storage/level-writer.ts';
import type { RecordBatch } from '../../src/storage/level-writer.ts';
import { TableThread } from '../../src/storage/table-thread.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { temporaryFolder } from './member.ts';

type Written = (error: Error | null, written: number) => void;

/** Writes of large records take a while, and each of these and each sync is noted when it ends or begins. */
function slowWrites(): string[] {
  const { writev, fdatasync } = fs;
  const events: string[] = [];
  Object.assign(fs, {
    writev: (descriptor: number, parts: Buffer[], position: number, done: Written) => {
      const noted: Written = (error, written) => {
        events.push('written');
        done(error, written);
      };
      setTimeout(() => writev(descriptor, parts, position, noted), 50);
    },
    fdatasync: (descriptor: number, done: (error: Error | null) => void) => {
      events.push('sync');
      fdatasync(descriptor, done);
    },
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(fs, { writev, fdatasync });
    syncBuiltinESMExports();
  });
  return events;
}

test('a large record is synced before its place is written, whatever else is synced meanwhile', async () => {
  const folder = join(await temporaryFolder(), 'member-1');
  const thread = new TableThread(silentLogger);
  const opened = await openDatabase(folder, thread);
  const files = new LargeFiles(opened.folder);
  const writer = new LevelWriter(opened.database, opened.folder, files);
  const events = slowWrites();
  const batchOf = (key: string): RecordBatch => {
    const batch = writer.batch();
    batch.putState(Buffer.from(key), Buffer.alloc(5000, 7));
    return batch;
  };

  // As a snapshot that comes in, and changes of the state that is there.
  const staged = writer.write(batchOf('s2key'), { sync: false });
  const syncing = writer.syncAll();
  await Promise.all([staged, syncing, writer.write(batchOf('s1key'), { sync: true })]);

  expect(events.lastIndexOf('sync')).toBeGreaterThan(events.lastIndexOf('written'));
  expect(events).toContain('written');
  await writer.close();
  await files.close();
  await opened.database.close();
  await thread.end();
});
