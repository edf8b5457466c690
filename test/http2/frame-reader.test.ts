import { expect, test } from 'vitest';
import { ConnectionError, errorCodes } from '../../src/http2/errors.ts';
import { FrameReader } from '../../src/http2/frame-reader.ts';
import type { Frame } from '../../src/http2/frame-reader.ts';
import { flags, frameOf, frameTypes, preface } from '../../src/http2/frames.ts';

function frame(type: number, flag: number, streamId: number, content: Buffer): Buffer {
  const made = frameOf(type, flag, streamId, content.length);
  content.copy(made, made.length - content.length);
  return made;
}

const settings = frame(frameTypes.settings, 0, 0, Buffer.alloc(0));

/** The frames that these bytes complete. */
function framesOf(reader: FrameReader, bytes: Buffer): Frame[] {
  reader.add(bytes);
  const frames: Frame[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) frames.push(next);
  return frames;
}

/** The frames of these bytes, given in pieces behind the preface and settings of a client. */
function read(bytes: Buffer, pieceBytes = Infinity): Frame[] {
  const reader = new FrameReader();
  const all = Buffer.concat([preface, settings, bytes]);
  const frames: Frame[] = [];
  for (let at = 0; at < all.length; at += pieceBytes) {
    frames.push(...framesOf(reader, all.subarray(at, at + pieceBytes)));
  }
  return frames.slice(1);
}

function seen(frames: readonly Frame[]): string[] {
  return frames.map(({ type, length, content }) => `${type} ${length} ${content.toString()}`);
}

test('the same frames are read however the bytes are cut', () => {
  const bytes = Buffer.concat([
    frame(frameTypes.headers, 0, 1, Buffer.from('abc')),
    frame(frameTypes.continuation, 0, 1, Buffer.from('def')),
    frame(frameTypes.continuation, flags.endHeaders, 1, Buffer.from('g')),
    frame(frameTypes.data, flags.padded, 1, Buffer.from('\u{2}hello\0\0')),
    frame(frameTypes.ping, 0, 0, Buffer.from('12345678')),
  ]);
  const whole = seen(read(bytes));
  expect(whole).toEqual(['1 3 abcdefg', '0 8 hello', '6 8 12345678']);
  for (let pieceBytes = 1; pieceBytes < 40; pieceBytes++) {
    expect(seen(read(bytes, pieceBytes))).toEqual(whole);
  }
});

test('data is handed on as it comes, without a copy, and its last piece has the flags', () => {
  const bytes = Buffer.concat([
    frame(frameTypes.data, flags.endStream, 1, Buffer.from('0123456789')),
    frame(frameTypes.data, 0, 3, Buffer.alloc(0)),
    frame(frameTypes.ping, 0, 0, Buffer.from('12345678')),
  ]);
  for (let pieceBytes = 1; pieceBytes < 60; pieceBytes++) {
    const frames = read(bytes, pieceBytes);
    const pieces = frames.filter(({ streamId }) => streamId === 1);
    expect(Buffer.concat(pieces.map(({ content }) => content)).toString()).toBe('0123456789');
    for (const { length, content } of pieces) expect(content).toHaveLength(length);
    const ends = pieces.map(({ flags: flag }) => flag === flags.endStream);
    expect(ends).toEqual(pieces.map((_piece, at) => at === pieces.length - 1));
    expect(seen(frames.filter(({ streamId }) => streamId !== 1))).toEqual(['0 0 ', '6 8 12345678']);
  }
  const reader = new FrameReader({ hasPreface: false });
  const [, first] = framesOf(reader, Buffer.concat([settings, bytes.subarray(0, 14)]));
  const rest = bytes.subarray(14);
  const [second] = framesOf(reader, rest);
  expect([first?.content.toString(), second?.content.toString()]).toEqual(['01234', '56789']);
  expect(second?.content.buffer).toBe(rest.buffer);
  expect(second?.content.byteOffset).toBe(rest.byteOffset);
});

const headers = frame(frameTypes.headers, 0, 1, Buffer.from('x'));

test.each([
  ['a frame larger than was agreed on', errorCodes.frameSize, frameOf(0, 0, 1, 16_385)],
  ['a ping of seven bytes', errorCodes.frameSize, frameOf(frameTypes.ping, 0, 0, 7)],
  ['half a setting', errorCodes.frameSize, frameOf(frameTypes.settings, 0, 0, 5)],
  ['data on the connection', errorCodes.protocol, frameOf(frameTypes.data, 0, 0, 1)],
  ['a ping on a stream', errorCodes.protocol, frameOf(frameTypes.ping, 0, 1, 8)],
  [
    'padding longer than the frame',
    errorCodes.protocol,
    frame(frameTypes.data, flags.padded, 1, Buffer.from([9, 0])),
  ],
  [
    'something else before headers are complete',
    errorCodes.protocol,
    Buffer.concat([headers, frameOf(frameTypes.ping, 0, 0, 8)]),
  ],
  [
    'headers that go on without having begun',
    errorCodes.protocol,
    frame(frameTypes.continuation, flags.endHeaders, 1, Buffer.from('x')),
  ],
  [
    'headers without end',
    errorCodes.calm,
    Buffer.concat([headers, ...Array<Buffer>(70_000).fill(frameOf(9, 0, 1, 0))]),
  ],
])('%s ends the connection, with the code for it', (_what, code, bytes) => {
  let error: unknown;
  try {
    read(bytes);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code });
});

test('bytes that are no HTTP/2, or do not begin with settings, end the connection', () => {
  const other = Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n');
  expect(() => framesOf(new FrameReader(), other)).toThrow('this is not HTTP/2');
  const ping = frameOf(frameTypes.ping, 0, 0, 8);
  expect(() => framesOf(new FrameReader(), Buffer.concat([preface, ping]))).toThrow(
    'the first frame has to be settings',
  );
});

test('frames that wait to be read are read before those that come later', () => {
  const reader = new FrameReader({ hasPreface: false });
  const ping = frame(frameTypes.ping, 0, 0, Buffer.from('12345678'));
  reader.add(Buffer.concat([settings, ping, ping.subarray(0, 5)]));
  expect(reader.next()?.type).toBe(frameTypes.settings);
  // More comes before all was read, as when the socket is paused late.
  reader.add(ping.subarray(5));
  expect([reader.next(), reader.next()].map((one) => String(one?.content))).toEqual([
    '12345678',
    '12345678',
  ]);
  expect(reader.next()).toBeUndefined();
});
