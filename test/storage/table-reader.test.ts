import { readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { expect, test, vi } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { seal } from '../../src/storage/checksum.ts';
import { LargeFiles } from '../../src/storage/large-files.ts';
import { encodePlace } from '../../src/storage/record-place.ts';
import { TableReader } from '../../src/storage/table-reader.ts';
import { temporaryFolder } from './member.ts';

type Options = ConstructorParameters<typeof Level<Buffer, Buffer>>[1];

async function opened(folder: string, options: Options = {}): Promise<Level<Buffer, Buffer>> {
  const level: Level<Buffer, Buffer> = new Level<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    compression: false,
    // LevelDB's smallest: many tables of few records.
    writeBufferSize: 64 << 10,
    ...options,
  });
  await level.open();
  return level;
}

/** Opening moves what is in the log to tables. */
async function reopened(folder: string, level: Level<Buffer, Buffer>, options: Options = {}) {
  await level.close();
  return opened(folder, options);
}

/** The same; then LevelDB has nothing to merge, and deletes no file. */
async function merged(folder: string, level: Level<Buffer, Buffer>) {
  const again = await reopened(folder, level);
  if (!('compactRange' in again) || typeof again.compactRange !== 'function') throw new Error();
  await again.compactRange(Buffer.from('s'), Buffer.from('t'));
  return again;
}

/** A clock that a test moves. */
class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  endOfTurn(): void {
    throw new Error('not used');
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const timer of this.#timers) {
      if (timer.atMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

const sum = 'sum.';

/** Keys share long beginnings; some are the beginning of others, and bytes of all values occur. */
function keyAt(number: number): string {
  const byte = String.fromCharCode(number % 256);
  return `s\0\0\0\u0001k${byte}${String(number).padStart(6, '0')}${byte.repeat(number % 9)}`;
}

/** Some values have more bytes than a block. */
function valueAt(number: number, life = 0): string {
  return `${life}:${String(number).repeat(number % 97 === 0 ? 8000 : 1 + (number % 60))}`;
}

async function put(level: Level<Buffer, Buffer>, numbers: readonly number[], life = 0) {
  const batch = level.batch();
  for (const number of numbers) {
    batch.put(Buffer.from(keyAt(number), 'latin1'), Buffer.from(`${valueAt(number, life)}${sum}`));
  }
  await batch.write();
}

async function remove(level: Level<Buffer, Buffer>, numbers: readonly number[]) {
  const batch = level.batch();
  for (const number of numbers) batch.del(Buffer.from(keyAt(number), 'latin1'));
  await batch.write();
}

function upTo(count: number, from = 0): readonly number[] {
  return Array.from({ length: count - from }, (_, at) => from + at);
}

/** Has the reader look for tables until it answers, and leaves it when it does not look any more. */
async function warm(reader: TableReader, clock: ManualClock, number: number): Promise<void> {
  // LevelDB may just merge a table that is about to be opened: then it is looked for once more.
  await vi.waitFor(() => {
    if (reader.peek(keyAt(number)) !== undefined) return;
    clock.pass(1000);
    for (let at = 0; at < 300; at++) reader.peek('s\0\0\0\u0001m');
    throw new Error('no table is open yet');
  });
}

function peeked(reader: TableReader, number: number): string | undefined {
  return reader.peek(keyAt(number))?.toString();
}

/** The tables of a folder that this process has open, besides LevelDB's own. */
function openFiles(folder: string): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(join('/proc/self/fd', name)).startsWith(`${folder}/`);
    } catch {
      return false;
    }
  }).length;
}

test.each(['in order', 'at random'])('tables hold what LevelDB has, read %s', async (order) => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder);
  for (let from = 0; from < 6000; from += 500) await put(level, upTo(from + 500, from));
  level = await merged(folder, level);
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  await warm(reader, clock, 1);

  let found = 0;
  for (let at = 0; at < 6000; at++) {
    const number = order === 'in order' ? at : (at * 2741) % 6000;
    const value = peeked(reader, number);
    if (value === undefined) continue;
    expect(value).toBe(valueAt(number));
    found++;
  }

  // All but those behind large values: LevelDB reads these.
  expect(found).toBeGreaterThan(5800);
  for (const key of ['', 's', keyAt(3).slice(0, -1), `${keyAt(3)}\0`, keyAt(6001), 't', 'x']) {
    expect(reader.peek(key)).toBeUndefined();
  }
  await reader.close();
  await level.close();
});

test('a table answers after LevelDB merged it and deleted its file, until new ones are looked for', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder);
  await put(level, upTo(3000));
  level = await merged(folder, level);
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  await warm(reader, clock, 1);

  await put(level, upTo(3000), 1);
  await remove(level, upTo(1000));
  level = await merged(folder, level);
  expect(peeked(reader, 5)).toBe(valueAt(5));
  clock.pass(1000);
  for (let at = 0; at < 300; at++) reader.peek('s\0\0\0\u0001m');

  await vi.waitFor(() => expect(peeked(reader, 2000)).toBe(valueAt(2000, 1)));
  expect(peeked(reader, 5)).toBeUndefined();
  await reader.close();
  await level.close();
});

test('a key is found in each of several tables that overlap', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  // LevelDB merges four tables, and not three.
  const options = { writeBufferSize: 16 << 20 };
  let level = await opened(folder, options);
  for (const rest of [0, 1, 2]) {
    const own = upTo(3000).filter((number) => number % 3 === rest && number % 97 > 0);
    await put(level, own);
    level = await reopened(folder, level, options);
  }
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  await warm(reader, clock, 1);

  for (const number of upTo(3000)) {
    expect(peeked(reader, number)).toBe(number % 97 > 0 ? valueAt(number) : undefined);
  }
  await reader.close();
  await level.close();
});

test('a key that differs from one in the table in the middle only is not found', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder);
  for (const key of ['sa1', 'sa2', 'sb1', 'sb3'])
    await level.put(Buffer.from(key), Buffer.from(sum));
  await put(level, [1]);
  level = await merged(folder, level);
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  await warm(reader, clock, 1);

  expect(reader.peek('sb1')).toEqual(Buffer.alloc(0));
  for (const key of ['sb2', 'sa3', 'sb']) expect(reader.peek(key)).toBeUndefined();
  await reader.close();
  await level.close();
});

test('files are closed when nothing was read for ten seconds, and when the reader closes', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder);
  await put(level, upTo(3000));
  level = await merged(folder, level);
  const before = openFiles(folder);
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  await warm(reader, clock, 1);
  const files = openFiles(folder);
  expect(files).toBeGreaterThan(before);

  clock.pass(10_000);
  await vi.waitFor(() => expect(peeked(reader, 1)).toBeDefined());
  await vi.waitFor(() => expect(openFiles(folder)).toBe(files));
  // Reads were counted after the timer: one more period, and then one without any.
  await expect
    .poll(() => {
      clock.pass(10_000);
      return openFiles(folder);
    })
    .toBe(before);
  expect(peeked(reader, 1)).toBeUndefined();

  await warm(reader, clock, 1);
  await reader.close();
  expect(openFiles(folder)).toBe(before);
  expect(peeked(reader, 1)).toBeUndefined();
  await level.close();
});

test('a reader that closes while it opens tables leaves no file open', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder);
  await put(level, upTo(3000));
  level = await merged(folder, level);
  const before = openFiles(folder);
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  clock.pass(1000);
  for (let at = 0; at < 300; at++) reader.peek(keyAt(at));

  await reader.close();

  expect(openFiles(folder)).toBe(before);
  await level.close();
});

test('compressed tables are left to LevelDB', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder, { compression: true });
  await put(level, upTo(3000));
  level = await reopened(folder, level, { compression: true });
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  clock.pass(1000);
  for (let at = 0; at < 3000; at++) peeked(reader, at);
  await vi.waitFor(() => expect(openFiles(folder)).toBeGreaterThanOrEqual(0));

  for (let at = 0; at < 3000; at++) expect([undefined, valueAt(at)]).toContain(peeked(reader, at));
  await reader.close();
  await level.close();
});

test('whatever bytes a table has, nothing beyond its blocks is read', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder);
  await put(level, upTo(2000));
  level = await merged(folder, level);
  const reader = new TableReader(folder, new LargeFiles(folder), clock);
  await warm(reader, clock, 1);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ldb'))) {
    const file = await open(join(folder, name), 'r+');
    const { size } = await file.stat();
    const noise = Buffer.alloc(size, Buffer.from([255, 3, 200, 7, 129, 0, 90, 254, 1, 1, 30]));
    await file.write(noise, 0, size, 0);
    await file.close();
  }

  for (let at = 0; at < 2000; at++) reader.peek(keyAt(at));
  await reader.close();
  await level.close();
});

test('a damaged place asks for no memory, and a sound one gives its record', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  let level = await opened(folder);
  await put(level, upTo(2000));
  const files = new LargeFiles(folder);
  const large = files.batch();
  const record = Buffer.alloc(3000, 'r');
  const place = large.add(record);
  await large.write(false);
  const damaged = encodePlace({ file: 1, offset: 0, length: 0xffff_ffff, sum: 1 });
  await level.put(Buffer.from('sb1'), seal(Buffer.from('sb1'), place));
  await level.put(Buffer.from('sb2'), seal(Buffer.from('another key'), damaged));
  level = await merged(folder, level);
  const reader = new TableReader(folder, files, clock);
  await warm(reader, clock, 1);

  expect(reader.peek('sb1')).toEqual(record);
  expect(reader.peek('sb2')).toBeUndefined();
  await reader.close();
  await files.close();
  await level.close();
});
