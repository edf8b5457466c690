import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { questionOf, startMember, SteppedClock, wireTo } from './peers.ts';
import type { Member } from './peers.ts';

const patience = { timeout: 10_000, interval: 5 };
/** An address without a listener. */
const nowhere = 'http://127.0.0.1:9';

async function pair() {
  const one = await startMember('m1');
  const two = await startMember('m2');
  const wire = await wireTo(two.url);
  one.transport.setPeers([{ id: 'm2', urls: [wire.url] }]);
  await vi.waitFor(() => expect(one.transport.connectedSinceMs('m2')).toBeDefined(), patience);
  return { one, two, wire };
}

async function receives(member: Member, ...ids: readonly number[]): Promise<void> {
  await vi.waitFor(
    () => expect(member.received.map(({ message }) => message)).toEqual(ids.map(questionOf)),
    patience,
  );
}

test('a peer with a wrong new address still gets messages, and none is lost when it is corrected', async () => {
  const { one, two, wire } = await pair();
  const sinceMs = one.transport.connectedSinceMs('m2');
  one.transport.setPeers([{ id: 'm2', urls: [nowhere] }]);
  one.transport.send('m2', [questionOf(1)]);
  await receives(two, 1);
  one.transport.setPeers([{ id: 'm2', urls: [nowhere, nowhere] }]);
  one.transport.send('m2', [questionOf(2)]);
  one.transport.setPeers([{ id: 'm2', urls: [wire.url] }]);
  one.transport.send('m2', [questionOf(3)]);
  await receives(two, 1, 2, 3);
  expect(one.transport.connectedSinceMs('m2')).toBe(sinceMs);
  expect(one.disconnected).toEqual([]);
});

test('a peer that answers at its new address is used there, and messages in flight arrive', async () => {
  const { one, two, wire } = await pair();
  one.transport.send('m2', [questionOf(1)]);
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  one.transport.send('m2', [questionOf(2)]);
  await vi.waitFor(
    () => expect(one.log.filter(({ message }) => message === 'connected to peer')).toHaveLength(2),
    patience,
  );
  wire.hold();
  one.transport.send('m2', [questionOf(3)]);
  await receives(two, 1, 2, 3);
  expect(one.disconnected).toEqual([]);
});

test('a peer that moves while unreachable is dialled at its new address', async () => {
  const one = await startMember('m1');
  const two = await startMember('m2');
  one.transport.setPeers([{ id: 'm2', urls: [nowhere] }]);
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await vi.waitFor(() => expect(one.transport.connectedSinceMs('m2')).toBeDefined(), patience);
});

test('a peer that leaves the list while it is looked for at a new address is not looked for any more', async () => {
  const clock = new SteppedClock();
  const one = await startMember('m1', { clock });
  const two = await startMember('m2');
  const empty = await addressWithoutMember();
  const isDialledAgain = async (): Promise<void> => {
    const before = empty.dials();
    await vi.waitFor(() => {
      clock.pass(20);
      expect(empty.dials()).toBeGreaterThan(before);
    }, patience);
  };
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await vi.waitFor(() => expect(one.transport.connectedSinceMs('m2')).toBeDefined(), patience);
  one.transport.setPeers([{ id: 'm2', urls: [empty.url] }]);
  await isDialledAgain();
  await isDialledAgain();

  one.transport.setPeers([]);

  const before = empty.dials();
  for (const id of [1, 2, 3]) {
    // Longer than any pause between two dials, so there was a dial, too. Messages sent meanwhile still arrive.
    clock.pass(2000);
    one.transport.send('m2', [questionOf(id)]);
    await receives(two, ...[1, 2, 3].slice(0, id));
  }
  expect(empty.dials()).toBe(before);
  expect(one.transport.connectedSinceMs('m2')).toBeUndefined();
});

/** An address where every connection is closed at once, and counted. */
async function addressWithoutMember(): Promise<{ readonly url: string; dials(): number }> {
  let dials = 0;
  const server = createServer((socket) => {
    dials++;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, dials: () => dials };
}
