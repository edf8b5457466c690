import { describe, expect, test } from 'vitest';
import {
  begun,
  codes,
  data,
  endHeaders,
  endStream,
  frame,
  literal,
  newest,
  post,
  preface,
  remembered,
  request,
  settings,
  types,
  windowMax,
  windows,
  windowUpdate,
} from './frames.ts';
import { bodyOf, TestServer, eventually, expectAlive, ok, okTrailers } from './peer.ts';
import type { ConnectionOptions } from '../../src/http2/connection.ts';
import type { Peer } from './peer.ts';

describe('a request whose authority is a whole URL, as etcdctl of etcd 3.4 writes it,', () => {
  const authority = 'http://127.0.0.1:2379';
  const huffman = Buffer.from('418f9d29aee30c044eae05c0b86e09975f', 'hex');
  test.for<readonly [string, Buffer]>([
    ['plain', literal(':authority', authority)],
    ['plain and remembered', remembered(':authority', authority)],
    ['in Huffman code', huffman],
  ])('is accepted, %s', async ([, block]) => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet(request(1, post(block)));
    expect(await peer.answer(1)).toBe('hello');
    expect(peer.requests[0]?.headers).toContainEqual({ name: ':authority', value: authority });
  });

  test('is accepted again by its index', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet(request(1, post(huffman)), request(3, post(newest)));
    expect(await peer.answer(3)).toBe('hello');
    expect(peer.requests[1]?.headers).toEqual(peer.requests[0]?.headers);
  });
});

describe('a request', () => {
  test('is the same in one piece and byte by byte, with its headers in many frames', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const block = post(literal('a', 'b'.repeat(300)), literal('te', 'trailers'));
    const bytes = Buffer.concat([
      preface,
      settings(),
      frame(types.headers, 0, 1, block.subarray(0, 2)),
      frame(types.continuation, 0, 1, block.subarray(2, 3)),
      frame(types.continuation, 0, 1),
      frame(types.continuation, endHeaders, 1, block.subarray(3)),
      data(1, 'one '),
      data(1, 'two '),
      data(1, 'three', endStream),
    ]);
    const [whole, pieces] = [await server.connect(), await server.connect()];
    whole.write(bytes);
    for (const byte of bytes) pieces.write(Buffer.from([byte]));
    for (const peer of [whole, pieces]) expect(await peer.answer(1)).toBe('hello');
    expect(whole.requests[0]?.told).toEqual(['one ', 'two ', 'three', '(ended)', '(closed)']);
    expect(pieces.requests[0]?.told).toEqual(whole.requests[0]?.told);
    expect(pieces.requests[0]?.headers).toEqual(whole.requests[0]?.headers);
  });

  test('ends with trailers of any content', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    const length = literal('content-length', '3');
    peer.greet(begun(1, post(length)), data(1, 'abc'), request(1, literal('x', 'y')));
    expect(await peer.answer(1)).toBe('hello');
    expect(peer.requests[0]?.told).toEqual(['abc', '(ended)', '(closed)']);
  });

  test('tells which piece of its body is the last, also when a frame comes in pieces', async () => {
    const told: string[] = [];
    const accept: ConnectionOptions['accept'] = (_headers, stream) => ({
      data: (bytes, isLast) => void told.push(`${bytes.toString()} ${isLast}`),
      ended: () => bodyOf('hello')({ headers: [], stream, told: [] }),
      drained() {},
      closed() {},
    });
    await using server = await TestServer.open({ accept });
    const peer = await server.connect();
    const last = data(1, 'bcd', endStream);
    peer.greet(begun(1), data(1, 'a'), last.subarray(0, -2));
    await eventually(() => told.length === 2);
    peer.write(last.subarray(-2));
    expect(await peer.answer(1)).toBe('hello');
    expect(told).toEqual(['a false', 'b false', 'cd true']);
  });

  test('reaches its own listener among many under way', async () => {
    await using server = await TestServer.open({}, ({ stream, told }) => {
      bodyOf(told.slice(0, -1).join(''))({ stream, told, headers: [] });
    });
    const peer = await server.connect();
    const ids = Array.from({ length: 500 }, (_, at) => 1 + 2 * at);
    peer.greet(...ids.map((id) => begun(id)));
    for (const part of ['a', 'b', 'c']) peer.write(...ids.map((id) => data(id, `${part}${id} `)));
    peer.write(...ids.toReversed().map((id) => data(id, '', endStream)));
    for (const id of ids) expect(await peer.answer(id)).toBe(`a${id} b${id} c${id} `);
  });
});

/** The parts of a response. */
function shapeOf(peer: Peer, id: number): readonly string[] {
  return peer.of(id).map(({ type, flags }) => {
    const name = Object.entries(types).find(([, known]) => known === type)?.[0] ?? '';
    return (flags & endStream) === 0 ? name : `${name}, the last`;
  });
}

describe('a response', () => {
  test('is headers, body and trailers', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet(request(1));
    await peer.answer(1);
    expect(shapeOf(peer, 1)).toEqual(['headers', 'data', 'headers, the last']);
    expect(peer.of(1).map(({ content }) => content)).toEqual([
      ok,
      Buffer.from('hello'),
      okTrailers,
    ]);
  });

  test('may be trailers only', async () => {
    await using server = await TestServer.open({}, ({ stream }) => stream.end(okTrailers));
    const peer = await server.connect();
    peer.greet(windows(0), request(1));
    await peer.answer(1);
    expect(shapeOf(peer, 1)).toEqual(['headers, the last']);
  });

  test('may be written in pieces, and nothing is sent behind its end', async () => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet(request(1));
    await peer.settled();
    const stream = peer.requests[0]!.stream;
    stream.headers(ok);
    await peer.until(() => shapeOf(peer, 1).length === 1);
    stream.write(Buffer.from('one '));
    stream.write(Buffer.from('two'));
    stream.end(okTrailers);
    stream.end(okTrailers);
    expect(stream.write(Buffer.from('three'))).toBe(true);
    stream.headers(ok);
    stream.respond(ok, [Buffer.from('four')], okTrailers);
    expect(await peer.answer(1)).toBe('one two');
    await peer.settled();
    expect(shapeOf(peer, 1)).toEqual(['headers', 'data', 'data', 'headers, the last']);
  });

  test('that waits for a window is closed behind its end, too', async () => {
    await using server = await TestServer.open({}, ({ stream }) => {
      bodyOf('hello')({ stream, told: [], headers: [] });
      stream.write(Buffer.from(' more'));
      stream.end(Buffer.alloc(0));
    });
    const peer = await server.connect();
    peer.greet(windows(2), request(1));
    await peer.settled();
    peer.write(windowUpdate(1, 100));
    expect(await peer.answer(1)).toBe('hello');
    expect(peer.of(1).at(-1)?.content).toEqual(okTrailers);
  });
});

describe('a client that disconnects in the middle', () => {
  const start = Buffer.concat([preface, settings()]);
  const whole = Buffer.concat([start, begun(1), data(1, 'hello'), data(1, ' world', endStream)]);

  test('at any byte, leaves nothing behind and disturbs no other connection', async () => {
    let closed = 0;
    await using server = await TestServer.open({ onClose: () => void closed++ }, bodyOf('x'));
    const other = await server.connect();
    other.greet();
    for (let length = 0; length < whole.length; length++) {
      const peer = await server.connect();
      peer.client.end(whole.subarray(0, length));
      await eventually(() => closed === length + 1);
      const [seen] = peer.requests;
      if (seen !== undefined) expect(seen.told.at(-1)).toBe('(closed)');
    }
    expect(server.mistakes).toEqual([]);
    await expectAlive(other, 1);
  });

  test.for<readonly [string, (peer: Peer) => void]>([
    ['says that it has nothing more to say', (peer) => peer.client.end()],
    ['vanishes', (peer) => peer.client.resetAndDestroy()],
    ['breaks the rules', (peer) => peer.write(data(0, 'x'))],
    ['is shown out', (peer) => peer.connection.destroy()],
  ])('is not waited for once it %s, however much waits for it', async ([, leave]) => {
    let closed = 0;
    await using server = await TestServer.open({ onClose: () => void closed++ }, ({ stream }) => {
      if (stream.id === 1) bodyOf(Buffer.alloc(1 << 20))({ stream, told: [], headers: [] });
    });
    const peer = await server.connect();
    peer.greet(request(1), request(3), begun(5), data(5, 'half'));
    await peer.settled();
    leave(peer);
    await eventually(() => closed === 1);
    expect(peer.requests.map(({ told }) => told)).toEqual([
      ['(ended)', '(closed)'],
      ['(ended)', '(closed)'],
      ['half', '(closed)'],
    ]);
    // An answer that comes too late has nowhere to go, and does no harm.
    for (const { stream } of peer.requests) stream.respond(ok, [Buffer.from('late')], okTrailers);
    await peer.closed();
    expect(peer.isAnswered(3)).toBe(false);
    expect(closed).toBe(1);
  });
});

test('a client that has ended its side and does not read is not waited for', async () => {
  let closed = 0;
  const body = Buffer.alloc(32 << 20);
  await using server = await TestServer.open({ onClose: () => void closed++ }, bodyOf(body));
  const peer = await server.connect();
  peer.greet(windows(windowMax), windowUpdate(0, windowMax - 65_535));
  await peer.settled();
  peer.client.pause();
  peer.client.end(request(1));
  await eventually(() => closed === 1);
  expect(peer.requests[0]?.told).toEqual(['(ended)', '(closed)']);
  // Bytes that were sent may still be read for a while, but not for ever.
  await eventually(() => peer.socket.destroyed);
});

test('a stream that its client reset is closed, and its late response is not sent', async () => {
  await using server = await TestServer.open();
  const peer = await server.connect();
  peer.greet(request(1), frame(types.rstStream, 0, 1, Buffer.from([0, 0, 0, codes.cancel])));
  await peer.settled();
  expect(peer.requests[0]?.told).toEqual(['(ended)', '(closed)']);
  bodyOf('late')(peer.requests[0]!);
  await expectAlive(peer, 3);
  expect(peer.of(1)).toEqual([]);
});
