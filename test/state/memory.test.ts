import { expect, test } from 'vitest';
import { encodeCommand, State } from '../../src/state/index.ts';
import type { Command, MemoryBounds } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { compact, del, everything, one, put, rangeRequest } from './requests.ts';

/** An engine that counts how often a record is read from it. */
class CountingEngine extends MemoryEngine {
  reads = 0;

  override get(key: string): Uint8Array | undefined {
    this.reads++;
    return super.get(key);
  }
}

function begin(bounds: Partial<MemoryBounds>) {
  const engine = new CountingEngine();
  const state = State.create(engine, { members: [] }, { recentRevisionsMax: 1, ...bounds });
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, encodeCommand(command));
  const readsOf = (act: () => unknown): number => {
    const before = engine.reads;
    act();
    return engine.reads - before;
  };
  return { state, apply, readsOf };
}

function keyAt(number: number): string {
  return `key ${String(number).padStart(3, '0')}`;
}

test('values that fit into memory are answered without the engine, however often they were written', () => {
  const { state, apply, readsOf } = begin({ cacheBytesMax: 4000 });
  for (let round = 0; round < 50; round++) {
    for (let at = 0; at < 20; at++) apply(put(keyAt(at), 'x'.repeat(100)));
  }
  expect(readsOf(() => state.range(rangeRequest(everything)))).toBe(0);
});

test('values in memory stay within the bound after any puts and deletes', () => {
  const { state, apply, readsOf } = begin({ cacheBytesMax: 2000 });
  for (let at = 0; at < 40; at++) apply(put(keyAt(at), 'small'));
  apply(del(everything));
  // The compaction tidies up; the deletions themselves stay.
  apply(compact(state.revision));
  while (state.compactStep(1000)) continue;
  for (let at = 0; at < 100; at++) apply(put(keyAt(at), 'x'.repeat(100)));
  state.range(rangeRequest(everything));
  // Each of them costs its 100 bytes at least.
  let inMemory = 0;
  for (let at = 0; at < 100; at++) {
    if (readsOf(() => state.range(rangeRequest(one(keyAt(at))))) === 0) inMemory++;
  }
  expect(inMemory).toBeLessThanOrEqual(21);
});

test('a value that is read again and again stays in memory while others pass by', () => {
  const { state, apply, readsOf } = begin({ cacheBytesMax: 2000 });
  apply(put('hot', 'x'.repeat(100)));
  for (let at = 0; at < 200; at++) {
    apply(put(keyAt(at), 'x'.repeat(100)));
    expect(readsOf(() => state.range(rangeRequest(one('hot'))))).toBe(0);
  }
});

test('a long read does not evict values that are used often', () => {
  const { state, apply, readsOf } = begin({ cacheBytesMax: 100_000 });
  for (let at = 0; at < 5000; at++) apply(put(`key ${at}`, 'x'.repeat(100)));
  apply(put('hot', 'x'.repeat(100)));
  apply(put('last', ''));
  expect(readsOf(() => state.range(rangeRequest(one('hot'))))).toBe(0);
  for (let round = 0; round < 3; round++) {
    expect(readsOf(() => state.range(rangeRequest(everything)))).toBeGreaterThan(4000);
    expect(readsOf(() => state.range(rangeRequest(one('hot'))))).toBe(0);
  }
});

test('a read of keys only, or of a count, reads no value', () => {
  const { state, apply, readsOf } = begin({ cacheBytesMax: 0 });
  for (let at = 0; at < 20; at++) apply(put(keyAt(at), 'x'));
  expect(readsOf(() => state.range(rangeRequest(everything, { keysOnly: true })))).toBe(0);
  expect(readsOf(() => state.range(rangeRequest(everything, { countOnly: true })))).toBe(0);
  const limited = rangeRequest(everything, { limit: 3 });
  expect(readsOf(() => state.range(limited))).toBeLessThanOrEqual(4);
});

test('the newest revisions are told to watchers without the engine', () => {
  const bytes = { recentRevisionsMax: 1000, recentBytesMax: 20_000 };
  const { state, apply, readsOf } = begin(bytes);
  for (let at = 0; at < 300; at++) apply(put('key', 'x'.repeat(100)));
  const bounds = { revisionsMax: 1000, eventsMax: 1000, bytesMax: 1 << 20 };
  expect(readsOf(() => state.read({ revision: state.revision - 20, sub: 0 }, bounds))).toBe(0);
  expect(readsOf(() => state.read({ revision: 2, sub: 0 }, bounds))).toBeGreaterThan(200);
});

test.each([
  ['of another key', (record: Uint8Array) => Buffer.from(record).fill('z', 2, 3)],
  ['with a former value', (record: Uint8Array) => Buffer.from(record).fill('z', record.length - 1)],
  ['that is cut off', (record: Uint8Array) => record.subarray(0, -1)],
  ['without any bytes', () => Buffer.alloc(0)],
])('a record %s that the engine has at hand does not count', (_, change) => {
  class PeekingEngine extends MemoryEngine {
    override peek(key: string): Uint8Array | undefined {
      const record = super.peek(key);
      return record && change(record);
    }
  }
  const engine = new PeekingEngine();
  const bounds = { cacheBytesMax: 0, recentRevisionsMax: 1 };
  const state = State.create(engine, { members: [] }, bounds);
  const apply = (command: Command) => state.apply(state.appliedIndex + 1, encodeCommand(command));
  apply(put('key', 'first'));
  const { revision } = state;
  apply(put('key', 'second'));
  apply(put('other', 'value'));

  const former = state.range({ ...rangeRequest(everything), revision });
  const newest = state.range(rangeRequest(everything));

  expect(former.kvs.map(({ key, value }) => [key, String(value)])).toEqual([['key', 'first']]);
  expect(newest.kvs.map(({ key, value }) => [key, String(value)])).toEqual([
    ['key', 'second'],
    ['other', 'value'],
  ]);
});
