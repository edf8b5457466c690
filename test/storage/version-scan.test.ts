import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packVersions } from '../../src/state/index.ts';
import type { PackedVersions } from '../../src/state/index.ts';
import { encodeDelete, encodePut, recordKey } from '../../src/state/record.ts';
import {
  keyLengthField,
  noValue,
  packedFields,
  valueLengthField,
} from '../../src/state/version-rows.ts';
import { seal } from '../../src/storage/checksum.ts';
import type { Database } from '../../src/storage/level-directory.ts';
import { inventoryIn, tableName } from '../../src/storage/level-files.ts';
import { stateKey, stateText } from '../../src/storage/level-keys.ts';
import { scanFiles, scanVersions } from '../../src/storage/level-read.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { packHere } from '../../src/storage/version-scan.ts';
import { TableThread } from '../../src/storage/table-thread.ts';
import type { VersionSpan } from '../../src/storage/version-scan.ts';
import { numbersFrom, opened } from './level.ts';
import { temporaryFolder } from './member.ts';

const epoch = 1;
const from = stateText(epoch, 'k');
const to = stateText(epoch, 'l');
/** As numbers of floating point its bits would be changed. */
const lease = 0x7ff0_0000_0000_0001n;
const wanted = (): boolean => true;
const thread = new TableThread(silentLogger);

/**
 * Lengths of values with which each bound of a piece is reached: a thousand records without values are one, so are a few large
 * ones, and one alone has more bytes than memory that is used again.
 */
function lengthOf(revision: number, below: (end: number) => number): number {
  if (revision === 4321) return (1 << 20) + 100;
  if (revision % 1500 === 1400) return 262_144 - 100 + below(200);
  if (revision < 1300 || below(20) === 0) return 0;
  return below(100) === 0 ? 30_000 : below(2000);
}

/** A directory with versions of keys, in some twenty tables, and a few revisions removed again. */
async function filled(): Promise<{ readonly folder: string; readonly level: Database }> {
  const folder = await temporaryFolder();
  let level = await opened(folder);
  const below = numbersFrom(7);
  for (let revision = 2; revision < 6000;) {
    const batch = level.batch();
    for (let end = revision + 200; revision < end; revision++) {
      const key = `key ${below(4000)}`;
      const facts = {
        createRevision: revision,
        version: 1,
        lease: revision % 3 === 0 ? lease : 0n,
      };
      const value = Buffer.alloc(lengthOf(revision, below), `${revision},`);
      const record = below(5) === 0 ? encodeDelete(key) : encodePut(key, value, facts);
      putRecord(batch, revision, record);
      if (below(10) === 0) batch.del(stateKey(epoch, recordKey(below(revision), 0)));
    }
    await batch.write();
  }
  // Opening moves what is in the log to tables.
  await level.close();
  level = await opened(folder);
  return { folder, level };
}

function putRecord(batch: ReturnType<Database['batch']>, revision: number, record: Buffer): void {
  const key = stateKey(epoch, recordKey(revision, revision % 7));
  batch.put(key, seal(key, record));
}

/** Each version as a text. */
function unpacked({ rows, bytes, count }: PackedVersions): string[] {
  const leases = new BigInt64Array(rows.buffer);
  const text = Buffer.from(bytes.buffer);
  let at = 0;
  return Array.from({ length: count }, (_, row) => {
    const numbers = [...rows.subarray(row * packedFields, (row + 1) * packedFields)];
    const keyEnd = at + (numbers[keyLengthField] ?? 0);
    const valueEnd = keyEnd + Math.max(0, numbers[valueLengthField] ?? noValue);
    const parts = [text.toString('latin1', at, keyEnd), text.toString('latin1', keyEnd, valueEnd)];
    at = valueEnd;
    return JSON.stringify([...parts, ...numbers, String(leases[row * packedFields + 6])]);
  });
}

function inThread(span: VersionSpan, wantsValues: () => boolean) {
  return new TableThread(silentLogger).pack(span, wantsValues);
}

async function inFiles(level: Database, folder: string, values = wanted): Promise<string[]> {
  const found: string[] = [];
  const scan = scanFiles({ database: level, folder }, epoch, 'k', 'l');
  for await (const piece of packVersions(scan, values)) found.push(...unpacked(piece));
  return found;
}

async function allOf(pieces: AsyncGenerator<PackedVersions, string | undefined>) {
  const found: string[] = [];
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) return { found, next: value };
    found.push(...unpacked(value));
  }
}

test('a thread packs the same versions as this one, and as a scan finds', async () => {
  const { folder, level } = await filled();
  const expected = await inFiles(level, folder);
  expect(expected.length).toBeGreaterThan(4000);
  expect(expected.some((version) => version.includes(String(lease)))).toBe(true);

  expect(await allOf(packHere({ folder, from, to }, wanted))).toEqual({
    found: expected,
    next: to,
  });
  expect(await allOf(inThread({ folder, from, to }, wanted))).toEqual({
    found: expected,
    next: to,
  });
  await level.close();
});

test('values that nobody wants are left out', async () => {
  const { folder, level } = await filled();
  const expected = await inFiles(level, folder, () => false);
  expect(expected.join('').length).toBeLessThan(1_000_000);

  const { found } = await allOf(inThread({ folder, from, to }, () => false));

  expect(found).toEqual(expected);
  await level.close();
});

test('a thread leaves a piece as it is while its caller takes its time', async () => {
  const { folder, level } = await filled();
  let pieces = 0;
  for await (const piece of inThread({ folder, from, to }, wanted)) {
    const before = unpacked(piece).join('');
    // Time enough for the thread to fill all memory that it may.
    for (let turn = 0; turn < 2000; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(unpacked(piece).join('') === before).toBe(true);
    if (++pieces === 8) break;
  }
  await level.close();
});

test('a caller that stops in the middle ends the thread', async () => {
  const { folder, level } = await filled();
  for await (const { count } of inThread({ folder, from, to }, wanted)) {
    expect(count).toBeGreaterThan(0);
    break;
  }
  await level.close();
});

test('a record that does not verify is found, and all before it is given out', async () => {
  const { folder, level: before } = await filled();
  const whole = await inFiles(before, folder);
  const damaged = stateKey(epoch, recordKey(5000, 5000 % 7));
  await before.put(damaged, Buffer.alloc(100));
  await before.close();
  const level = await opened(folder);

  const { found, next } = await allOf(inThread({ folder, from, to }, wanted));
  expect(found.length).toBeGreaterThan(1000);
  expect(found).toEqual(whole.slice(0, found.length));
  expect(next! < damaged.toString('latin1')).toBe(true);

  const rest = allOf(packHere({ folder, from: next!, to }, wanted));
  await expect(rest).rejects.toThrow('its checksum is wrong');
  const all = allOf(scanVersions({ database: level, folder }, epoch, wanted, thread));
  await expect(all).rejects.toThrow('its checksum is wrong');
  await level.close();
});

test('a thread that fails at once leaves all to its caller', async () => {
  const folder = await temporaryFolder();
  expect(await allOf(inThread({ folder: `${folder}/none`, from, to }, wanted))).toEqual({
    found: [],
    next: from,
  });
});

test('tables that are gone whenever they are looked for do not make the thread wait for ever', async () => {
  const { folder, level } = await filled();
  const expected = await inFiles(level, folder);
  const { tables } = await inventoryIn(folder);
  const inOrder = [...tables].toSorted(([, a], [, b]) => Buffer.compare(a.firstKey, b.firstKey));
  await unlink(join(folder, tableName(inOrder[inOrder.length >> 1]![0])));

  const { found, next } = await allOf(inThread({ folder, from, to }, wanted));

  expect(found.length).toBeGreaterThan(1000);
  expect(found).toEqual(expected.slice(0, found.length));
  expect(next! < to).toBe(true);
  await level.close();
});

test('what is in LevelDB alone follows what its tables have', async () => {
  const { folder, level } = await filled();
  const batch = level.batch();
  putRecord(batch, 7000, encodeDelete('key 1'));
  await batch.write();

  const { found } = await allOf(scanVersions({ database: level, folder }, epoch, wanted, thread));

  expect(found).toEqual(await inFiles(level, folder));
  expect(found.at(-1)).toContain('7000');
  await level.close();
});
