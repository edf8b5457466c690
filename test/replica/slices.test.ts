import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { Slices } from '../../src/replica/index.ts';
import type { Job } from '../../src/replica/index.ts';

/** Turns of an event loop, one at a time. */
function stage() {
  let due: (() => void)[] = [];
  const clock: Clock = {
    nowMs: () => 0,
    after: () => () => {},
    endOfTurn: (callback) => void due.push(callback),
  };
  const told: string[] = [];
  const job = (name: string, count: number, during = (_slice: number): void => {}): Job => {
    let done = 0;
    return {
      slice: () => {
        done++;
        told.push(`${name}${done}`);
        during(done);
        return done < count;
      },
      failed: (error) => void told.push(`${name} failed: ${String(error)}`),
    };
  };
  const turn = (): string => {
    const callbacks = due;
    due = [];
    const from = told.length;
    for (const callback of callbacks) callback();
    return told.slice(from).join(' ');
  };
  return {
    slices: new Slices(clock, silentMetrics.histogram('', '', [])),
    job,
    turn,
    told,
    idle: () => due.length === 0,
  };
}

test('each turn does one slice, and jobs take turns', () => {
  const { slices, job, turn, idle } = stage();
  slices.start(job('a', 3));
  slices.start(job('b', 2));
  expect([turn(), turn(), turn(), turn(), turn()]).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  expect(idle()).toBe(true);
  expect(slices.jobCount).toBe(0);
});

test('an urgent job has a slice in every turn, and does not hold up others', () => {
  const { slices, job, turn } = stage();
  slices.start(job('a', 2));
  slices.start(job('b', 2));
  slices.start(job('u', 3), { urgent: true });
  expect([turn(), turn(), turn(), turn()]).toEqual(['u1 a1', 'u2 b1', 'u3 a2', 'b2']);
});

test('a job that is paused costs no turns until it is resumed, also when it pauses itself', () => {
  const { slices, job, turn, idle } = stage();
  const running = slices.start(
    job('a', 3, (slice) => {
      if (slice === 1) running.pause();
    }),
  );
  expect(turn()).toBe('a1');
  expect(idle()).toBe(true);
  expect(slices.jobCount).toBe(1);
  running.resume();
  running.resume();
  expect([turn(), turn()]).toEqual(['a2', 'a3']);
  expect(slices.jobCount).toBe(0);
});

test('a job that is canceled does nothing more, whether it waits or is paused', () => {
  const { slices, job, turn, told } = stage();
  const first = slices.start(job('a', 3));
  const second = slices.start(job('b', 3));
  second.pause();
  turn();
  first.cancel();
  second.cancel();
  second.resume();
  turn();
  turn();
  expect(told).toEqual(['a1']);
  expect(slices.jobCount).toBe(0);
});

test('a job whose slice throws ends alone', () => {
  const { slices, job, turn } = stage();
  slices.start(
    job('a', 3, () => {
      throw new Error('broken');
    }),
  );
  slices.start(job('b', 1));
  expect([turn(), turn()]).toEqual(['a1 a failed: Error: broken', 'b1']);
});

test('when the member stops, all jobs are told, and later ones at once', () => {
  const { slices, job, told } = stage();
  slices.start(job('a', 3));
  slices.start(job('b', 3)).pause();
  slices.start(job('u', 3), { urgent: true });
  slices.stop('stopped');
  slices.start(job('c', 3));
  expect(told).toEqual(['u', 'a', 'b', 'c'].map((name) => `${name} failed: stopped`));
  expect(slices.jobCount).toBe(0);
});
