import { array, assert, constantFrom, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { Key } from '../../src/base/key.ts';
import { LeaseTable } from '../../src/state/lease-table.ts';
import { MemoryEngine } from './memory-engine.ts';

/** Ranges that count how often they are asked. */
class Counting {
  asked = 0;
  readonly #isIn: (key: Key) => boolean;

  constructor(isIn: (key: Key) => boolean) {
    this.#isIn = isIn;
  }

  holds(key: Key): boolean {
    this.asked++;
    return this.#isIn(key);
  }
}

function leases(): LeaseTable {
  const table = new LeaseTable(new MemoryEngine());
  table.grant(7n, 60);
  return table;
}

test('puts with a lease of many keys look at its new keys only', () => {
  const table = leases();
  const ranges = new Counting(() => true);
  const lease = table.get(7n);
  for (let at = 0; at < 5000; at++) table.move(`k${at}`, 0n, 7n);
  expect(lease?.keysAreIn(ranges)).toBe(true);
  expect(ranges.asked).toBe(5000);
  for (let at = 5000; at < 10_000; at++) {
    table.move(`k${at}`, 0n, 7n);
    expect(lease?.keysAreIn(ranges)).toBe(true);
  }
  expect(ranges.asked).toBe(10_000);
  // Another user, or the same one after a change of roles.
  expect(lease?.keysAreIn(new Counting((key) => key !== 'k77'))).toBe(false);
  // New keys are not gathered without end.
  for (let at = 0; at < 1500; at++) table.move(`more${at}`, 0n, 7n);
  expect(lease?.keysAreIn(ranges)).toBe(true);
  expect(ranges.asked).toBe(21_500);
});

test('whatever happened before, the answer is that of all keys', () => {
  const key = constantFrom('a', 'b', 'c', 'd');
  const step = oneof(
    record({ kind: constantFrom('attach', 'detach'), key }),
    record({ kind: constantFrom('ask'), key: constantFrom('ab', 'abc', 'd', 'abcd') }),
    record({ kind: constantFrom('begin', 'commit'), key }),
  );
  assert(
    property(array(step, { maxLength: 40 }), (steps) => {
      const table = leases();
      const lease = table.get(7n);
      const ranges = new Map<string, Counting>();
      for (const { kind, key: one } of steps) {
        const isAttached = lease?.attached.has(one) === true;
        if (kind === 'attach' && !isAttached) table.move(one, 0n, 7n);
        if (kind === 'detach' && isAttached) table.move(one, 7n, 0n);
        if (kind === 'begin') table.beginSteps();
        if (kind === 'commit') table.commit();
        if (kind !== 'ask') continue;
        const asked = ranges.get(one) ?? new Counting((found) => one.includes(found));
        ranges.set(one, asked);
        const expected = lease?.keys.every((found) => one.includes(found));
        expect(lease?.keysAreIn(asked)).toBe(expected);
      }
    }),
    { numRuns: 2000 },
  );
});
