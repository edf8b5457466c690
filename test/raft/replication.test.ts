import { describe, expect, test } from 'vitest';
import { present } from '../../src/base/assert.ts';
import type { AppendRequest, Entry, PeerProgress } from '../../src/raft/index.ts';
import { bytesOf, diskOf, TestNetwork, votersOnly } from './network.ts';
import type { NetworkOptions } from './network.ts';

/** What an entry costs besides its data, as raft counts it. */
const overheadBytes = 64;

test('messages in flight to a follower are bounded, and acknowledgements make room', () => {
  const network = ledBy1({ messageBytesMax: 1, inflightMessagesMax: 3 });
  for (let count = 0; count < 10; count++) propose(network, 'x=1');
  expect(appendsTo(network, '2')).toHaveLength(3);

  network.deliverOne('1', '2');
  network.deliverOne('2', '1');
  expect(appendsTo(network, '2')).toHaveLength(3);

  network.deliverAll();
  expect(network.member('2').appliedIndex).toBe(network.raft('1').lastIndex);
});

test('bytes in flight to a follower are bounded, to within one message', () => {
  const entryBytes = overheadBytes + 100;
  const network = ledBy1({ messageBytesMax: 1, inflightBytesMax: 4 * entryBytes });
  for (let count = 0; count < 10; count++) propose(network, `x=${'1'.repeat(98)}`);
  expect(appendsTo(network, '2')).toHaveLength(4);

  network.deliverAll();
  expect(network.member('2').appliedIndex).toBe(network.raft('1').lastIndex);
});

test('heartbeats reopen a full window whose messages were all lost', () => {
  const network = ledBy1({ messageBytesMax: 1, inflightMessagesMax: 2 });
  for (let count = 0; count < 5; count++) propose(network, 'x=1');
  loseAll(network);
  tickAndDeliver(network, 2);
  expect(network.member('2').appliedIndex).toBe(network.raft('1').lastIndex);
});

test('a message carries as many entries as fit, and at least one', () => {
  const network = ledBy1({ messageBytesMax: 3 * (overheadBytes + 3) });
  network.act('1', (raft) => raft.propose(['a=1', 'b=2', 'c=3', 'd=4'].map(bytesOf)));
  network.act('1', (raft) => raft.propose([bytesOf(`e=${'1'.repeat(1000)}`)]));
  expect(appendsTo(network, '2').map(({ entries }) => entries.length)).toEqual([3, 1, 1]);
});

test('an acknowledgement does not make the leader send entries in flight again', () => {
  const network = ledBy1({ messageBytesMax: 1 });
  for (const pair of ['x=1', 'x=2', 'x=3']) propose(network, pair);
  network.deliverOne('1', '2');
  network.deliverOne('2', '1');
  const underWay = appendsTo(network, '2').flatMap(({ entries }) => entries);
  expect(underWay.map(({ index }) => index)).toEqual([3, 4]);
});

test('an acknowledgement that comes when a majority has the entry leaves nothing to do', () => {
  const network = ledBy1({});
  propose(network, 'x=1');
  const acknowledge = (from: string): boolean => {
    network.deliverOne('1', from);
    const [packet] = network.flight.filter(({ message }) => message.from === from);
    const { message } = present(packet, 'the acknowledgement');
    network.flight.splice(network.flight.indexOf(present(packet, 'it')), 1);
    network.raft('1').step(message);
    const hasEffects = network.raft('1').hasEffects();
    network.act('1', () => {});
    return hasEffects;
  };
  const { commitIndex } = network.raft('1');
  expect(acknowledge('2')).toBe(true);
  expect(network.raft('1').commitIndex).toBe(commitIndex + 1);
  expect(acknowledge('3')).toBe(false);
  // It counts all the same.
  expect(
    network
      .raft('1')
      .progress()
      .map(({ match }) => match),
  ).toEqual([commitIndex + 1, commitIndex + 1]);
});

test('a log that differs by thousands of entries is repaired in a few messages', () => {
  const network = new TestNetwork({ voters: ['1', '2', '3'], raft: { preVote: false } });
  const disk = diskOf(votersOnly(['1', '2', '3']));
  const hardState = { term: 9, vote: undefined, commit: 0 };
  const logs = {
    '1': entriesOf([...times(10, 1), ...times(3000, 4), ...times(3000, 6)]),
    '2': entriesOf([...times(10, 1), ...times(3000, 4), ...times(3000, 6)]),
    '3': entriesOf([...times(10, 1), ...times(2000, 2), ...times(2000, 3), ...times(2500, 5)]),
  };
  for (const [id, log] of Object.entries(logs)) {
    network.start(id, { ...disk, hardState, entries: log });
  }
  let refusals = 0;
  network.act('1', (raft) => raft.campaign());
  network.deliverAll((message) => {
    if (message.kind === 'append-response' && !message.success) refusals++;
    return false;
  });
  expect(network.member('3').appliedIndex).toBe(6011);
  expect(refusals).toBeLessThanOrEqual(3);
});

test('a follower does not commit entries beyond those that are known to match', () => {
  const network = new TestNetwork({ voters: ['1', '2', '3'] });
  const disk = diskOf(votersOnly(['1', '2', '3']));
  network.start('2', {
    ...disk,
    hardState: { term: 3, vote: undefined, commit: 0 },
    entries: entriesOf([1, 2, 2]),
  });
  network.act('2', (raft) =>
    raft.step({
      kind: 'append-request',
      from: '1',
      to: '2',
      term: 3,
      previousIndex: 1,
      previousTerm: 1,
      entries: [],
      commit: 3,
    }),
  );
  expect(network.raft('2').commitIndex).toBe(1);
});

describe('the commit index', () => {
  test('is told at once when nothing else is, and not acknowledged', () => {
    const network = ledBy1({});
    const seen: string[] = [];
    propose(network, 'x=1');
    network.deliverAll(({ kind }) => {
      seen.push(kind);
      return false;
    });
    for (const id of ['2', '3']) expect(network.member(id).appliedIndex).toBe(indexOfLast(network));
    expect(seen.filter((kind) => kind === 'append-request')).toHaveLength(4);
    expect(seen.filter((kind) => kind === 'append-response')).toHaveLength(2);
  });

  test('comes with the next heartbeat if the message that told of it was lost', () => {
    const network = ledBy1({});
    propose(network, 'x=1');
    network.deliverAll(
      (message) => message.kind === 'append-request' && message.entries.length === 0,
    );
    for (const id of ['2', '3'])
      expect(network.member(id).appliedIndex).toBeLessThan(indexOfLast(network));
    tickAndDeliver(network, 1);
    for (const id of ['2', '3']) expect(network.member(id).appliedIndex).toBe(indexOfLast(network));
  });
});

function indexOfLast(network: TestNetwork): number {
  return network.raft('1').lastIndex;
}

test('uncommitted proposals are bounded, and commits make room', () => {
  const network = ledBy1({ openBytesMax: 3 * overheadBytes });
  const answers = [1, 2, 3, 4, 5].map(() => propose(network, 'x=1').kind);
  expect(answers).toEqual(['accepted', 'accepted', 'accepted', 'busy', 'busy']);

  network.deliverAll();
  expect(propose(network, 'x=1').kind).toBe('accepted');
});

test('a leader that was deposed and elected again does not count entries that were replaced', () => {
  const network = ledBy1({
    openBytesMax: 3 * overheadBytes,
    preVote: false,
    checkQuorum: false,
  });
  for (let count = 0; count < 4; count++) propose(network, 'x=1');
  loseAll(network);
  network.act('2', (raft) => raft.campaign());
  network.deliverAll(({ from, to }) => from === '1' || to === '1');
  tickAndDeliver(network, 2);
  network.act('1', (raft) => raft.campaign());
  network.deliverAll();
  expect(network.raft('1').role).toBe('leader');

  const answers = [1, 2, 3, 4, 5].map(() => propose(network, 'y=2').kind);
  expect(answers).toEqual(['accepted', 'accepted', 'accepted', 'busy', 'busy']);
});

test('a follower is sent one snapshot, even if it answers a heartbeat before it has installed it', () => {
  const network = ledBy1({});
  network.deliverAll(({ to }) => to === '3');
  propose(network, 'x=1');
  network.deliverAll(({ to }) => to === '3');
  network.compact('1', network.member('1').appliedIndex);
  network.act('1', (raft) => raft.unreachable('3'));
  network.act('1', (raft) => raft.tick());

  let snapshots = 0;
  network.deliverAll((message) => {
    if (message.kind === 'install-snapshot') {
      snapshots++;
      // Sent, but the answer is slow; a heartbeat's answer overtakes it.
      network.act('1', (raft) => raft.snapshotSent('3', true));
      network.act('1', (raft) =>
        raft.step({ kind: 'heartbeat-response', from: '3', to: '1', term: raft.term, round: 0 }),
      );
    }
    return false;
  });
  expect(snapshots).toBe(1);
  expect(network.member('3').pairs.get('x')).toBe('1');
});

test('a snapshot of committed entries changes nothing', () => {
  const network = ledBy1({});
  propose(network, 'x=1');
  network.deliverAll();
  const { commitIndex, lastIndex } = network.raft('2');
  network.act('2', (raft) =>
    raft.step({
      kind: 'install-snapshot',
      from: '1',
      to: '2',
      term: raft.term,
      position: { index: 1, term: 7, configuration: votersOnly(['9']) },
    }),
  );
  const { raft } = network.member('2');
  expect([raft.commitIndex, raft.lastIndex, raft.firstIndex]).toEqual([commitIndex, lastIndex, 1]);
  expect(raft.configuration.voters).toEqual(['1', '2', '3']);
});

test('a snapshot from a deposed leader is installed, and does not make it the leader', () => {
  const network = new TestNetwork({ voters: ['1', '2', '3'] });
  const position = { index: 5, term: 1, configuration: votersOnly(['1', '2', '3']) };
  network.member('3').staged.set(5, { position, pairs: new Map([['x', '1']]) });
  network.act('3', (raft) =>
    raft.step({ kind: 'install-snapshot', from: '1', to: '3', term: 2, position }),
  );
  expect(network.member('3').pairs.get('x')).toBe('1');
  expect(network.raft('3').term).toBe(2);
  expect(network.raft('3').leader).toBeUndefined();
});

test('a removed member is sent the entry that removes it, and nothing afterwards', () => {
  const network = ledBy1({});
  network.act('1', (raft) =>
    raft.changeMembership({ addVoters: [], addLearners: [], remove: ['3'] }, bytesOf('')),
  );
  network.deliverAll();
  expect(network.raft('3').configuration.voters).toEqual(['1', '2']);
  expect(network.raft('3').commitIndex).toBe(network.raft('1').commitIndex);

  propose(network, 'x=1');
  expect(appendsTo(network, '3')).toEqual([]);
  tickAndDeliver(network, 25);
  network.act('1', (raft) => raft.tick());
  expect(network.flight.filter(({ message }) => message.to === '3')).toEqual([]);
});

test('a removed member is sent no snapshot, even if the log lacks its next entry', () => {
  const network = ledBy1({ messageBytesMax: 1, inflightMessagesMax: 1 });
  for (const pair of ['x=1', 'x=2', 'x=3']) propose(network, pair);
  const late = network.flight.find(({ message: { to } }) => to === '3')!;
  network.act('1', (raft) =>
    raft.changeMembership({ addVoters: [], addLearners: [], remove: ['3'] }, bytesOf('')),
  );
  while (network.flight.length > 1) {
    network.deliver(network.flight.find((packet) => packet !== late)!);
  }
  network.compact('1', network.raft('1').lastIndex);
  network.deliver(late);
  network.deliverOne('3', '1');
  tickAndDeliver(network, 2);
  expect(network.flight).toEqual([]);
  expect(network.member('3').raft.firstIndex).toBe(1);
});

test('a member that is added again while it is still told of its removal is an ordinary follower', () => {
  const network = ledBy1({});
  const change = (added: string[], removed: string[]) =>
    network.act('1', (raft) =>
      raft.changeMembership({ addVoters: added, addLearners: [], remove: removed }, bytesOf('')),
    );
  network.crash('3');
  change([], ['3']);
  network.deliverAll();
  change(['3'], []);
  network.restart('3');
  tickAndDeliver(network, 25);
  propose(network, 'x=1');
  network.deliverAll();
  expect(network.member('3').pairs.get('x')).toBe('1');
});

test('a member that is down when it is removed is forgotten after an election timeout', () => {
  const network = ledBy1({});
  network.crash('3');
  network.act('1', (raft) =>
    raft.changeMembership({ addVoters: [], addLearners: [], remove: ['3'] }, bytesOf('')),
  );
  tickAndDeliver(network, 25);
  network.act('1', (raft) => raft.tick());
  expect(network.flight.filter(({ message }) => message.to === '3')).toEqual([]);
});

test('a follower that lost acknowledged entries is probed once a heartbeat interval, and does not count for commits', () => {
  const network = ledBy1({});
  propose(network, 'x=1');
  network.deliverAll();
  const { match } = followerAsSeen(network, '2');
  network.crash('2');
  network.start('2', diskOf(votersOnly(['1', '2', '3'])));
  network.act('1', (raft) => raft.unreachable('2'));

  propose(network, 'x=2');
  expect(countAppends(network, '2')).toBe(1);
  // Rounds of heartbeats for reads are not intervals.
  network.act('1', (raft) => raft.requestRead());
  expect(countAppends(network, '2')).toBe(0);
  for (let interval = 0; interval < 8; interval++) {
    network.act('1', (raft) => raft.tick());
    expect(countAppends(network, '2')).toBe(1);
  }

  expect(followerAsSeen(network, '2')).toMatchObject({ match, hasLostData: true });
  expect(network.raft('2').lastIndex).toBe(0);
  expect(network.raft('1').commitIndex).toBe(3);
});

test('delayed copies of an old refusal do not count as lost entries', () => {
  const network = ledBy1({ messageBytesMax: 1 });
  for (const pair of ['x=1', 'x=2']) propose(network, pair);
  const first = network.flight.find(({ message }) => message.to === '2');
  network.take(first!, 'lost');
  network.deliverOne('1', '2');
  const refusal = network.flight.find(({ message }) => message.from === '2')!.message;
  for (const [from, to] of ['21', '12', '21']) network.deliverOne(from!, to!);
  expect(refusal).toMatchObject({ success: false, index: 2 });
  expect(followerAsSeen(network, '2').match).toBe(2);

  network.act('1', (raft) => raft.unreachable('2'));
  for (let copy = 0; copy < 5; copy++) network.act('1', (raft) => raft.step(refusal));
  expect(followerAsSeen(network, '2').hasLostData).toBe(false);
  tickAndDeliver(network, 2);
  expect(followerAsSeen(network, '2')).toMatchObject({ state: 'replicate', match: 3 });
});

/** Delivers everything, and counts what this member is sent of the log on the way. */
function countAppends(network: TestNetwork, id: string): number {
  let count = 0;
  network.deliverAll(({ kind, to }) => {
    if (kind === 'append-request' && to === id) count++;
    return false;
  });
  return count;
}

function followerAsSeen(network: TestNetwork, id: string): PeerProgress {
  return present(
    network
      .raft('1')
      .progress()
      .find((peer) => peer.id === id),
    `member ${id}`,
  );
}

function entriesOf(terms: readonly number[]): Entry[] {
  return terms.map((term, at) => ({
    index: at + 1,
    term,
    kind: 'command',
    data: bytesOf(`x=${term}`),
  }));
}

function times(count: number, term: number): number[] {
  return Array.from({ length: count }, () => term);
}

function ledBy1(raft: NetworkOptions['raft'] & object): TestNetwork {
  const network = new TestNetwork({ voters: ['1', '2', '3'], raft });
  network.act('1', (member) => member.campaign());
  network.deliverAll();
  return network;
}

function propose(network: TestNetwork, pair: string) {
  return network.act('1', (raft) => raft.propose([bytesOf(pair)]));
}

function appendsTo(network: TestNetwork, id: string): AppendRequest[] {
  return network.flight.flatMap(({ message }) =>
    message.kind === 'append-request' && message.to === id ? [message] : [],
  );
}

function loseAll(network: TestNetwork): void {
  network.deliverAll(() => true);
}

function tickAndDeliver(network: TestNetwork, ticks: number): void {
  for (let tick = 0; tick < ticks; tick++) {
    for (const { id, isUp } of network.members.values()) {
      if (isUp) network.act(id, (raft) => raft.tick());
    }
    network.deliverAll();
  }
}
