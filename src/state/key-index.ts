import { assert, present } from '../base/assert.ts';
import type { Key, KeyRange } from '../base/key.ts';
import { KeyEntry } from './key-entry.ts';
import type { Version } from './key-entry.ts';

const blockLengthMax = 512;
const blockLengthMin = 64;

/** Neighbouring keys in order, and what can be said of them together. */
interface Block {
  entries: KeyEntry[];
  liveCount: number;
  /** The newest revision of any of them. */
  revision: number;
}

/**
 * All keys in order, as blocks of a few hundred. Finding one is a binary search over the blocks and one within; keys
 * are counted by the block.
 */
export class KeyIndex {
  #blocks: Block[] = [];
  #liveCount = 0;

  /** Keys that exist now. */
  get liveCount(): number {
    return this.#liveCount;
  }

  get(key: Key): KeyEntry | undefined {
    const block = this.#blocks[this.#blockAt(key)];
    if (block === undefined) return undefined;
    const entry = block.entries[lowerBound(block.entries, key)];
    return entry?.key === key ? entry : undefined;
  }

  /** Adds the newest version of a key. */
  add(key: Key, version: Version): KeyEntry {
    const blockAt = this.#blockAt(key);
    let block = this.#blocks[blockAt];
    if (block === undefined) {
      block = { entries: [], liveCount: 0, revision: 0 };
      this.#blocks.push(block);
    }
    const at = lowerBound(block.entries, key);
    let entry = block.entries[at];
    let change = version.isLive ? 1 : 0;
    if (entry?.key === key) {
      if (entry.isLive) change--;
      entry.add(version);
    } else {
      entry = new KeyEntry(key);
      entry.add(version);
      block.entries.splice(at, 0, entry);
    }
    block.liveCount += change;
    this.#liveCount += change;
    block.revision = version.revision;
    if (block.entries.length > blockLengthMax) this.#split(blockAt, block, at);
    return entry;
  }

  /** Forgets a key that is dead and of which no version is left. */
  remove(entry: KeyEntry): void {
    assert(!entry.isLive, 'only dead keys leave the index');
    const blockAt = this.#blockAt(entry.key);
    const block = present(this.#blocks[blockAt], 'the block of a key');
    const at = lowerBound(block.entries, entry.key);
    assert(block.entries[at] === entry, 'the entry of a key is where it belongs');
    block.entries.splice(at, 1);
    if (block.entries.length < blockLengthMin) this.#merge(blockAt, block);
  }

  /** Calls for the entries in `range`, in order, dead ones included, until `visit` gives false. */
  visit({ start, end }: KeyRange, visit: (entry: KeyEntry) => boolean): void {
    let blockAt = this.#blockAt(start);
    let at = lowerBound(this.#blocks[blockAt]?.entries ?? [], start);
    for (; blockAt < this.#blocks.length; blockAt++) {
      const entries = this.#blocks[blockAt]?.entries ?? [];
      for (; at < entries.length; at++) {
        const entry = present(entries[at], 'an entry');
        if (end !== undefined && entry.key >= end) return;
        if (!visit(entry)) return;
      }
      at = 0;
    }
  }

  /** The first `count` entries from `start` on, dead ones included. */
  take(start: Key, count: number): KeyEntry[] {
    const taken: KeyEntry[] = [];
    this.visit({ start, end: undefined }, (entry) => taken.push(entry) < count);
    return taken;
  }

  /** How many keys in `range` existed at `revision`; blocks that have not changed since are not walked. */
  count(range: KeyRange, revision: number): number {
    const { start, end } = range;
    let count = 0;
    for (let blockAt = this.#blockAt(start); blockAt < this.#blocks.length; blockAt++) {
      const block = present(this.#blocks[blockAt], 'a block');
      const first = block.entries[0]?.key ?? '';
      const last = block.entries.at(-1)?.key ?? '';
      if (end !== undefined && first >= end) break;
      const isWhole = first >= start && (end === undefined || last < end);
      if (isWhole && block.revision <= revision) count += block.liveCount;
      else count += countLive(block, range, revision);
    }
    return count;
  }

  /** Fills an empty index at once; `entries` in any order. */
  build(entries: readonly KeyEntry[]): void {
    assert(this.#blocks.length === 0, 'the index is built once');
    const sorted = entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const length = blockLengthMax / 2;
    for (let at = 0; at < sorted.length; at += length) {
      this.#blocks.push(blockOf(sorted.slice(at, at + length)));
    }
    this.#liveCount = this.#blocks.reduce((sum, block) => sum + block.liveCount, 0);
  }

  /** The last block that begins at or before `key`; the first if all begin after it. */
  #blockAt(key: Key): number {
    let low = 1;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#blocks[middle]?.entries[0]?.key ?? '';
      if (first <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #split(blockAt: number, block: Block, addedAt: number): void {
    const isLast = blockAt === this.#blocks.length - 1;
    // Keys that come in ascending order leave full blocks behind.
    const at = isLast && addedAt === block.entries.length - 1 ? addedAt : blockLengthMax / 2;
    const left = blockOf(block.entries.slice(0, at));
    const right = blockOf(block.entries.slice(at));
    this.#blocks.splice(blockAt, 1, left, right);
  }

  #merge(blockAt: number, block: Block): void {
    const next = this.#blocks[blockAt + 1];
    if (next !== undefined && block.entries.length + next.entries.length <= blockLengthMax / 2) {
      this.#blocks.splice(blockAt, 2, blockOf([...block.entries, ...next.entries]));
    } else if (block.entries.length === 0) this.#blocks.splice(blockAt, 1);
  }
}

function blockOf(entries: KeyEntry[]): Block {
  let liveCount = 0;
  let revision = 0;
  for (const entry of entries) {
    if (entry.isLive) liveCount++;
    revision = Math.max(revision, entry.revision);
  }
  return { entries, liveCount, revision };
}

function countLive(block: Block, { start, end }: KeyRange, revision: number): number {
  const { entries } = block;
  let count = 0;
  for (let at = lowerBound(entries, start); at < entries.length; at++) {
    const entry = present(entries[at], 'an entry');
    if (end !== undefined && entry.key >= end) break;
    if (entry.liveAt(revision)) count++;
  }
  return count;
}

/** The position of the first entry at or after `key`. */
function lowerBound(entries: readonly KeyEntry[], key: Key): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.key ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
