import { expect, test } from 'vitest';
import { scanTables } from '../../src/storage/level-scan.ts';
import { change, inLevel, keyAt, numbersFrom, opened } from './level.ts';
import { temporaryFolder } from './member.ts';

/** What lies in the tables between two keys, and the key before which that is all. */
async function inTables(folder: string, from: string, to: string) {
  const scan = scanTables(folder, from, to);
  const found: (readonly [key: string, value: string])[] = [];
  for (;;) {
    const { value, done } = await scan.next();
    if (done === true) return { found, rest: value };
    for (const record of value) found.push([record.key, record.value.toString('latin1')]);
  }
}

test.each([1, 2, 3])(
  'tables hold what LevelDB finds, after any changes and merges (%i)',
  async (seed) => {
    const folder = await temporaryFolder();
    const below = numbersFrom(seed);
    let compared = 0;
    let level = await opened(folder);
    for (let round = 0; round < 12; round++) {
      for (let batches = below(6) + 1; batches > 0; batches--) await change(level, below);
      if (below(5) === 0) {
        await level.compactRange(Buffer.from('s'), keyAt(below(3000)));
      }
      // Opening moves what is in the log to tables.
      await level.close();
      level = await opened(folder);
      for (const [from, to] of [
        ['', '\u00ff'],
        ['sc', 'sx'],
        [keyAt(below(3000)).toString('latin1'), 't'],
      ] as const) {
        const { found, rest } = await inTables(folder, from, to);
        expect(rest).toBe(to);
        expect(found).toEqual(await inLevel(level, from, to));
        compared += found.length;
      }
    }
    await level.close();
    expect(compared).toBeGreaterThan(10_000);
  },
);

test('a merge in the middle of a scan hides nothing and repeats nothing', async () => {
  const folder = await temporaryFolder();
  const below = numbersFrom(4);
  let level = await opened(folder);
  for (let batches = 0; batches < 40; batches++) await change(level, below);
  await level.close();
  level = await opened(folder);
  const scan = scanTables(folder, 's', 't');
  const keys: string[] = [];
  let merges = 0;
  for (;;) {
    const { value, done } = await scan.next();
    if (done === true) {
      expect(value).toBe('t');
      break;
    }
    for (const { key } of value) keys.push(key);
    if (merges++ < 3) await level.compactRange(Buffer.from('s'), Buffer.from('t'));
  }
  expect(merges).toBeGreaterThan(1);
  expect(keys).toEqual((await inLevel(level, 's', 't')).map(([key]) => key));
  await level.close();
});

test('while LevelDB has changes in its log it is asked for all', async () => {
  const folder = await temporaryFolder();
  const level = await opened(folder);
  await level.put(Buffer.from('sa'), Buffer.from('1'));

  expect(await inTables(folder, 's', 't')).toEqual({ found: [], rest: 's' });
  await level.close();
});

test('a compressed table is left to LevelDB, and so are those behind it', async () => {
  const folder = await temporaryFolder();
  let level = await opened(folder);
  for (let at = 0; at < 2000; at++) await level.put(keyAt(at), Buffer.alloc(100, 'v'));
  await level.close();
  level = await opened(folder, { compression: true });
  await level.put(Buffer.from('u'), Buffer.alloc(1000, 'v'));
  await level.close();
  level = await opened(folder, { compression: true });

  const { found, rest } = await inTables(folder, 's', 'v');

  expect([...found, ...(await inLevel(level, rest, 'v'))]).toEqual(await inLevel(level, 's', 'v'));
  expect(rest > 't').toBe(false);
  await level.close();
});
