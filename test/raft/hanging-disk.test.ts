import { expect, test } from 'vitest';
import { bytesOf, TestNetwork } from './network.ts';
import type { NetworkOptions } from './network.ts';

/** As the tests' network sets it. */
const electionTicks = 10;
/** A write under way for so long hangs. */
const hangingTicks = 3 * electionTicks;
/** What an entry costs besides its data, as raft counts it. */
const overheadBytes = 64;

test("entries that the leader's own disk has not written count as busy, even if a majority has them", () => {
  const network = ledBy1({ openBytesMax: 3 * overheadBytes });
  network.member('1').hasSlowDisk = true;
  const answers = Array.from({ length: 5 }, () => {
    const { kind } = propose(network);
    network.deliverAll();
    return kind;
  });
  expect(answers).toEqual(['accepted', 'accepted', 'accepted', 'busy', 'busy']);
  expect(network.raft('1').commitIndex).toBe(network.raft('1').lastIndex);
  network.sync('1');
  expect(propose(network).kind).toBe('accepted');
});

test('a leader whose disk hangs hands over to the follower with the longest log', () => {
  const network = ledBy1({});
  const { term } = network.raft('1');
  network.member('1').hasSlowDisk = true;
  propose(network);
  network.deliverAll();
  propose(network);
  passTime(network, hangingTicks - 1, ({ kind, to }) => kind === 'append-request' && to === '2');
  expect(network.raft('1').role).toBe('leader');
  passTime(network, electionTicks);
  expect(network.leaders.map(({ id }) => id)).toEqual(['3']);
  expect(network.raft('3').term).toBe(term + 1);
});

test('a leader whose disk hangs steps down if no member takes over, and is not elected until its disk works', () => {
  const network = ledBy1({});
  network.member('1').hasSlowDisk = true;
  propose(network);
  passTime(network, hangingTicks + 2 * electionTicks + 1, isAboutElections);
  expect(network.leaders).toEqual([]);
  const { term } = network.raft('1');
  network.act('1', (raft) => raft.campaign());
  network.act('1', (raft) => {
    raft.step({ kind: 'timeout-now', from: '2', to: '1', term });
  });
  expect([network.raft('1').role, network.raft('1').term]).toEqual(['follower', term]);
  network.member('1').hasSlowDisk = false;
  network.sync('1');
  passTime(network, 4 * electionTicks);
  expect(network.leaders).toHaveLength(1);
});

test('a leader whose disk hangs keeps leading if there is no majority without it', () => {
  const network = new TestNetwork({ voters: ['1', '2'] });
  network.act('1', (raft) => raft.campaign());
  network.deliverAll();
  network.member('1').hasSlowDisk = true;
  propose(network);
  passTime(network, 3 * hangingTicks);
  expect(network.raft('1').role).toBe('leader');
});

test('a leader whose disk is slow keeps leading', () => {
  const network = ledBy1({});
  network.member('1').hasSlowDisk = true;
  for (let round = 0; round < 4; round++) {
    propose(network);
    passTime(network, hangingTicks - 1);
    network.sync('1');
  }
  expect(network.raft('1').role).toBe('leader');
});

test('a follower whose disk hangs holds no more than the bound, and catches up when it is back', () => {
  const network = ledBy1({ openBytesMax: 5 * overheadBytes, messageBytesMax: 1 });
  network.member('3').hasSlowDisk = true;
  for (let count = 0; count < 20; count++) {
    propose(network);
    network.deliverAll();
  }
  const follower = network.raft('3');
  const openMax = 6;
  expect(follower.lastIndex).toBeLessThanOrEqual(1 + openMax);
  passTime(network, electionTicks);
  network.member('3').hasSlowDisk = false;
  network.sync('3');
  passTime(network, electionTicks);
  expect(network.member('3').appliedIndex).toBe(network.raft('1').lastIndex);
});

function ledBy1(raft: NetworkOptions['raft'] & object): TestNetwork {
  const network = new TestNetwork({ voters: ['1', '2', '3'], raft });
  network.act('1', (member) => member.campaign());
  network.deliverAll();
  return network;
}

function propose(network: TestNetwork) {
  return network.act('1', (raft) => raft.propose([bytesOf('x=1')]));
}

/** Ticks everywhere, and delivers what is not lost. */
function passTime(
  network: TestNetwork,
  ticks: number,
  isLost?: Parameters<TestNetwork['deliverAll']>[0],
): void {
  for (let tick = 0; tick < ticks; tick++) {
    for (const id of network.members.keys()) network.act(id, (raft) => raft.tick());
    network.deliverAll(isLost);
  }
}

function isAboutElections({ kind }: { readonly kind: string }): boolean {
  return kind === 'timeout-now' || kind === 'vote-request' || kind === 'pre-vote-request';
}
