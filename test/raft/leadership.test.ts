import { expect, test } from 'vitest';
import type { Configuration, Entry, MembershipChange } from '../../src/raft/index.ts';
import { bytesOf, TestNetwork } from './network.ts';
import type { NetworkOptions } from './network.ts';

const nothing: MembershipChange = { addVoters: [], addLearners: [], remove: [] };

test('repeated requests for the same transfer do not keep an isolated leader in power', () => {
  const network = ledBy1(['1', '2', '3']);
  for (let tick = 0; tick < 25; tick++) {
    network.act('1', (raft) => raft.transferLeadership('2'));
    network.act('1', (raft) => raft.tick());
    loseAll(network);
  }
  expect(network.raft('1').role).toBe('follower');
});

test('a second transfer has to wait for the first, and a leader cannot be its own successor', () => {
  const network = ledBy1(['1', '2', '3']);
  expect(network.raft('1').transferLeadership('1')).toEqual({ kind: 'bad-target' });
  expect(network.raft('1').transferLeadership('2')).toEqual({ kind: 'started' });
  expect(network.raft('1').transferLeadership('3')).toEqual({ kind: 'transferring', to: '2' });
  expect(network.raft('2').transferLeadership('3')).toEqual({ kind: 'not-leader', leader: '1' });
});

test('a member that has everything is told to take over at once', () => {
  const network = ledBy1(['1', '2', '3']);
  network.act('1', (raft) => raft.transferLeadership('3'));
  expect(takersOver(network)).toEqual(['3']);
  network.deliverAll();
  expect(network.raft('3').role).toBe('leader');
});

test('a transfer ends after an election timeout, and the leader accepts proposals again', () => {
  const network = ledBy1(['1', '2', '3']);
  tickAlone(network, 9);
  network.act('1', (raft) => raft.transferLeadership('2'));
  tickAlone(network, 9);
  expect(network.raft('1').transferringTo).toBe('2');
  tickAlone(network, 1);
  expect(network.raft('1').transferringTo).toBeUndefined();
  expect(network.raft('1').role).toBe('leader');
});

test('a leader that is removed while it hands over tells one member to take over, not two', () => {
  const network = ledBy1(['1', '2', '3']);
  network.act('1', (raft) => raft.changeMembership({ ...nothing, remove: ['1'] }, bytesOf('')));
  network.act('1', (raft) => raft.transferLeadership('3'));
  network.deliverOne('1', '2');
  network.deliverOne('2', '1');
  network.deliverOne('1', '3');
  network.deliverOne('3', '1');
  expect(network.raft('1').role).toBe('follower');
  expect(takersOver(network)).toEqual(['2']);
});

test('committing an entry before the joint configuration does not end it', () => {
  const network = ledBy1(['1', '2', '3']);
  network.act('1', (raft) => raft.propose([bytesOf('x=1')]));
  const change = { ...nothing, addVoters: ['4'], remove: ['2'] };
  network.act('1', (raft) => raft.changeMembership(change, bytesOf('')));
  network.deliverOne('1', '3');
  network.deliverOne('3', '1');
  expect(network.raft('1').commitIndex).toBe(2);
  expect(network.raft('1').configuration.outgoing).toEqual(['1', '2', '3']);
});

test('a read round does not wait for a removed member', () => {
  const confirmed: number[] = [];
  const network = ledBy1(['1', '2'], {
    onEffects: (_member, { reads }) => void confirmed.push(...reads.map(({ index }) => index)),
  });
  network.crash('2');
  network.act('1', (raft) => raft.requestRead());
  expect(confirmed).toEqual([]);
  network.act('1', (raft) => raft.changeMembership({ ...nothing, remove: ['2'] }, bytesOf('')));
  expect(confirmed).toEqual([1]);
});

test('responses to an earlier round do not confirm a later read', () => {
  const confirmed: number[] = [];
  const network = ledBy1(['1', '2', '3'], {
    onEffects: (_member, { reads }) => void confirmed.push(...reads.map(({ ticket }) => ticket)),
  });
  network.act('1', (raft) => raft.requestRead());
  const heard = [...network.flight];
  network.act('1', (raft) => raft.requestRead());
  for (const packet of heard) network.deliver(packet);
  for (const packet of network.flight.filter(({ message }) => message.to === '1')) {
    network.deliver(packet);
  }
  expect(confirmed).toEqual([1]);
  network.deliverAll();
  expect(confirmed).toEqual([1, 2]);
});

test('reads that come during a round share the next one, which begins when that is answered', () => {
  const confirmed: number[] = [];
  const network = ledBy1(['1', '2', '3'], {
    onEffects: (_member, { reads }) => void confirmed.push(...reads.map(({ ticket }) => ticket)),
  });
  for (let count = 0; count < 5; count++) network.act('1', (raft) => raft.requestRead());
  const rounds = (): number[] =>
    network.flight.flatMap(({ message }) =>
      message.kind === 'heartbeat-request' && message.to === '2' ? [message.round] : [],
    );
  expect(rounds()).toEqual([1]);
  network.deliverOne('1', '2');
  network.deliverOne('2', '1');
  expect(confirmed).toEqual([1]);
  expect(rounds()).toEqual([2]);

  // Its messages are lost; the next heartbeat asks again.
  network.flight.length = 0;
  network.act('1', (raft) => raft.tick());
  network.deliverAll();
  expect(confirmed).toEqual([1, 2]);
});

test('a voter of the same term vouches for its leader if the two are a majority', () => {
  expect(asked(['1', '2', '3'], '2')).toBe('confirmed');
  expect(asked(['1', '2'], '2')).toBe('confirmed');
  expect(asked(['1'], '1')).toBe('confirmed');
  for (const [from, term] of [
    ['9', 1],
    ['8', 1],
    ['1', 1],
    ['2', 0],
    ['2', 2],
  ] as const) {
    expect(asked(['1', '2', '3'], from, term)).toBe('accepted');
  }
  expect(asked(['1', '2', '3', '4'], '2')).toBe('accepted');
});

/** The kind of the result if this member asks leader 1 for a read in this term; member 9 is a learner. */
function asked(voters: readonly string[], from: string, term = 1): string {
  const network = ledBy1(voters);
  network.act('1', (raft) =>
    raft.changeMembership({ ...nothing, addLearners: ['9'] }, bytesOf('')),
  );
  network.deliverAll();
  return network.act('1', (raft) => raft.requestRead({ from, term })).kind;
}

test('nobody vouches for a leader that has not committed an entry of its term', () => {
  const network = ledBy1(['1', '2', '3']);
  network.act('1', (raft) => raft.transferLeadership('2'));
  network.deliverAll(({ kind, from }) => kind === 'append-request' && from === '2');
  expect(network.raft('2').role).toBe('leader');
  const { term } = network.raft('2');
  expect(network.act('2', (raft) => raft.requestRead({ from: '3', term })).kind).toBe('accepted');
});

test('a member that hears a leader grants no pre-vote, with or without quorum check', () => {
  const network = ledBy1(['1', '2', '3'], { raft: { checkQuorum: false } });
  network.act('3', (raft) => raft.campaign());
  network.deliverAll();
  network.act('1', (raft) => raft.tick());
  network.deliverAll();
  expect(network.raft('1').role).toBe('leader');
  expect(network.raft('3').term).toBe(1);
});

test('a vote request from a candidate that cannot win does not delay the campaigns of others', () => {
  const network = new TestNetwork({ voters: ['1', '2'], raft: { preVote: false } });
  const hardState = { term: 1, vote: undefined, commit: 0 };
  const entry: Entry = { index: 1, term: 1, kind: 'command', data: bytesOf('x=1') };
  network.start('2', { ...network.member('2').disk, hardState, entries: [entry] });
  for (let tick = 0; tick < 9; tick++) network.act('2', (raft) => raft.tick());
  network.act('1', (raft) => raft.campaign());
  network.act('1', (raft) => raft.campaign());
  network.deliverAll();
  expect(network.raft('2')).toMatchObject({ role: 'follower', term: 2 });

  for (let tick = 0; tick < 2; tick++) network.act('2', (raft) => raft.tick());
  network.deliverAll();
  expect(network.raft('2').role).toBe('leader');
});

test('a new leader refuses membership changes until its first entry is committed', () => {
  const network = ledBy1(['1', '2', '3'], { raft: { preVote: false, checkQuorum: false } });
  network.act('2', (raft) => raft.campaign());
  network.deliverAll(({ kind }) => kind === 'append-request');
  expect(network.raft('2').role).toBe('leader');
  const change = () =>
    network.raft('2').changeMembership({ ...nothing, remove: ['3'] }, bytesOf(''));
  expect(change()).toEqual({ kind: 'change-in-progress' });
  network.act('2', (raft) => raft.tick());
  network.deliverAll();
  expect(change()).toMatchObject({ kind: 'accepted' });
});

test('a change of one voter is made at once, of several by a joint configuration', () => {
  expect(configurationAfter({ addVoters: ['4'] })).toEqual({
    voters: ['1', '2', '3', '4'],
    outgoing: [],
    learners: [],
  });
  expect(configurationAfter({ addVoters: ['4'], remove: ['2'] })).toEqual({
    voters: ['1', '3', '4'],
    outgoing: ['1', '2', '3'],
    learners: [],
  });
  expect(configurationAfter({ addLearners: ['10', '9', '2'] })).toEqual({
    voters: ['1', '3'],
    outgoing: [],
    learners: ['2', '9', '10'],
  });
});

test('the last voter cannot be removed', () => {
  const network = ledBy1(['1']);
  const change = { ...nothing, remove: ['1'] };
  expect(() => network.raft('1').changeMembership(change, bytesOf(''))).toThrow(
    'at least one voter',
  );
});

test('a voter that becomes a learner votes while the configuration is joint', () => {
  const network = ledBy1(['1', '2', '3']);
  const change = { ...nothing, addLearners: ['3'], remove: ['2'] };
  network.act('1', (raft) => raft.changeMembership(change, bytesOf('')));
  expect(network.raft('1').progress()).toMatchObject([
    { id: '2', isLearner: false },
    { id: '3', isLearner: false },
  ]);
  network.deliverAll();
  expect(network.raft('1').configuration).toEqual({ voters: ['1'], outgoing: [], learners: ['3'] });
  expect(network.raft('1').progress()).toMatchObject([{ id: '3', isLearner: true }]);
});

test('refusals of an earlier round do not affect the next one', () => {
  const network = new TestNetwork({ voters: ['1', '2', '3'] });
  const refuses = (from: string): void =>
    network.act('1', (raft) => {
      raft.step({ kind: 'pre-vote-response', from, to: '1', term: 0, granted: false });
    });
  network.act('1', (raft) => raft.campaign());
  network.deliverAll(() => true);
  network.act('1', (raft) => raft.campaign());
  refuses('2');
  refuses('3');
  network.deliverAll();
  expect(network.leaders.map(({ id }) => id)).toEqual(['1']);
});

function configurationAfter(change: Partial<MembershipChange>): Configuration {
  const network = ledBy1(['1', '2', '3']);
  network.act('1', (raft) => raft.changeMembership({ ...nothing, ...change }, bytesOf('')));
  return network.raft('1').configuration;
}

function ledBy1(
  voters: readonly string[],
  options: Omit<NetworkOptions, 'voters'> = {},
): TestNetwork {
  const network = new TestNetwork({ voters, ...options });
  network.act('1', (raft) => raft.campaign());
  network.deliverAll();
  return network;
}

/** Time passes for the leader, whom the others hear and answer. */
function tickAlone(network: TestNetwork, ticks: number): void {
  for (let tick = 0; tick < ticks; tick++) {
    network.act('1', (raft) => raft.tick());
    network.deliverAll(({ kind }) => kind === 'timeout-now');
  }
}

function takersOver(network: TestNetwork): string[] {
  return network.flight.flatMap(({ message: { kind, to } }) =>
    kind === 'timeout-now' ? [to] : [],
  );
}

function loseAll(network: TestNetwork): void {
  network.deliverAll(() => true);
}
