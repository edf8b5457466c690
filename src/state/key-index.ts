import { assert, present } from '../base/assert.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import { KeyEntry } from './key-entry.ts';
import type { CurrentVersion, KeyBlock } from './key-entry.ts';
import { KeyOrder } from './key-order.ts';

const blockLengthMax = 512;
const blockLengthMin = 64;
/** Keys counted per unit of work: counting a key takes much less than reading it. */
const keysCountedPerUnit = 16;
/** Units of work in one step of counting. */
const countWork = 64;

/**
 * All keys: in a map by name, and in order in blocks of a few hundred. An existing key is found at once, inserting or
 * removing one moves few neighbours, and whole blocks are counted without visiting their keys.
 *
 * Blocks are in order, none is empty, and each entry knows its block.
 */
export class KeyIndex {
  readonly #entries = new Map<Key, KeyEntry>();
  readonly #blocks: KeyBlock[] = [];
  /** Keys that are loaded but not in blocks yet. */
  #loaded = new KeyOrder();
  #liveCount = 0;

  /** Number of keys that exist. */
  get liveCount(): number {
    return this.#liveCount;
  }

  get(key: Key): KeyEntry | undefined {
    return this.#entries.get(key);
  }

  /** Adds the newest version of a key. */
  add(key: Key, version: CurrentVersion): KeyEntry {
    const entry = this.#entries.get(key) ?? this.#insert(key);
    const block = present(entry.block, 'the block of a key');
    const change = Number(version.isLive) - Number(entry.isLive);
    entry.add(version);
    block.liveCount += change;
    this.#liveCount += change;
    block.revision = version.revision;
    return entry;
  }

  /** Removes a deleted key that has no version left. */
  remove(entry: KeyEntry): void {
    assert(!entry.isLive, 'only dead keys leave the index');
    const block = present(entry.block, 'the block of a key');
    const blockAt = this.#blockAt(entry.key);
    this.#entries.delete(entry.key);
    block.entries.splice(lowerBound(block.entries, entry.key), 1);
    if (block.entries.length < blockLengthMin) this.#merge(blockAt, block);
  }

  /** Calls `visit` for the entries in `range`, in order, deleted ones included, until it returns false. */
  visit({ start, end }: KeyRange, visit: (entry: KeyEntry) => boolean): void {
    let blockAt = this.#blockAt(start);
    let at = lowerBound(this.#blocks[blockAt]?.entries ?? [], start);
    for (; blockAt < this.#blocks.length; blockAt++) {
      const { entries } = present(this.#blocks[blockAt], 'a block');
      for (; at < entries.length; at++) {
        const entry = present(entries[at], 'an entry');
        if (end !== undefined && entry.key >= end) return;
        if (!visit(entry)) return;
      }
      at = 0;
    }
  }

  /** The first `count` entries in `range`, deleted ones included. */
  take(range: KeyRange, count: number): KeyEntry[] {
    const taken: KeyEntry[] = [];
    this.visit(range, (entry) => taken.push(entry) < count);
    return taken;
  }

  /**
   * Counts the keys in `range` that existed at `revision`. Blocks without later changes are not walked. Later
   * revisions may be applied between two steps.
   */
  *count({ start, end }: KeyRange, revision: number): Steps<number> {
    let count = 0;
    let from = start;
    let work = 0;
    let blockAt = this.#blockAt(from);
    for (; blockAt < this.#blocks.length; blockAt++) {
      if (work >= countWork) {
        yield work;
        work = 0;
        blockAt = this.#blockAt(from);
      }
      const block = this.#blocks[blockAt];
      const first = block?.entries[0]?.key;
      const last = block?.entries.at(-1)?.key;
      if (block === undefined || first === undefined || last === undefined) continue;
      if (end !== undefined && first >= end) break;
      const isWhole = first >= from && (end === undefined || last < end);
      if (isWhole && block.revision <= revision) {
        count += block.liveCount;
        work += 0.1;
      } else {
        count += countLive(block, { start: from, end }, revision);
        work += block.entries.length / keysCountedPerUnit;
      }
      from = `${last}\0`;
    }
    return count;
  }

  /** True if a key in `range` has a version of `revision` or later. */
  isChangedSince(range: KeyRange, revision: number): boolean {
    const { start, end } = range;
    for (let blockAt = this.#blockAt(start); blockAt < this.#blocks.length; blockAt++) {
      const { entries, revision: newest } = present(this.#blocks[blockAt], 'a block');
      if (end !== undefined && (entries[0]?.key ?? '') >= end) return false;
      if (newest < revision) continue;
      const first = lowerBound(entries, start);
      const last = end === undefined ? entries.length : lowerBound(entries, end);
      for (let at = first; at < last; at++) {
        if ((entries[at]?.revision ?? 0) >= revision) return true;
      }
    }
    return false;
  }

  /** Fills an empty index: returns the entry of a key, without putting it in order. */
  load(key: Key): KeyEntry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = new KeyEntry(key);
    this.#entries.set(key, entry);
    this.#loaded.add(key);
    return entry;
  }

  /** Ends the filling: puts the entries in order, one block per step, and yields the block. */
  *build(): Generator<KeyBlock, void> {
    assert(this.#blocks.length === 0, 'the index is built once');
    let entries: KeyEntry[] = [];
    for (const key of this.#loaded.inOrder()) {
      entries.push(present(this.#entries.get(key), 'a loaded entry'));
      if (entries.length < blockLengthMax / 2) continue;
      yield this.#append(entries);
      entries = [];
    }
    if (entries.length > 0) yield this.#append(entries);
    this.#loaded = new KeyOrder();
  }

  #append(entries: KeyEntry[]): KeyBlock {
    const block = blockOf(entries);
    this.#liveCount += block.liveCount;
    this.#blocks.push(block);
    return block;
  }

  /** Position of the last block that begins at or before `key`; of the first if all begin after it. */
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

  #insert(key: Key): KeyEntry {
    let blockAt = this.#blockAt(key);
    if (this.#blocks.length === 0) this.#blocks.push(blockOf([]));
    let block = present(this.#blocks[blockAt], 'a block');
    if (block.entries.length === blockLengthMax) {
      this.#split(blockAt, block, key);
      blockAt = this.#blockAt(key);
      block = present(this.#blocks[blockAt], 'a block');
    }
    const entry = new KeyEntry(key);
    entry.block = block;
    block.entries.splice(lowerBound(block.entries, key), 0, entry);
    this.#entries.set(key, entry);
    return entry;
  }

  #split(blockAt: number, block: KeyBlock, key: Key): void {
    const isLast = blockAt === this.#blocks.length - 1;
    const isAppended = isLast && key > (block.entries.at(-1)?.key ?? '');
    // Keys added in ascending order fill blocks nearly to the end.
    const at = isAppended ? blockLengthMax - 1 : blockLengthMax / 2;
    this.#replace(blockAt, 1, block.entries.slice(0, at), block.entries.slice(at));
  }

  #merge(blockAt: number, block: KeyBlock): void {
    const next = this.#blocks[blockAt + 1];
    if (next !== undefined && block.entries.length + next.entries.length <= blockLengthMax / 2) {
      this.#replace(blockAt, 2, [...block.entries, ...next.entries]);
    } else if (block.entries.length === 0) this.#blocks.splice(blockAt, 1);
  }

  #replace(blockAt: number, count: number, ...parts: KeyEntry[][]): void {
    this.#blocks.splice(blockAt, count, ...parts.map(blockOf));
  }
}

function blockOf(entries: KeyEntry[]): KeyBlock {
  const block = { entries, liveCount: 0, revision: 0 };
  for (const entry of entries) {
    entry.block = block;
    if (entry.isLive) block.liveCount++;
    block.revision = Math.max(block.revision, entry.revision);
  }
  return block;
}

function countLive(block: KeyBlock, { start, end }: KeyRange, revision: number): number {
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
