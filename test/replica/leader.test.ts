import { expect, test } from 'vitest';
import type { Message } from '../../src/raft/index.ts';
import type { PeerResponse, PeerMessage, PeerRequest } from '../../src/replica/index.ts';
import { encodeCommand } from '../../src/state/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';
import { MachineClock, processClock } from '../simulation/member-clock.ts';
import { SeededRandom } from '../simulation/random.ts';
import { Scheduler } from '../simulation/scheduler.ts';
import { startOneMember } from './one-member.ts';

/** A leader of three, whose followers agree to everything and say besides what the test says. */
async function openLeader() {
  const scheduler = new Scheduler();
  const random = new SeededRandom(1, 'leader');
  const sent: PeerMessage[] = [];
  const { replica, receiver } = await startOneMember(['m1', 'm2', 'm3'], {
    store: createMemoryStore(),
    clock: processClock(new MachineClock(scheduler, 0), scheduler, random, (action) => action()),
    random,
    connectedSinceMs: () => 0,
    send: (to, messages) => {
      sent.push(...messages);
      for (const message of messages) {
        const reply = message.kind === 'raft' ? replyTo(message.message) : undefined;
        if (reply !== undefined) scheduler.after(0.1, () => hears(to, reply));
      }
    },
    onFatal: (error) => {
      throw error;
    },
  });
  const hears = (from: string, message: Message): void =>
    receiver.receive(from, [{ kind: 'raft', message }]);
  const passes = (ms: number): Promise<void> => scheduler.run(scheduler.nowMs + ms);
  const asks = async (question: PeerRequest, term = 0): Promise<PeerResponse | undefined> => {
    receiver.receive('m2', [{ kind: 'question', id: 7, term, question }]);
    await passes(10);
    const answers = sent.flatMap((message) => (message.kind === 'answer' ? [message] : []));
    return answers.findLast(({ id }) => id === 7)?.answer;
  };
  await passes(3000);
  expect(replica.isLeader).toBe(true);
  /** The last confirmation round that began. */
  const rounds = (): number =>
    Math.max(
      ...sent.map((message) =>
        message.kind === 'raft' && message.message.kind === 'heartbeat-request'
          ? message.message.round
          : 0,
      ),
    );
  return { replica, hears, asks, passes, rounds };
}

function replyTo(message: Message): Message | undefined {
  const { kind, term, to: from, from: to } = message;
  const reply = { from, to, term };
  if (kind === 'pre-vote-request') return { kind: 'pre-vote-response', ...reply, granted: true };
  if (kind === 'vote-request') return { kind: 'vote-response', ...reply, granted: true };
  if (kind === 'heartbeat-request') {
    return { kind: 'heartbeat-response', ...reply, round: message.round };
  }
  if (kind !== 'append-request') return undefined;
  const index = message.previousIndex + message.entries.length;
  const conflict = { conflictTerm: 0, conflictIndex: 0 };
  return { kind: 'append-response', ...reply, success: true, index, ...conflict };
}

test('a write is applied as soon as its acknowledgements come, not at the next tick', async () => {
  const { replica, passes } = await openLeader();
  const command = encodeCommand({ kind: 'lease-grant', id: 1n, ttlSeconds: 60 });
  for (let write = 0; write < 10; write++) {
    let kind: string | undefined;
    replica.proposeEncoded(command, Infinity, (outcome) => void ({ kind } = outcome));
    await passes(5);
    expect(kind).toBe('applied');
    // At another moment between two ticks.
    await passes(7);
  }
});

test('an unknown request is refused by the leader, which goes on', async () => {
  const { replica, asks } = await openLeader();
  expect(await asks({ kind: 'unsupported', asked: 'weather' })).toMatchObject({
    kind: 'refused',
    code: 'not-supported',
  });
  expect(replica.isLeader).toBe(true);
});

test('commands that cannot be decoded are not logged, and neither is the rest of their batch', async () => {
  const { replica, asks } = await openLeader();
  const { lastIndex } = replica;
  const sound = encodeCommand({ kind: 'compact', revision: 1 });
  for (const unsound of ['', '\x01', '\x01\x92\x04\xa1x', '\x02\x92\x04\x01', 'anything']) {
    const commands = [sound, Buffer.from(unsound, 'latin1')];
    expect(await asks({ kind: 'propose', commands })).toMatchObject({ code: 'not-supported' });
  }
  expect(replica.lastIndex).toBe(lastIndex);
  expect(await asks({ kind: 'propose', commands: [sound] })).toMatchObject({ kind: 'proposed' });
});

test('acknowledgements of entries and rounds that do not exist are ignored', async () => {
  const { replica, hears, asks, passes } = await openLeader();
  const { term } = replica;
  const beyond = { from: 'm2', to: 'm1', term };
  const conflict = { conflictTerm: 0, conflictIndex: 0 };
  const index = replica.lastIndex + 5;
  hears('m2', { kind: 'append-response', ...beyond, success: true, index, ...conflict });
  hears('m2', { kind: 'heartbeat-response', ...beyond, round: 1e6 });
  hears('m3', { kind: 'heartbeat-response', ...beyond, round: 1e6 });
  await passes(50);
  expect(replica.progress.find(({ id }) => id === 'm2')?.match).toBe(replica.lastIndex);
  expect(await asks({ kind: 'read-index' })).toEqual({
    kind: 'read-index',
    index: replica.commitIndex,
  });
});

test('a follower that asks in the term of the leader vouches for it: no round follows', async () => {
  const { replica, asks, rounds } = await openLeader();
  const answer = { kind: 'read-index', index: replica.commitIndex };
  const { term } = replica;
  const before = rounds();
  expect(await asks({ kind: 'read-index' }, term)).toEqual(answer);
  expect(await asks({ kind: 'lease-keep-alive', ids: [5n] }, term)).toEqual({
    kind: 'lease-keep-alive',
    ttlSeconds: [0],
  });
  expect(rounds()).toBe(before);
  // An older member does not say its term, and a delayed question is of an earlier one.
  for (const unknown of [0, term - 1, term + 1]) {
    expect(await asks({ kind: 'read-index' }, unknown)).toEqual(answer);
  }
  expect(rounds()).toBe(before + 3);
});
