import { expect, test, vi } from 'vitest';
import { silentMetrics } from '../../src/base/metrics.ts';
import type { Message } from '../../src/raft/index.ts';
import { ReplicaContext } from '../../src/replica/context.ts';
import { EventLoop } from '../../src/replica/event-loop.ts';
import type { PeerMessage, ReplicaOptions } from '../../src/replica/index.ts';
import { Persister } from '../../src/replica/persister.ts';
import { State } from '../../src/state/index.ts';
import { createMemoryStore, MemoryDisk } from '../../src/storage/index.ts';
import { optionsOf, silentTransport } from './one-member.ts';

const clock = { nowMs: () => 0, after: () => () => {}, endOfTurn: () => {} };
const random = { between: (low: number) => low, positiveInt63: () => 1n };
const hardState = { term: 2, vote: undefined, commit: 1 };

/** A member whose state is applied to index 2 and flushed to index 1, so that records wait. */
async function memberWithRecordsThatWait(more: Partial<ReplicaOptions> = {}) {
  const store = createMemoryStore(new MemoryDisk());
  await store.load();
  const configuration = { voters: ['m1', 'm2', 'm3'], outgoing: [], learners: [] };
  State.create(store.engine, { members: [] });
  await store.create({ clusterId: 'c1', memberId: 'm1' }, { index: 1, term: 1, configuration });
  const recovered = await store.load();
  const state = await State.load(store.engine, recovered.appliedIndex);
  state.apply(2, { kind: 'lease-grant', id: 7n, ttlSeconds: 60 });
  const sent: PeerMessage[] = [];
  const transport = silentTransport((_to, messages) => void sent.push(...messages));
  const failures: unknown[] = [];
  const loop = new EventLoop(
    clock,
    () => {},
    (error) => failures.push(error),
  );
  const options = optionsOf({ id: 'm1', store, transport, clock, random, ...more });
  const context = new ReplicaContext(options, recovered, state, loop);
  const persister = new Persister(context, 1, async () => {});
  return { store, context, persister, sent, failures };
}

test('a persister that stops writes the records that wait, together with the applied index', async () => {
  const { store, persister, failures } = await memberWithRecordsThatWait();
  expect(store.pendingBytes).toBeGreaterThan(0);
  await persister.stop();
  expect(store.pendingBytes).toBe(0);
  expect(persister.flushedIndex).toBe(2);
  expect((await store.load()).appliedIndex).toBe(2);
  expect(failures).toEqual([]);
});

test('a persister stops while a snapshot replaces the state, and flushes nothing', async () => {
  const { store, context, persister } = await memberWithRecordsThatWait();
  context.applied.beginInstalling();
  await persister.stop();
  expect(persister.flushedIndex).toBe(1);
  expect(store.pendingBytes).toBeGreaterThan(0);
});

test('a half-applied command is not flushed', async () => {
  const { context, persister } = await memberWithRecordsThatWait();
  context.applied.beginHalfway(3);
  await persister.stop();
  expect(persister.flushedIndex).toBe(1);
});

test('an abandoned persister reports no write under way, and begins no other', async () => {
  const { store, context, persister } = await memberWithRecordsThatWait();
  const persisted = vi.spyOn(context.raft, 'persisted');
  persister.add({ ticket: 1, hardState, entries: [], snapshot: undefined }, []);
  persister.start();
  const later = { ...hardState, term: 3 };
  persister.add({ ticket: 2, hardState: later, entries: [], snapshot: undefined }, []);

  persister.abandon();
  await persister.stop();

  expect(persisted).not.toHaveBeenCalled();
  expect((await store.load()).hardState).toEqual(hardState);
});

test('of the acknowledgements that wait for a write, only the last one for each member and term is kept', async () => {
  const { context, persister, sent } = await memberWithRecordsThatWait();
  persister.add({ ticket: 1, hardState, entries: [], snapshot: undefined }, [
    acknowledges('m2', 1, 9),
  ]);
  const rejection = acknowledges('m2', 2, 3, false);
  persister.add(undefined, [acknowledges('m2', 2, 5), rejection, acknowledges('m3', 2, 4)]);
  for (let index = 1; index <= 7; index++) {
    persister.add(undefined, [acknowledges('m2', 2, index)]);
  }
  await persister.stop();
  context.outbox.flush();

  const messages = sent.map((message) => (message.kind === 'raft' ? message.message : message));
  const forM2 = [acknowledges('m2', 1, 9), acknowledges('m2', 2, 7), rejection];
  expect(messages).toEqual([...forM2, acknowledges('m3', 2, 4)]);
});

function acknowledges(to: string, term: number, index: number, success = true): Message {
  const conflict = { conflictTerm: 0, conflictIndex: 0 };
  return { kind: 'append-response', from: 'm1', to, term, success, index, ...conflict };
}

test('a write that the disk does not finish shows how long it has lasted', async () => {
  let nowMs = 1000;
  let pendingSeconds: (() => number) | undefined;
  const metrics = {
    ...silentMetrics,
    gauge: (name: string, _help: string, read: () => number) => {
      if (name === 'rollcall_storage_write_pending_seconds') pendingSeconds = read;
    },
  };
  const { store, persister } = await memberWithRecordsThatWait({
    clock: { ...clock, nowMs: () => nowMs },
    metrics,
  });
  const finishes: (() => void)[] = [];
  vi.spyOn(store, 'write').mockImplementation(
    () => new Promise((resolve) => finishes.push(() => resolve(undefined))),
  );
  expect(pendingSeconds?.()).toBe(0);
  const stopped = persister.stop();
  nowMs += 2500;
  expect(pendingSeconds?.()).toBe(2.5);
  vi.restoreAllMocks();
  for (const finish of finishes) finish();
  await stopped;
  expect(pendingSeconds?.()).toBe(0);
});
