import { expect, test, vi } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { questionOf, startMember, SteppedClock } from './peers.ts';
import type { Member } from './peers.ts';

const patience = { timeout: 10_000, interval: 5 };

async function connected(member: Member, peer: string): Promise<void> {
  await vi.waitFor(() => expect(member.transport.connectedSinceMs(peer)).toBeDefined(), patience);
}

/** Two connected members, and the members that "m1" knows as removed. */
async function pair(options: { drainMs: number; clock?: Clock }) {
  const removed = new Set<string>();
  const one = await startMember('m1', { ...options, removed });
  const two = await startMember('m2');
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  two.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  await connected(one, 'm2');
  await connected(two, 'm1');
  return { one, two, removed };
}

test('a peer that leaves the list still gets messages for a while, and then none', async () => {
  const clock = new SteppedClock();
  const { one, two } = await pair({ drainMs: 3000, clock });
  one.transport.send('m2', [questionOf(1)]);
  one.transport.setPeers([]);
  one.transport.send('m2', [questionOf(2)]);
  expect(one.transport.connectedSinceMs('m2')).toBeUndefined();
  await vi.waitFor(() => expect(two.received).toHaveLength(2), patience);
  clock.pass(3000);
  one.transport.send('m2', [questionOf(3)]);
  // Another list with it begins anew.
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await connected(one, 'm2');
  one.transport.send('m2', [questionOf(4)]);
  await vi.waitFor(
    () => expect(two.received.map(({ message }) => message)).toContainEqual(questionOf(4)),
    patience,
  );
  expect(two.received.map(({ message }) => message)).toEqual([1, 2, 4].map(questionOf));
});

test('a peer that leaves the list and ends is not dialled', async () => {
  const { one, two } = await pair({ drainMs: 60_000 });
  one.transport.setPeers([]);
  await two.transport.stop();
  await vi.waitFor(() => expect(one.disconnected).toEqual(['m2']), patience);
  const before = one.count('sent_bytes_total');
  one.transport.send('m2', [questionOf(1)]);
  expect(one.count('sent_bytes_total')).toBe(before);
  expect(one.log.map(({ message }) => message)).toEqual(['connected to peer']);
});

test('of very many peers that leave at once, the first are disconnected early', async () => {
  const one = await startMember('m1', { drainMs: 60_000 });
  const others = await Promise.all(
    Array.from({ length: 18 }, (_, at) => startMember(`n${at + 1}`)),
  );
  one.transport.setPeers(others.map(({ url }, at) => ({ id: `n${at + 1}`, urls: [url] })));
  for (let at = 1; at <= others.length; at++) await connected(one, `n${at}`);
  one.transport.setPeers([]);
  for (let at = 1; at <= others.length; at++) one.transport.send(`n${at}`, [questionOf(at)]);
  await vi.waitFor(
    () => expect(others.slice(2).every(({ received }) => received.length === 1)).toBe(true),
    patience,
  );
  expect(others.slice(0, 2).map(({ received }) => received.length)).toEqual([0, 0]);
});

test('a removed member that calls learns of it, in its program and in its log', async () => {
  const one = await startMember('m1', { removed: new Set(['m2']) });
  const two = await startMember('m2');
  two.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  await vi.waitFor(() => expect(two.refusedAsRemovedBy).toContain('m1'), patience);
  const why =
    'member m2 was removed from the cluster; stop it, and add a new member with an empty data directory';
  expect(one.log[0]).toEqual({ message: 'refused a peer', why });
  expect(two.log[0]).toEqual({ message: 'no connection to peer', why });
  two.transport.send('m1', [questionOf(1)]);
  expect(one.received).toEqual([]);
});

test('a connected member learns of its removal once it is disconnected', async () => {
  const { one, two, removed } = await pair({ drainMs: 60_000 });
  removed.add('m2');
  one.transport.setPeers([]);
  two.transport.send('m1', [questionOf(1)]);
  await vi.waitFor(() => expect(one.received).toHaveLength(1), patience);
  expect(two.refusedAsRemovedBy).toEqual([]);

  const { two: another, removed: alsoRemoved, one: hasty } = await pair({ drainMs: 0 });
  alsoRemoved.add('m2');
  hasty.transport.setPeers([]);
  await vi.waitFor(() => expect(another.refusedAsRemovedBy).toContain('m1'), patience);
});

test('a refusal of another cluster or for another member is ignored', async () => {
  const removed = new Set(['m2']);
  const stranger = await startMember('m1', { clusterId: 'c2', removed });
  const other = await startMember('m3', { removed });
  const two = await startMember('m2');
  for (const { url } of [stranger, other]) {
    two.transport.setPeers([{ id: 'm1', urls: [url] }]);
    const before = two.log.length;
    await vi.waitFor(() => expect(two.log.length).toBeGreaterThan(before), patience);
  }
  expect(two.log.map(({ why }) => why)).toEqual([
    expect.stringContaining('belongs to cluster'),
    expect.stringContaining('wanted member m1, and reached m3'),
  ]);
  expect(two.refusedAsRemovedBy).toEqual([]);
});
