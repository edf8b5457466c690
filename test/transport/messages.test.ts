import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/index.ts';
import { describeCluster } from '../../src/transport/index.ts';
import { encodeBatch, largeOf, questionOf, startMember, SteppedClock, wireTo } from './peers.ts';
import type { Member } from './peers.ts';

const patience = { timeout: 10_000, interval: 5 };

async function connected(from: Member, to: string): Promise<void> {
  await vi.waitFor(
    () => expect(from.transport.connectedSinceMs(to)).toBeTypeOf('number'),
    patience,
  );
}

test('three members hear each other, each in the order in which it was spoken to', async () => {
  const members = await Promise.all(['m1', 'm2', 'm3'].map((id) => startMember(id)));
  const peers = members.map(({ url }, at) => ({ id: `m${at + 1}`, urls: [url] }));
  for (const [at, { transport }] of members.entries()) {
    transport.setPeers(peers.filter(({ id }) => id !== `m${at + 1}`));
  }
  for (const [at, member] of members.entries()) {
    for (const { id } of peers) if (id !== `m${at + 1}`) await connected(member, id);
  }
  for (let round = 0; round < 50; round++) {
    for (const [at, { transport }] of members.entries()) {
      for (const { id } of peers) {
        if (id !== `m${at + 1}`)
          transport.send(id, [questionOf(2 * round), questionOf(2 * round + 1)]);
      }
    }
  }
  const expected = Array.from({ length: 100 }, (_, id) => questionOf(id));
  for (const [at, { received }] of members.entries()) {
    await vi.waitFor(() => expect(received).toHaveLength(200), patience);
    for (const { id } of peers) {
      if (id === `m${at + 1}`) continue;
      expect(received.filter(({ from }) => from === id).map(({ message }) => message)).toEqual(
        expected,
      );
    }
  }
});

test('a batch of many megabytes arrives whole and in order', async () => {
  const [one, two] = await Promise.all([startMember('m1'), startMember('m2')]);
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await connected(one, 'm2');
  const messages = Array.from({ length: 30 }, (_, at) => largeOf(at + 1, 700_000));
  one.transport.send('m2', messages);
  await vi.waitFor(() => expect(two.received.length).toBe(30), patience);
  // Comparing megabytes with `toEqual` would take longer than sending them.
  const same = two.received.map(({ message }, at) =>
    encodeBatch({ ping: 0, messages: [message] }).equals(
      encodeBatch({ ping: 0, messages: [messages[at] ?? questionOf(0)] }),
    ),
  );
  expect(same).toEqual(messages.map(() => true));
});

test('messages to a member that is offline or unknown are dropped and counted', async () => {
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: ['http://127.0.0.1:9'] }]);
  one.transport.send('m2', [questionOf(1)]);
  one.transport.send('m3', [questionOf(1)]);
  expect(one.count('sent_failures_total')).toBe(1);
  expect(one.transport.connectedSinceMs('m2')).toBeUndefined();
  await expect(
    one.transport.sendSnapshot(
      'm3',
      {
        term: 1,
        position: { index: 1, term: 1, configuration: { voters: [], outgoing: [], learners: [] } },
      },
      {
        appliedIndex: 1,
        chunks: async function* () {},
        chunkLengths: async function* () {},
        close: async () => {},
      },
    ),
  ).rejects.toMatchObject({ code: 'member-not-found' });
});

test('a member that comes back on its port is found again, and was reported gone once', async () => {
  const one = await startMember('m1');
  let two = await startMember('m2');
  const { url } = two;
  one.transport.setPeers([{ id: 'm2', urls: [url] }]);
  for (let life = 1; life <= 3; life++) {
    await connected(one, 'm2');
    one.transport.send('m2', [questionOf(life)]);
    await vi.waitFor(() => expect(two.received).toHaveLength(1), patience);
    await two.transport.stop();
    await vi.waitFor(() => expect(one.disconnected).toHaveLength(life), patience);
    expect(one.transport.connectedSinceMs('m2')).toBeUndefined();
    two = await startMember('m2', { listenUrls: [url] });
  }
  await connected(one, 'm2');
  expect(one.log.filter(({ message }) => message === 'connected to peer')).toHaveLength(4);
});

test('dials get rarer without a response, and the log stays short', async () => {
  const clock = new SteppedClock();
  const one = await startMember('m1', { clock });
  one.transport.setPeers([{ id: 'm2', urls: ['http://127.0.0.1:9'] }]);
  const dials = (): number => one.count('sent_bytes_total');
  let before = dials();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    await vi.waitFor(() => expect(one.log).not.toHaveLength(0), patience);
    let waitedMs = 0;
    while (dials() === before) {
      clock.pass(25);
      waitedMs += 25;
      await new Promise((resolve) => setImmediate(resolve));
    }
    before = dials();
    pauses.push(waitedMs);
  }
  expect(pauses.at(-1)).toBeGreaterThanOrEqual(1000);
  expect(pauses.every((pause) => pause <= 12_000)).toBe(true);
  expect(one.log.length).toBeLessThanOrEqual(3);
});

test('a peer with several addresses is reached at the one that works', async () => {
  const [one, two] = await Promise.all([
    startMember('m1'),
    startMember('m2', { listenUrls: ['http://127.0.0.1:0', 'http://localhost:0'] }),
  ]);
  const [first = '', second = ''] = two.transport.boundUrls;
  expect(first).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  expect(second).toMatch(/^http:\/\/localhost:[1-9]\d+$/);
  one.transport.setPeers([{ id: 'm2', urls: ['http://127.0.0.1:9', second] }]);
  await connected(one, 'm2');
  one.transport.setPeers([{ id: 'm2', urls: [first] }]);
  await connected(one, 'm2');
  one.transport.setPeers([]);
  expect(one.transport.connectedSinceMs('m2')).toBeUndefined();
});

test('a port in use is refused in one clear line, and no other port stays open', async () => {
  const one = await startMember('m1');
  const two = await startMember('m2');
  await two.transport.stop();
  await expect(startMember('m3', { listenUrls: [two.url, one.url] })).rejects.toThrow(
    /^cannot listen for peers on http:\/\/127.0.0.1:\d+: .*EADDRINUSE.*; is another member running there\?/,
  );
  expect((await startMember('m2', { listenUrls: [two.url] })).url).toBe(two.url);
});

test('a peer that does not read costs bounded memory, and gets messages when it reads again', async () => {
  const [one, two] = await Promise.all([startMember('m1'), startMember('m2')]);
  const wire = await wireTo(two.url);
  one.transport.setPeers([{ id: 'm2', urls: [wire.url] }]);
  await connected(one, 'm2');
  wire.hold();
  const megabyte = 1 << 20;
  for (let index = 1; one.count('sent_failures_total') === 0 && index < 200; index++) {
    one.transport.send('m2', [largeOf(index, megabyte)]);
    if (index % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(one.count('sent_failures_total')).toBe(1);
  expect(one.count('sent_bytes_total')).toBeLessThan(80 * megabyte);
  wire.release();
  await vi.waitFor(() => expect(two.received.length).toBeGreaterThan(60), patience);
  const indexes = two.received.map(({ message }) =>
    message.kind === 'raft' && message.message.kind === 'append-request'
      ? message.message.previousIndex
      : -1,
  );
  expect(indexes).toEqual(indexes.map((_, at) => at));
  await vi.waitFor(() => {
    one.transport.send('m2', [questionOf(7)]);
    expect(two.received.at(-1)?.message).toEqual(questionOf(7));
  }, patience);
});

test('a peer that falls silent without a word is dialled again until it answers', async () => {
  const clock = new SteppedClock();
  const one = await startMember('m1', { clock });
  const two = await startMember('m2');
  const wire = await wireTo(two.url);
  one.transport.setPeers([{ id: 'm2', urls: [wire.url] }]);
  await connected(one, 'm2');
  wire.hold();
  for (let second = 0; second < 7; second++) clock.pass(1000);
  expect(one.disconnected).toEqual(['m2']);
  expect(one.log.at(-1)).toEqual({
    message: 'no connection to peer',
    why: 'the peer does not answer',
  });
  wire.release();
  await vi.waitFor(() => {
    clock.pass(100);
    expect(one.transport.connectedSinceMs('m2')).toBeTypeOf('number');
  }, patience);
});

test('a joining member gets the description of the cluster', async () => {
  const one = await startMember('m1');
  const options = { timeoutMs: 3000, clock: systemClock() };
  expect(await describeCluster(one.url, options)).toEqual({ id: 'm1' });
  await expect(describeCluster('http://127.0.0.1:9', options)).rejects.toThrow(
    /^http:\/\/127.0.0.1:9: /,
  );
});

test('a member that calls is answered, even by one that does not know of it yet', async () => {
  const former = await startMember('m2');
  await former.transport.stop();
  const urls = [former.url];
  const newcomer = await startMember('m2', {
    listenUrls: urls,
    advertiseUrls: urls,
    drainMs: 0,
  });
  const behind = await startMember('m1');

  newcomer.transport.setPeers([{ id: 'm1', urls: [behind.url] }]);
  await connected(behind, 'm2');
  behind.transport.setPeers([]);
  behind.transport.send('m2', [questionOf(7)]);
  await vi.waitFor(() => expect(newcomer.received).toHaveLength(1), patience);
  expect(newcomer.received[0]).toEqual({ from: 'm1', message: questionOf(7) });

  newcomer.transport.setPeers([]);
  await vi.waitFor(() => expect(behind.transport.connectedSinceMs('m2')).toBeUndefined(), patience);
});

test('a peer that was away for long is called back soon after it calls', async () => {
  const clock = new SteppedClock();
  const one = await startMember('m1', { clock });
  const former = await startMember('m2');
  const urls = [former.url];
  await former.transport.stop();
  one.transport.setPeers([{ id: 'm2', urls }]);
  const bytesOfDial = one.count('sent_bytes_total');
  await vi.waitFor(() => {
    clock.pass(50);
    expect(one.count('sent_bytes_total')).toBeGreaterThan(7 * bytesOfDial);
  }, patience);

  const back = await startMember('m2', { listenUrls: urls });
  back.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  await connected(back, 'm1');
  clock.pass(50);
  await connected(one, 'm2');
});

test('a peer whose process has ended is told of, and one that only breaks the connection is not', async () => {
  const [one, two] = await Promise.all([startMember('m1'), startMember('m2')]);
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await connected(one, 'm2');
  expect(one.gone).toEqual([]);
  await two.transport.stop();
  await vi.waitFor(() => expect(one.gone).toContain('m2'), patience);
  const { port } = new URL(two.url);
  const server = createServer((socket) => socket.destroy()).listen(Number(port), '127.0.0.1');
  onTestFinished(() => void server.close());
  const calls = vi.fn();
  server.on('connection', calls);
  await vi.waitFor(() => expect(calls).toHaveBeenCalled(), patience);
  const told = one.gone.length;
  await vi.waitFor(() => expect(calls.mock.calls.length).toBeGreaterThan(2), patience);
  expect(one.gone.length).toBe(told);
});
