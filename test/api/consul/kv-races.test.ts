import { describe, expect, test } from 'vitest';
import { KvStore } from '../../../src/api/consul/kv/store.ts';
import { compareAndSet, lock, set } from '../../../src/api/consul/kv/verbs.ts';
import { keyOfText, singleKey } from '../../../src/base/key.ts';
import type { Operations } from '../../../src/operations/index.ts';
import { operationsOf, putOf, Stage } from '../../operations/stage.ts';

const options = { caller: { api: 'consul', address: undefined, identity: undefined } };

/** A store whose first write is overtaken by another one of the same key. */
function overtaken(key: string, value: string) {
  return overtakenBy((operations) => operations.put(putOf(key, value), options));
}

async function overtakenBy(other: (operations: Operations) => Promise<unknown>) {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  let writes = 0;
  const slow: Operations = {
    ...operations,
    txn: async (request, given, pack) => {
      const isWrite = request.success.some(({ kind }) => kind !== 'range');
      if (isWrite && ++writes === 1) await other(operations);
      return operations.txn(request, given, pack);
    },
  };
  const store = new KvStore({ operations: slow, deletions: () => ({ within: () => 0 }) });
  return { stage, store, writes: () => writes };
}

const written = { key: 'k', value: Buffer.from('ours'), flags: 0n };

describe('a write that another one overtakes', () => {
  test('is decided anew: what should be created is there already', async () => {
    const { stage, store, writes } = await overtaken('/consul/kv/k', 'theirs');
    const { decided } = await stage.settled(
      store.change({ keys: ['k'] }, { options }, (changes) => compareAndSet(changes, written, 0n)),
    );
    expect(decided).toMatchObject({ kind: 'refused' });
    expect(writes()).toBe(1);
    const how = { serializable: false, options };
    const { entries } = await stage.settled(store.entry('k', how));
    expect(entries.map(({ value }) => Buffer.from(value).toString())).toEqual(['theirs']);
  });

  test('keeps what it does not change: a lock that was taken meanwhile', async () => {
    const { stage, store, writes } = await overtaken('/consul/locks/k', 'other');
    const how = { options };
    await stage.settled(store.change({ keys: ['k'] }, how, (changes) => set(changes, written)));
    expect(writes()).toBe(2);
    const wanted = { keys: ['k'], sessions: ['s'] };
    const { decided } = await stage.settled(
      store.change(wanted, how, (changes) =>
        lock(changes, written, { session: 's', isDelayed: false }),
      ),
    );
    expect(decided).toMatchObject({ kind: 'bad-session' });
  });
});

describe('a write that overwrites', () => {
  const how = { options, overwrites: true };

  test('is done whatever another one wrote, at the first try', async () => {
    const { stage, store, writes } = await overtaken('/consul/kv/k', 'theirs');
    const operations = operationsOf(stage.leader);
    await stage.settled(operations.put(putOf('/consul/kv/k', 'before'), options));
    await stage.settled(store.change({ keys: ['k'] }, how, (changes) => set(changes, written)));
    expect(writes()).toBe(1);
    const { entries } = await stage.settled(store.entry('k', { serializable: false, options }));
    expect(entries.map(({ value }) => Buffer.from(value).toString())).toEqual(['ours']);
  });

  test.each(['/consul/locks/k', '/consul/kv-meta/k', '/consul/kv/k'])(
    'is decided anew for %s, which was not there',
    async (key) => {
      const { stage, store, writes } = await overtaken(key, 'other');
      await stage.settled(store.change({ keys: ['k'] }, how, (changes) => set(changes, written)));
      expect(writes()).toBe(2);
    },
  );

  test('keeps its flags if the value is a new one by then', async () => {
    const range = singleKey(keyOfText('/consul/kv/k'));
    const { stage, store } = await overtakenBy((operations) =>
      operations.deleteRange({ range, prevKv: false }, options),
    );
    const operations = operationsOf(stage.leader);
    await stage.settled(operations.put(putOf('/consul/kv/k', 'before'), options));
    await stage.settled(operations.put(putOf('/consul/kv-meta/k', '{"flags":"5"}'), options));
    const flagged = { ...written, flags: 5n };
    await stage.settled(store.change({ keys: ['k'] }, how, (changes) => set(changes, flagged)));
    const { entries } = await stage.settled(store.entry('k', { serializable: false, options }));
    expect(entries).toMatchObject([{ flags: 5n }]);
  });
});
