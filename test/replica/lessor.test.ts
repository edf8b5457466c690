import { expect, test } from 'vitest';
import { ReplicaContext } from '../../src/replica/context.ts';
import { EventLoop } from '../../src/replica/event-loop.ts';
import { Lessor } from '../../src/replica/lessor.ts';
import { decodeCommand, State } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';
import { optionsOf, silentTransport } from './one-member.ts';

const id = 7n;
const cleared: Command = { kind: 'lease-checkpoint', leases: [{ id, remainingSeconds: 0 }] };
const recorded = (remainingSeconds: number): Command => ({
  kind: 'lease-checkpoint',
  leases: [{ id, remainingSeconds }],
});

/**
 * A cluster of one that leads, with a lease of a minute and a checkpoint every ten seconds. What it proposes is
 * committed and applied by `applyNext`, one write at a time.
 */
function leaderWithLease() {
  let nowMs = 0;
  const proposed: Command[] = [];
  const writes: number[] = [];
  const store = createMemoryStore();
  const state = State.create(store.engine, { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, command);
  apply({ kind: 'lease-grant', id, ttlSeconds: 60 });
  const clock = { nowMs: () => nowMs, after: () => () => {}, endOfTurn: () => {} };
  const random = { between: (low: number) => low, positiveInt63: () => 1n };
  const loop = new EventLoop(
    clock,
    () => {},
    (error) => {
      throw error;
    },
  );
  const { appliedIndex } = state;
  const configuration = { voters: ['m1'], outgoing: [], learners: [] };
  const context = new ReplicaContext(
    optionsOf({
      id: 'm1',
      store,
      transport: silentTransport(),
      clock,
      random,
      leaseCheckpointIntervalMs: 10_000,
    }),
    {
      identity: undefined,
      hardState: { term: 1, vote: undefined, commit: appliedIndex },
      base: { index: appliedIndex, term: 1, configuration },
      entries: [],
      appliedIndex,
    },
    state,
    loop,
  );
  const { raft, confirmations } = context;
  const lessor = new Lessor(context);
  const turn = (): void => {
    const effects = raft.take();
    if (effects.persist !== undefined) writes.push(effects.persist.ticket);
    for (const { data } of effects.persist?.entries ?? []) {
      if (data.length > 0) proposed.push(decodeCommand(data));
    }
    confirmations.settle(effects);
    for (const { index, data } of effects.committed) {
      if (data.length === 0) state.applySkip(index);
      else {
        const command = decodeCommand(data);
        lessor.onLeaseCommand(command, state.apply(index, command));
      }
    }
    if (raft.hasEffects()) turn();
  };
  const applyNext = (): void => {
    raft.persisted(writes.shift()!);
    turn();
  };
  raft.campaign();
  turn();
  while (writes.length > 0) applyNext();
  lessor.promote();
  return {
    proposed,
    passTo: (ms: number): void => {
      nowMs = ms;
      lessor.tick();
      turn();
    },
    renew: (told: () => void): void => {
      lessor.renew([id], undefined, (ttls) => ttls?.[0] === 60 && told());
      turn();
    },
    applyNext,
  };
}

test('the remaining time of a lease is checkpointed every interval, counted from its last renewal', () => {
  const { proposed, passTo, renew } = leaderWithLease();
  passTo(9999);
  expect(proposed).toEqual([]);
  passTo(10_000);
  passTo(15_000);
  expect(proposed).toEqual([recorded(50)]);
  passTo(20_000);
  expect(proposed.at(-1)).toEqual(recorded(40));
  renew(() => {});
  passTo(29_999);
  passTo(30_000);
  expect(proposed.slice(2)).toEqual([cleared, recorded(50)]);
});

test('a renewal is answered once no checkpoint in the state or in the log says less than the full TTL', () => {
  const { proposed, passTo, renew, applyNext } = leaderWithLease();
  const told: string[] = [];
  passTo(10_000);
  renew(() => told.push('first'));
  passTo(20_000);
  renew(() => told.push('second'));
  expect(proposed).toEqual([recorded(50), cleared, recorded(50), cleared]);

  applyNext();
  expect(told).toEqual([]);
  applyNext();
  expect(told).toEqual(['first']);
  applyNext();
  expect(told).toEqual(['first']);
  applyNext();
  expect(told).toEqual(['first', 'second']);
});
