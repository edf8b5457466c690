import { expect, test } from 'vitest';
import { Raft } from '../../src/raft/index.ts';
import type { Effects, Entry, Message, RaftOptions, RaftStart } from '../../src/raft/index.ts';
import { bytesOf, diskOf, votersOnly } from './network.ts';

test('votes and acknowledgements are sent after the write, refusals and heartbeats at once', () => {
  const raft = memberOf3({});
  raft.step({ ...voteRequest, term: 1 });
  const voted = raft.take();
  expect(kinds(voted.send)).toEqual([]);
  expect(voted.persist?.hardState).toMatchObject({ term: 1, vote: '1' });
  expect(voted.sendAfterPersist).toMatchObject([{ kind: 'vote-response', granted: true }]);

  raft.step(appendRequest(1, [entry(1, 1)]));
  raft.step({ kind: 'heartbeat-request', from: '1', to: '2', term: 1, commit: 0, round: 0 });
  const appended = raft.take();
  expect(kinds(appended.send)).toEqual(['heartbeat-response']);
  expect(appended.persist?.entries).toHaveLength(1);
  expect(appended.sendAfterPersist).toMatchObject([{ kind: 'append-response', success: true }]);

  raft.step({ ...voteRequest, from: '3', term: 1 });
  raft.step({ ...appendRequest(1, []), previousIndex: 9, previousTerm: 1 });
  const refused = raft.take();
  expect(refused.send).toMatchObject([
    { kind: 'vote-response', granted: false },
    { kind: 'append-response', success: false },
  ]);
  expect(refused.sendAfterPersist).toEqual([]);
});

test('a ticket covers the writes before it, also within one turn', () => {
  const raft = memberOf3({});
  raft.step(appendRequest(1, [entry(1, 1), entry(2, 1), entry(3, 1)]));
  raft.step({ ...appendRequest(2, [entry(2, 2)]), from: '3', previousIndex: 1, previousTerm: 1 });
  const { persist } = raft.take();
  expect(persist?.entries.map(({ index, term }) => [index, term])).toEqual([
    [1, 1],
    [2, 2],
  ]);

  raft.step({ ...appendRequest(3, [entry(1, 3)]), from: '3' });
  const again = raft.take();
  expect(again.persist?.entries.map(({ index, term }) => [index, term])).toEqual([[1, 3]]);
});

test('a candidate asks for votes, and counts its own, when its term is durable', () => {
  const raft = memberOf3({ preVote: false });
  raft.campaign();
  const { send, persist, sendAfterPersist } = raft.take();
  expect(send).toEqual([]);
  expect(kinds(sendAfterPersist)).toEqual(['vote-request', 'vote-request']);

  raft.step({ kind: 'vote-response', from: '1', to: '2', term: 1, granted: true });
  expect(raft.role).toBe('candidate');
  raft.persisted(persist?.ticket ?? 0);
  expect(raft.role).toBe('leader');
});

test('a write of an earlier term does not count as the vote of a later one', () => {
  const raft = memberOf3({ preVote: false });
  raft.campaign();
  const first = raft.take().persist?.ticket ?? 0;
  raft.campaign();
  raft.step({ kind: 'vote-response', from: '1', to: '2', term: 2, granted: true });
  raft.persisted(first);
  expect(raft.role).toBe('candidate');
  raft.persisted(raft.take().persist?.ticket ?? 0);
  expect(raft.role).toBe('leader');
});

test('a leader sends its entries while it writes them, and counts itself only after that', () => {
  const raft = leaderOf3();
  raft.propose([bytesOf('x=1')]);
  const { send, persist } = raft.take();
  expect(kinds(send)).toEqual(['append-request']);

  acknowledge(raft, '1', 2);
  raft.take();
  expect(raft.commitIndex).toBe(1);
  raft.persisted(persist?.ticket ?? 0);
  expect(raft.commitIndex).toBe(2);
});

test('a leader does not wait for its own disk when a majority of the others has the entry', () => {
  const raft = leaderOf3();
  acknowledge(raft, '3', 1);
  raft.take();
  raft.propose([bytesOf('x=1')]);
  raft.take();
  acknowledge(raft, '1', 2);
  acknowledge(raft, '3', 2);
  expect(raft.take().committed.map(({ index }) => index)).toEqual([2]);
});

test('entries that were overwritten do not make later ones at their place durable', () => {
  // Three entries of term 1 are on the disk; the leader of term 2 replaces them with one.
  const raft = memberOf3(
    { preVote: false },
    {
      hardState: { term: 1, vote: undefined, commit: 0 },
      entries: [entry(1, 1), entry(2, 1), entry(3, 1)],
    },
  );
  raft.step({ ...appendRequest(2, [entry(1, 2)]), from: '3' });
  raft.persisted(raft.take().persist?.ticket ?? 0);
  raft.campaign();
  raft.persisted(raft.take().persist?.ticket ?? 0);
  raft.step({ kind: 'vote-response', from: '1', to: '2', term: 3, granted: true });
  expect(raft.role).toBe('leader');

  // Its own first entry, at index 2, is not written yet, whatever stood at index 3 once.
  const { persist } = raft.take();
  acknowledge(raft, '1', 2);
  expect(raft.commitIndex).toBe(0);
  raft.persisted(persist?.ticket ?? 0);
  expect(raft.commitIndex).toBe(2);
});

test('entries that a snapshot replaced no longer count as durable', () => {
  const raft = memberOf3(
    { preVote: false },
    {
      hardState: { term: 1, vote: undefined, commit: 0 },
      entries: [1, 2, 3, 4, 5].map((at) => entry(at, 1)),
    },
  );
  const position = { index: 3, term: 2, configuration: votersOnly(['1', '2', '3']) };
  raft.step({ kind: 'install-snapshot', from: '1', to: '2', term: 2, position });
  raft.persisted(raft.take().persist?.ticket ?? 0);
  raft.campaign();
  raft.persisted(raft.take().persist?.ticket ?? 0);
  raft.step({ kind: 'vote-response', from: '1', to: '2', term: 3, granted: true });

  // Its own first entry, at index 4, is not written yet, whatever stood there before.
  const { persist } = raft.take();
  acknowledge(raft, '1', 4);
  expect(raft.commitIndex).toBe(3);
  raft.persisted(persist?.ticket ?? 0);
  expect(raft.commitIndex).toBe(4);
});

test('a write whose entries were overwritten meanwhile proves nothing', () => {
  const raft = memberOf3({ preVote: false });
  raft.step(appendRequest(1, [entry(1, 1), entry(2, 1)]));
  const old = raft.take().persist?.ticket ?? 0;
  raft.step({ ...appendRequest(2, [entry(1, 2)]), from: '3' });
  raft.persisted(old);
  const present = raft.take().persist?.ticket ?? 0;
  raft.campaign();
  const campaign = raft.take().persist?.ticket ?? 0;
  expect([old, present, campaign]).toEqual([1, 2, 3]);
  raft.persisted(campaign);
  raft.step({ kind: 'vote-response', from: '1', to: '2', term: 3, granted: true });
  raft.take();
  acknowledge(raft, '1', 2);
  expect(raft.commitIndex).toBe(0);
});

test('a member begins with what it had applied, and hands out only what follows', () => {
  const raft = memberOf3(
    {},
    {
      hardState: { term: 1, vote: undefined, commit: 1 },
      entries: [entry(1, 1), entry(2, 1), entry(3, 1)],
      appliedIndex: 2,
    },
  );
  expect(raft.commitIndex).toBe(2);
  expect(raft.take().committed).toEqual([]);
  raft.step({ ...appendRequest(1, []), previousIndex: 3, previousTerm: 1, commit: 3 });
  expect(raft.take().committed.map(({ index }) => index)).toEqual([3]);
});

test('a sole voter commits the entry that adds a second voter, also after it stepped down before that was durable', () => {
  const { snapshot } = diskOf(votersOnly(['2']));
  const raft = memberOf3({}, { base: snapshot.position });
  raft.campaign();
  raft.persisted(raft.take().persist?.ticket ?? 0);
  raft.persisted(raft.take().persist?.ticket ?? 0);
  expect(raft.commitIndex).toBe(1);
  raft.changeMembership({ addVoters: ['1'], addLearners: [], remove: [] }, bytesOf('1 joins'));
  const ticket = raft.take().persist?.ticket ?? 0;

  // The second one cannot answer: it does not know yet that it belongs to the cluster.
  for (let tick = 0; tick < 30 && raft.role === 'leader'; tick++) raft.tick();
  expect([raft.role, raft.commitIndex]).toEqual(['follower', 1]);
  raft.persisted(ticket);
  expect(raft.take().committed.map(({ kind }) => kind)).toContain('membership');
});

test('a log that ends before its commit index stops the member', () => {
  const start = { hardState: { term: 1, vote: undefined, commit: 4 }, entries: [entry(1, 1)] };
  expect(() => memberOf3({}, start)).toThrow('ends before its commit index');
});

test('two leaders in one term stop the member that sees them', () => {
  const leader = leaderOf3();
  expect(() => leader.step({ ...appendRequest(1, []), from: '3' })).toThrow('two leaders');
});

const voteRequest = {
  kind: 'vote-request',
  from: '1',
  to: '2',
  lastIndex: 0,
  lastTerm: 0,
  transfer: false,
} as const;

/** Member 2 of three. */
function memberOf3(options: Partial<RaftOptions>, start: Partial<RaftStart> = {}): Raft {
  const { hardState, snapshot } = diskOf(votersOnly(['1', '2', '3']));
  return new Raft(
    {
      id: '2',
      random: { between: (low) => low, positiveInt63: () => 1n },
      electionTicks: 10,
      preVote: true,
      checkQuorum: true,
      messageBytesMax: 1 << 20,
      inflightMessagesMax: 256,
      inflightBytesMax: 1 << 20,
      openBytesMax: 1 << 20,
      ...options,
    },
    { hardState, base: snapshot.position, entries: [], appliedIndex: 0, ...start },
  );
}

/** Member 2 as leader of term 1, with its first entry committed, and heard by member 1. */
function leaderOf3(): Raft {
  const raft = memberOf3({ preVote: false });
  raft.campaign();
  raft.persisted(raft.take().persist?.ticket ?? 0);
  raft.step({ kind: 'vote-response', from: '1', to: '2', term: 1, granted: true });
  raft.persisted(raft.take().persist?.ticket ?? 0);
  acknowledge(raft, '1', 1);
  raft.take();
  return raft;
}

function acknowledge(raft: Raft, from: string, index: number): void {
  raft.step({
    kind: 'append-response',
    from,
    to: '2',
    term: raft.term,
    success: true,
    index,
    conflictTerm: 0,
    conflictIndex: 0,
  });
}

function appendRequest(term: number, entries: readonly Entry[]) {
  return {
    kind: 'append-request',
    from: '1',
    to: '2',
    term,
    previousIndex: 0,
    previousTerm: 0,
    entries,
    commit: 0,
  } as const;
}

function entry(index: number, term: number): Entry {
  return { index, term, kind: 'command', data: bytesOf(`x=${term}`) };
}

function kinds(messages: Effects['send']): Message['kind'][] {
  return messages.map(({ kind }) => kind);
}
