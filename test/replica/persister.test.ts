import { expect, test } from 'vitest';
import type { Message } from '../../src/raft/index.ts';
import { Persister } from '../../src/replica/persister.ts';
import { createMemoryStore, MemoryDisk } from '../../src/storage/index.ts';

async function storeWithRecordsThatWait() {
  const store = createMemoryStore(new MemoryDisk());
  await store.load();
  const configuration = { voters: ['m1'], outgoing: [], learners: [] };
  await store.create({ clusterId: 'c1', memberId: 'm1' }, { index: 1, term: 1, configuration });
  store.engine.put('k', Buffer.from('v'));
  return store;
}

function deskOf(
  store: Awaited<ReturnType<typeof storeWithRecordsThatWait>>,
  appliedIndex?: number,
) {
  const owner = {
    flushing: () => {},
    appliedIndex: () => appliedIndex,
    send: () => {},
    persisted: () => {},
    written: () => {},
    adopted: async () => {},
    failed: (error: unknown) => {
      throw error;
    },
  };
  return new Persister(store, owner, 1);
}

test('a desk that stops writes the records that wait, together with the applied index', async () => {
  const store = await storeWithRecordsThatWait();
  const desk = deskOf(store, 2);
  await desk.stop();
  expect(store.pendingBytes).toBe(0);
  expect(desk.flushedIndex).toBe(2);
});

test('a desk stops also while a snapshot comes in, when there is no state to flush', async () => {
  const store = await storeWithRecordsThatWait();
  expect(store.pendingBytes).toBeGreaterThan(0);
  const desk = deskOf(store);
  await desk.stop();
  expect(desk.flushedIndex).toBe(1);
});

test('a desk that was abandoned tells nobody of the write under way, and begins no other', async () => {
  const store = await storeWithRecordsThatWait();
  const told: (readonly number[])[] = [];
  const owner = {
    flushing: () => {},
    appliedIndex: () => 2,
    send: () => {},
    persisted: (tickets: readonly number[]) => void told.push(tickets),
    written: () => {},
    adopted: async () => {},
    failed: () => {},
  };
  const desk = new Persister(store, owner, 1);
  const hardState = { term: 2, vote: undefined, commit: 1 };
  desk.add({ ticket: 1, hardState, entries: [], snapshot: undefined }, []);
  desk.start();
  const later = { ...hardState, term: 3 };
  desk.add({ ticket: 2, hardState: later, entries: [], snapshot: undefined }, []);

  desk.abandon();
  await desk.stop();

  expect(told).toEqual([]);
  expect((await store.load()).hardState).toEqual(hardState);
});

test('of the acknowledgements that wait for a write, the latest one for each member and term is left', async () => {
  const store = await storeWithRecordsThatWait();
  const sent: (readonly Message[])[] = [];
  const owner = {
    flushing: () => {},
    appliedIndex: () => 2,
    send: () => {},
    persisted: (_tickets: readonly number[], messages: readonly Message[]) =>
      void sent.push(messages),
    written: () => {},
    adopted: async () => {},
    failed: () => {},
  };
  const desk = new Persister(store, owner, 1);
  const hardState = { term: 2, vote: undefined, commit: 1 };
  desk.add({ ticket: 1, hardState, entries: [], snapshot: undefined }, [acknowledges('m2', 1, 9)]);
  const refused = acknowledges('m2', 2, 3, false);
  desk.add(undefined, [acknowledges('m2', 2, 5), refused, acknowledges('m3', 2, 4)]);
  for (let index = 1; index <= 7; index++) desk.add(undefined, [acknowledges('m2', 2, index)]);
  await desk.stop();

  expect(sent).toEqual([
    [acknowledges('m2', 1, 9), acknowledges('m2', 2, 7), refused, acknowledges('m3', 2, 4)],
  ]);
});

function acknowledges(to: string, term: number, index: number, success = true): Message {
  const conflict = { conflictTerm: 0, conflictIndex: 0 };
  return { kind: 'append-response', from: 'm1', to, term, success, index, ...conflict };
}
