import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BlockingQueries } from '../../../src/api/consul/frame/blocking.ts';
import type { BlockingOptions, Question, Waiting } from '../../../src/api/consul/frame/blocking.ts';
import { looseQueryOf } from '../../../src/api/consul/frame/query.ts';
import type { Mode } from '../../../src/api/consul/frame/query.ts';
import { silentMetrics } from '../../../src/base/metrics.ts';
import { SteppedClock } from '../../transport/peers.ts';

/** A thing with an index that a test changes. */
class Thing implements Question {
  index = 5;
  readonly listeners = new Set<() => void>();
  looks = 0;

  answer() {
    this.looks++;
    return { index: this.index, json: this.index };
  }

  onChange(changed: () => void) {
    this.listeners.add(changed);
    return () => void this.listeners.delete(changed);
  }

  change(index: number): void {
    this.index = index;
    for (const listener of Array.from(this.listeners)) listener();
  }
}

function stage(options: Partial<BlockingOptions> = {}) {
  const clock = new SteppedClock();
  let spread = 0;
  const led = { yes: true };
  const blocking = new BlockingQueries({
    clock,
    random: { between: (low, high) => (spread === 0 ? low : high), positiveInt63: () => 1n },
    metrics: silentMetrics,
    hasLeader: () => led.yes,
    ...options,
  });
  return { clock, blocking, led, spreadWide: () => (spread = 1) };
}

interface Asking {
  readonly index?: number;
  readonly waitMs?: number;
  readonly mode?: Mode;
  readonly address?: string;
}

function callOf({
  index = 5,
  waitMs = 10_000,
  mode = 'default',
  address = '10.0.0.1',
}: Asking = {}) {
  const ends = new Set<() => void>();
  let isGone = false;
  const call: Waiting = {
    query: { ...looseQueryOf(new URLSearchParams()), index, waitMs, mode },
    options: { caller: { address } },
    get isGone() {
      return isGone;
    },
    onGone: (end) => {
      ends.add(end);
      return () => void ends.delete(end);
    },
  };
  const hangUp = (): void => {
    isGone = true;
    for (const end of ends) end();
  };
  return { call, hangUp, ends };
}

/** Whether a promise is settled, after all that can happen now has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void Promise.allSettled([promise]).then(() => (settled = true));
  for (let at = 0; at < 5; at++) await turn();
  return settled;
}

describe('a blocking query', () => {
  test('is answered at once without an index, or with one that is older', async () => {
    const { blocking } = stage();
    const thing = new Thing();
    for (const index of [0, 4]) {
      expect(await blocking.answer(callOf({ index }).call, thing)).toMatchObject({ json: 5 });
    }
    expect(thing.listeners.size).toBe(0);
  });

  test('is answered when the index has become greater, and not when something else woke it', async () => {
    const { blocking } = stage();
    const thing = new Thing();
    const answer = blocking.answer(callOf().call, thing);
    expect(await isSettled(answer)).toBe(false);
    thing.change(5);
    expect(await isSettled(answer)).toBe(false);
    thing.change(6);
    expect(await answer).toMatchObject({ index: 6 });
    expect(blocking.wakeUps).toBe(2);
    expect(thing.listeners.size).toBe(0);
  });

  test('notices a change between its look and its wait', async () => {
    const { blocking } = stage();
    const thing = new Thing();
    const slow: Question = {
      answer: async () => {
        const answer = thing.answer();
        if (thing.looks === 1) thing.change(6);
        await turn();
        return answer;
      },
      onChange: (changed) => thing.onChange(changed),
    };
    expect(await blocking.answer(callOf().call, slow)).toMatchObject({ index: 6 });
  });

  test('with an index beyond the current one waits, and then answers the lower one', async () => {
    const { blocking, clock } = stage();
    const thing = new Thing();
    const answer = blocking.answer(callOf({ index: 99 }).call, thing);
    thing.change(6);
    expect(await isSettled(answer)).toBe(false);
    clock.pass(10_000);
    expect(await answer).toMatchObject({ index: 6 });
  });

  test('ends after its wait and at most a sixteenth more, with the same index', async () => {
    for (const [wide, endsMs] of [
      [false, 10_000],
      [true, 10_625],
    ] as const) {
      const { blocking, clock, spreadWide } = stage();
      if (wide) spreadWide();
      const answer = blocking.answer(callOf().call, new Thing());
      await turn();
      clock.pass(endsMs - 1);
      expect(await isSettled(answer)).toBe(false);
      clock.pass(1);
      expect(await answer).toMatchObject({ index: 5 });
    }
  });

  test('ends when its caller is gone, and leaves nothing behind', async () => {
    const { blocking } = stage({ waitingMax: 1 });
    const thing = new Thing();
    const { call, hangUp, ends } = callOf();
    const answer = blocking.answer(call, thing);
    expect(await isSettled(answer)).toBe(false);
    hangUp();
    expect(await isSettled(answer)).toBe(true);
    expect(thing.listeners.size).toBe(0);
    expect(ends.size).toBe(0);
    const next = callOf();
    expect(await isSettled(blocking.answer(next.call, thing))).toBe(false);
    next.hangUp();
  });

  test('beyond the bounds is refused, of one client first', async () => {
    const { blocking } = stage({ waitingMax: 3, waitingPerClientMax: 2 });
    const thing = new Thing();
    const wait = (address: string) => blocking.answer(callOf({ address }).call, thing);
    const ofOne = [wait('a'), wait('a')];
    await turn();
    await expect(wait('a')).rejects.toMatchObject({ status: 429 });
    const all = [...ofOne, wait('b')];
    await turn();
    await expect(wait('c')).rejects.toMatchObject({ status: 429 });
    thing.change(6);
    await Promise.all(all);
    thing.index = 5;
    const next = wait('c');
    expect(await isSettled(next)).toBe(false);
    thing.change(6);
    await next;
  });

  test('is answered as after its wait when the member stops', async () => {
    const { blocking } = stage();
    const thing = new Thing();
    const answer = blocking.answer(callOf().call, thing);
    await turn();
    blocking.stop();
    expect(await answer).toMatchObject({ index: 5 });
    expect(await blocking.answer(callOf().call, thing)).toMatchObject({ index: 5 });
  });
});

describe('without a leader', () => {
  test('a query waits for one, as long as it would wait for a change', async () => {
    const { blocking, clock, led } = stage();
    led.yes = false;
    const thing = new Thing();
    const answer = blocking.answer(callOf({ index: 4 }).call, thing);
    expect(await isSettled(answer)).toBe(false);
    led.yes = true;
    clock.pass(50);
    expect(await answer).toMatchObject({ index: 5 });
  });

  test('a query is refused when its wait is over', async () => {
    const { blocking, clock, led } = stage();
    led.yes = false;
    const refused = blocking
      .answer(callOf({ index: 0 }).call, new Thing())
      .catch((error: unknown) => error);
    for (let at = 0; at < 7000; at += 50) {
      expect(await isSettled(refused)).toBe(false);
      clock.pass(50);
    }
    expect(await refused).toMatchObject({ status: 500, message: 'No cluster leader' });
  });

  test('a stale query is answered at once', async () => {
    const { blocking, led } = stage();
    led.yes = false;
    const { call } = callOf({ index: 0, mode: 'stale' });
    expect(await blocking.answer(call, new Thing())).toMatchObject({ index: 5 });
  });
});
