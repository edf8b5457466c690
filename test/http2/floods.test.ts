import { describe, expect, test } from 'vitest';
import { ByteBudget } from '../../src/base/byte-budget.ts';
import {
  begun,
  codes,
  data,
  endStream,
  frame,
  ping,
  request,
  reset,
  settings,
  types,
  windowMax,
  windows,
  windowUpdate,
} from './frames.ts';
import { bodyOf, TestServer, eventually, expectAlive } from './peer.ts';

const resetsMax = 10_000;

/** Of `count` streams from `first` on. */
function streams(
  first: number,
  count: number,
  framesOf: (id: number) => readonly Buffer[],
): Buffer {
  const all = Array.from({ length: count }, (_, at) => framesOf(first + 2 * at));
  return Buffer.concat(all.flat());
}

const takenBack = (id: number): Buffer[] => [begun(id), reset(id)];

describe('requests that are reset again and again', () => {
  test.for<readonly [string, (id: number) => readonly Buffer[]]>([
    ['by resets', takenBack],
    ['by rooms of nothing', (id) => [begun(id), windowUpdate(id, 0)]],
    ['by rooms too large', (id) => [begun(id), windowUpdate(id, windowMax)]],
    ['by trailers in the middle', (id) => [begun(id), begun(id, Buffer.alloc(0))]],
    ['by being none', (id) => [begun(id, Buffer.from([0x83]))]],
    ['by data behind their reset', (id) => [begun(id), reset(id), data(id)]],
  ])('%s end the connection', async ([, framesOf]) => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet(streams(1, resetsMax + 1, framesOf));
    expect(await peer.failure()).toEqual({
      code: codes.calm,
      reason: 'too many requests were reset',
    });
    expect(peer.requests.every(({ told }) => told.at(-1) === '(closed)')).toBe(true);
  });

  test('do not, as long as the client waits for some responses', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet();
    for (let round = 0, id = 1; round < 2; round++, id += 2 * resetsMax + 2) {
      peer.write(streams(id, resetsMax, takenBack), request(id + 2 * resetsMax));
      expect(await peer.answer(id + 2 * resetsMax)).toBe('hello');
    }
  });

  test('leave nothing behind', async () => {
    await using server = await TestServer.open({ streamsMax: 1 });
    const peer = await server.connect();
    peer.greet(streams(1, 5000, takenBack));
    await peer.settled();
    await expectAlive(peer, 10_001);
  });
});

describe('initial window sizes that change again and again', () => {
  const changes = Array.from({ length: 1000 }, (_, at) => windows(at % 2));

  test('end the connection if many streams are open, as each is changed', async () => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet(
      streams(1, 4001, (id) => [begun(id)]),
      ...changes,
    );
    expect(await peer.failure()).toEqual({
      code: codes.calm,
      reason: 'windows were resized too often',
    });
  });

  test('do not if they are few', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet(
      streams(1, 3000, (id) => [begun(id)]),
      ...changes,
      windows(10),
      request(9001),
    );
    expect(await peer.answer(9001)).toBe('hello');
  });
});

/** With so much waiting for a client that does not read, its connection is not read from. */
const overfullBytes = 4 << 20;
/** One answer that may come on top. */
const answerBytes = 64 << 10;

describe('a client that never reads', () => {
  test('is not read from once too much waits for it, until it reads again', async () => {
    await using server = await TestServer.open({}, ({ stream }) =>
      stream.end(Buffer.alloc(16_384)),
    );
    const peer = await server.connect();
    peer.greet();
    await peer.settled();
    peer.client.pause();
    for (let id = 1; peer.socket.writableLength < overfullBytes / 2; id += 200) {
      const asked = peer.requests.length + 100;
      peer.write(streams(id, 100, (each) => [request(each)]));
      await eventually(() => peer.requests.length === asked);
    }
    const count = 5000;
    const flood = Buffer.concat(Array.from({ length: count }, () => [ping(), settings()]).flat());
    const before = peer.frames.length;
    let times = 0;
    for (; !peer.socket.isPaused(); times++) {
      peer.write(flood);
      await eventually(() => peer.client.writableLength === 0 || peer.socket.isPaused());
    }
    expect(peer.socket.writableLength).toBeLessThan(overfullBytes + answerBytes);
    peer.client.resume();
    await peer.settled();
    const answers = peer.frames.slice(before).filter((seen) => seen.id === 0);
    // The mark is a ping, too.
    expect(answers).toHaveLength(times * count * 2 + 1);
  });

  test('gets no more responses than fit the socket, however small its requests are', async () => {
    const long = Buffer.concat([
      Buffer.from([0, 1, 0x61, 0x7f, 0x81, 0x1f]),
      Buffer.alloc(4096, 'x'),
    ]);
    const count = 5000;
    await using server = await TestServer.open({}, ({ stream }) => stream.end(long));
    const peer = await server.connect();
    peer.greet();
    await peer.settled();
    peer.client.pause();
    peer.write(streams(1, count, (id) => [request(id)]));
    await eventually(() => peer.socket.isPaused());
    expect(peer.socket.writableLength).toBeLessThan(overfullBytes + answerBytes);
    peer.client.resume();
    await peer.settled();
    expect(peer.requests).toHaveLength(count);
    expect(peer.frames.filter(({ type }) => type === types.headers)).toHaveLength(count);
  });

  test('has its responses counted, and is refused new streams beyond the limit', async () => {
    const mebibyte = Buffer.alloc(1 << 20);
    await using server = await TestServer.open({}, bodyOf(mebibyte));
    const peer = await server.connect();
    peer.greet(windows(windowMax), windowUpdate(0, windowMax - 65_535));
    await peer.settled();
    peer.client.pause();
    peer.write(streams(1, 200, (id) => [request(id)]));
    const taken = 64 + 16;
    await eventually(() => peer.requests.length >= 64);
    expect(peer.socket.writableLength).toBeLessThan(overfullBytes / 2);
    peer.client.resume();
    await peer.settled();
    expect(peer.requests.length).toBeLessThan(taken);
    await peer.until(() => peer.requests.every(({ stream }) => peer.isAnswered(stream.id)));
    expect(peer.frames.filter(({ type }) => type === types.rstStream)).toHaveLength(
      200 - peer.requests.length,
    );
  });
});

describe('responses for which a client opens no window', () => {
  const mebibyte = Buffer.alloc(1 << 20);

  test('are bounded: new streams are refused until some are sent', async () => {
    await using server = await TestServer.open({}, bodyOf(mebibyte));
    const peer = await server.connect();
    peer.greet(
      windows(0),
      streams(1, 70, (id) => [request(id)]),
    );
    await peer.settled();
    expect(peer.requests).toHaveLength(65);
    expect(await peer.resetOf(131)).toBe(codes.refused);
    peer.write(reset(1), reset(3), request(201));
    await peer.settled();
    expect(peer.requests).toHaveLength(66);
    // Taken in place of being taken back.
    peer.write(windowUpdate(0, 2 << 20), windowUpdate(5, 1 << 20), windowUpdate(7, 1 << 20));
    expect(await peer.answer(7)).toHaveLength(1 << 20);
    await expectAlive(peer, 203);
  });

  test('are bounded over all connections: those that hold much are refused, the others are not', async () => {
    const pending = new ByteBudget({ bytesMax: 8 << 20 });
    await using server = await TestServer.open({ pending }, bodyOf(mebibyte));
    const greedy = await server.connect();
    greedy.greet(
      windows(0),
      streams(1, 12, (id) => [request(id)]),
    );
    await greedy.settled();
    expect(greedy.requests).toHaveLength(9);
    expect(await greedy.resetOf(19)).toBe(codes.refused);
    const other = await server.connect();
    other.greet(request(1));
    await other.settled();
    expect(other.requests).toHaveLength(1);
    greedy.write(reset(1), reset(3), request(201));
    await greedy.settled();
    expect(greedy.requests).toHaveLength(10);
    greedy.client.destroy();
    await eventually(() => !pending.isExceeded);
  });

  test('do not block a connection as long as they are few, however large', async () => {
    const large = Buffer.alloc(8 << 20);
    await using server = await TestServer.open({}, bodyOf(large));
    const peer = await server.connect();
    peer.greet(
      windows(0),
      streams(1, 16, (id) => [request(id)]),
    );
    await peer.settled();
    expect(peer.requests).toHaveLength(16);
    await expectAlive(peer, 101);
  });
});

test('empty frames leave no memory behind', async () => {
  await using server = await TestServer.open({}, bodyOf('hello'));
  const peer = await server.connect();
  const parts = [data(1), frame(types.priority, 0, 9, Buffer.alloc(5)), frame(200, 0, 0)];
  peer.greet(begun(1), ...Array.from({ length: 20_000 }, () => parts).flat());
  peer.write(data(1, 'x', endStream));
  expect(await peer.answer(1)).toBe('hello');
  expect(peer.requests[0]?.told).toEqual(['x', '(ended)', '(closed)']);
});
