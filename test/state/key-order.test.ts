import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyOrder } from '../../src/state/key-order.ts';
import { State } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { compact, del, put, rangeRequest } from './requests.ts';

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
      expect([...order.inOrder()]).toEqual(expected);
    }),
  );
});

test('runs of several turns are merged', () => {
  const order = new KeyOrder();
  const count = 50_021;
  for (let at = 0; at < count; at++) order.add(String((at * 7919) % count).padStart(6, '0'));
  const keys = [...order.inOrder()].map(Number);
  expect(keys.length).toBe(count);
  expect(keys.every((key, at) => key === at)).toBe(true);
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
  // One after each thousand of 11,112 records, then one after each 4,096 keys.
  expect(pauses).toBe(11 + 2);
  expect(loaded.digest()).toBe(state.digest());
  expect(loaded.compactionPending).toBe(true);
  const all = rangeRequest({ start: '', end: undefined });
  expect(loaded.range(all)).toEqual(state.range(all));
});
