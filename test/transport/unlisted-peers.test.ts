import { once } from 'node:events';
import { connect } from 'node:net';
import { Client, credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { encodeValue } from '../../src/transport/codec.ts';
import { libraryMetadata, libraryMethods } from './library.ts';
import { encodeBatch, questionOf, startMember, SteppedClock } from './peers.ts';
import type { Member } from './peers.ts';

const patience = { timeout: 10_000, interval: 5 };

let lastQuestion = 1000;

async function expectServes(member: Member): Promise<void> {
  const question = questionOf(++lastQuestion);
  const peer = await startMember('m9');
  peer.transport.setPeers([{ id: 'm1', urls: [member.url] }]);
  await vi.waitFor(() => {
    peer.transport.send('m1', [question]);
    expect(member.received.at(-1)).toEqual({ from: 'm9', message: question });
  }, patience);
}

/** Calls a member with these bytes as its messages; how the call ended. */
async function callWith(
  member: Member,
  messages: readonly Buffer[],
  method: 'Stream' | 'Snapshot' = 'Stream',
): Promise<{ readonly code: number; readonly details: string }> {
  const client = new Client(new URL(member.url).host, credentials.createInsecure());
  onTestFinished(() => client.close());
  const { path, requestSerialize, responseDeserialize } = libraryMethods[method];
  const metadata = libraryMetadata({ clusterId: 'c1', from: 'm2', to: 'm1', urls: [] });
  const write = (call: { write(bytes: Buffer): unknown; end(): unknown }): void => {
    for (const bytes of messages) call.write(bytes);
    call.end();
  };
  return new Promise((resolve) => {
    if (method === 'Stream') {
      const call = client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadata,
      );
      call.on('data', () => {});
      call.on('error', () => {});
      call.on('status', resolve);
      write(call);
    } else {
      const done = (error: ServiceError | null): void =>
        resolve(error ?? { code: status.OK, details: '' });
      write(
        client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, done),
      );
    }
  });
}

test('a peer of another cluster is refused, and both sides say why, once', async () => {
  const one = await startMember('m1');
  const stranger = await startMember('m2', { clusterId: 'c2' });
  stranger.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  const why =
    'member m2 belongs to cluster c2, and member m1 to c1; look at --initial-cluster and --initial-cluster-token of both';
  await vi.waitFor(() => expect(one.log).toEqual([{ message: 'refused a peer', why }]), patience);
  await vi.waitFor(
    () => expect(stranger.log).toEqual([{ message: 'no connection to peer', why }]),
    patience,
  );
  // It tries again and again, and the logs stay as they are.
  const dialled = stranger.count('sent_bytes_total');
  await vi.waitFor(
    () => expect(stranger.count('sent_bytes_total')).toBeGreaterThan(dialled * 2),
    patience,
  );
  stranger.transport.send('m1', [questionOf(1)]);
  expect(stranger.transport.connectedSinceMs('m1')).toBeUndefined();
  expect([one.log.length, stranger.log.length, one.received.length]).toEqual([1, 1, 0]);
});

test('a snapshot from another cluster is refused with the same words', async () => {
  let taken = 0;
  const one = await startMember('m1', { takeSnapshot: async () => void taken++ });
  const stranger = await startMember('m2', { clusterId: 'c2' });
  stranger.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  const configuration = { voters: ['m1'], outgoing: [], learners: [] };
  await expect(
    stranger.transport.sendSnapshot(
      'm1',
      { term: 1, position: { index: 1, term: 1, configuration } },
      {
        appliedIndex: 1,
        chunks: async function* () {},
        chunkLengths: async function* () {},
        close: async () => {},
      },
    ),
  ).rejects.toThrow('member m2 belongs to cluster c2');
  expect(taken).toBe(0);
});

test('a caller that reaches the wrong member, or has its id, is refused with the reason', async () => {
  const one = await startMember('m1');
  const two = await startMember('m2');
  two.transport.setPeers([{ id: 'm3', urls: [one.url] }]);
  await vi.waitFor(
    () => expect(two.log.at(-1)?.why).toMatch(/^member m2 wanted member m3, and reached m1/),
    patience,
  );
  const twin = await startMember('m1');
  twin.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  await vi.waitFor(
    () => expect(twin.log.at(-1)?.why).toMatch(/^another process calls itself member m1/),
    patience,
  );
  expect(one.log.map(({ message }) => message)).toEqual(['refused a peer', 'refused a peer']);
});

for (const [name, bytes] of [
  ['text', Buffer.from('hello, is anybody there?\r\n\r\n')],
  ['an HTTP/1.1 request', Buffer.from('GET /members HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['the beginning of TLS', Buffer.from('1603010200010001fc0303', 'hex')],
  [
    'HTTP/2 with nonsense in it',
    Buffer.from(
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
      'latin1',
    ),
  ],
  ['noise', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251))],
] as const) {
  test(`${name} on the port of peers does no harm`, async () => {
    const one = await startMember('m1');
    const socket = connect(Number(new URL(one.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.resume();
    socket.write(bytes);
    await expectServes(one);
    socket.destroy();
    await expectServes(one);
    expect(one.received.every(({ from }) => from === 'm9')).toBe(true);
  });
}

const append = ['m2', 'm1', 1, 0, 0, 0];
for (const [name, value] of [
  ['a number', 7],
  ['no messages', [0]],
  ['a message without a kind', [0, [{ id: 1 }]]],
  ['a message of an unknown kind', [0, [{ kind: 'gossip' }]]],
  [
    'a raft message without a term',
    [0, [{ kind: 'raft', message: { kind: 'vote-request', from: 'm2', to: 'm1' } }]],
  ],
  ['a raft message that is none', [0, [{ kind: 'raft', message: 3 }]]],
  [
    'commands that are no bytes',
    [0, [{ kind: 'question', id: 1, question: { kind: 'propose', commands: [1] } }]],
  ],
  ['an append request without entries', [0, [append]]],
  ['a negative term', [0, [['m2', 'm1', -1, 0, 0, 0, []]]]],
  ['an entry of an unknown kind', [0, [[...append, [[1, 1, 9, Buffer.from('x')]]]]]],
  ['an entry at the wrong place', [0, [[...append, [[2, 1, 0, Buffer.from('x')]]]]]],
  ['an entry without data', [0, [[...append, [[1, 1, 0, 'x']]]]]],
  ['a membership without its configuration', [0, [[...append, [[1, 1, 2, Buffer.from('x')]]]]]],
] as const) {
  test(`${name} closes the stream that carried it, and nothing else`, async () => {
    const one = await startMember('m1');
    const ended = await callWith(one, [
      encodeBatch({ ping: 1, messages: [questionOf(1)] }),
      encodeValue(value),
      encodeBatch({ ping: 2, messages: [questionOf(2)] }),
    ]);
    expect(ended).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'this is not a batch of messages',
    });
    expect(one.received).toEqual([{ from: 'm2', message: questionOf(1) }]);
    expect(one.log.map(({ message }) => message)).toEqual([
      'closed the stream of a peer that sends garbage',
    ]);
    await expectServes(one);
  });
}

test('bytes that are no MessagePack close the stream', async () => {
  const one = await startMember('m1');
  expect(await callWith(one, [Buffer.from([0xc1, 0xff, 0x00])])).toMatchObject({
    code: status.INVALID_ARGUMENT,
  });
  await expectServes(one);
});

test('a snapshot with a header that is none is refused before anything is touched', async () => {
  let taken = 0;
  const one = await startMember('m1', { takeSnapshot: async () => void taken++ });
  for (const messages of [[], [encodeValue({ term: 1 })], [Buffer.from('garbage')]]) {
    expect(await callWith(one, messages, 'Snapshot')).toMatchObject({ code: status.ABORTED });
  }
  expect(taken).toBe(0);
  await expectServes(one);
});

test('a connection without a call is closed after a minute, and one with a call stays', async () => {
  const clock = new SteppedClock();
  const one = await startMember('m1', { clock });
  const two = await startMember('m2');
  two.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  await vi.waitFor(() => expect(two.transport.connectedSinceMs('m1')).toBeDefined(), patience);
  const silent = connect(Number(new URL(one.url).port), '127.0.0.1');
  onTestFinished(() => void silent.destroy());
  silent.on('error', () => {});
  silent.resume();
  // The member's first frame shows that it has taken the connection.
  await once(silent, 'data');
  clock.pass(60_000);
  await once(silent, 'close');
  two.transport.send('m1', [questionOf(1)]);
  await vi.waitFor(() => expect(one.received).toHaveLength(1), patience);
  expect(two.disconnected).toEqual([]);
});
