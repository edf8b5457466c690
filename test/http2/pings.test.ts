import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { PingWatch } from '../../src/http2/ping-watch.ts';
import { ack, begun, codes, data, endStream, frame, ping, request, types } from './frames.ts';
import { bodyOf, TestServer, eventually, expectAlive } from './peer.ts';
import type { Peer } from './peer.ts';

const pingsMinTimeMs = 3_600_000;

function pongs(peer: Peer): number {
  return peer.frames.filter(({ type, flags }) => type === types.ping && flags === ack).length;
}

describe('a client that pings too often', () => {
  test('is disconnected with the text that clients in Go look for', async () => {
    await using server = await TestServer.open({ pingsMinTimeMs });
    const peer = await server.connect();
    peer.greet(ping(), ping(), ping(), ping(), ping());
    expect(await peer.failure()).toEqual({ code: codes.calm, reason: 'too_many_pings' });
    expect(pongs(peer)).toBe(3);
  });

  test('may do so while it gets responses', async () => {
    await using server = await TestServer.open({ pingsMinTimeMs }, bodyOf('hello'));
    const peer = await server.connect();
    peer.greet();
    for (let id = 1; id < 20; id += 2) {
      peer.write(ping(), ping(), ping(), request(id));
      expect(await peer.answer(id)).toBe('hello');
    }
    expect(pongs(peer)).toBe(30);
  });

  test('is disconnected also while it waits for a response', async () => {
    await using server = await TestServer.open({ pingsMinTimeMs });
    const peer = await server.connect();
    peer.greet(begun(1), data(1, 'x'), ping(), ping(), data(1, 'y'), ping(), ping());
    expect((await peer.failure()).reason).toBe('too_many_pings');
    expect(peer.requests[0]?.told).toEqual(['x', 'y', '(closed)']);
  });

  test('may do so without a limit, and its acknowledgements are no pings', async () => {
    await using server = await TestServer.open({ pingsMinTimeMs: 0 });
    const free = await server.connect();
    free.greet(...Array.from({ length: 1000 }, () => ping()));
    await free.settled();
    expect(pongs(free)).toBe(1001);
    await using strict = await TestServer.open({ pingsMinTimeMs }, bodyOf('hello'));
    const peer = await strict.connect();
    const pong = frame(types.ping, ack, 0, Buffer.alloc(8));
    peer.greet(...Array.from({ length: 1000 }, () => pong), begun(1), data(1, '', endStream));
    expect(await peer.answer(1)).toBe('hello');
    await expectAlive(peer, 3);
  });
});

/** A watch whose time is stepped, and what it did. */
function watchOf(
  isIdle: boolean,
  times: { pings?: number; interval?: number },
): { watch: PingWatch; did: string[] } {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const did: string[] = [];
  const watch = new PingWatch(
    {
      clock: systemClock(),
      pingsMinTimeMs: times.pings ?? 0,
      keepaliveIntervalMs: times.interval ?? 0,
      keepaliveTimeoutMs: 500,
    },
    {
      ping: () => void did.push('ping'),
      isIdle: () => isIdle,
      giveUp: () => void did.push('give up'),
    },
  );
  return { watch, did };
}

/** How many of the pings, so far apart, are answered; at most 20. */
function answeredOf(watch: PingWatch, apartMs: number): number {
  for (let count = 0; count < 20; count++) {
    if (watch.isTooMany()) return count;
    vi.advanceTimersByTime(apartMs);
  }
  return 20;
}

test.each([
  ['while it calls, as often as it is allowed to', false, 5000, 20],
  ['while it calls, more often', false, 4999, 3],
  ['while it is idle, every two hours', true, 2 * 3_600_000, 20],
  ['while it is idle, more often', true, 3_600_000, 3],
])('a client may ping %s', (_what, isIdle, apartMs, answered) => {
  const { watch } = watchOf(isIdle, { pings: 5000 });
  expect(answeredOf(watch, apartMs)).toBe(answered);
});

describe('a silent client', () => {
  test('is pinged, and disconnected if it does not answer', () => {
    const { did } = watchOf(false, { interval: 2000 });
    vi.advanceTimersByTime(1999);
    expect(did).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(did).toEqual(['ping']);
    vi.advanceTimersByTime(500);
    expect(did).toEqual(['ping', 'give up']);
  });

  test('is kept if it answers, and pinged again when it is silent again', () => {
    const { watch, did } = watchOf(true, { interval: 2000 });
    vi.advanceTimersByTime(2000);
    watch.heard();
    vi.advanceTimersByTime(2499);
    expect(did).toEqual(['ping']);
    vi.advanceTimersByTime(1);
    expect(did).toEqual(['ping', 'ping']);
    watch.heard();
    watch.stop();
    vi.advanceTimersByTime(60_000);
    expect(did).toEqual(['ping', 'ping']);
  });

  test('keeps its connection as long as it answers, and then loses it and its calls', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await using server = await TestServer.open({
      keepaliveIntervalMs: 1000,
      keepaliveTimeoutMs: 500,
    });
    const peer = await server.connect();
    peer.greet(begun(1));
    await peer.settled();
    const asked = (): number =>
      peer.frames.filter(({ type, flags }) => type === types.ping && flags === 0).length;
    // The first interval has heard the greeting.
    vi.advanceTimersByTime(1000);
    for (let times = 1; times <= 3; times++) {
      vi.advanceTimersByTime(1000);
      await peer.until(() => asked() === times);
      await peer.settled();
      vi.advanceTimersByTime(500);
    }
    await peer.settled();
    vi.advanceTimersByTime(2500);
    await peer.closed();
    expect(asked()).toBe(3);
    await eventually(() => peer.requests[0]?.told.at(-1) === '(closed)');
  });
});
