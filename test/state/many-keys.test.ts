import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCommand, State } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { compact, del, everything, grant, put, rangeRequest, revoke } from './requests.ts';

function keyAt(number: number): string {
  return `key ${String(number).padStart(5, '0')}`;
}

const numbers = fc.constantFrom('ascending', 'descending', 'scattered').chain((order) =>
  fc.record({
    order: fc.constant(order),
    count: fc.integer({ min: 1, max: 3000 }),
    cuts: fc.array(fc.tuple(fc.nat(3000), fc.nat(3000)), { minLength: 1, maxLength: 6 }),
  }),
);

test('counts and ranges of thousands of keys are correct after any puts and deletes', async () => {
  await fc.assert(
    fc.asyncProperty(numbers, async ({ order, count, cuts }) => {
      const engine = new MemoryEngine();
      let state = State.create(engine, { members: [] }, { cacheBytesMax: 20_000 });
      const apply = (command: Command) =>
        state.apply(state.appliedIndex + 1, encodeCommand(command));
      const there = new Set<string>();
      for (let at = 0; at < count; at++) {
        const number = { ascending: at, descending: count - at, scattered: (at * 1009) % 3001 }[
          order
        ];
        apply(put(keyAt(number ?? 0), `value ${at}`));
        there.add(keyAt(number ?? 0));
      }
      for (const [a, b] of cuts) {
        const full = there.size;
        const before = state.revision;
        const range = { start: keyAt(Math.min(a, b)), end: keyAt(Math.max(a, b)) };
        apply(del(range));
        for (const key of there) if (key >= range.start && key < range.end) there.delete(key);
        expect(
          state.range(rangeRequest({ start: '', end: undefined }, { revision: before })).count,
        ).toBe(full);
        apply(compact(state.revision));
        apply(put(keyAt(a), 'again'));
        there.add(keyAt(a));
        state.compactStep(700);
        const sorted = [...there].toSorted();
        for (const [from, to] of cuts) {
          const asked = { start: keyAt(from), end: keyAt(to) };
          const expected = sorted.filter((key) => key >= asked.start && key < asked.end);
          const { kvs, count: found } = state.range(rangeRequest(asked));
          expect(found).toBe(expected.length);
          expect(kvs.map(({ key }) => key)).toEqual(expected);
        }
      }
      const digest = state.digest();
      state = await State.load(engine, state.appliedIndex);
      expect(state.digest()).toBe(digest);
      expect(state.keyCount).toBe(there.size);
    }),
    { numRuns: 15 },
  );
});

test('all keys get their turn, however often compactions come', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, encodeCommand(command));
  for (let at = 0; at < 100; at++) apply(put(keyAt(at), 'old'));
  for (let at = 0; at < 100; at++) apply(put(keyAt(at), 'new'));
  const before = state.sizeInUseBytes;
  for (let round = 0; round < 40; round++) {
    apply(put(keyAt(0), 'newer'));
    apply(compact(state.revision));
    state.compactStep(10);
  }
  // Nothing but the first key has more than its newest version.
  expect(state.sizeInUseBytes).toBeLessThan(before / 2 + 41 * 50);
});

test('a compaction that comes in the middle of another one leaves nothing of either behind', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, encodeCommand(command));
  for (let at = 0; at < 10; at++) apply(put(keyAt(at), 'x'));
  const alone = state.sizeInUseBytes;
  for (let at = 0; at < 10; at++) apply(put(keyAt(at), 'y'));
  apply(compact(state.revision - 5));
  state.compactStep(6);
  for (let at = 0; at < 10; at++) apply(put(keyAt(at), 'z'));
  apply(compact(state.revision));
  while (state.compactStep(6)) continue;
  expect(state.sizeInUseBytes).toBe(alone);
});

test('a step of a compaction is bounded even if all versions are of one key', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, encodeCommand(command));
  for (let at = 0; at < 1000; at++) apply(put('key', `${at}`));
  apply(del(everything));
  apply(put('other', 'x'));
  apply(compact(state.revision));
  for (let removed = 10; state.compactStep(10); removed += 10) {
    expect(state.compactedVersions).toBe(removed);
  }
  expect(state.compactedVersions).toBe(1001);
});

test('space comes back by compaction alone', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, encodeCommand(command));
  apply(put('stays', 'x'.repeat(100)));
  const alone = state.sizeInUseBytes;
  expect(alone).toBeGreaterThan(100);
  for (let at = 0; at < 50; at++) apply(put('changes', 'y'.repeat(1000)));
  for (let at = 0; at < 50; at++) apply(put(keyAt(at), 'z'.repeat(1000)));
  apply(grant(7n));
  apply(revoke(7n));
  apply(del({ start: 'changes', end: 'l' }));
  expect(state.sizeInUseBytes).toBeGreaterThan(100_000);
  apply(put('stays', 'x'.repeat(100)));
  apply(compact(state.revision));
  expect(state.compactionPending).toBe(true);
  while (state.compactStep(3)) continue;
  expect(state.compactionPending).toBe(false);
  expect(state.sizeInUseBytes).toBe(alone);
});

test('leases count against the space, too, and give it back when they go', () => {
  const state = State.create(new MemoryEngine(), { members: [] });
  const before = state.sizeInUseBytes;
  for (let id = 1; id <= 10; id++) state.apply(id, encodeCommand(grant(BigInt(id))));
  expect(state.sizeInUseBytes).toBe(before + 640);
  for (let id = 1; id <= 10; id++) state.apply(10 + id, encodeCommand(revoke(BigInt(id))));
  expect(state.sizeInUseBytes).toBe(before);
});
