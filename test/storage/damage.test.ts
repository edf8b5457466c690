import { cp, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { expect, test } from 'vitest';
import type { Store } from '../../src/replica/index.ts';
import { base, entryOf, owner, stateOf, writeOf } from '../contract/store.ts';
import { copyWith, filesOf, find, flipped, openStore, temporaryFolder } from './member.ts';
import type { Found } from './member.ts';

const whatToDo = /remove its data directory, remove the member from the cluster and add it again/;

/** Writes from which a missing one can be detected: state, applied index and entries advance together. */
async function writeSome(store: Store, from: number, to: number): Promise<void> {
  for (let index = from; index <= to; index++) {
    store.engine.put(`key ${index % 7}`, Buffer.from(`value ${index} ${'.'.repeat(index % 50)}`));
    await store.write(
      writeOf({
        hardState: { term: index, vote: undefined, commit: index - 1 },
        entries: [entryOf(index, index)],
        appliedIndex: index - 1,
      }),
    );
  }
}

async function begun(directory: string): Promise<Store> {
  const store = await openStore(directory);
  await store.load();
  await store.create(owner, base);
  return store;
}

/** Flips a bit in every so many bytes of a file, and lists the places where damage went unnoticed. */
async function unnoticed(
  directory: string,
  file: string,
  { tries, sound }: { readonly tries: number; readonly sound: Found },
): Promise<number[]> {
  const target = `${directory}.flipped`;
  const { size } = await stat(join(directory, file));
  const places: number[] = [];
  for (let nth = 0; nth < tries; nth++) {
    const at = Math.floor((nth * size) / tries);
    await copyWith(directory, target, file, (bytes) => flipped(bytes, at, nth % 8));
    const found = await find(target).catch((error: unknown) => error);
    if (found instanceof Error) expect(found.message).toMatch(/damaged|cannot be used/);
    else if (JSON.stringify(found) !== JSON.stringify(sound)) places.push(at);
  }
  await rm(target, { recursive: true, force: true });
  return places;
}

test('a bit that changed anywhere in the log is noticed, or changes nothing', async () => {
  const folder = await temporaryFolder();
  const store = await begun(join(folder, 'live'));
  await writeSome(store, 2, 30);
  await cp(join(folder, 'live'), join(folder, 'copy'), { recursive: true });
  await store.close();
  const directory = join(folder, 'copy');
  await cp(directory, join(folder, 'sound'), { recursive: true });
  const sound = await find(join(folder, 'sound'));
  expect(sound.recovered.entries).toHaveLength(29);
  const [log = '', ...others] = await filesOf(directory, /\.log$/);
  expect(others).toEqual([]);
  expect(await unnoticed(directory, log, { tries: 100, sound })).toEqual([]);
});

test('a bit that changed anywhere in a table or a manifest is noticed, or changes nothing', async () => {
  const folder = await temporaryFolder();
  const directory = join(folder, 'member-1');
  const store = await begun(directory);
  await writeSome(store, 2, 60);
  await store.close();
  // Starting moves what is in the log to a table.
  const sound = await find(directory);
  const [table = ''] = await filesOf(directory, /\.ldb$/);
  expect(await unnoticed(directory, table, { tries: 100, sound })).toEqual([]);
  const [manifest = ''] = await filesOf(directory, /MANIFEST/);
  expect(await unnoticed(directory, manifest, { tries: 40, sound })).toEqual([]);
});

test('damage in the middle of the log stops the member, and stays for the next start', async () => {
  const folder = await temporaryFolder();
  const store = await begun(join(folder, 'live'));
  await writeSome(store, 2, 30);
  const [log = ''] = await filesOf(join(folder, 'live'), /\.log$/);
  const directory = join(folder, 'copy');
  await copyWith(join(folder, 'live'), directory, log, (bytes) =>
    flipped(bytes, bytes.length >> 1, 3),
  );
  await store.close();
  for (const start of [1, 2]) {
    const error: unknown = await find(directory).catch((reason: unknown) => reason);
    expect(error, `start ${start}`).toMatchObject({ code: 'cluster-corrupt' });
    expect(String(error)).toMatch(/\.log: the checksum at byte \d+ is wrong/);
    expect(String(error)).toMatch(whatToDo);
  }
});

test('damage in a table names the records it is about', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  await writeSome(store, 2, 60);
  await store.close();
  await find(directory);
  const [table = ''] = await filesOf(directory, /\.ldb$/);
  await writeFile(join(directory, table), flipped(await readFile(join(directory, table)), 100, 1));
  await expect(find(directory)).rejects.toThrow(
    /\.ldb in the records up to [0-9a-f]+ \([a-z ]+\): the checksum at byte 0 is wrong/,
  );
});

test('a record with a wrong checksum is named by its key, with what to do', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  await writeSome(store, 2, 5);
  await store.close();
  const level = new Level<Buffer, Buffer>(join(directory, 'member'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  const hardState = (await level.get(Buffer.from('h'))) ?? Buffer.alloc(0);
  await level.put(Buffer.from('h'), flipped(hardState, 2, 0));
  await level.close();
  await expect(find(directory)).rejects.toThrow('the record 68 (hard state) is damaged');
  await expect(find(directory)).rejects.toThrow(whatToDo);
});

test('an entry that is gone from the middle of the log stops the member', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  await writeSome(store, 2, 9);
  await store.close();
  const level = new Level<Buffer, Buffer>(join(directory, 'member'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  const key = Buffer.concat([Buffer.from('e'), Buffer.from('0000000000000005', 'hex')]);
  await level.del(key);
  await level.close();
  await expect(find(directory)).rejects.toThrow(/\(log\) is damaged: entry 5 is missing before 6/);
});

test('a directory that lost the record of its owner is not taken for an empty one', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  await writeSome(store, 2, 9);
  await store.close();
  const level = new Level<Buffer, Buffer>(join(directory, 'member'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  await level.del(Buffer.from('i'));
  await level.close();
  await expect(find(directory)).rejects.toThrow(
    'the record 69 (identity) is damaged: it is missing',
  );
});

test('a directory that lost its CURRENT file or a table is not taken for an empty one', async () => {
  const folder = await temporaryFolder();
  const directory = join(folder, 'member-1');
  const store = await begun(directory);
  await writeSome(store, 2, 9);
  await store.close();
  await find(directory);
  await cp(directory, join(folder, 'other'), { recursive: true });
  await unlink(join(directory, 'member', 'CURRENT'));
  await expect(find(directory)).rejects.toThrow(/CURRENT: it is missing, and \d+\.\w+ is there/);
  const [table = ''] = await filesOf(join(folder, 'other'), /\.ldb$/);
  await unlink(join(folder, 'other', table));
  await expect(find(join(folder, 'other'))).rejects.toThrow(/\.ldb: it is missing/);
});

test('a log cut off at any byte leaves the writes before it, and none by half', async () => {
  const folder = await temporaryFolder();
  const live = join(folder, 'live');
  const store = await begun(live);
  // The last write spans blocks of LevelDB's log.
  await writeSome(store, 2, 12);
  store.engine.put('big', Buffer.alloc(100_000, 'b'));
  await store.write(writeOf({ entries: [entryOf(13, 13)], appliedIndex: 12 }));
  const [log = ''] = await filesOf(live, /\.log$/);
  const { size } = await stat(join(live, log));
  const cut = join(folder, 'cut');
  let most = 0;
  for (let nth = 0; nth <= 60; nth++) {
    const length = nth === 60 ? size : Math.floor((nth * size) / 60);
    await copyWith(live, cut, log, (bytes) => bytes.subarray(0, length));
    const { recovered, state } = await find(cut);
    if (recovered.identity === undefined) continue;
    const last = recovered.entries.at(-1)?.index ?? 1;
    expect(recovered.entries.map(({ index }) => index)).toEqual(
      Array.from({ length: last - 1 }, (_, at) => at + 2),
    );
    expect(recovered.appliedIndex).toBe(Math.max(1, last - 1));
    expect('big' in state).toBe(last === 13);
    for (let index = Math.max(2, last - 6); index <= Math.min(12, last); index++) {
      expect(state[`key ${index % 7}`]).toMatch(new RegExp(`^value ${index} `));
    }
    expect(last).toBeGreaterThanOrEqual(most);
    most = last;
  }
  expect(most).toBe(13);
  await store.close();
});

test('a log that ends in zeros after a power failure is taken as cut off there', async () => {
  const folder = await temporaryFolder();
  const live = join(folder, 'live');
  const store = await begun(live);
  await writeSome(store, 2, 12);
  const [log = ''] = await filesOf(live, /\.log$/);
  await copyWith(live, join(folder, 'cut'), log, (bytes) =>
    Buffer.concat([bytes.subarray(0, -40), Buffer.alloc(5000)]),
  );
  await store.close();
  const { recovered } = await find(join(folder, 'cut'));
  expect(recovered.entries.at(-1)?.index).toBe(11);
  const again = await openStore(join(folder, 'cut'));
  await again.load();
  await writeSome(again, 12, 13);
  expect(Object.keys(await stateOf(again))).toHaveLength(7);
  await again.close();
});
