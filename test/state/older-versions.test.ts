import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyVersions } from '../../src/state/key-versions.ts';
import type { CompactedVersions } from '../../src/state/key-versions.ts';
import { OlderVersions, versionFields } from '../../src/state/older-versions.ts';

const arenaBytes = 128 << 10;

const change = fc.record({
  list: fc.nat(40),
  kind: fc.constantFrom('add', 'add', 'add', 'shorten', 'free'),
  /** Few lists are longer than an arena has versions. */
  count: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: 70 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 5000 }) },
  ),
});

test('lists have their own versions after any growth and loss, in at most twice their memory', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300, size: 'max' }), (changes) => {
      const older = new OlderVersions();
      const lists = new Map<number, { block: number; versions: number[] }>();
      let revision = 0;
      for (const { list, kind, count } of changes) {
        const known = lists.get(list) ?? { block: 0, versions: [] };
        lists.set(list, known);
        const { versions } = known;
        if (kind === 'add') {
          for (let added = 0; added < count; added++) {
            revision++;
            const { block } = known;
            const sizes = [versions.length, revision, list, -revision, 2 ** 32 - revision] as const;
            known.block = older.add(block, ...sizes);
            versions.push(revision);
          }
        } else {
          const { block } = known;
          const before = older.list(block, versions.length);
          const kept = kind === 'free' ? 0 : Math.max(versions.length - count, 0);
          if (kept > 0) known.block = older.copyEnd(before, kept);
          older.free(block, versions.length);
          versions.splice(0, versions.length - kept);
        }
      }
      let needed = 0;
      for (const [list, { block, versions }] of lists) {
        const { numbers, start, count } = older.list(block, versions.length);
        const found = numbers.slice(start, start + count * versionFields);
        const expected = versions.flatMap((at) => [at, list, -at, 2 ** 32 - at]);
        expect([...found]).toEqual(expected);
        needed += found.byteLength;
      }
      // Of each size an arena may be nearly empty, and others may be so after much was freed.
      expect(older.bytes).toBeLessThanOrEqual(2 * needed + lists.size * arenaBytes);
      for (const { block, versions } of lists.values()) older.free(block, versions.length);
      expect(older.bytes).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('a block that was freed is used again', () => {
  const older = new OlderVersions();
  for (let round = 0; round < 10; round++) {
    const blocks = Array.from({ length: 4096 }, (_, at) => older.add(0, 0, at, 0, 1, 0));
    expect(new Set(blocks).size).toBe(4096);
    for (const block of blocks.slice(1)) older.free(block, 1);
    const again = blocks.slice(1).map((_, at) => older.add(0, 0, at, 0, 1, 0));
    expect(older.bytes).toBe(arenaBytes);
    for (const block of [...again, blocks[0] ?? 0]) older.free(block, 1);
    expect(older.bytes).toBe(0);
  }
});

function addTo(versions: KeyVersions, slot: number, revision: number): void {
  versions.add(slot, {
    revision,
    sub: 0,
    isLive: true,
    bytes: 10,
    hash: revision,
    createRevision: 1,
    version: revision,
    lease: 0n,
  });
}

function revisionsOf(gone: CompactedVersions | undefined): number[] {
  const revisions: number[] = [];
  for (let at = gone?.next(); at !== undefined; at = gone?.next()) revisions.push(at.revision);
  return revisions;
}

test('what a compaction has removed is told as it was, whatever is written meanwhile', () => {
  const versions = new KeyVersions();
  const slots = Array.from({ length: 100 }, () => versions.allocate());
  for (let round = 0; round < 8; round++) {
    for (const [at, slot] of slots.entries()) addTo(versions, slot, 1 + round * 100 + at);
  }
  // The last of them keeps two older versions, the others none.
  const gone = slots.map((slot, at) => versions.compact(slot, at === 99 ? 600 : 800));
  for (let round = 8; round < 16; round++) {
    for (const [at, slot] of slots.entries()) addTo(versions, slot, 1 + round * 100 + at);
  }
  const expected = slots.map((_, at) =>
    Array.from({ length: at === 99 ? 5 : 7 }, (_version, round) => 1 + round * 100 + at),
  );
  expect(gone.map(revisionsOf)).toEqual(expected);
  expect(slots.map((slot) => versions.olderCount(slot))).toEqual(
    slots.map((_, at) => (at === 99 ? 10 : 8)),
  );
  for (const [at, slot] of slots.entries()) {
    expect(versions.versionAt(slot, 1000 + at)?.revision).toBe(901 + at);
  }
});
