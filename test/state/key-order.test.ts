import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyOrder } from '../../src/state/key-order.ts';
import { State } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { compact, del, grant, put, rangeRequest } from './requests.ts';

function allOf(order: KeyOrder, length: number): (readonly [key: string, ordinal: number])[] {
  const found: (readonly [string, number])[] = [];
  for (const { keys, ordinals } of order.inOrder(length)) {
    expect(keys.length).toBeLessThanOrEqual(length);
    for (const [at, key] of keys.entries()) found.push([key, ordinals[at] ?? -1]);
  }
  return found;
}

test('keys are sorted by bytes, for any order of additions', () => {
  const bytes = fc.array(fc.constantFrom('\0', 'a', 'b', '\u007f', '\u0080', '\u00ff'), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.uniqueArray(bytes.map((all) => all.join(''))), (keys) => {
      const order = new KeyOrder();
      for (const key of keys) order.add(key);
      const expected = keys
        .map((key) => Buffer.from(key, 'latin1'))
        .toSorted((a, b) => Buffer.compare(a, b))
        .map((key) => key.toString('latin1'));
      const found = allOf(order, 3);
      expect(found.map(([key]) => key)).toEqual(expected);
      expect(found.map(([, ordinal]) => keys[ordinal])).toEqual(expected);
    }),
  );
});

test('runs of several turns are merged', () => {
  const order = new KeyOrder();
  const count = 50_021;
  for (let at = 0; at < count; at++) order.add(String((at * 7919) % count).padStart(6, '0'));
  const found = allOf(order, 384);
  expect(found.length).toBe(count);
  expect(found.every(([key], at) => Number(key) === at)).toBe(true);
  expect(found.every(([, ordinal], at) => (ordinal * 7919) % count === at)).toBe(true);
});

test('a state of many keys is loaded in many turns, and is the same', async () => {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, command);
  for (let at = 0; at < 10_000; at++) apply(put(`key ${(at * 7919) % 10_000}`, `value ${at}`));
  apply(del({ start: 'key 2', end: 'key 3' }));
  apply(compact(state.revision));
  let pauses = 0;
  const loaded = await State.load(engine, state.appliedIndex, {
    cacheBytesMax: 100_000,
    pause: () => Promise.resolve(void pauses++),
  });
  // One after each 1,024 of 11,112 records, two for new hints of 9,216 keys, then one after each 384 of
  // 10,000 keys, and two while they are counted.
  expect(pauses).toBe(11 + 2 + 27 + 2);
  expect(loaded.digest()).toBe(state.digest());
  expect(loaded.compactionPending).toBe(true);
  const all = rangeRequest({ start: '', end: undefined });
  expect(loaded.range(all)).toEqual(state.range(all));
});

test('leases survive a load, whatever their numbers', async () => {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: [] });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, command);
  // The last three are no numbers of floating point that keep their bits.
  const leases = [1n, 2n ** 63n - 1n, 0x7ff0_0000_0000_0001n, 0x7ff4_0000_0000_0000n];
  for (const lease of leases) {
    apply(grant(lease, 60));
    apply(put(`key ${lease}`, 'value', { lease }));
  }
  const loaded = await State.load(engine, state.appliedIndex);
  const { kvs } = loaded.range(rangeRequest({ start: '', end: undefined }));
  expect(kvs.map(({ key, lease }) => key === `key ${lease}`)).toEqual(leases.map(() => true));
  expect(kvs.length).toBe(leases.length);
  expect(loaded.digest()).toBe(state.digest());
});
