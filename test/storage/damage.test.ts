import { cp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Level } from 'level';
import { expect, test } from 'vitest';
import type { Store } from '../../src/replica/index.ts';
import {
  alignedEnd,
  headBytes,
  recordsOf,
  sealRecord,
  seedOf,
} from '../../src/storage/log-frames.ts';
import { base, entryOf, owner, writeOf } from '../contract/store.ts';
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

/** Where the zeros begin that a file was filled with ahead of its records. */
function endOfData(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}

/** Flips a bit in every so many bytes of a file, and lists the places where damage went unnoticed. */
async function unnoticed(
  directory: string,
  file: string,
  { tries, sound }: { readonly tries: number; readonly sound: Found },
): Promise<number[]> {
  const target = `${directory}.flipped`;
  const size = endOfData(await readFile(join(directory, file)));
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

test.each([
  ['the log', /\.raft$/],
  ["LevelDB's log", /\.log$/],
])('a bit that changed anywhere in %s is noticed, or changes nothing', async (_what, kind) => {
  const folder = await temporaryFolder();
  const store = await begun(join(folder, 'live'));
  await writeSome(store, 2, 30);
  await cp(join(folder, 'live'), join(folder, 'copy'), { recursive: true });
  await store.close();
  const directory = join(folder, 'copy');
  await cp(directory, join(folder, 'sound'), { recursive: true });
  const sound = await find(join(folder, 'sound'));
  expect(sound.recovered.entries).toHaveLength(29);
  const [log = '', ...others] = await filesOf(directory, kind);
  expect(others).toEqual([]);
  expect(await unnoticed(directory, log, { tries: 60, sound })).toEqual([]);
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
  expect(await unnoticed(directory, table, { tries: 60, sound })).toEqual([]);
  const [manifest = ''] = await filesOf(directory, /MANIFEST/);
  expect(await unnoticed(directory, manifest, { tries: 40, sound })).toEqual([]);
});

test.each([/\.raft$/, /\.log$/])(
  'damage in the middle of a log stops the member, and stays for the next start: %s',
  async (kind) => {
    const folder = await temporaryFolder();
    const store = await begun(join(folder, 'live'));
    await writeSome(store, 2, 30);
    const [log = ''] = await filesOf(join(folder, 'live'), kind);
    const directory = join(folder, 'copy');
    await copyWith(join(folder, 'live'), directory, log, (bytes) =>
      flipped(bytes, endOfData(bytes) >> 1, 3),
    );
    await store.close();
    for (const start of [1, 2]) {
      const error: unknown = await find(directory).catch((reason: unknown) => reason);
      expect(error, `start ${start}`).toMatchObject({ code: 'cluster-corrupt' });
      expect(String(error)).toMatch(/\.(log|raft): the checksum at byte \d+ is wrong/);
      expect(String(error)).toMatch(whatToDo);
    }
  },
);

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
  const applied = (await level.get(Buffer.from('x'))) ?? Buffer.alloc(0);
  await level.put(Buffer.from('x'), flipped(applied, 0, 0));
  await level.close();
  await expect(find(directory)).rejects.toThrow('the record 78 (applied index) is damaged');
  await expect(find(directory)).rejects.toThrow(whatToDo);
});

test('an entry that is gone from the middle of the log stops the member', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await begun(directory);
  await writeSome(store, 2, 9);
  await store.close();
  const [log = ''] = await filesOf(directory, /\.raft$/);
  const seed = seedOf(basename(log));
  const { contents } = recordsOf(await readFile(join(directory, log)), seed);
  // The first record has the hard state that the log began with.
  const others = contents.filter((_, at) => at !== 4);
  await writeFile(join(directory, log), Buffer.concat(others.map((one) => sealed(one, seed))));
  await expect(find(directory)).rejects.toThrow(/\.raft: entry 5 is missing before 6/);
});

function sealed(content: Buffer, seed: number): Buffer {
  const record = Buffer.alloc(headBytes + content.length);
  content.copy(record, headBytes);
  sealRecord(record, seed);
  return Buffer.concat([record, Buffer.alloc(alignedEnd(record.length) - record.length)]);
}

test.each(['the first', 'the last'])(
  'a log that lost a file is not taken for a shorter one: %s of two',
  async (which) => {
    const directory = join(await temporaryFolder(), 'member-1');
    const store = await begun(directory);
    const large = 'x'.repeat(9 << 20);
    for (const index of [2, 3, 4]) {
      const hardState = { term: index, vote: undefined, commit: index };
      await store.write(writeOf({ hardState, entries: [entryOf(index, index, large)] }));
    }
    await store.close();
    const files = await filesOf(directory, /\.raft$/);
    expect(files).toHaveLength(2);
    await unlink(join(directory, files.at(which === 'the first' ? 0 : -1) ?? ''));
    const found = await find(directory).then(() => 'sound', String);
    expect(found).toMatch(/is damaged: .*missing/);
  },
);

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
  await expect(find(directory)).rejects.toThrow(/CURRENT: it is missing, and [\d-]+\.\w+ is there/);

  // Nor is one that has only the log.
  for (const name of await readdir(join(directory, 'member'))) {
    if (!name.endsWith('.raft')) await unlink(join(directory, 'member', name));
  }
  await expect(find(directory)).rejects.toThrow(
    /CURRENT: it is missing, and [\d-]+\.raft is there/,
  );
  const [table = ''] = await filesOf(join(folder, 'other'), /\.ldb$/);
  await unlink(join(folder, 'other', table));
  await expect(find(join(folder, 'other'))).rejects.toThrow(/\.ldb: it is missing/);
});

test.each([/\.raft$/, /\.log$/])(
  'a log cut off at any byte leaves the writes before it, and none by half: %s',
  async (kind) => {
    const folder = await temporaryFolder();
    const live = join(folder, 'live');
    const store = await begun(live);
    // The last write spans blocks of LevelDB's log, and sectors of ours.
    await writeSome(store, 2, 12);
    store.engine.put('big', Buffer.alloc(100_000, 'b'));
    await store.write(writeOf({ entries: [entryOf(13, 13, 'e'.repeat(9000))], appliedIndex: 12 }));
    const [log = ''] = await filesOf(live, kind);
    const size = endOfData(await readFile(join(live, log)));
    const cut = join(folder, 'cut');
    let most = 0;
    for (let nth = 0; nth <= 40; nth++) {
      const length = nth === 40 ? size : Math.floor((nth * size) / 40);
      // The other log is as it was, so that the state may be too new for what is left of ours.
      await copyWith(live, cut, log, (bytes) => bytes.subarray(0, length));
      const found = await find(cut).catch((error: unknown) => String(error));
      if (typeof found === 'string') {
        expect(found).toMatch(/do not fit|the checksum at byte 0 is wrong/);
        expect(kind.source).toContain('raft');
        continue;
      }
      const { recovered, state } = found;
      if (recovered.identity === undefined) continue;
      const last = kind.source.includes('raft')
        ? (recovered.entries.at(-1)?.index ?? 1)
        : recovered.appliedIndex + 1;
      expect(recovered.entries.map(({ index }) => index)).toEqual(
        Array.from({ length: recovered.entries.length }, (_, at) => at + 2),
      );
      expect('big' in state).toBe(recovered.appliedIndex === 12);
      for (let index = Math.max(2, last - 6); index < Math.min(12, last); index++) {
        expect(state[`key ${index % 7}`]).toMatch(
          new RegExp(`^value ${index}|^value ${index + 7}`),
        );
      }
      expect(last).toBeGreaterThanOrEqual(most);
      most = last;
    }
    expect(most).toBe(13);
    await store.close();
  },
);

/** A copy of a log whose last write has sectors that never reached the disk. */
async function tornCopy(live: string, target: string, sectors: readonly number[]): Promise<void> {
  const [log = ''] = await filesOf(live, /\.raft$/);
  await copyWith(live, target, log, (bytes) => {
    const copy = Buffer.from(bytes);
    const last = Math.floor((endOfData(copy) - 1) / 512);
    for (const sector of sectors) copy.fill(0, (last - sector) * 512, (last - sector + 1) * 512);
    return copy;
  });
}

test.each([[[0]], [[1]], [[5]], [[0, 1, 2]], [[3, 7]]])(
  'a last record without its sectors %j, counted from the end, is taken as never written',
  async (sectors) => {
    const folder = await temporaryFolder();
    const live = join(folder, 'live');
    const cut = join(folder, 'cut');
    const store = await begun(live);
    await writeSome(store, 2, 12);
    await store.write(writeOf({ entries: [entryOf(13, 13, 'e'.repeat(9000))] }));
    await tornCopy(live, cut, sectors);
    await store.close();
    const { recovered } = await find(cut);
    expect(recovered.entries.at(-1)?.index).toBe(12);
    const again = await openStore(cut);
    await again.load();
    await writeSome(again, 13, 14);
    await again.close();
    const found = await find(cut);
    expect(found.recovered.entries.at(-1)?.index).toBe(14);
    expect(Object.keys(found.state)).toHaveLength(7);
  },
);

test('a record without a sector that another record follows is damage, and not the end', async () => {
  const folder = await temporaryFolder();
  const live = join(folder, 'live');
  const store = await begun(live);
  await store.write(writeOf({ entries: [entryOf(2, 2, 'e'.repeat(9000))] }));
  await store.write(writeOf({ entries: [entryOf(3, 3)] }));
  await tornCopy(live, join(folder, 'cut'), [4]);
  await store.close();
  await expect(find(join(folder, 'cut'))).rejects.toThrow(/the checksum at byte \d+ is wrong/);
});

test('a bit that changed in the last record is damage, and not the end', async () => {
  const folder = await temporaryFolder();
  const live = join(folder, 'live');
  const store = await begun(live);
  await store.write(writeOf({ entries: [entryOf(2, 2, 'e'.repeat(1500))] }));
  const [log = ''] = await filesOf(live, /\.raft$/);
  const end = endOfData(await readFile(join(live, log)));
  for (let at = 1; at <= 1500; at += 99) {
    const copy = join(folder, 'copy');
    await copyWith(live, copy, log, (bytes) => flipped(bytes, end - at, at % 8));
    await expect(find(copy), String(at)).rejects.toThrow(/the checksum at byte \d+ is wrong/);
  }
  await store.close();
});
