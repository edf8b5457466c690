import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentEvents } from '../../src/state/recent-events.ts';

const command = fc.record({
  kind: fc.constantFrom('commit', 'commit', 'commit', 'commit', 'commit', 'skip'),
  /** Few have so many that the ring must grow. */
  records: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: 9 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }) },
  ),
  length: fc.integer({ min: 0, max: 40 }),
});

const bounds = fc.record({
  revisionsMax: fc.constantFrom(1, 2, 10, 1000),
  bytesMax: fc.constantFrom(0, 1000, 10_000, 1 << 20),
});

test('the newest revisions have their records, in order and within the bounds, and no other does', () => {
  fc.assert(
    fc.property(bounds, fc.array(command, { maxLength: 150, size: 'max' }), (limits, commands) => {
      const recent = new RecentEvents(limits);
      const written = new Map<number, Uint8Array[]>();
      let newest = 1;
      for (const { kind, records, length } of commands) {
        const own = Array.from({ length: records }, () => new Uint8Array(length));
        for (const record of own) recent.add(record);
        newest++;
        if (kind === 'commit') {
          recent.commit(newest);
          written.set(newest, own);
        } else {
          recent.skip(newest);
          written.clear();
        }
      }
      let bytes = 0;
      let count = 0;
      let isGone = false;
      for (let revision = newest; revision >= 0; revision--) {
        const own = written.get(revision) ?? [];
        if (!recent.has(revision)) {
          isGone = true;
          expect(recent.get({ revision, sub: 0 })).toBeUndefined();
          continue;
        }
        expect(isGone).toBe(false);
        const found = own.map((record, sub) => recent.get({ revision, sub }) === record);
        expect(found).not.toContain(false);
        expect(recent.get({ revision, sub: own.length })).toBeUndefined();
        count++;
        for (const { length } of own) bytes += length;
      }
      expect(recent.has(newest + 1)).toBe(false);
      expect(count).toBeLessThanOrEqual(limits.revisionsMax);
      if (count > 1) expect(bytes).toBeLessThanOrEqual(limits.bytesMax);
      // The newest one is there, however large it is.
      if (commands.at(-1)?.kind === 'commit') expect(count).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test('records of a command that were dropped are not those of a revision', () => {
  const recent = new RecentEvents({ revisionsMax: 10, bytesMax: 1 << 20 });
  const [first, second] = [new Uint8Array(1), new Uint8Array(2)];
  recent.add(first);
  recent.commit(2);
  recent.add(new Uint8Array(3));
  recent.dropPending();
  recent.add(second);
  expect(recent.get({ revision: 3, sub: 0 })).toBeUndefined();
  expect(recent.get({ revision: 2, sub: 1 })).toBeUndefined();
  recent.commit(3);
  expect(recent.get({ revision: 2, sub: 0 })).toBe(first);
  expect(recent.get({ revision: 3, sub: 0 })).toBe(second);
});
