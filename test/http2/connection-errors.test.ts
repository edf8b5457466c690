import { describe, expect, test } from 'vitest';
import {
  ack,
  begun,
  codes,
  data,
  endHeaders,
  endStream,
  frame,
  literal,
  newest,
  number,
  padded,
  ping,
  post,
  preface,
  remembered,
  request,
  reset,
  settingIds,
  settings,
  types,
  withPriority,
} from './frames.ts';
import { bodyOf, TestServer, expectAlive } from './peer.ts';

const start = Buffer.concat([preface, settings()]);
const bytes = (...all: readonly number[]): Buffer => Buffer.from(all);
const open = frame(types.headers, 0, 1, post());

describe('a connection ends, with the error code, after', () => {
  test.for<readonly [string, number, ...Buffer[]]>([
    ['a wrong preface', codes.protocol, Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')],
    ['a first frame that is not settings', codes.protocol, preface, ping()],
    ['a first frame that only confirms settings', codes.protocol, preface, frame(4, ack, 0)],
    ['a frame that is too large', codes.frameSize, start, frame(0, 0, 1, Buffer.alloc(16_385))],
    ['data on stream 0', codes.protocol, start, data(0, 'x')],
    ['headers on stream 0', codes.protocol, start, request(0)],
    ['a reset of stream 0', codes.protocol, start, reset(0)],
    [
      'a priority on stream 0',
      codes.protocol,
      start,
      frame(types.priority, 0, 0, bytes(0, 0, 0, 3, 0)),
    ],
    ['settings on a stream', codes.protocol, start, frame(types.settings, 0, 1)],
    ['a ping on a stream', codes.protocol, start, frame(types.ping, 0, 1, Buffer.alloc(8))],
    ['GOAWAY on a stream', codes.protocol, start, frame(types.goAway, 0, 1, Buffer.alloc(8))],
    ['a stream with an even id', codes.protocol, start, request(2)],
    ['a stream that goes back', codes.streamClosed, start, begun(5), request(3)],
    ['a stream that begins again', codes.streamClosed, start, request(1), reset(1), request(1)],
    ['data of a stream that has not begun', codes.protocol, start, data(1, 'x')],
    ['a reset of a stream that has not begun', codes.protocol, start, reset(1)],
    [
      'a promise to push',
      codes.protocol,
      start,
      request(1),
      frame(types.pushPromise, 4, 1, number(2)),
    ],
    ['half a setting', codes.frameSize, start, frame(types.settings, 0, 0, Buffer.alloc(5))],
    [
      'a confirmation of something',
      codes.frameSize,
      start,
      frame(types.settings, ack, 0, Buffer.alloc(6)),
    ],
    ['a ping of seven bytes', codes.frameSize, start, frame(types.ping, 0, 0, Buffer.alloc(7))],
    [
      'a reset of three bytes',
      codes.frameSize,
      start,
      request(1),
      frame(types.rstStream, 0, 1, Buffer.alloc(3)),
    ],
    [
      'room in five bytes',
      codes.frameSize,
      start,
      frame(types.windowUpdate, 0, 0, Buffer.alloc(5)),
    ],
    [
      'frames too small to agree on',
      codes.protocol,
      start,
      settings([settingIds.maxFrameSize, 16_383]),
    ],
    [
      'frames too large to agree on',
      codes.protocol,
      start,
      settings([settingIds.maxFrameSize, 1 << 24]),
    ],
    [
      'a push that is neither on nor off',
      codes.protocol,
      start,
      settings([settingIds.enablePush, 2]),
    ],
    [
      'padding as long as the frame',
      codes.protocol,
      start,
      begun(1),
      data(1, bytes(3, 0, 0), padded),
    ],
    ['padding without its length', codes.protocol, start, begun(1), data(1, '', padded)],
    [
      'padding longer than headers',
      codes.protocol,
      start,
      frame(types.headers, padded | 4, 1, bytes(9, 0x83)),
    ],
    [
      'HEADERS too short for its priority',
      codes.frameSize,
      start,
      frame(types.headers, withPriority | 4, 1, bytes(0, 0)),
    ],
    [
      'a stream that depends on itself',
      codes.protocol,
      start,
      frame(types.priority, 0, 1, bytes(0, 0, 0, 1, 0)),
    ],
    ['headers in which another frame stands', codes.protocol, start, open, ping()],
    ['headers in which those of another stream stand', codes.protocol, start, open, frame(9, 4, 3)],
    ['headers in which others begin', codes.protocol, start, open, request(3)],
    ['headers that go on without having begun', codes.protocol, start, frame(9, endHeaders, 1)],
    [
      'headers that go on after their end',
      codes.protocol,
      start,
      begun(1),
      frame(9, endHeaders, 1),
    ],
    [
      'headers that go on in more pieces than bytes',
      codes.calm,
      start,
      open,
      ...Array<Buffer>(1100).fill(frame(9, 0, 1)),
    ],
    [
      'headers that go on for ever',
      codes.calm,
      start,
      open,
      ...Array<Buffer>(5).fill(frame(9, 0, 1, Buffer.alloc(16_384))),
    ],
    ['a header that there is not', codes.compression, start, request(1, bytes(0xff, 0x20))],
    ['a header that ends too early', codes.compression, start, request(1, bytes(0x40, 10, 0x61))],
    [
      'a wrong Huffman code',
      codes.compression,
      start,
      request(1, bytes(0, 0x84, 0xff, 0xff, 0xff, 0xff, 0)),
    ],
    [
      'a table size larger than the setting',
      codes.compression,
      start,
      request(1, bytes(0x3f, 0xe2, 0x1f)),
    ],
    [
      'a few bytes that mean endless headers',
      codes.calm,
      start,
      request(1, post(remembered('a', 'x'.repeat(4000)), ...Array<Buffer>(20).fill(newest))),
    ],
  ])('%s', async ([, code, ...frames]) => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.write(...frames);
    expect((await peer.failure()).code).toBe(code);
    expect(server.mistakes).toEqual([]);
  });
});

test('a GOAWAY names the last stream that was accepted, and the calls of the connection end', async () => {
  await using server = await TestServer.open();
  const peer = await server.connect();
  peer.greet(begun(1), begun(7), data(0, 'x'));
  await peer.failure();
  const last = peer.frames.at(-1);
  expect(last?.content.readUInt32BE()).toBe(7);
  expect(peer.requests.map(({ told }) => told)).toEqual([['(closed)'], ['(closed)']]);
});

test('a bug of ours ends its connection, is reported, and harms no other connection', async () => {
  const mistake = new Error('not thought of');
  await using server = await TestServer.open({}, ({ headers }) => {
    if (headers.some(({ name }) => name === 'trap')) throw mistake;
  });
  const [trapped, other] = [await server.connect(), await server.connect()];
  other.greet();
  trapped.greet(request(1, post(literal('trap', ''))));
  expect((await trapped.failure()).code).toBe(codes.internal);
  expect(server.mistakes).toEqual([mistake]);
  await expectAlive(other, 1);
});

test('unknown frames, and those without effect here, are ignored', async () => {
  await using server = await TestServer.open({}, bodyOf('hello'));
  const peer = await server.connect();
  const priority = bytes(0, 0, 0, 9, 200);
  const block = Buffer.concat([bytes(2), priority, post(), bytes(0, 0)]);
  peer.greet(
    settings([99, 7], [settingIds.enablePush, 1]),
    frame(77, 0xff, 0, Buffer.from('unknown')),
    frame(77, 0xff, 1, Buffer.from('unknown')),
    frame(types.priority, 0, 9, bytes(0, 0, 0, 3, 0)),
    frame(types.ping, ack, 0, Buffer.from('unasked!')),
    frame(types.headers, padded | withPriority | endHeaders | endStream, 1, block),
  );
  expect(await peer.answer(1)).toBe('hello');
});
