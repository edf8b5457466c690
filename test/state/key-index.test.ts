import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../src/base/steps.ts';
import { KeyIndex } from '../../src/state/key-index.ts';

const op = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put'), at: fc.nat(2000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete'), at: fc.nat(2000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact'), at: fc.nat(2000) }) },
);
/** Rare; but without several of them no block of keys becomes so short that it is joined with the next one. */
const clear = fc.record({ kind: fc.constant('clear'), at: fc.nat(2000) });
const anyOp = fc.oneof({ weight: 300, arbitrary: op }, { weight: 1, arbitrary: clear });
const fill = Array.from({ length: 2001 }, (_, at) => ({ kind: 'put', at }));

const anyOps = fc.array(anyOp, { minLength: 500, maxLength: 4000, size: 'max' });

/** What the index must know of a key. */
interface Known {
  readonly history: { readonly revision: number; readonly isLive: boolean }[];
  createRevision: number;
  lease: bigint;
}

function keyAt(number: number): string {
  return `key ${(number * 7919) % 2001}`;
}

function liveAt({ history }: Known, revision: number): boolean {
  return history.findLast((version) => version.revision <= revision)?.isLive === true;
}

/** Adds a version to both. */
function addTo(
  index: KeyIndex,
  model: Map<string, Known>,
  key: string,
  revision: number,
  isLive: boolean,
) {
  const lease = isLive && revision % 3 === 0 ? BigInt(revision) : 0n;
  const known = model.get(key) ?? { history: [], createRevision: 0, lease: 0n };
  known.createRevision = isLive ? revision : 0;
  known.lease = lease;
  known.history.push({ revision, isLive });
  model.set(key, known);
  const { createRevision } = known;
  const fixed = { sub: 0, bytes: 10, hash: revision, version: revision * 2 };
  index.add(key, { ...fixed, revision, isLive, createRevision, lease });
}

/** Deletes most keys from some place on, and leaves nothing of them. */
function clearBoth(index: KeyIndex, model: Map<string, Known>, at: number, revision: number) {
  const sorted = [...model.keys()].toSorted();
  for (const [number, key] of sorted.slice(at % (sorted.length + 1)).entries()) {
    const isKept = number % 5 === 0 || !liveAt(model.get(key)!, revision);
    if (!isKept) addTo(index, model, key, revision, false);
  }
  compactBoth(index, model, revision + 1);
}

/** Removes from both the keys of which nothing is readable at `revision` or later. */
function compactBoth(index: KeyIndex, model: Map<string, Known>, revision: number) {
  const { keys, slots } = index.take({ start: '', end: undefined }, model.size);
  for (const [at, key] of keys.entries()) {
    const gone = index.versions.compact(slots[at] ?? 0, revision);
    if (gone?.isAll === true) index.remove(key);
  }
  for (const [key, { history }] of model) {
    const last = history.findLastIndex((version) => version.revision <= revision);
    const kept = history[last];
    if (kept === undefined) continue;
    const isGone = !kept.isLive && kept.revision < revision;
    history.splice(0, isGone ? last + 1 : last);
    if (history.length === 0) model.delete(key);
  }
}

test('keys have their own versions, in order, after any puts, deletes and compactions', () => {
  fc.assert(
    fc.property(fc.boolean(), anyOps, (isFull, someOps) => {
      const ops = isFull ? [...fill, ...someOps] : someOps;
      const index = new KeyIndex();
      const model = new Map<string, Known>();
      const wrong: string[] = [];
      for (const [number, { kind, at }] of ops.entries()) {
        const key = keyAt(at);
        const revision = number + 2;
        if (kind === 'put') addTo(index, model, key, revision, true);
        else if (kind === 'clear') clearBoth(index, model, at, revision);
        else if (kind === 'compact') compactBoth(index, model, revision - (at % 50));
        else if (model.get(key)?.history.at(-1)?.isLive === true) {
          addTo(index, model, key, revision, false);
        }
        if ((index.find(key) === undefined) === model.has(key)) wrong.push(key);
      }
      expect(wrong).toEqual([]);
      const sorted = [...model.keys()].toSorted();
      const { keys, slots } = index.take({ start: '', end: undefined }, model.size + 1);
      expect(keys).toEqual(sorted);
      expect(new Set(slots).size).toBe(slots.length);
      const middle = Math.floor(ops.length / 2);
      const found = keys.map((key, at) => {
        const slot = slots[at] ?? 0;
        return [
          index.find(key) === slot,
          index.versions.revision(slot),
          index.versions.isLive(slot),
          index.versions.createRevision(slot),
          index.versions.lease(slot),
          index.versions.version(slot),
          index.versions.olderCount(slot),
          index.versions.liveAt(slot, middle),
        ];
      });
      const expected = sorted.map((key) => {
        const known = model.get(key)!;
        const { revision, isLive } = known.history.at(-1)!;
        const { createRevision, lease } = known;
        const older = known.history.length - 1;
        const wasLive = liveAt(known, middle);
        return [true, revision, isLive, createRevision, lease, revision * 2, older, wasLive];
      });
      expect(found).toEqual(expected);
      for (const revision of [middle, ops.length + 2]) {
        const range = { start: 'key 2', end: 'key 7' };
        const live = sorted.filter(
          (key) => key >= range.start && key < range.end && liveAt(model.get(key)!, revision),
        );
        expect(finish(index.count(range, revision))).toBe(live.length);
      }
      expect(index.liveCount).toBe(
        [...model.values()].filter((one) => liveAt(one, Infinity)).length,
      );
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
