import { expect, test } from 'vitest';
import type { RegistryError } from '../../src/base/errors.ts';
import { ReplicaContext } from '../../src/replica/context.ts';
import { EventLoop } from '../../src/replica/event-loop.ts';
import { LinearizableReads } from '../../src/replica/linearizable-reads.ts';
import { State } from '../../src/state/index.ts';
import { createMemoryStore, MemoryDisk } from '../../src/storage/index.ts';
import { optionsOf, silentTransport } from './one-member.ts';

/** A member of three whose term has a leader: itself, or a peer. Turns run when the test says so. */
async function member(leader: 'm1' | 'm2') {
  let nowMs = 0;
  const store = createMemoryStore(new MemoryDisk());
  await store.load();
  const configuration = { voters: ['m1', 'm2', 'm3'], outgoing: [], learners: [] };
  State.create(store.engine, { members: [] });
  await store.create({ clusterId: 'c1', memberId: 'm1' }, { index: 1, term: 1, configuration });
  const recovered = await store.load();
  const state = await State.load(store.engine, recovered.appliedIndex);
  const clock = { nowMs: () => nowMs, after: () => () => {}, endOfTurn: () => {} };
  const random = { between: (low: number) => low, positiveInt63: () => 1n };
  const transport = { ...silentTransport(), connectedSinceMs: () => 0 };
  const loop = new EventLoop(
    clock,
    () => {},
    (error) => {
      throw error;
    },
  );
  const options = optionsOf({ id: 'm1', store, transport, clock, random, preVote: false });
  const context = new ReplicaContext(options, recovered, state, loop);
  const { raft, confirmations, applied, requests } = context;
  const asked: number[] = [];
  const ask = requests.ask.bind(requests);
  requests.ask = (to, request, expiresMs, done) => {
    asked.push(expiresMs);
    ask(to, request, expiresMs, done);
  };
  const reads = new LinearizableReads(context);
  const takeEffects = (): void => {
    const effects = raft.take();
    if (effects.persist !== undefined) raft.persisted(effects.persist.ticket);
    confirmations.settle(effects);
    for (const { index } of effects.committed) state.applySkip(index);
    applied.notifyApplied();
    if (raft.hasEffects()) takeEffects();
  };
  const fromPeer = { from: 'm2', to: 'm1' };
  if (leader === 'm1') {
    raft.campaign();
    takeEffects();
    raft.step({ ...fromPeer, kind: 'vote-response', term: 2, granted: true });
    takeEffects();
  } else raft.step({ ...fromPeer, kind: 'heartbeat-request', term: 2, commit: 1, round: 0 });
  takeEffects();
  const told: (string | undefined)[] = [];
  return {
    context,
    reads,
    asked,
    told,
    read: (expiresMs = 1000): void =>
      reads.add(expiresMs, (error: RegistryError | undefined) => told.push(error?.code)),
    turn: (): void => {
      reads.requestIndex();
      takeEffects();
    },
    /** A majority has the first entry of this leader's term. */
    commitOwnEntry: (): void => {
      const acknowledged = { success: true, index: 2, conflictTerm: 0, conflictIndex: 0 };
      raft.step({ ...fromPeer, kind: 'append-response', term: 2, ...acknowledged });
      takeEffects();
    },
    answerRound: (round: number): void => {
      raft.step({ ...fromPeer, kind: 'heartbeat-response', term: 2, round });
      takeEffects();
    },
    stepDown: (): void => {
      raft.step({ ...fromPeer, kind: 'heartbeat-request', term: 3, commit: 1, round: 0 });
      takeEffects();
    },
    passTo: (ms: number): void => {
      nowMs = ms;
      requests.expire(ms);
      reads.expire(ms);
    },
    applySkip: (index: number): void => {
      state.applySkip(index);
      applied.notifyApplied();
    },
  };
}

test('reads of several turns before the leader has an entry of its own term are all answered by one round', async () => {
  const { read, turn, commitOwnEntry, answerRound, told } = await member('m1');
  read();
  turn();
  read();
  read();
  turn();
  commitOwnEntry();
  expect(told).toEqual([]);
  answerRound(1);
  expect(told).toEqual([undefined, undefined, undefined]);
});

test('a leader that steps down asks the next leader for the reads that wait', async () => {
  const { read, turn, commitOwnEntry, stepDown, asked, told } = await member('m1');
  commitOwnEntry();
  read(700);
  turn();
  stepDown();
  read(500);
  turn();
  expect(told).toEqual([]);
  // One request for both, open until the later deadline.
  expect(asked).toEqual([700]);
});

test('reads of a follower wait until the index of the leader is applied here', async () => {
  const { context, read, turn, applySkip, told } = await member('m2');
  read();
  turn();
  context.requests.onResponse('m2', 1, { kind: 'read-index', index: 3 });
  applySkip(2);
  expect(told).toEqual([]);
  applySkip(3);
  expect(told).toEqual([undefined]);
});

test('reads of a follower that come while the leader is asked share the next request', async () => {
  const { context, read, turn, asked, applySkip, passTo, told } = await member('m2');
  for (let turns = 0; turns < 5; turns++) {
    read();
    turn();
  }
  expect(asked).toHaveLength(1);
  context.requests.onResponse('m2', 1, { kind: 'read-index', index: 2 });
  turn();
  expect(asked).toHaveLength(2);
  context.requests.onResponse('m2', 2, { kind: 'read-index', index: 2 });
  applySkip(2);
  expect(told).toHaveLength(5);

  // A leader that does not answer within a heartbeat interval is asked again.
  read();
  turn();
  passTo(99);
  read();
  turn();
  expect(asked).toHaveLength(3);
  passTo(100);
  turn();
  expect(asked).toHaveLength(4);
});

test('a read expires at its own deadline, and the others of its batch go on', async () => {
  const { context, read, turn, applySkip, passTo, told } = await member('m2');
  read(100);
  read(900);
  turn();
  context.requests.onResponse('m2', 1, { kind: 'read-index', index: 2 });
  read(100);
  passTo(100);
  expect(told).toEqual(['timeout', 'timeout']);
  applySkip(2);
  expect(told).toEqual(['timeout', 'timeout', undefined]);
});

test('an answered read makes room for another one', async () => {
  const { context, reads, read, turn, applySkip, told } = await member('m2');
  for (let count = 0; count < 50_000; count++) reads.add(1000, () => {});
  turn();
  read();
  expect(told).toEqual(['too-many-requests']);
  context.requests.onResponse('m2', 1, { kind: 'read-index', index: 2 });
  read();
  expect(told).toEqual(['too-many-requests', 'too-many-requests']);
  applySkip(2);
  read();
  expect(told).toHaveLength(2);
});

test('waiting reads are told once that the member stops', async () => {
  const { context, reads, read, turn, told } = await member('m2');
  read();
  turn();
  context.requests.onResponse('m2', 1, { kind: 'read-index', index: 9 });
  read();
  turn();
  read();
  reads.stop();
  context.requests.stop();
  context.confirmations.stop();
  context.applied.stop();
  read();
  expect(told).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
});
