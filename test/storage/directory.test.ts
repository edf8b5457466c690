import { readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { pack } from 'msgpackr';
import { expect, test, vi } from 'vitest';
import { seal } from '../../src/storage/checksum.ts';
import type { SnapshotSource } from '../../src/replica/index.ts';
import { base, created, owner, put, stateOf, writeOf } from '../contract/store.ts';
import { find, openStore, temporaryFolder } from './member.ts';

const open = (directory: string) => ({
  open: () => openStore(directory),
  crash: async () => {},
  dispose: async () => {},
});

test('a directory of a newer format is refused with what to do', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await created(open(directory));
  await store.close();
  const level = new Level<Buffer, Buffer>(join(directory, 'member'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  const key = Buffer.from('i');
  await level.put(key, seal(key, pack({ format: 5, identity: owner, epoch: 1 })));
  await level.close();
  await expect(find(directory)).rejects.toMatchObject({
    code: 'invalid-request',
    message: 'the data directory has format 5, and this release knows 4; start a newer release',
  });
});

test('two stores of one process cannot share a directory either', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await created(open(directory));
  await expect(openStore(directory)).rejects.toThrow('is used by another process');
  await put(store, 1, { a: '1' });
  await store.close();
  expect((await find(directory)).state).toEqual({ a: '1' });
});

test('a directory that holds something else is left alone', async () => {
  const directory = await temporaryFolder();
  await writeFile(join(directory, 'thesis.txt'), 'mine');
  await expect(openStore(directory)).rejects.toThrow(
    `${directory} holds files of another program ("thesis.txt"); give each member a directory of its own`,
  );
  expect(await readdir(directory)).toEqual(['thesis.txt']);
});

test('lost+found and hidden files are accepted in a directory', async () => {
  const directory = await temporaryFolder();
  await mkdir(join(directory, 'lost+found'));
  await mkdir(join(directory, '.snapshots'));
  const store = await created(open(directory));
  await store.close();
  expect((await find(directory)).recovered.identity).toEqual(owner);
});

test('a data directory of etcd is recognised', async () => {
  const directory = await temporaryFolder();
  await mkdir(join(directory, 'member', 'wal'), { recursive: true });
  await expect(openStore(directory)).rejects.toThrow('is a data directory of etcd');
});

test('a directory that cannot be made, or whose name speaks of locks, gets the reason that is true', async () => {
  const folder = await mkdtemp(join(await temporaryFolder(), 'locks-and-blocks-'));
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(openStore(file)).rejects.toThrow(/cannot be used: .*(ENOTDIR|EEXIST)/);
  await expect(openStore(join(file, 'below'))).rejects.toThrow(/cannot be used: ENOTDIR/);
  await mkdir(join(folder, 'other', 'member', 'LOCK'), { recursive: true });
  await expect(openStore(join(folder, 'other'))).rejects.toThrow(/cannot be used: .*LOCK/);
});

test('the space of deleted records comes back without anybody asking', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await created(open(directory));
  const records = 400;
  for (let at = 0; at < records; at++) {
    store.engine.put(`key ${at}`, Buffer.alloc(60_000, at));
    if (at % 50 === 49) await store.write(writeOf({ appliedIndex: 1, sync: false }));
  }
  const full = store.sizeOnDisk();
  expect(full).toBeGreaterThan(20 << 20);
  for (let at = 0; at < records - 10; at++) store.engine.delete(`key ${at}`, 60_000);
  await store.write(writeOf({ appliedIndex: 1, sync: false }));
  await expect.poll(() => store.sizeOnDisk(), { timeout: 20_000 }).toBeLessThan(full / 8);
  expect(Object.keys(await stateOf(store))).toHaveLength(10);
  await store.close();
  expect((await find(directory)).recovered.base).toEqual(base);
});

test('the state that a snapshot replaced can be read until the next write; then its space comes back', async () => {
  const folder = await temporaryFolder();
  const store = await created(open(join(folder, 'member-1')));
  for (let at = 0; at < 400; at++) store.engine.put(`key ${at}`, Buffer.alloc(60_000, at));
  await store.write(writeOf({ appliedIndex: 1 }));
  const other = await created(open(join(folder, 'member-2')));
  await put(other, 5, { small: 'state' });
  const source = await other.openSnapshot();
  const stage = await store.stageSnapshot();
  for await (const chunk of source.chunks()) await stage.write(chunk);
  await stage.finish();
  await source.close();
  const full = store.sizeOnDisk();
  const former = store.engine;
  await store.adoptSnapshot(stage, { ...base, index: 5 }, undefined);
  // All of it is in tables, from which it is loaded without LevelDB.
  expect(bytesIn(join(folder, 'member-1'))).toBe(0);
  // Cleaning up has had every chance to begin by the time that a read of all that is new has ended.
  expect(await stateOf(store)).toEqual({ small: 'state' });
  expect(former.get('key 399')?.length).toBe(60_000);
  await store.write(writeOf({ appliedIndex: 5 }));
  await expect.poll(() => store.sizeOnDisk(), { timeout: 20_000 }).toBeLessThan(full / 8);
  expect(await stateOf(store)).toEqual({ small: 'state' });
  await store.close();
  await other.close();
});

test('closing does not wait until everything is cleaned up', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const store = await created(open(directory));
  for (let at = 0; at < 20_000; at++) store.engine.put(`key ${at}`, Buffer.from('value'));
  await store.write(writeOf({ appliedIndex: 1 }));
  const stage = await store.stageSnapshot();
  const source = await store.openSnapshot();
  for await (const chunk of source.chunks()) await stage.write(chunk);
  await stage.finish();
  await source.close();
  await store.adoptSnapshot(stage, { ...base, index: 5 }, undefined);
  await store.close();
  const { recovered, state } = await find(directory);
  expect(recovered.base.index).toBe(5);
  expect(Object.keys(state)).toHaveLength(20_000);
});

test('a snapshot that is opened while another state is adopted is of one state, with its index', async () => {
  const folder = await temporaryFolder();
  const directory = join(folder, 'member-1');
  const store = await created(open(directory));
  await put(store, 1, { key: 'former state' });
  const other = await created(open(join(folder, 'member-2')));
  await put(other, 5, { key: 'adopted state' });
  const stage = await store.stageSnapshot();
  const foreign = await other.openSnapshot();
  for await (const chunk of foreign.chunks()) await stage.write(chunk);
  await stage.finish();
  await foreign.close();
  const before = bytesIn(directory);
  const adopting = store.adoptSnapshot(stage, { ...base, index: 5 }, undefined);
  // LevelDB has written; whether this thread has noticed is chance.
  while (bytesIn(directory) === before) await new Promise((resolve) => setImmediate(resolve));
  const opening: Promise<SnapshotSource>[] = [];
  for (let at = 0; at < 50; at++) {
    bytesIn(directory);
    opening.push(store.openSnapshot());
  }
  const sources = await Promise.all(opening);
  await adopting;
  const seen = new Set<string>();
  for (const source of sources) {
    seen.add(
      `${source.appliedIndex}: ${/(?:former|adopted) state/.exec(await textOf(source))?.[0]}`,
    );
    await source.close();
  }
  expect([...seen].filter((each) => each !== '1: former state')).toEqual(['5: adopted state']);
  await store.close();
  await other.close();
});

test('the space of large records that were replaced before a restart comes back after it', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const largeBytes = (): number =>
    readdirSync(join(directory, 'member'))
      .filter((name) => name.endsWith('.large'))
      .reduce((sum, name) => sum + statSync(join(directory, 'member', name)).size, 0);
  for (let life = 1; life <= 4; life++) {
    const store = life === 1 ? await created(open(directory)) : await openStore(directory);
    if (life > 1) await store.load();
    await put(store, base.index, { key: `${life}`.repeat(1_000_000) });
    if (life > 1) await vi.waitFor(() => expect(largeBytes()).toBe(1_000_000), 5000);
    expect(await stateOf(store)).toEqual({ key: `${life}`.repeat(1_000_000) });
    await store.close();
  }
});

/** The current size of LevelDB's log, read without a turn of the event loop. */
function bytesIn(directory: string): number {
  const files = readdirSync(join(directory, 'member')).filter((name) => name.endsWith('.log'));
  return files.reduce((sum, name) => sum + statSync(join(directory, 'member', name)).size, 0);
}

async function textOf(source: SnapshotSource): Promise<string> {
  let text = '';
  for await (const chunk of source.chunks()) text += Buffer.from(chunk).toString('latin1');
  return text;
}
