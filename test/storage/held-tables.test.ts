import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StorageCorruption } from '../../src/storage/index.ts';
import { DamagedTable } from '../../src/storage/corruption.ts';
import { HeldTables } from '../../src/storage/held-tables.ts';
import type { Database } from '../../src/storage/level-directory.ts';
import { change, inLevel, keyAt, numbersFrom, opened } from './level.ts';
import { temporaryFolder } from './member.ts';

const nothing = Buffer.from([0]);

async function held(level: Database, folder: string): Promise<HeldTables> {
  await level.compactRange(nothing, nothing);
  return HeldTables.hold(level, folder);
}

async function found(tables: HeldTables, from = '', to = '\u00ff') {
  const records: (readonly [key: string, value: string])[] = [];
  const walk = tables.walk(from, to, (record) => {
    records.push([record.key, record.value().toString('latin1')]);
  });
  for await (const _ of walk);
  return records;
}

test.each([1, 2, 3])(
  'held tables are those of their moment, whatever is written and merged meanwhile (%i)',
  async (seed) => {
    const folder = await temporaryFolder();
    const below = numbersFrom(seed);
    const level = await opened(folder);
    let compared = 0;
    for (let round = 0; round < 8; round++) {
      for (let batches = below(6) + 1; batches > 0; batches--) await change(level, below);
      const expected = await inLevel(level, '', '\u00ff');
      const tables = await held(level, folder);
      for (let batches = 0; batches < 6; batches++) await change(level, below);
      await level.compactRange(Buffer.from('s'), Buffer.from('t'));
      expect(await found(tables)).toEqual(expected);
      const part = expected.filter(([key]) => key >= 'sc' && key < 'sx');
      expect(await found(tables, 'sc', 'sx')).toEqual(part);
      await tables.close();
      compared += expected.length;
    }
    await level.close();
    expect(compared).toBeGreaterThan(3000);
  },
);

test('tables that nothing holds any more are deleted after a merge', async () => {
  const folder = await temporaryFolder();
  const below = numbersFrom(5);
  const level = await opened(folder);
  for (let batches = 0; batches < 20; batches++) await change(level, below);
  const tables = await held(level, folder);
  const before = readdirSync(folder).filter((name) => name.endsWith('.ldb'));
  await level.compactRange(Buffer.from('s'), Buffer.from('t'));
  await tables.close();
  await level.put(Buffer.from('s'), Buffer.from('1'));
  await level.compactRange(Buffer.from('s'), Buffer.from('t'));
  const after = readdirSync(folder);
  expect(before.some((name) => after.includes(name))).toBe(false);
  await level.close();
});

test('a single record is found in whatever table it is', async () => {
  const folder = await temporaryFolder();
  const level = await opened(folder);
  for (let at = 0; at < 3000; at++) await level.put(keyAt(at), Buffer.alloc(100, 'v'));
  const tables = await held(level, folder);
  await expect(tables.get(Buffer.from('nowhere'))).rejects.toThrow(StorageCorruption);
  // No checksum of ours is there.
  await expect(tables.get(keyAt(1700))).rejects.toThrow('its checksum is wrong');
  await tables.close();
  await level.close();
});

test('a changed bit anywhere in a table is noticed', async () => {
  const folder = await temporaryFolder();
  const level = await opened(folder);
  for (let at = 0; at < 300; at++) await level.put(keyAt(at), Buffer.alloc(100, 'v'));
  const before = await held(level, folder);
  const expected = await found(before);
  await before.close();
  const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.ldb'));
  const path = join(folder, name);
  const sound = await readFile(path);
  const below = numbersFrom(6);
  for (let attempt = 0; attempt < 300; attempt++) {
    const bytes = Buffer.from(sound);
    const at = below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    await writeFile(path, bytes);
    const seen = await readAll(level, folder).catch((error: unknown) => error);
    // Some bytes say nothing: the footer has room that is not used, and the index of the filters is not read.
    if (!(seen instanceof DamagedTable)) expect(seen, `byte ${at}`).toEqual(expected);
  }
  await writeFile(path, sound.subarray(0, 20));
  await expect(readAll(level, folder)).rejects.toThrow(DamagedTable);
  await level.close();
});

async function readAll(level: Database, folder: string) {
  const tables = await HeldTables.hold(level, folder);
  try {
    return await found(tables);
  } finally {
    await tables.close();
  }
}
