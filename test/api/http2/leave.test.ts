import { expect, test } from 'vitest';
import {
  begun,
  codes,
  data,
  endStream,
  request,
  reset,
  types,
  windowMax,
  windows,
  windowUpdate,
} from './frames.ts';
import { bodyOf, Door, eventually, ok, okTrailers } from './peer.ts';
import type { Peer } from './peer.ts';

/** The last stream and the code that each farewell so far said. */
function farewells(peer: Peer): readonly (readonly [last: number, code: number])[] {
  return peer.frames
    .filter(({ type }) => type === types.goAway)
    .map(({ content }) => [content.readUInt32BE(), content.readUInt32BE(4)]);
}

test('a connection without calls says goodbye, and is closed at once', async () => {
  let closed = 0;
  await using door = await Door.open({ onClose: () => void closed++ }, bodyOf('hello'));
  const peer = await door.connect();
  peer.greet(request(1));
  await peer.answer(1);
  peer.connection.leave();
  await peer.closed();
  expect(farewells(peer)).toEqual([[1, codes.none]]);
  await eventually(() => closed === 1);
});

test('a connection with calls stays until they are answered, and takes no new ones', async () => {
  await using door = await Door.open({}, ({ stream, headers }) => {
    if (headers.length > 0 && stream.id !== 1) stream.respond(ok, [Buffer.from('bye')], okTrailers);
  });
  const peer = await door.connect();
  peer.greet(request(1), begun(3));
  await peer.settled();
  peer.connection.leave();
  peer.connection.leave();
  await peer.frame(({ type }) => type === types.goAway);
  peer.write(request(5));
  expect(await peer.resetOf(5)).toBe(codes.refused);
  // What is under way goes on in both directions.
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
  expect(farewells(peer)).toEqual([[3, codes.none]]);
});

test('the last answer is waited for as long as its client makes room for it', async () => {
  await using door = await Door.open({}, bodyOf('x'.repeat(100)));
  const peer = await door.connect();
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

test('the last answer arrives whole, however much of it still waits in the socket', async () => {
  const body = Buffer.alloc(12 << 20);
  await using door = await Door.open({}, bodyOf(body));
  const peer = await door.connect();
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

test('calls that their client takes back are not waited for', async () => {
  await using door = await Door.open();
  const peer = await door.connect();
  peer.greet(request(1));
  await peer.settled();
  peer.connection.leave();
  await peer.frame(({ type }) => type === types.goAway);
  peer.write(reset(1));
  await peer.closed();
  expect(peer.requests[0]?.told).toEqual(['(ended)', '(closed)']);
});

test('whoever breaks the rules after the farewell is not told that later calls were taken', async () => {
  await using door = await Door.open();
  const peer = await door.connect();
  peer.greet(begun(1));
  await peer.settled();
  peer.connection.leave();
  peer.write(request(9), data(0, 'x'));
  await peer.closed();
  expect(farewells(peer)).toEqual([
    [1, codes.none],
    [1, codes.protocol],
  ]);
});
