import { expect, test } from 'vitest';
import { TestNetwork } from './network.ts';

test('when the process of the leader has ended, another one leads within a few ticks', () => {
  const network = ledBy1();
  network.crash('1');
  for (const id of ['2', '3']) network.act(id, (raft) => raft.gone('1'));
  tick(network, ['2', '3'], 5);
  expect(leaders(network, ['2', '3'])).toEqual(['2']);
});

test('without that, it takes an election timeout', () => {
  const network = ledBy1();
  network.crash('1');
  tick(network, ['2', '3'], 9);
  expect(leaders(network, ['2', '3'])).toEqual([]);
  tick(network, ['2', '3'], 5);
  expect(leaders(network, ['2', '3'])).toEqual(['2']);
});

test('a leader that is heard again is waited for as ever', () => {
  const network = ledBy1();
  for (const id of ['2', '3']) network.act(id, (raft) => raft.gone('1'));
  network.act('1', (raft) => raft.tick());
  network.deliverAll();
  tick(network, ['2', '3'], 9);
  expect(network.raft('2').role).toBe('follower');
  expect(network.raft('2').leader).toBe('1');
  expect(network.raft('3').leader).toBe('1');
});

test('one member that takes a live leader for gone does not disturb it', () => {
  const network = ledBy1();
  const { term } = network.raft('1');
  network.act('2', (raft) => raft.gone('1'));
  tick(network, ['2'], 5);
  expect(network.raft('2').role).toBe('pre-candidate');
  network.act('1', (raft) => raft.tick());
  network.deliverAll();
  expect(network.raft('2').leader).toBe('1');
  expect(network.raft('1').role).toBe('leader');
  expect(network.raft('1').term).toBe(term);
});

test('the end of a member that does not lead changes nothing', () => {
  const network = ledBy1();
  network.act('2', (raft) => raft.gone('3'));
  tick(network, ['2'], 9);
  expect(network.raft('2').role).toBe('follower');
  expect(network.raft('2').leader).toBe('1');
});

test('who lost an election draws a new timeout', () => {
  let isFirst = true;
  const draws: string[] = [];
  const network = new TestNetwork({
    voters: ['1', '2', '3'],
    drawTicks: (id, low, high) => {
      if (!isFirst) draws.push(id);
      return isFirst ? high : low;
    },
  });
  isFirst = false;
  network.act('1', (raft) => raft.campaign());
  network.deliverAll();
  network.act('1', (raft) => raft.tick());
  network.deliverAll();
  // The candidate drew twice, before and after it was found that it can win.
  expect(draws.toSorted()).toEqual(['1', '1', '2', '3']);
});

function ledBy1(): TestNetwork {
  const network = new TestNetwork({ voters: ['1', '2', '3'] });
  network.act('1', (raft) => raft.campaign());
  network.deliverAll();
  return network;
}

/** Time passes for these members, who hear each other. */
function tick(network: TestNetwork, ids: readonly string[], ticks: number): void {
  for (let count = 0; count < ticks; count++) {
    for (const id of ids) network.act(id, (raft) => raft.tick());
    network.deliverAll();
  }
}

function leaders(network: TestNetwork, ids: readonly string[]): string[] {
  return ids.filter((id) => network.raft(id).role === 'leader');
}
