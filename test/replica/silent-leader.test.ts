import { expect, test } from 'vitest';
import type { Replica } from '../../src/replica/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';
import { MachineClock, processClock } from '../simulation/member-clock.ts';
import { SeededRandom } from '../simulation/random.ts';
import { Scheduler } from '../simulation/scheduler.ts';
import { startOneMember } from './one-member.ts';

const self = 'm1';
const leader = 'm2';

/** A follower, connected to a leader that goes on leading and answers nothing that it is asked. */
async function followerOfSilentLeader(): Promise<{ replica: Replica; scheduler: Scheduler }> {
  const scheduler = new Scheduler();
  const random = new SeededRandom(1, 'silent leader');
  const { replica, receiver } = await startOneMember([self, leader], {
    store: createMemoryStore(),
    clock: processClock(new MachineClock(scheduler, 0), scheduler, random, (action) => action()),
    random,
    connectedSinceMs: () => 0,
    onFatal: (error) => {
      throw error;
    },
  });
  const lead = (): void => {
    const to = { from: leader, to: self, term: 2 };
    receiver.receive(leader, [
      { kind: 'raft', message: { kind: 'heartbeat-request', ...to, commit: 1, round: 0 } },
    ]);
    scheduler.after(100, lead);
  };
  lead();
  await scheduler.run(200);
  expect(replica.leader).toBe(leader);
  return { replica, scheduler };
}

test('a read that a connected leader never answers is given up in time', async () => {
  const { replica, scheduler } = await followerOfSilentLeader();
  let answer: unknown;
  replica.linearize(7000, (error) => (answer = error?.code));
  await scheduler.run(6900);
  expect(answer).toBeUndefined();
  await scheduler.run(7300);
  expect(answer).toMatch(/^timeout/);
});

test('a write that a connected leader never answers is given up in time, as of unknown fate', async () => {
  const { replica, scheduler } = await followerOfSilentLeader();
  let answer: unknown;
  replica.propose({ kind: 'compact', revision: 1 }, 7000, (outcome) => {
    answer = outcome.kind === 'failed' ? outcome.error.code : outcome.kind;
  });
  await scheduler.run(6900);
  expect([answer, replica.pendingProposals]).toEqual([undefined, 1]);
  await scheduler.run(7300);
  expect([answer, replica.pendingProposals]).toEqual([expect.stringMatching(/^timeout/), 0]);
});
