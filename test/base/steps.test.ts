import { array, assert, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { advance, finish, sliceWork, sorted } from '../../src/base/steps.ts';
import type { Steps } from '../../src/base/steps.ts';

function* counting(steps: number, work: number): Steps<string> {
  for (let at = 0; at < steps; at++) yield work;
  return 'done';
}

function byRank(a: { rank: number }, b: { rank: number }): number {
  return a.rank - b.rank;
}

test('a slice ends as soon as its work is done, and the rest follows in later slices', () => {
  const steps = counting(10, 200);
  expect(advance(steps, sliceWork)).toEqual({ done: false, value: 600 });
  expect(advance(steps, 1)).toEqual({ done: false, value: 200 });
  expect(advance(steps, 10_000)).toEqual({ done: true, value: 'done' });
  expect(finish(counting(10, 1e9))).toBe('done');
});

test('sorting in steps gives the same as sorting at once, with equal items in their order', () => {
  assert(
    property(
      array(record({ rank: integer({ min: 0, max: 20 }) }), {
        maxLength: 3000,
        size: 'max',
      }),
      (items) => {
        const found = finish(sorted(items, byRank));
        const expected = items.toSorted(byRank);
        expect(found.length).toBe(expected.length);
        expect(found.every((item, at) => item === expected[at])).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test('no step of sorting compares more than a few hundred items', () => {
  const items = Array.from({ length: 20_000 }, (_, at) => ({ rank: (at * 7919) % 20_011 }));
  let compares = 0;
  const steps = sorted(items, (a, b) => {
    compares++;
    return byRank(a, b);
  });
  let most = 0;
  for (;;) {
    const before = compares;
    if (steps.next().done === true) break;
    most = Math.max(most, compares - before);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(256 * 8);
});
