import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  ack,
  begun,
  codes,
  data,
  endStream,
  frame,
  request,
  reset,
  types,
  windowMax,
  windows,
  windowUpdate,
} from './frames.ts';
import { bodyOf, TestServer, eventually, ok, okTrailers } from './peer.ts';
import type { Peer } from './peer.ts';

/** The first GOAWAY names no stream that a client has: it only asks for no more of them. */
const anyStream = 2 ** 31 - 1;

async function connect(server: TestServer): Promise<Peer> {
  const peer = await server.connect();
  peer.answersPings = true;
  return peer;
}

/** Waits until the client was told which stream is the last. */
async function toldLast(peer: Peer): Promise<void> {
  await peer.until(() => goAways(peer).length === 2);
}

/** The last stream and the code that each GOAWAY so far. */
function goAways(peer: Peer): readonly (readonly [last: number, code: number])[] {
  return peer.frames
    .filter(({ type }) => type === types.goAway)
    .map(({ content }) => [content.readUInt32BE(), content.readUInt32BE(4)]);
}

test('a draining connection without calls sends GOAWAY and is closed at once', async () => {
  let closed = 0;
  await using server = await TestServer.open({ onClose: () => void closed++ }, bodyOf('hello'));
  const peer = await connect(server);
  peer.greet(request(1));
  await peer.answer(1);
  peer.connection.leave();
  await peer.closed();
  expect(goAways(peer)).toEqual([
    [anyStream, codes.none],
    [1, codes.none],
  ]);
  await eventually(() => closed === 1);
});

test('a draining connection stays until its calls are answered, and refuses new ones', async () => {
  await using server = await TestServer.open({}, ({ stream, headers }) => {
    if (headers.length > 0 && stream.id !== 1) stream.respond(ok, [Buffer.from('bye')], okTrailers);
  });
  const peer = await connect(server);
  peer.greet(request(1), begun(3));
  await peer.settled();
  peer.connection.leave();
  peer.connection.leave();
  await toldLast(peer);
  peer.write(request(5));
  expect(await peer.resetOf(5)).toBe(codes.refused);
  // Calls under way go on in both directions.
  peer.write(data(3, 'more', endStream));
  expect(await peer.answer(3)).toBe('bye');
  await peer.settled();
  peer.requests[0]?.stream.respond(ok, [Buffer.from('good')], okTrailers);
  await peer.closed();
  expect(peer.bodyOf(1)).toBe('good');
  expect(peer.isAnswered(1)).toBe(true);
  expect(peer.requests.map(({ told }) => told)).toEqual([
    ['(ended)', '(closed)'],
    ['more', '(ended)', '(closed)'],
  ]);
  expect(goAways(peer)).toEqual([
    [anyStream, codes.none],
    [3, codes.none],
  ]);
});

test('a draining connection waits for its last response as long as the client widens the window', async () => {
  await using server = await TestServer.open({}, bodyOf('x'.repeat(100)));
  const peer = await connect(server);
  peer.greet(windows(10), request(1));
  await peer.settled();
  peer.connection.leave();
  for (let seen = 10; seen < 100; seen += 10) {
    await peer.settled();
    expect(peer.bodyOf(1)).toHaveLength(seen);
    peer.write(windowUpdate(1, 10));
  }
  await peer.closed();
  expect(peer.bodyOf(1)).toHaveLength(100);
  expect(peer.isAnswered(1)).toBe(true);
});

test('the last response arrives whole, even if much of it still waits in the socket', async () => {
  const body = Buffer.alloc(12 << 20);
  await using server = await TestServer.open({}, bodyOf(body));
  const peer = await connect(server);
  peer.greet(windows(windowMax), windowUpdate(0, windowMax - 65_535));
  await peer.settled();
  peer.client.pause();
  peer.write(request(1));
  await eventually(() => peer.requests.length === 1);
  peer.connection.leave();
  peer.client.resume();
  await peer.closed();
  expect(peer.bodyOf(1)).toHaveLength(body.length);
  expect(peer.isAnswered(1)).toBe(true);
});

test('a draining connection does not wait for calls that are reset', async () => {
  await using server = await TestServer.open();
  const peer = await connect(server);
  peer.greet(request(1));
  await peer.settled();
  peer.connection.leave();
  await toldLast(peer);
  peer.write(reset(1));
  await peer.closed();
  expect(peer.requests[0]?.told).toEqual(['(ended)', '(closed)']);
});

test('the id in a GOAWAY does not rise when a draining connection fails', async () => {
  await using server = await TestServer.open();
  const peer = await connect(server);
  peer.greet(begun(1));
  await peer.settled();
  peer.connection.leave();
  await toldLast(peer);
  peer.write(request(9), data(0, 'x'));
  await peer.closed();
  expect(goAways(peer)).toEqual([
    [anyStream, codes.none],
    [1, codes.none],
    [1, codes.protocol],
  ]);
});

test('calls that were sent before the client read the first GOAWAY are served', async () => {
  await using server = await TestServer.open({}, bodyOf('served'));
  const peer = await server.connect();
  peer.greet();
  await peer.settled();
  peer.connection.leave();
  // They crossed the first GOAWAY on their way.
  peer.write(request(1), request(3));
  expect(await peer.answer(1)).toBe('served');
  expect(await peer.answer(3)).toBe('served');
  const { content } = await peer.frame(({ type, flags }) => type === types.ping && flags === 0);
  peer.write(frame(types.ping, ack, 0, content));
  await peer.closed();
  expect(goAways(peer)).toEqual([
    [anyStream, codes.none],
    [3, codes.none],
  ]);
  expect(peer.requests.map(({ stream }) => stream.id)).toEqual([1, 3]);
});

test('a client may begin calls for a moment after its library has answered the ping', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await using server = await TestServer.open({}, bodyOf('served'));
  const peer = await connect(server);
  peer.greet();
  await peer.settled();
  peer.connection.leave();
  await peer.settled();
  // Its program hears of it only now.
  peer.write(request(1));
  expect(await peer.answer(1)).toBe('served');
  vi.advanceTimersByTime(200);
  // An answer that comes again postpones nothing.
  peer.write(frame(types.ping, ack, 0, Buffer.from('farewell')));
  await peer.settled();
  vi.advanceTimersByTime(50);
  await toldLast(peer);
  expect(goAways(peer).at(-1)).toEqual([1, codes.none]);
});

test('the second GOAWAY is sent although the client never answers the ping', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await using server = await TestServer.open();
  const peer = await server.connect();
  peer.greet(begun(1));
  await peer.settled();
  peer.connection.leave();
  await peer.settled();
  expect(goAways(peer)).toEqual([[anyStream, codes.none]]);
  vi.advanceTimersByTime(1000);
  await toldLast(peer);
  expect(goAways(peer).at(-1)).toEqual([1, codes.none]);
});

test('a client that keeps its side open after the last response is disconnected', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await using server = await TestServer.open();
  const peer = await connect(server);
  peer.client.allowHalfOpen = true;
  peer.greet();
  await peer.settled();
  const ended = once(peer.client, 'end');
  peer.connection.leave();
  await peer.settled();
  vi.advanceTimersByTime(250);
  await ended;
  expect(peer.socket.destroyed).toBe(false);
  await eventually(() => peer.socket.writableFinished);
  vi.advanceTimersByTime(1000);
  await eventually(() => peer.socket.destroyed);
});
