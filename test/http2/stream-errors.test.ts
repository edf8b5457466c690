import { describe, expect, test } from 'vitest';
import {
  begun,
  codes,
  data,
  endStream,
  frame,
  literal,
  newest,
  post,
  remembered,
  request,
  reset,
  settingIds,
  settings,
  types,
  windowUpdate,
} from './frames.ts';
import { bodyOf, TestServer, eventually, expectAlive, okTrailers } from './peer.ts';

const bytes = (...all: readonly number[]): Buffer => Buffer.from(all);

describe('only the stream ends, with the error code, after', () => {
  const { protocol, streamClosed } = codes;
  const method = bytes(0x83);
  const upper = literal('X-Upper', '1');
  test.for<readonly [string, number, ...Buffer[]]>([
    ['no path', protocol, request(1, bytes(0x83, 0x86))],
    ['no method', protocol, request(1, bytes(0x86, 0x84))],
    [
      'an empty path',
      protocol,
      request(1, Buffer.concat([bytes(0x83, 0x86), literal(':path', '')])),
    ],
    ['two methods', protocol, request(1, post(method))],
    [
      'a method behind other headers',
      protocol,
      request(1, Buffer.concat([literal('a', 'b'), post()])),
    ],
    ['a header of answers', protocol, request(1, post(bytes(0x88)))],
    ['an unknown header with a colon', protocol, request(1, post(literal(':x', '1')))],
    ['a name in capitals', protocol, request(1, post(upper))],
    ['an empty name', protocol, request(1, post(literal('', 'x')))],
    ['a line break in a value', protocol, request(1, post(literal('a', 'b\r\nc: d')))],
    ['a header about the connection', protocol, request(1, post(literal('connection', 'close')))],
    ['another coding of what follows', protocol, request(1, post(literal('te', 'gzip')))],
    ['a length that is no number', protocol, request(1, post(literal('content-length', '-1')))],
    ['no body where one was promised', protocol, request(1, post(literal('content-length', '1')))],
    [
      'more body than was promised',
      protocol,
      begun(1, post(literal('content-length', '1'))),
      data(1, 'xx'),
    ],
    [
      'less body than was promised',
      protocol,
      begun(1, post(literal('content-length', '3'))),
      data(1, 'xx', endStream),
    ],
    ['trailers that do not end it', protocol, begun(1), begun(1, literal('a', 'b'))],
    ['trailers with a method', protocol, begun(1), request(1, method)],
    ['trailers in capitals', protocol, begun(1), request(1, upper)],
    ['data behind its end', streamClosed, request(1), data(1, 'x')],
    ['headers behind its end', streamClosed, request(1), request(1, literal('a', 'b'))],
    ['data behind its own reset', streamClosed, begun(1), reset(1), data(1, 'x')],
  ])('%s', async ([, code, ...frames]) => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const slow = await server.connect();
    // Without room, the answer is still on its way when the wrong frame comes.
    slow.greet(settings([settingIds.initialWindowSize, 0]), ...frames);
    expect(await slow.resetOf(1)).toBe(code);
    expect(slow.requests.every(({ told }) => told.at(-1) === '(closed)')).toBe(true);
    // Frames that still come were sent before the client knew.
    slow.write(
      data(1, 'late'),
      windowUpdate(1, 5),
      frame(types.priority, 0, 1, bytes(0, 0, 0, 3, 0)),
    );
    await expectAlive(slow, 3);
    expect(slow.of(1).filter(({ type }) => type === types.rstStream)).toHaveLength(1);
  });

  test('being one too many, until another one ends', async () => {
    await using server = await TestServer.open({ streamsMax: 2 });
    const peer = await server.connect();
    peer.greet(begun(1), begun(3), request(5), data(5, 'on its way'));
    expect(await peer.resetOf(5)).toBe(codes.refused);
    peer.write(reset(3));
    await expectAlive(peer, 7);
    expect(peer.requests).toHaveLength(3);
  });
});

test('headers of a refused stream enter the table, as later ones refer to them', async () => {
  await using server = await TestServer.open({ streamsMax: 1 });
  const peer = await server.connect();
  peer.greet(begun(1), request(3, post(remembered('a', 'b'))), reset(1), request(5, post(newest)));
  await peer.settled();
  expect(peer.requests.at(-1)?.headers.at(-1)).toEqual({ name: 'a', value: 'b' });
});

describe('a stream that was answered before its request was complete', () => {
  test('is reset with NO_ERROR, and frames in flight are ignored', async () => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet(begun(1));
    await peer.settled();
    peer.requests[0]?.stream.end(okTrailers);
    expect(await peer.resetOf(1)).toBe(codes.none);
    peer.write(data(1, 'on its way'), request(1, literal('a', 'b')), reset(1));
    await expectAlive(peer, 3);
    expect(peer.of(1).filter(({ type }) => type === types.rstStream)).toHaveLength(1);
  });

  test('accepts no frame after its client has reset it', async () => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet(begun(1), begun(3));
    await peer.settled();
    for (const { stream } of peer.requests) stream.end(okTrailers);
    await peer.resetOf(3);
    peer.write(reset(1), data(1, 'more'), reset(3));
    await eventually(() => peer.of(1).at(-1)?.content.readUInt32BE() === codes.streamClosed);
    await expectAlive(peer, 5);
    peer.write(request(3, literal('a', 'b')));
    expect((await peer.failure()).code).toBe(codes.streamClosed);
  });
});
