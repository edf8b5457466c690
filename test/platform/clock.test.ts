import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/index.ts';

const dayMs = 24 * 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([1, 2 ** 31 - 1, 2 ** 31, 90 * dayMs])(
  'a timer of %d ms fires then, and once',
  (delayMs) => {
    const fired = vi.fn();
    systemClock().after(delayMs, fired);
    vi.advanceTimersByTime(delayMs - 1);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  },
);

test('a timer that was cancelled never fires, however far it had come', () => {
  const fired = vi.fn();
  const cancel = systemClock().after(90 * dayMs, fired);
  vi.advanceTimersByTime(60 * dayMs);
  cancel();
  vi.advanceTimersByTime(60 * dayMs);
  expect(fired).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
