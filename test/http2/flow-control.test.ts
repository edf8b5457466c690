import { describe, expect, test } from 'vitest';
import {
  begun,
  codes,
  data,
  padded,
  post,
  request,
  settingIds,
  settings,
  types,
  windowMax,
  windows,
  windowUpdate,
} from './frames.ts';
import { bodyOf, TestServer, eventually, expectAlive, ok, okTrailers } from './peer.ts';

describe('a response', () => {
  test('is sent as the window of its stream allows, its trailers behind the last byte', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet(windows(0), request(1));
    for (const seen of ['', 'h', 'he', 'hel', 'hell']) {
      await peer.settled();
      expect(peer.bodyOf(1)).toBe(seen);
      expect(peer.isAnswered(1)).toBe(false);
      peer.write(windowUpdate(1, 1));
    }
    expect(await peer.answer(1)).toBe('hello');
    expect(peer.of(1).at(-1)).toMatchObject({ type: types.headers, content: okTrailers });
  });

  test('waits for the window of the connection as well as for that of its stream', async () => {
    await using server = await TestServer.open({}, bodyOf('x'.repeat(70_000)));
    const peer = await server.connect();
    peer.greet(windows(windowMax), request(1));
    await peer.settled();
    expect(peer.bodyOf(1)).toHaveLength(65_535);
    peer.write(windowUpdate(0, 465));
    await peer.settled();
    expect(peer.bodyOf(1)).toHaveLength(66_000);
    peer.write(windowUpdate(0, 4000));
    expect(await peer.answer(1)).toHaveLength(70_000);
  });

  test('without a body needs no window', async () => {
    await using server = await TestServer.open({}, bodyOf(''));
    const peer = await server.connect();
    peer.greet(windows(10), request(1));
    await peer.answer(1);
    expect(peer.frames.filter(({ type }) => type === types.rstStream)).toEqual([]);
  });

  test.each([
    ['16,384 bytes, unless more was agreed on', settings(), 16_384],
    ['what was agreed on', settings([settingIds.maxFrameSize, 20_000]), 20_000],
    ['65,536 bytes, whatever was agreed on', settings([settingIds.maxFrameSize, 1 << 20]), 65_536],
  ])('is cut into frames of %s', async (_what, setting, bytes) => {
    await using server = await TestServer.open({}, bodyOf('x'.repeat(200_000)));
    const peer = await server.connect();
    peer.greet(windows(windowMax), windowUpdate(0, 1 << 20), setting, request(1));
    expect(await peer.answer(1)).toHaveLength(200_000);
    const lengths = peer
      .of(1)
      .flatMap(({ type, content }) => (type === types.data ? content.length : []));
    expect(Math.max(...lengths)).toBe(bytes);
  });
});

describe('a new initial window size', () => {
  test('changes the windows of open streams, which may become negative', async () => {
    await using server = await TestServer.open({}, bodyOf('x'.repeat(60)));
    const peer = await server.connect();
    peer.greet(windows(10), request(1));
    const steps = [
      { frames: [], bytes: 10 },
      { frames: [windows(30)], bytes: 30 },
      // 30 were used and 5 are allowed: 25 below nothing.
      { frames: [windows(5)], bytes: 30 },
      { frames: [windowUpdate(1, 25)], bytes: 30 },
      { frames: [windowUpdate(1, 1)], bytes: 31 },
      { frames: [windows(0)], bytes: 31 },
      { frames: [windows(6)], bytes: 32 },
    ];
    for (const { frames, bytes } of steps) {
      peer.write(...frames);
      await peer.settled();
      expect(peer.bodyOf(1)).toHaveLength(bytes);
    }
    peer.write(windows(1000));
    expect(await peer.answer(1)).toHaveLength(60);
  });

  test('counts once, with the last value, if a frame has it several times', async () => {
    await using server = await TestServer.open({}, bodyOf('x'.repeat(60)));
    const peer = await server.connect();
    const id = settingIds.initialWindowSize;
    peer.greet(windows(1), request(1), settings([id, 50], [id, 0], [id, 20], [id, 7]));
    await peer.settled();
    expect(peer.bodyOf(1)).toHaveLength(7);
  });

  test('does not change the window of the connection', async () => {
    await using server = await TestServer.open({}, bodyOf('x'.repeat(100_000)));
    const peer = await server.connect();
    peer.greet(request(1), windows(windowMax));
    await peer.settled();
    expect(peer.bodyOf(1)).toHaveLength(65_535);
  });
});

describe('a window update', () => {
  test.each([
    ['nothing', 0, codes.protocol],
    ['more than can be counted', windowMax, codes.flowControl],
  ])('for %s on a stream ends only the stream', async (_what, increment, code) => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet(request(1), request(3), windowUpdate(1, increment));
    expect(await peer.resetOf(1)).toBe(code);
    expect(peer.requests.map(({ told }) => told)).toEqual([['(ended)', '(closed)'], ['(ended)']]);
    await expectAlive(peer, 5);
  });

  test.each([
    ['nothing', [windowUpdate(0, 0)], codes.protocol],
    ['more than can be counted', [windowUpdate(0, windowMax)], codes.flowControl],
    ['more than can be counted, by its size for all', [windows(windowMax + 1)], codes.flowControl],
    [
      'more than can be counted, together with its size for all',
      [request(1), windowUpdate(1, 1), windows(windowMax)],
      codes.flowControl,
    ],
    ['a stream that has not begun', [windowUpdate(7, 1)], codes.protocol],
  ])('for %s ends the connection', async (_what, frames, code) => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet(...frames);
    expect((await peer.failure()).code).toBe(code);
  });

  test('up to the largest window is accepted', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet(windows(0), windowUpdate(0, windowMax - 65_535), begun(1));
    peer.write(windowUpdate(1, windowMax), data(1, '', 1));
    expect(await peer.answer(1)).toBe('hello');
  });

  test('for a closed stream is ignored, as it may have been in flight', async () => {
    await using server = await TestServer.open({}, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet(request(1), windowUpdate(1, 5), windowUpdate(1, 0), windowUpdate(1, windowMax));
    await peer.settled();
    expect(peer.of(1).filter(({ type }) => type === types.rstStream)).toEqual([]);
  });
});

const frameBytes = 16_384;
const full = Buffer.alloc(frameBytes);
const streamWindow = 256 << 10;

describe('the body of a request', () => {
  test('is given back to the window as it is consumed', async () => {
    await using server = await TestServer.open({}, bodyOf('done'));
    const peer = await server.connect();
    peer.greet(begun(1));
    let room = streamWindow;
    const body = Array.from({ length: 48 }, () => full);
    for (const [at, part] of body.entries()) {
      await peer.until(() => {
        const given = peer.of(1).filter(({ type }) => type === types.windowUpdate);
        room = streamWindow + given.reduce((sum, { content }) => sum + content.readUInt32BE(), 0);
        return room >= (at + 1) * frameBytes;
      });
      peer.write(data(1, part, at === body.length - 1 ? 1 : 0));
    }
    expect(await peer.answer(1)).toBe('done');
  });

  test('that is larger than its window ends the connection', async () => {
    await using server = await TestServer.open({ consumes: false });
    const peer = await server.connect();
    const most = Array.from({ length: streamWindow / frameBytes }, () => data(1, full));
    peer.greet(begun(1), ...most);
    await peer.settled();
    expect(peer.of(1).filter(({ type }) => type === types.windowUpdate)).toEqual([]);
    peer.write(data(1, 'x'));
    expect(await peer.failure()).toEqual({
      code: codes.flowControl,
      reason: 'more data than the window allows',
    });
  });

  test('counts with its padding, which is given back at once', async () => {
    await using server = await TestServer.open({}, bodyOf('done'));
    const peer = await server.connect();
    const filled = data(1, Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]), padded);
    const rounds = Math.ceil(streamWindow / 256) * 3;
    peer.greet(begun(1));
    for (let at = 0; at < rounds; at += 128) {
      peer.write(...Array.from({ length: 128 }, () => filled));
      await peer.settled();
    }
    peer.write(data(1, '', 1));
    expect(await peer.answer(1)).toBe('done');
    expect(peer.requests[0]?.told).toEqual(['(ended)', '(closed)']);
  });

  test('is given back to the window of the connection even if its stream is closed', async () => {
    await using server = await TestServer.open();
    const peer = await server.connect();
    peer.greet();
    const given = (): number =>
      peer
        .of(0)
        .filter(({ type }) => type === types.windowUpdate)
        .reduce((sum, { content }) => sum + content.readUInt32BE(), 65_535);
    await peer.settled();
    const connectionWindow = 16 << 20;
    expect(given()).toBe(connectionWindow);
    let sent = 0;
    for (let id = 1; sent < 24 << 20; id += 2) {
      peer.write(begun(id));
      await peer.settled();
      peer.requests.at(-1)?.stream.end(okTrailers);
      const late = Array.from({ length: 64 }, () => data(id, full));
      sent += late.length * frameBytes;
      peer.write(...late);
      await peer.settled();
      expect(given() - sent).toBeGreaterThan(connectionWindow / 2);
    }
  });
});

test('a writer is asked to wait, and is told when there is room again', async () => {
  await using server = await TestServer.open();
  const peer = await server.connect();
  peer.greet(windows(5), request(1, post()));
  await peer.settled();
  const [asked] = peer.requests;
  asked?.stream.headers(ok);
  expect(asked?.stream.write(Buffer.from('hello'))).toBe(true);
  expect(asked?.stream.write(Buffer.from(' world'))).toBe(false);
  peer.write(windowUpdate(1, 5));
  await peer.settled();
  expect(asked?.told).toEqual(['(ended)']);
  peer.write(windowUpdate(1, 5));
  await peer.settled();
  expect(asked?.told).toEqual(['(ended)', '(drained)']);
  asked?.stream.end(okTrailers);
  expect(await peer.answer(1)).toBe('hello world');
});

test('a writer that fills the socket is told when it is drained', async () => {
  await using server = await TestServer.open();
  const peer = await server.connect();
  peer.greet(windows(windowMax), windowUpdate(0, windowMax - 65_535), request(1));
  await peer.settled();
  const [asked] = peer.requests;
  // All of it fits, but only just.
  expect(asked?.stream.write(Buffer.alloc(1 << 20))).toBe(false);
  expect(asked?.stream.pendingBytes).toBe(0);
  await eventually(() => asked?.told.at(-1) === '(drained)');
});
