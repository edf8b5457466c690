import type { Key, KeyRange } from '../../base/key.ts';

/** The union of ranges. */
export class RangeSet {
  /** In order; a gap is between each and the next. */
  readonly ranges: readonly KeyRange[];

  /** A range whose end is not after its start holds no key. */
  constructor(ranges: readonly KeyRange[]) {
    this.ranges = merged(ranges);
  }

  /**
   * True if each key of the range is in the set. Of a range without keys the start must be: whether a caller may ask does
   * not depend on such tricks.
   */
  covers({ start, end }: KeyRange): boolean {
    const range = this.#at(start);
    if (range === undefined) return false;
    return range.end === undefined || (end !== undefined && end <= range.end);
  }

  holds(key: Key): boolean {
    return this.#at(key) !== undefined;
  }

  /** The parts of a range that are in the set, in order. */
  within({ start, end }: KeyRange): readonly KeyRange[] {
    const parts: KeyRange[] = [];
    for (const range of this.ranges) {
      const from = range.start > start ? range.start : start;
      const to =
        end === undefined || (range.end !== undefined && range.end < end) ? range.end : end;
      if (to === undefined || from < to) parts.push({ start: from, end: to });
    }
    return parts;
  }

  /** The range that holds the key. */
  #at(key: Key): KeyRange | undefined {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ranges[middle]?.start ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    const range = this.ranges[low - 1];
    return range !== undefined && (range.end === undefined || key < range.end) ? range : undefined;
  }
}

function merged(ranges: readonly KeyRange[]): KeyRange[] {
  const inOrder = ranges
    .filter(({ start, end }) => end === undefined || start < end)
    .toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const joined: KeyRange[] = [];
  for (const range of inOrder) {
    const last = joined.at(-1);
    if (last === undefined || (last.end !== undefined && last.end < range.start)) {
      joined.push(range);
    } else if (last.end !== undefined && (range.end === undefined || range.end > last.end)) {
      joined[joined.length - 1] = { start: last.start, end: range.end };
    }
  }
  return joined;
}
