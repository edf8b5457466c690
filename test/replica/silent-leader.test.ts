import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMeter } from '../../src/base/meter.ts';
import { Replica } from '../../src/replica/index.ts';
import type { Transport, TransportReceiver } from '../../src/replica/index.ts';
import { State } from '../../src/state/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';
import { MachineClock, processClock } from '../simulation/member-clock.ts';
import { SeededRandom } from '../simulation/random.ts';
import { Scheduler } from '../simulation/scheduler.ts';

const self = 'm1';
const leader = 'm2';
const configuration = { voters: [self, leader], outgoing: [], learners: [] };
const members = [self, leader].map((id) => ({
  id,
  name: id,
  peerUrls: [`http://${id}:2380`],
  clientUrls: [],
  isLearner: false,
}));

/** A follower, connected to a leader that goes on leading and answers nothing that it is asked. */
async function followerOfSilentLeader(): Promise<{ replica: Replica; scheduler: Scheduler }> {
  const scheduler = new Scheduler();
  const random = new SeededRandom(1, 'silent leader');
  const store = createMemoryStore();
  State.create(store.engine, { members });
  await store.create({ clusterId: 'c1', memberId: self }, { index: 1, term: 1, configuration });
  const recovered = await store.load();
  let receiver: TransportReceiver | undefined;
  const transport: Transport = {
    start: async (given) => void (receiver = given),
    setPeers: () => {},
    send: () => {},
    sendSnapshot: async () => {},
    connectedSinceMs: () => 0,
    stop: async () => {},
  };
  const replica = new Replica(
    {
      id: self,
      clusterId: 'c1',
      store,
      transport,
      clock: processClock(new MachineClock(scheduler, 0), scheduler, random, (action) => action()),
      random,
      logger: silentLogger,
      meter: silentMeter,
      heartbeatIntervalMs: 100,
      electionTimeoutMs: 1000,
      preVote: true,
      initialElectionTickAdvance: false,
      snapshotCount: 1000,
      snapshotCatchupEntries: 100,
      leaseCheckpointIntervalMs: 60_000,
      progressNotifyIntervalMs: 60_000,
      compactionBatchLimit: 100,
      membership: { maxLearners: 1, strict: true },
      onFatal: (error) => {
        throw error;
      },
      onRemoved: () => {},
    },
    recovered,
    await State.load(store.engine, recovered.appliedIndex),
  );
  await replica.start();
  const lead = (): void => {
    const to = { from: leader, to: self, term: 2 };
    receiver?.receive(leader, [
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
