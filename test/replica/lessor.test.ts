import { expect, test } from 'vitest';
import { silentMeter } from '../../src/base/meter.ts';
import { Lessor } from '../../src/replica/lessor.ts';
import { State } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';

const id = 7n;
const cleared: Command = { kind: 'lease-checkpoint', leases: [{ id, remainingSeconds: 0 }] };
const recorded = (remainingSeconds: number): Command => ({
  kind: 'lease-checkpoint',
  leases: [{ id, remainingSeconds }],
});

/** A leader with a lease of a minute, and a checkpoint every ten seconds; what it proposes waits for `applyNext`. */
function leaderWithLease() {
  let nowMs = 0;
  const proposed: Command[] = [];
  const state = State.create(createMemoryStore().engine, { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, command);
  apply({ kind: 'lease-grant', id, ttlSeconds: 60 });
  const lessor = new Lessor(
    {
      state: () => state,
      confirmLeadership: (confirmed) => confirmed(true),
      proposeAsLeader: (commands) => proposed.push(...commands) > 0,
    },
    {
      clock: { nowMs: () => nowMs, after: () => () => {}, endOfTurn: () => {} },
      meter: silentMeter,
      checkpointIntervalMs: 10_000,
    },
  );
  lessor.promote();
  return {
    proposed,
    passTo: (ms: number): void => {
      nowMs = ms;
      lessor.tick();
    },
    renew: (told: () => void): void => lessor.renew([id], (ttls) => ttls?.[0] === 60 && told()),
    applyNext: (): void => {
      const command = proposed.shift()!;
      lessor.applied(command, apply(command));
    },
  };
}

test('what is left of a lease is recorded every interval, counted from when it was last renewed', () => {
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

test('a keeper is told the full time when nothing says less any more, neither now nor further on in the log', () => {
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
