import { expect, test } from 'vitest';
import { BrokenInvariant } from '../../src/base/assert.ts';
import { encodeCommand, State } from '../../src/state/index.ts';
import type { Command, MemoryBounds } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { compact, del, everything, grant, one, put, revoke, txn } from './requests.ts';

function stateAfter(commands: readonly Command[], bounds: Partial<MemoryBounds> = {}): State {
  const state = State.create(new MemoryEngine(), { members: [] }, bounds);
  for (const [at, command] of commands.entries()) state.apply(at + 1, encodeCommand(command));
  return state;
}

const tenPuts = Array.from({ length: 10 }, (_, at) => put('key', `value ${at}`));
const plenty = { revisionsMax: 100, eventsMax: 1000, bytesMax: 1 << 20 };

for (const [what, bounds] of [
  ['from memory', {}],
  ['from the engine', { recentRevisionsMax: 1 }],
  ['partly from memory', { recentRevisionsMax: 4 }],
] as const) {
  test(`the past is read piece by piece ${what}, without a gap and without repetition`, () => {
    const state = stateAfter(tenPuts, bounds);
    const seen: number[] = [];
    let next = 1;
    while (next <= state.revision) {
      const { revisions, next: end } = state.read(
        { revision: next, sub: 0 },
        { ...plenty, revisionsMax: 3 },
      );
      expect(revisions.length).toBeLessThanOrEqual(3);
      for (const { revision, events } of revisions) {
        expect(events.map(({ kv }) => [kv.modRevision, Buffer.from(kv.value).toString()])).toEqual([
          [revision, `value ${revision - 2}`],
        ]);
        seen.push(revision);
      }
      next = end.revision;
    }
    expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(next).toBe(12);
  });
}

test('one revision is read even if it exceeds the bounds', () => {
  const state = stateAfter([put('a', 'x'.repeat(1000)), put('a', 'y')]);
  const { revisions, next: end } = state.read({ revision: 2, sub: 0 }, { ...plenty, bytesMax: 10 });
  expect([revisions.length, end.revision]).toEqual([1, 3]);
});

test('a reader that is up to date gets nothing', () => {
  const state = stateAfter(tenPuts);
  expect(state.read({ revision: 12, sub: 0 }, plenty)).toEqual({
    revisions: [],
    next: { revision: 12, sub: 0 },
  });
  expect(stateAfter([]).read({ revision: 1, sub: 0 }, plenty)).toEqual({
    revisions: [],
    next: { revision: 2, sub: 0 },
  });
});

test('the revision at which a restored backup goes on can be read, and has no events', async () => {
  const engine = new MemoryEngine();
  const before = State.create(engine, { members: [] });
  before.apply(1, encodeCommand(put('a', 'x')));
  before.bumpRevision(1000);
  const state = await State.load(engine, 1);
  expect([state.revision, state.compactedRevision]).toEqual([1002, 1002]);
  const from = { revision: 1002, sub: 0 };
  expect(state.read(from, plenty)).toEqual({ revisions: [], next: { revision: 1003, sub: 0 } });
  state.apply(2, encodeCommand(put('b', 'y')));
  const { revisions } = state.read(from, plenty);
  expect(revisions.map(({ revision, events }) => [revision, events.length])).toEqual([[1003, 1]]);
});

test('the compacted revision itself can be read, with all its events; nothing before it', () => {
  const commands = [put('a', '1'), put('b', '1'), del(everything), put('c', '1'), compact(4)];
  const state = stateAfter(commands, { recentRevisionsMax: 1 });
  while (state.compactStep(1)) continue;
  const { revisions } = state.read({ revision: 4, sub: 0 }, plenty);
  expect(
    revisions.map(({ revision, events }) => [revision, events.map(({ kv }) => kv.key)]),
  ).toEqual([
    [4, ['a', 'b']],
    [5, ['c']],
  ]);
  expect(() => state.read({ revision: 3, sub: 0 }, plenty)).toThrow(BrokenInvariant);
});

test('all of a transaction is one revision, in the order of its operations', () => {
  const state = stateAfter([
    put('x', '1'),
    txn([], [put('z', '1'), del(one('x')), txn([], [put('b', '1')]), put('a', '1')]),
  ]);
  const { revisions } = state.read({ revision: 3, sub: 0 }, plenty);
  expect(revisions).toHaveLength(1);
  expect(revisions[0]?.events.map(({ kind, kv }) => `${kind} ${kv.key}`)).toEqual([
    'put z',
    'delete x',
    'put b',
    'put a',
  ]);
});

test('a key that a transaction puts and then deletes is gone, also for reads of that revision', () => {
  const both = txn([], [txn([], [put('k', '1')]), txn([], [del(one('k'))])]);
  const state = stateAfter([grant(1n), put('k', '0', { lease: 1n }), both, compact(3)]);
  expect(state.previous('k', 4)).toBeUndefined();
  expect(state.keyCount).toBe(0);
  expect(state.leases.get(1n)?.keys).toEqual([]);
  while (state.compactStep(1)) continue;
  expect(
    state.read({ revision: 3, sub: 0 }, plenty).revisions[0]?.events.map(({ kind }) => kind),
  ).toEqual(['put', 'delete']);
});

test('a revoked lease deletes its keys in the order of their bytes, in one revision', () => {
  const keys = ['b', '\xff', 'a\0', 'a', '\0', 'B'];
  const puts = keys.map((key) => put(key, '1', { lease: 9n }));
  const state = stateAfter([grant(9n), ...puts, put('stays', '1'), revoke(9n)]);
  const { revisions } = state.read({ revision: state.revision, sub: 0 }, plenty);
  expect(revisions[0]?.events.map(({ kv }) => kv.key)).toEqual([
    '\0',
    'B',
    'a',
    'a\0',
    'b',
    '\xff',
  ]);
  expect(state.keyCount).toBe(1);
});
