import fs from 'node:fs';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/replica/index.ts';
import { HeldTables } from '../../src/storage/held-tables.ts';
import { collectLarge } from '../../src/storage/large-collector.ts';
import { LargeFiles } from '../../src/storage/large-files.ts';
import { LargeReader } from '../../src/storage/large-reader.ts';
import type { Database } from '../../src/storage/level-directory.ts';
import { engineKeyOf, stateKey, stateText } from '../../src/storage/level-keys.ts';
import { readState, scanFiles } from '../../src/storage/level-read.ts';
import { LevelWriter } from '../../src/storage/level-writer.ts';
import { base, put, stateOf, writeOf } from '../contract/store.ts';
import { opened } from './level.ts';
import { filesOf, find, openStore, temporaryFolder } from './member.ts';

/** So many bytes a file, to have many of them. */
const fileBytes = 8 << 10;
const epoch = 1;

type Records = Readonly<Record<string, string>>;

/** The disk of a state, without the log. */
class StateDisk {
  readonly #folder: string;
  #level: Database | undefined;
  files: LargeFiles;
  #writer: LevelWriter | undefined;
  #collected: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.files = new LargeFiles(folder, fileBytes);
  }

  async open(): Promise<void> {
    this.#level = await opened(this.#folder);
    this.files = new LargeFiles(this.#folder, fileBytes);
    this.#writer = new LevelWriter(this.#level, this.#folder, this.files);
  }

  get level(): Database {
    if (this.#level === undefined) throw new Error('it is not open');
    return this.#level;
  }

  get writer(): LevelWriter {
    if (this.#writer === undefined) throw new Error('it is not open');
    return this.#writer;
  }

  batch(changes: Iterable<readonly [key: string, value: string | undefined]>) {
    const batch = this.writer.batch();
    for (const [key, value] of changes) {
      if (value === undefined) batch.delete(stateKey(epoch, key));
      else batch.putState(stateKey(epoch, key), Buffer.from(value, 'latin1'));
    }
    return batch;
  }

  /** As the store does it: one collection after the other. */
  collect(): Promise<void> {
    const { level: database, writer, files } = this;
    const disk = { database, folder: this.#folder, writer, files };
    this.#collected = this.#collected.then(() => collectLarge(disk));
    return this.#collected;
  }

  get(key: string): string | undefined {
    return readState(this.level, this.files, stateKey(epoch, key))?.toString('latin1');
  }

  async scan(): Promise<Records> {
    const found: Record<string, string> = {};
    const files = { database: this.level, folder: this.#folder };
    for await (const batch of scanFiles(files, epoch, '', '\u00ff')) {
      for (const { key, value } of batch) found[key] = Buffer.from(value).toString('latin1');
    }
    return found;
  }

  /** Reads what is there now, later. */
  async snapshot(): Promise<() => Promise<Records>> {
    const release = this.files.hold();
    await this.writer.syncAll();
    const tables = await HeldTables.hold(this.level, this.#folder);
    return async () => {
      const reader = new LargeReader(this.#folder);
      const found: Record<string, string> = {};
      const walk = tables.walk(stateText(epoch, ''), stateText(epoch + 1, ''), (cursor) => {
        const key = engineKeyOf(Buffer.from(cursor.key, 'latin1'));
        found[key] = reader.recordAt(cursor).toString('latin1');
      });
      for await (const _ of walk);
      reader.close();
      await tables.close();
      await release();
      return found;
    };
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.files.close();
    await this.level.close();
  }
}

function largeFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.large'));
}

function largeBytes(folder: string): number {
  const sizes = largeFiles(folder).map((name) => statSync(join(folder, name)).size);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Around the bound, and with the byte that a place begins with; unlike any other value. */
const anyValue = fc.tuple(
  fc.constantFrom(0, 1, 19, 300, 511, 512, 513, 5000, 9000),
  fc.nat(),
  fc.boolean(),
);

function valueOf([bytes, number, isOdd]: readonly [number, number, boolean]): string {
  const first = isOdd ? '\u00c1' : '';
  return `${first}${number} `.repeat(Math.ceil(bytes / 2) + 1).slice(0, bytes);
}

const keys = Array.from('abcdefghij');

const anyChange = fc.tuple(fc.constantFrom(...keys), fc.option(anyValue, { nil: undefined }));
/** Turns of the event loop before a step. */
const anyTurns = fc.constantFrom(0, 0, 1, 5, 30);

const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      turns: anyTurns,
      kind: fc.constant('write' as const),
      changes: fc.array(anyChange, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      turns: anyTurns,
      kind: fc.constantFrom(
        'collect',
        'collect',
        'collect',
        'settle',
        'snapshot',
        'read snapshot',
        'restart',
      ),
    }),
  },
);

test('records are what was written last, whatever is collected, held and restarted meanwhile', async () => {
  let collected = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 10, maxLength: 60, size: 'max' }),
      async (steps) => {
        const folder = await temporaryFolder();
        const disk = new StateDisk(folder);
        await disk.open();
        const model: Record<string, string> = {};
        let under: Promise<void>[] = [];
        const snapshots: { readonly expected: Records; readonly read: () => Promise<Records> }[] =
          [];
        const settle = async (): Promise<void> => {
          await Promise.all(under);
          under = [];
        };
        const readSnapshot = async (): Promise<void> => {
          const snapshot = snapshots.shift();
          if (snapshot !== undefined) expect(await snapshot.read()).toEqual(snapshot.expected);
        };
        for (const step of steps) {
          for (let turns = step.turns; turns > 0; turns--) await nextTurn();
          switch (step.kind) {
            case 'write': {
              const changes = step.changes.map(
                ([key, value]) => [key, value === undefined ? undefined : valueOf(value)] as const,
              );
              for (const [key, value] of changes) {
                if (value === undefined) delete model[key];
                else model[key] = value;
              }
              under.push(disk.writer.write(disk.batch(changes), { sync: true }));
              break;
            }
            case 'collect':
              collected++;
              under.push(disk.collect());
              break;
            case 'settle':
              await settle();
              for (const key of keys) expect(disk.get(key)).toBe(model[key]);
              break;
            case 'snapshot':
              await settle();
              snapshots.push({ expected: { ...model }, read: await disk.snapshot() });
              break;
            case 'read snapshot':
              await readSnapshot();
              break;
            case 'restart':
              await settle();
              while (snapshots.length > 0) await readSnapshot();
              await disk.close();
              await disk.open();
              expect(await disk.scan()).toEqual(model);
              break;
          }
        }
        await settle();
        while (snapshots.length > 0) await readSnapshot();
        // Without records of the last file, less than half of each file is of no use.
        await disk.collect();
        const live = Object.values(model).filter(
          (value) => value.length >= 512 || value.startsWith('\u00c1'),
        );
        const bytes = live.reduce((sum, value) => sum + value.length, 0);
        expect(largeBytes(folder)).toBeLessThanOrEqual(2 * bytes);
        expect(await disk.scan()).toEqual(model);
        await disk.close();
      },
    ),
    { numRuns: 15, endOnFailure: true },
  );
  expect(collected).toBeGreaterThan(10);
});

test('a file is not collected while places of records in it are about to be written', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  const value = 'v'.repeat(2000);
  await disk.writer.write(disk.batch([['gone', value]]), { sync: true });
  await disk.writer.write(disk.batch([['gone', undefined]]), { sync: true });
  // As a batch of the store, which waits for the log.
  const waiting = disk.batch([['kept', value]]);
  await disk.collect();
  await disk.writer.write(waiting, { sync: true });
  expect(disk.get('kept')).toBe(value);
  await disk.collect();
  expect(disk.get('kept')).toBe(value);
  expect(largeFiles(folder)).toHaveLength(1);
});

test('a record that was changed or deleted before it is moved stays as it is', async () => {
  const disk = new StateDisk(await temporaryFolder());
  await disk.open();
  onTestFinished(() => disk.close());
  const [former, other] = ['f'.repeat(1500), 'o'.repeat(1100)];
  const gone = 'g'.repeat(9000);
  const first = { deleted: former, shorter: former, longer: former, moved: other, gone };
  await disk.writer.write(disk.batch(Object.entries(first)), { sync: true });
  await disk.writer.write(disk.batch([['gone', undefined]]), { sync: true });
  const { writer } = disk;
  const writeThen = writer.writeThen.bind(writer);
  const changes = { deleted: undefined, shorter: 'short', longer: 'l'.repeat(1501) };
  let moves = 0;
  Object.assign(writer, {
    writeThen: async (add: Parameters<typeof writeThen>[0]) => {
      moves++;
      await writer.write(disk.batch(Object.entries(changes)), { sync: true });
      await writeThen(add);
    },
  });
  await disk.collect();
  expect(moves).toBe(1);
  expect(await disk.scan()).toEqual({ shorter: 'short', longer: changes.longer, moved: other });
});

test('batches that are made at the same time lie in one file beside each other', async () => {
  const disk = new StateDisk(await temporaryFolder());
  await disk.open();
  onTestFinished(() => disk.close());
  const records = Array.from({ length: 6 }, (_, at) => [`k${at}`, `${at}`.repeat(600)] as const);
  const batches = [disk.writer.batch(), disk.writer.batch()];
  for (const [at, [key, value]] of records.entries()) {
    batches[at % 2]?.putState(stateKey(epoch, key), Buffer.from(value));
  }
  for (const batch of batches) await disk.writer.write(batch, { sync: true });
  expect(await disk.scan()).toEqual(Object.fromEntries(records));
});

test.runIf(process.platform === 'linux')('a file that is deleted is not open', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  await disk.writer.write(disk.batch([['a', 'a'.repeat(2000)]]), { sync: true });
  expect(disk.get('a')).toHaveLength(2000);
  await disk.writer.write(disk.batch([['a', undefined]]), { sync: true });
  await disk.collect();
  expect(largeFiles(folder)).toEqual([]);
  const open = readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // The descriptor that read the list is closed by now.
      return [];
    }
  });
  expect(open.filter((name) => name.startsWith(folder) && name.endsWith('(deleted)'))).toEqual([]);
});

test('a file of which most counts stays', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  const names = ['a', 'b', 'c'];
  const changes = names.map((name) => [name, name.repeat(2000)] as const);
  await disk.writer.write(disk.batch(changes), { sync: true });
  await disk.writer.write(disk.batch([['a', undefined]]), { sync: true });
  await disk.collect();
  expect(largeFiles(folder)).toEqual(['00000001.large']);
  await disk.writer.write(disk.batch([['b', undefined]]), { sync: true });
  await disk.collect();
  expect(largeFiles(folder)).toEqual(['00000002.large']);
  expect(await disk.scan()).toEqual({ c: 'c'.repeat(2000) });
});

test('files of which nothing counts are deleted before anything is moved', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  const [kept, gone] = ['k'.repeat(1000), 'g'.repeat(9000)];
  const changes = Object.entries({ kept, gone, alone: gone });
  await disk.writer.write(disk.batch(changes), { sync: true });
  const deleted = ['gone', 'alone'].map((name) => [name, undefined] as const);
  await disk.writer.write(disk.batch(deleted), { sync: true });
  const { writer } = disk;
  const writeThen = writer.writeThen.bind(writer);
  const before: string[][] = [];
  Object.assign(writer, {
    writeThen: (add: Parameters<typeof writeThen>[0]) => {
      before.push(largeFiles(folder));
      return writeThen(add);
    },
  });
  await disk.collect();
  expect(before).toEqual([['00000001.large']]);
  expect(await disk.scan()).toEqual({ kept });
});

test('a file is deleted although there is always a snapshot, but not before those that need it are over', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  const [kept, gone] = ['k'.repeat(1000), 'g'.repeat(9000)];
  await disk.writer.write(disk.batch(Object.entries({ kept, gone })), { sync: true });
  const before = await disk.snapshot();
  await disk.writer.write(disk.batch([['gone', undefined]]), { sync: true });
  await disk.collect();
  const after = await disk.snapshot();
  expect(largeFiles(folder)).toEqual(['00000001.large', '00000002.large']);
  expect(await before()).toEqual({ gone, kept });
  expect(largeFiles(folder)).toEqual(['00000002.large']);
  expect(await after()).toEqual({ kept });
});

test('files are deleted before all that counts in all of them was written again', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  const names = Array.from({ length: 360 }, (_, at) => `k${at}`);
  const value = 'v'.repeat(1000);
  await disk.writer.write(disk.batch(names.map((name) => [name, value])), { sync: true });
  const gone = names.filter((_, at) => at % 9 > 3);
  await disk.writer.write(disk.batch(gone.map((name) => [name, undefined])), { sync: true });
  const before = largeBytes(folder);
  const { writer } = disk;
  const writeThen = writer.writeThen.bind(writer);
  let most = 0;
  Object.assign(writer, {
    writeThen: async (add: Parameters<typeof writeThen>[0]) => {
      await writeThen(add);
      most = Math.max(most, largeBytes(folder));
    },
  });
  await disk.collect();
  expect(Object.keys(await disk.scan())).toHaveLength(160);
  expect(largeBytes(folder)).toBe(160_000);
  // Eight files, and the one with which these are full.
  expect(most - before).toBeGreaterThan(0);
  expect(most - before).toBeLessThanOrEqual(9 * fileBytes);
});

test('a batch that is given up does not keep its file', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  await disk.writer.write(disk.batch([['a', 'a'.repeat(3000)]]), { sync: true });
  await disk.batch([['b', 'b'.repeat(3000)]]).close();
  await disk.writer.write(disk.batch([['a', undefined]]), { sync: true });
  await disk.collect();
  expect(largeFiles(folder)).toEqual([]);
});

function failing(_: number, done: (error: Error | null) => void): void {
  done(new Error('EIO: i/o error, fdatasync'));
}

/** While `action` is under way each sync of data fails. */
async function withoutSync(action: () => Promise<void>): Promise<void> {
  const { fdatasync } = fs;
  Object.assign(fs, { fdatasync: failing });
  syncBuiltinESMExports();
  try {
    await action();
  } finally {
    Object.assign(fs, { fdatasync });
    syncBuiltinESMExports();
  }
}

test('no place is written before its record is on the disk', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  await disk.writer.write(disk.batch([['a', 'a'.repeat(3000)]]), { sync: true });
  await withoutSync(async () => {
    const changes = [
      ['a', 'b'.repeat(3000)],
      ['c', 'small'],
    ] as const;
    await expect(disk.writer.write(disk.batch(changes), { sync: true })).rejects.toThrow(
      'the disk failed: EIO',
    );
    await expect(disk.writer.write(disk.batch(changes), { sync: true })).rejects.toThrow(
      'the disk failed',
    );
  });
  await disk.close();
  await disk.open();
  expect(await disk.scan()).toEqual({ a: 'a'.repeat(3000) });
  await disk.close();
});

test('what was written without a sync is synced before a sync of all resolves', async () => {
  const folder = await temporaryFolder();
  const disk = new StateDisk(folder);
  await disk.open();
  onTestFinished(() => disk.close());
  await withoutSync(async () => {
    await disk.writer.write(disk.batch([['a', 'a'.repeat(3000)]]), { sync: false });
    await expect(disk.writer.syncAll()).rejects.toThrow('the disk failed: EIO');
  });
});

async function begun(directory: string): Promise<Store> {
  const store = await openStore(directory);
  await store.load();
  await store.create({ clusterId: 'c1', memberId: 'm1' }, base);
  return store;
}

test('a directory has format 4 from its first large record on', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  await put(store, 1, { small: 's'.repeat(500) });
  await store.close();
  expect(await formatOf(directory)).toBe(3);
  const again = await openStore(directory);
  await again.load();
  await put(again, 1, { large: 'l'.repeat(2000) });
  await put(again, 1, { another: 'l'.repeat(3000) });
  await again.close();
  expect(await formatOf(directory)).toBe(4);
  const { state } = await find(directory);
  expect(Object.keys(state)).toEqual(['another', 'large', 'small']);
});

test('a directory that takes in a state with large records has format 4', async () => {
  const folder = await temporaryFolder();
  const other = await begun(join(folder, 'other'));
  await put(other, 5, { large: 'l'.repeat(200_000), small: 's' });
  const directory = join(folder, 'member-1');
  const store = await begun(directory);
  const source = await other.openSnapshot();
  const stage = await store.stageSnapshot();
  const lengths: number[] = [];
  for await (const length of source.chunkLengths()) lengths.push(length);
  const chunks: number[] = [];
  for await (const chunk of source.chunks()) {
    chunks.push(chunk.length);
    await stage.write(chunk);
  }
  expect(lengths).toEqual(chunks);
  await stage.finish();
  await source.close();
  await store.adoptSnapshot(stage, { ...base, index: 5 }, undefined);
  expect(await stateOf(store)).toEqual(await stateOf(other));
  await store.close();
  await other.close();
  expect(await formatOf(directory)).toBe(4);
  expect((await find(directory)).state['large']).toHaveLength(200_000);
});

/** As the first record of the directory says. */
async function formatOf(directory: string): Promise<unknown> {
  const level = await opened(join(directory, 'member'));
  const sealed = await level.get(Buffer.from('i'));
  await level.close();
  const { unpack } = await import('msgpackr');
  const header: { format: number } = unpack((sealed ?? Buffer.alloc(0)).subarray(0, -4));
  return header.format;
}

/** Some large records, in one file. */
async function filled(directory: string): Promise<string> {
  const store = await begun(directory);
  for (let at = 0; at < 30; at++) {
    await put(store, 1, { [`k${at}`]: `${at},`.repeat(1000) });
  }
  await store.close();
  const [file = '', ...others] = await filesOf(directory, /\.large$/);
  expect(others).toEqual([]);
  return join(directory, file);
}

test.each([
  [
    'is missing',
    (file: string) => rm(file),
    /record [0-9a-f]+ \(state\) is damaged: 00000001\.large is missing/,
  ],
  [
    'was cut off',
    (file: string) => truncate(file, 10_000),
    /is damaged: 00000001\.large ends before it/,
  ],
  [
    'was emptied',
    (file: string) => writeFile(file, ''),
    /is damaged: 00000001\.large ends before it/,
  ],
  [
    'has another content',
    async (file: string) => writeFile(file, Buffer.alloc(statSync(file).size, 1)),
    /is damaged: its checksum in 00000001\.large is wrong/,
  ],
])('a start says what to do if a file of large records %s', async (_what, damage, message) => {
  const directory = join(await temporaryFolder(), 'member-1');
  await damage(await filled(directory));
  for (const start of [1, 2]) {
    const error: unknown = await find(directory).catch((reason: unknown) => reason);
    expect(String(error), `start ${start}`).toMatch(message);
    expect(String(error)).toMatch(/Stop this member, remove its data directory/);
  }
});

test('a read of a large record that has changed fails', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const file = await filled(directory);
  const store = await openStore(directory);
  await store.load();
  onTestFinished(() => store.close());
  expect(store.engine.get('k7')).toHaveLength(2000);
  await writeFile(file, Buffer.alloc(statSync(file).size, 1));
  expect(() => store.engine.get('k7')).toThrow(/its checksum in 00000001\.large is wrong/);
});

test('a start without state removes what is left of large records', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await openStore(directory);
  await store.load();
  const stage = await store.stageSnapshot();
  const other = await begun(join(await temporaryFolder(), 'other'));
  await put(other, 5, { large: 'l'.repeat(200_000) });
  const source = await other.openSnapshot();
  for await (const chunk of source.chunks()) await stage.write(chunk);
  await source.close();
  await other.close();
  await store.close();
  expect(await filesOf(directory, /\.large$/)).toHaveLength(1);
  expect((await find(directory)).recovered.identity).toBeUndefined();
  expect(await filesOf(directory, /\.large$/)).toEqual([]);
});

function text(at: number): string {
  return `${at},`.repeat(5000);
}

test('the space of large records comes back, also that of a file which still has some that count', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  for (let at = 0; at < 1200; at++) {
    store.engine.put(`k${at}`, Buffer.from(text(at)));
    if (at % 100 === 99) await store.write(writeOf({ appliedIndex: 1, sync: false }));
  }
  const full = store.sizeOnDisk();
  for (let at = 0; at < 1200; at++)
    if (at % 100 !== 3) store.engine.delete(`k${at}`, text(at).length);
  await store.write(writeOf({ appliedIndex: 1, sync: false }));
  await expect.poll(() => store.sizeOnDisk(), { timeout: 20_000 }).toBeLessThan(full / 8);
  const left = Array.from({ length: 12 }, (_, at) => 100 * at + 3);
  for (const at of left) expect(String(store.engine.get(`k${at}`))).toBe(text(at));
  await store.close();
  expect(Object.keys((await find(directory)).state)).toHaveLength(left.length);
});

/** What comes back soon after all has been written. */
async function expectLargeBelow(directory: string, bytes: number): Promise<void> {
  const folder = join(directory, 'member');
  await expect.poll(() => largeBytes(folder), { timeout: 20_000 }).toBeLessThan(bytes);
}

test('the space of a snapshot that is given up comes back', async () => {
  const folder = await temporaryFolder();
  const other = await begun(join(folder, 'other'));
  for (let at = 0; at < 40; at++) await put(other, 5, { [`k${at}`]: 'l'.repeat(1 << 20) });
  const directory = join(folder, 'member-1');
  const store = await begun(directory);
  const source = await other.openSnapshot();
  const stage = await store.stageSnapshot();
  for await (const chunk of source.chunks()) await stage.write(chunk);
  await source.close();
  await other.close();
  expect(largeBytes(join(directory, 'member'))).toBeGreaterThanOrEqual(40 << 20);
  await stage.abandon();
  await expectLargeBelow(directory, 1 << 20);
  await store.close();
});

test('the space of a large record that is replaced again and again comes back', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  // Small records that stay say nothing about the large one.
  for (let at = 0; at < 2000; at++) store.engine.put(`k${at}`, Buffer.from(`${at}`));
  for (let at = 0; at < 40; at++) await put(store, 1, { role: `${at}`.repeat(1 << 19) });
  await expectLargeBelow(directory, 14 << 20);
  expect(String(store.engine.get('role'))).toBe('39'.repeat(1 << 19));
  await store.close();
});

test('the space of large records that are deleted after a restart comes back', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const bytes = 1 << 20;
  const names = Array.from({ length: 40 }, (_, at) => `v${at + 10}`);
  const flush = { appliedIndex: 1, sync: false };
  const first = await begun(directory);
  first.engine.append('v01', Buffer.alloc(bytes, 'l'));
  await first.write(writeOf(flush));
  await first.close();
  const second = await openStore(directory);
  await second.load();
  for (const name of names) second.engine.append(name, Buffer.alloc(bytes, 'l'));
  second.engine.delete('v01', bytes);
  await second.write(writeOf(flush));
  await second.close();
  const store = await openStore(directory);
  await store.load();
  await put(store, 1, { small: 's' });
  // The start has looked for what was deleted before it.
  await expect
    .poll(() => largeFiles(join(directory, 'member')), { timeout: 20_000 })
    .not.toContain('00000001.large');
  for (const name of names) store.engine.delete(name, bytes);
  await store.write(writeOf(flush));
  await expectLargeBelow(directory, 1);
  await store.close();
});
