import { describe, expect, test } from 'vitest';
import { createMemoryStore, MemoryDisk } from '../../src/storage/index.ts';
import { created, entryOf, put, stateOf, testStoreContract, writeOf } from './store.ts';
import type { Disk } from './store.ts';

function memoryDisk(): Disk {
  const disk = new MemoryDisk();
  return {
    open: async () => createMemoryStore(disk),
    crash: async () => disk.crash(),
    dispose: async () => {},
  };
}

describe('a store in memory', () => {
  testStoreContract(async () => memoryDisk());

  test('loses a write that was not synced as a whole, and keeps the one before', async () => {
    const disk = memoryDisk();
    const store = await created(disk);
    await put(store, 1, { a: '1' });
    store.engine.put('a', Buffer.from('2'));
    store.engine.put('b', Buffer.from('2'));
    await store.write(writeOf({ entries: [entryOf(2, 1)], appliedIndex: 2, sync: false }));
    await disk.crash();
    const again = await disk.open();
    expect(await again.load()).toMatchObject({ entries: [], appliedIndex: 1 });
    expect(await stateOf(again)).toEqual({ a: '1' });
  });

  test('keeps a write that was not synced if a later one was', async () => {
    const disk = memoryDisk();
    const store = await created(disk);
    store.engine.put('a', Buffer.from('1'));
    await store.write(writeOf({ appliedIndex: 1, sync: false }));
    await store.write(writeOf({ entries: [entryOf(2, 1)] }));
    await disk.crash();
    const again = await disk.open();
    expect((await again.load()).entries).toEqual([entryOf(2, 1)]);
    expect(await stateOf(again)).toEqual({ a: '1' });
  });
});
