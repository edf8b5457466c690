import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from '../../src/base/crc32.ts';
import { rangeHolds } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import { RangeIndex } from '../../src/watch/range-index.ts';

const anyKey = fc.string({ maxLength: 3, unit: fc.constantFrom('\0', 'a', 'b', '|', '\u00ff') });
const anyRange: fc.Arbitrary<KeyRange> = fc.oneof(
  anyKey.map((start) => ({ start, end: `${start}\0` })),
  fc.record({ start: anyKey, end: fc.option(anyKey, { nil: undefined }) }),
);

test('finds exactly the items whose range contains the key, after any additions and removals', () => {
  const anyCall = fc.oneof(
    fc.record({ kind: fc.constant('add'), range: anyRange, item: fc.nat({ max: 5 }) }),
    fc.record({ kind: fc.constant('remove'), range: anyRange, item: fc.nat({ max: 5 }) }),
    // Mostly an existing item.
    fc.record({ kind: fc.constant('remove one'), pick: fc.nat() }),
  );
  fc.assert(
    fc.property(
      fc.array(anyCall, { maxLength: 60, size: 'max' }),
      fc.array(anyKey),
      (calls, keys) => {
        const index = new RangeIndex<string>();
        const filed = new Map<string, KeyRange>();
        const remove = (name: string, range: KeyRange): void => {
          index.remove(range, name);
          filed.delete(name);
        };
        for (const call of calls) {
          if ('pick' in call) {
            const [name, range] = [...filed][call.pick % filed.size] ?? [];
            if (name !== undefined && range !== undefined) remove(name, range);
            continue;
          }
          const { range } = call;
          const name = `${call.item} ${JSON.stringify(range)}`;
          if (call.kind === 'remove') remove(name, range);
          else {
            index.add(range, name);
            filed.set(name, range);
          }
        }
        for (const key of [...keys, ...[...filed.values()].map(({ start }) => start)]) {
          const found: string[] = [];
          index.forEachAt(key, (name) => found.push(name));
          const expected = [...filed].filter(([, range]) => rangeHolds(range, key));
          expect(found.toSorted()).toEqual(expected.map(([name]) => name).toSorted());
        }
      },
    ),
  );
});

test('thousands of ranges beside a key cost next to nothing', () => {
  const index = new RangeIndex<number>();
  let compared = 0;
  const counting = (text: string): KeyRange => {
    const start = `/services/${text}/`;
    return {
      get start() {
        compared++;
        return start;
      },
      end: `/services/${text}0`,
    };
  };
  for (let at = 0; at < 10_000; at++) index.add(counting(String(at).padStart(5, '0')), at);
  compared = 0;
  const found: number[] = [];
  index.forEachAt('/services/04711/instance-1', (item) => found.push(item));
  expect(found).toEqual([4711]);
  expect(compared).toBeLessThan(100);
});

test('ranges chosen with knowledge of the priorities cost no more than others', () => {
  const index = new RangeIndex<number>(7);
  const count = 400;
  let compared = 0;
  let suffix = 0;
  for (let at = 0; at < count; at++) {
    // Starts go up, and so do the checksums: as priorities they would make a list of the tree.
    const step = 2 ** 32 / count;
    let start: string;
    do start = `${String(at).padStart(5, '0')}/${suffix++}`;
    while (Math.floor(crc32(Buffer.from(`${start}|${start}~`)) / step) !== at);
    index.add(
      {
        get start() {
          compared++;
          return start;
        },
        end: `${start}~`,
      },
      at,
    );
  }
  compared = 0;
  index.forEachAt('00000/', () => {});
  index.forEachAt('99999/', () => {});
  expect(compared).toBeLessThan(60);
});
