/**
 * Work that can be cut into slices: each `yield` tells how much was done since the last one, in units of work. The driver
 * decides when it continues: at once, or one slice in each turn of the event loop. The data that the work reads may
 * change at a `yield`, and nowhere else.
 *
 * A unit is about what one key costs, or 1 KiB of values: a few microseconds.
 */
export type Steps<T> = Generator<number, T, undefined>;

/** Units of work in one slice: a few milliseconds. Work of less is done at once, without waiting for a slice. */
export const sliceWork = 500;

const unitBytes = 1024;

/** The units of work of this many keys, and bytes of keys and values. */
export function workOf(keys: number, bytes: number): number {
  return keys + bytes / unitBytes;
}

/** Continues until `work` units are done. Returns the result if that was the end. */
export function advance<T>(steps: Steps<T>, work: number): IteratorResult<number, T> {
  let done = 0;
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next;
    done += next.value;
    if (done >= work) return { done: false, value: done };
  }
}

/** Does all of the work at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

/**
 * Sorts; items that compare as equal keep their order. Sorted stretches of a few hundred items are merged two by two,
 * and each step compares as many.
 */
export function* sorted<T extends object | string>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): Steps<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += stretch) {
    runs.push(items.slice(at, at + stretch).toSorted(compare));
    yield stretch;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [first = [], second] = runs.slice(at, at + 2);
      merged.push(second === undefined ? first : yield* merge(first, second, compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Items that are sorted, or merged, in one step. */
const stretch = 256;

function* merge<T extends object | string>(
  first: readonly T[],
  second: readonly T[],
  compare: (a: T, b: T) => number,
): Steps<T[]> {
  const merged: T[] = [];
  let left = 0;
  let right = 0;
  while (left < first.length || right < second.length) {
    const end = Math.min(merged.length + stretch, first.length + second.length);
    while (merged.length < end) {
      const a = first[left];
      const b = second[right];
      if (a !== undefined && (b === undefined || compare(a, b) <= 0)) {
        merged.push(a);
        left++;
      } else if (b !== undefined) {
        merged.push(b);
        right++;
      }
    }
    yield stretch / 4;
  }
  return merged;
}
