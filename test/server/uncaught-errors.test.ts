import { expect, test } from 'vitest';
import { BrokenInvariant } from '../../src/base/assert.ts';
import { UncaughtErrors } from '../../src/server/uncaught-errors.ts';
import { memoryLogger } from '../api/etcd/fake.ts';

function setUp() {
  const clock = { now: 0, nowMs: () => clock.now };
  const logger = memoryLogger();
  const ends: unknown[] = [];
  const resort = new UncaughtErrors(clock, logger, (error) => ends.push(error));
  return { clock, logger, ends, resort };
}

test('an unexpected error is logged, and the member continues', () => {
  const { resort, logger, ends } = setUp();
  resort.take(new Error('write EPIPE'), 'uncaughtException');
  resort.take('a text', 'unhandledRejection');
  expect(ends).toEqual([]);
  expect(logger.lines).toHaveLength(2);
});

test('a broken invariant ends the member wherever it breaks', () => {
  const { resort, ends } = setUp();
  const error = new BrokenInvariant('the log is shorter than what was committed');
  resort.take(error, 'unhandledRejection');
  expect(ends).toEqual([error]);
});

test('errors without end end the member, and some from time to time do not', () => {
  const { resort, ends, clock } = setUp();
  for (let minute = 0; minute < 5; minute++) {
    clock.now += 61_000;
    for (let at = 0; at < 100; at++) resort.take(new Error('again'), 'uncaughtException');
    expect(ends).toEqual([]);
  }
  resort.take(new Error('and again'), 'uncaughtException');
  expect(ends).toHaveLength(1);
});
