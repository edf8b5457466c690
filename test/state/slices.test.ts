import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOfText } from '../../src/base/key.ts';
import { advance, sliceWork } from '../../src/base/steps.ts';
import { State } from '../../src/state/index.ts';
import type { KeyValue, Reading, RangeResult } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { plain } from './plain.ts';
import { everything, rangeRequest as requestOf } from './requests.ts';

const tight = { cacheBytesMax: 100, recentRevisionsMax: 2, recentBytesMax: 1000 };

function stateWith(count: number, valueBytes = 8, bounds = {}): State {
  const state = State.create(new MemoryEngine(), { members: [] }, bounds);
  for (let at = 0; at < count; at++) put(state, keyAt(at), `${at}`.padEnd(valueBytes, '.'));
  return state;
}

function keyAt(at: number): string {
  return keyOfText(`k/${String(at).padStart(6, '0')}`);
}

function put(state: State, key: string, value: string): void {
  state.apply(state.appliedIndex + 1, {
    kind: 'put',
    request: {
      key,
      value: Buffer.from(value),
      lease: 0n,
      prevKv: false,
      ignoreValue: false,
      ignoreLease: false,
    },
  });
}

/** Drives a read a slice at a time; the pin is what the replica holds for it. */
function* slices<T>(state: State, reading: Reading<T>, work = sliceWork): Generator<void, T> {
  const unpin = state.pin(reading.oldestRevision);
  for (;;) {
    const next = advance(reading.steps, work);
    if (next.done === true) {
      unpin();
      return next.value;
    }
    yield;
  }
}

function run<T>(steps: Generator<unknown, T>, between: () => void): T {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    between();
  }
}

type Change =
  | { readonly kind: 'put'; readonly at: number }
  | { readonly kind: 'delete'; readonly from: number; readonly count: number }
  | { readonly kind: 'compact' };

const keyCount = 400;
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), at: fc.nat(keyCount) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      from: fc.nat(keyCount),
      count: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'compact' } as const) },
);

/** The full content of every revision. */
class NaiveModel {
  readonly #past: Map<string, KeyValue>[] = [new Map(), new Map()];

  get revision(): number {
    return this.#past.length - 1;
  }

  at(revision: number): Map<string, KeyValue> {
    return this.#past[revision] ?? new Map();
  }

  write(changes: (now: Map<string, KeyValue>, revision: number) => boolean): void {
    const now = new Map(this.#past.at(-1));
    if (changes(now, this.#past.length)) this.#past.push(now);
  }
}

class Both {
  readonly model = new NaiveModel();
  readonly state: State;
  #writes = 0;

  constructor(bounds: object) {
    this.state = State.create(new MemoryEngine(), { members: [] }, bounds);
  }

  change(one: Change): void {
    const { state, model } = this;
    if (one.kind === 'compact') {
      state.apply(state.appliedIndex + 1, { kind: 'compact', revision: state.revision });
    } else if (one.kind === 'put') {
      const value = `value ${++this.#writes}`;
      const key = keyAt(one.at);
      put(state, key, value);
      model.write((now, revision) => {
        const before = now.get(key);
        now.set(key, {
          key,
          value: Buffer.from(value),
          createRevision: before?.createRevision ?? revision,
          modRevision: revision,
          version: (before?.version ?? 0) + 1,
          lease: 0n,
        });
        return true;
      });
    } else {
      const range = { start: keyAt(one.from), end: keyAt(one.from + one.count) };
      const request = { range, prevKv: false };
      state.apply(state.appliedIndex + 1, { kind: 'delete-range', request });
      model.write((now) => {
        const gone = [...now.keys()].filter((key) => key >= range.start && key < range.end);
        for (const key of gone) now.delete(key);
        return gone.length > 0;
      });
    }
    state.compactStep(50);
  }

  expected(revision: number, limit: number): RangeResult {
    const all = [...this.model.at(revision).values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const more = limit > 0 && all.length > limit;
    return { kind: 'range', kvs: more ? all.slice(0, limit) : all, more, count: all.length };
  }
}

/** A store with a history, a read of it, and commands during the read. */
const situation = fc.record({
  before: fc.array(change, { minLength: 10, maxLength: 40, size: 'max' }),
  meanwhile: fc.array(change, { minLength: 20, maxLength: 100, size: 'max' }),
  back: fc.nat(10),
  limit: fc.constantFrom(0, 0, 100, 300),
  isTight: fc.boolean(),
});

test('a range in slices shows one revision, with any writes, deletes and compactions in between', () => {
  let slicesTotal = 0;
  fc.assert(
    fc.property(situation, ({ before, meanwhile, back, limit, isTight }) => {
      const both = new Both(isTight ? tight : {});
      const { state, model } = both;
      for (let at = 0; at < keyCount; at++) both.change({ kind: 'put', at });
      for (const one of before) both.change(one);
      const revision = Math.max(state.revision - back, state.compactedRevision, 1);
      const reading = state.openRange(requestOf(everything, { limit, revision }));
      const expected = both.expected(revision, limit);
      const changes = meanwhile.values();
      const answer = run(slices(state, reading, 1), () => {
        slicesTotal++;
        for (let count = 0; count < 10; count++) {
          const one = changes.next().value;
          if (one !== undefined) both.change(one);
        }
      });
      expect(model.revision).toBe(state.revision);
      expect(plain(answer)).toBe(plain(expected));
      while (state.compactStep(1000)) continue;
    }),
    { numRuns: 40 },
  );
  expect(slicesTotal).toBeGreaterThan(100);
});

test('a transaction of reads and compares, in slices, shows one revision', () => {
  fc.assert(
    fc.property(situation, ({ before, meanwhile, limit, isTight }) => {
      const both = new Both(isTight ? tight : {});
      const { state } = both;
      for (let at = 0; at < keyCount; at++) both.change({ kind: 'put', at });
      for (const one of before) both.change(one);
      const { revision } = state;
      const read = { kind: 'range', request: requestOf(everything, { limit }) } as const;
      const compare = {
        range: everything,
        result: 'less',
        against: { target: 'mod', value: revision + 1 },
      } as const;
      const inner = { compares: [compare], success: [read], failure: [] };
      const request = {
        compares: [compare],
        success: [read, { kind: 'txn', request: inner } as const],
        failure: [],
      };
      const expected = both.expected(revision, limit);
      const changes = meanwhile.values();
      const answer = run(slices(state, state.openTxn(request), 1), () => {
        for (let count = 0; count < 10; count++) {
          const one = changes.next().value;
          if (one !== undefined) both.change(one);
        }
      });
      const nested = { kind: 'txn', succeeded: true, results: [expected] };
      expect(plain(answer)).toBe(
        plain({ kind: 'txn', succeeded: true, results: [expected, nested] }),
      );
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['everything', {}],
  ['keys only', { keysOnly: true }],
  ['the newest first', { sortOrder: 'descend', sortTarget: 'mod' }],
  ['by value', { sortOrder: 'ascend', sortTarget: 'value' }],
  ['with a filter', { minModRevision: 100 }],
  ['with a limit and the count of the rest', { limit: 3000 }],
] as const)('a long range, %s, is the same in slices, and no slice is long', (_name, more) => {
  const state = stateWith(20_000, 8, tight);
  const request = requestOf(everything, more);
  const expected = state.range(request);
  const reading = state.openRange(request);
  const works: number[] = [];
  let result: RangeResult;
  for (;;) {
    const next = advance(reading.steps, sliceWork);
    if (next.done === true) {
      result = next.value;
      break;
    }
    works.push(next.value);
  }
  expect(result).toEqual(expected);
  expect(works.length).toBeGreaterThan(2);
  expect(Math.max(...works)).toBeLessThan(2 * sliceWork);
});

test('large values end a slice as well as many keys do', () => {
  const state = stateWith(400, 20_000);
  const reading = state.openRange(requestOf(everything));
  let count = 0;
  const answer = run(slices(state, reading), () => {
    count++;
  });
  expect(answer.kvs).toHaveLength(400);
  expect(count).toBeGreaterThanOrEqual((400 * 20) / sliceWork - 2);
});

test('packed key-values and the rest are the whole result, in order', () => {
  const state = stateWith(5000);
  const reading = state.openRange(requestOf(everything));
  const packed: KeyValue[][] = [];
  const answer = run(slices(state, reading), () => {
    reading.progress.pack((kvs) => {
      packed.push([...kvs]);
      return new Uint8Array(kvs.length);
    });
  });
  expect(answer.parts?.map(({ length }) => length)).toEqual(packed.map(({ length }) => length));
  expect(packed.length).toBeGreaterThan(5);
  expect([...packed.flat(), ...answer.kvs]).toEqual(state.range(requestOf(everything)).kvs);
  expect(reading.progress.packedBytes).toBe(5000 - answer.kvs.length);
});

test('a hash in slices is that of the moment when it was asked for', () => {
  const state = stateWith(3000);
  for (let at = 0; at < 500; at++) put(state, keyAt(at), 'second');
  const expected = state.hashKv(0);
  let at = 0;
  const found = run(slices(state, state.openHash(0), 50), () => {
    put(state, keyAt(at++), 'third');
    if (at === 3)
      state.apply(state.appliedIndex + 1, { kind: 'compact', revision: state.revision });
    state.compactStep(1000);
  });
  expect(at).toBeGreaterThan(5);
  expect(found).toEqual(expected);
});

test('a compaction waits only for pinned revisions below it', () => {
  const state = stateWith(10);
  put(state, keyAt(0), 'second');
  const unpinOld = state.pin(state.revision - 1);
  const unpinNew = state.pin(state.revision);
  state.apply(state.appliedIndex + 1, { kind: 'compact', revision: state.revision });
  // The hash, which comes first, is not blocked.
  expect(state.compactStep(1000)).toBe(true);
  expect(state.compactionWaits).toBe(true);
  expect(state.compactStep(1000)).toBe(true);
  expect(state.compactedVersions).toBe(0);
  unpinOld();
  expect(state.compactionWaits).toBe(false);
  while (state.compactStep(1000)) continue;
  expect(state.compactedVersions).toBe(1);
  unpinNew();
});
