import { assert, present } from '../base/assert.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import { KeyOrder } from './key-order.ts';
import { KeyVersions } from './key-versions.ts';
import type { CurrentVersion, Slot } from './key-versions.ts';
import { hashOfKey, SlotHints } from './slot-hints.ts';

const blockLengthMax = 512;
const blockLengthMin = 64;
/** Keys counted per unit of work: counting a key takes much less than reading it. */
const keysCountedPerUnit = 16;
/** Units of work in one step of counting. */
const countWork = 64;

/** Keys in a block after they were loaded: there is room for more. */
const loadedBlockLength = 384;
/** Slots that are hinted at again, or counted, in one step: a fraction of a millisecond. */
const slotsPerStep = 4096;

/** Neighbouring keys in order, with their slots. */
interface KeyBlock {
  readonly keys: Key[];
  /** `slots[i]` is that of `keys[i]`. */
  readonly slots: Slot[];
  liveCount: number;
  /** At least the revision of every key. */
  revision: number;
}

/** Keys in order, with their slots. Valid until the end of the step in which they were taken. */
export interface KeyBatch {
  readonly keys: readonly Key[];
  readonly slots: readonly Slot[];
}

const chunkBits = 10;
const slotMask = (1 << chunkBits) - 1;

/** The keys of a thousand slots, and the blocks in which they are. */
interface Owners {
  readonly keys: (Key | undefined)[];
  readonly blocks: (KeyBlock | undefined)[];
}

/** Keys that are loaded, before they are in blocks. */
interface Loading {
  readonly order: KeyOrder;
  /** Keys whose hint another key took. */
  readonly unhinted: Map<Key, Slot>;
}

/**
 * All keys in order, in blocks of a few hundred, each with the slot of its versions. Inserting or removing one moves few
 * neighbours, and whole blocks are counted without visiting their keys. Keys that exist are mostly found by a hint: a map
 * of all keys would take 40 bytes for each, and grow in one long turn.
 *
 * Blocks are in order, none is empty, and each slot knows its key and its block.
 */
export class KeyIndex {
  readonly versions: KeyVersions = new KeyVersions();
  readonly #blocks: KeyBlock[] = [];
  readonly #owners: Owners[] = [];
  readonly #hints = new SlotHints();
  readonly #keyAt = (slot: Slot): Key | undefined =>
    this.#owners[slot >>> chunkBits]?.keys[slot & slotMask];
  #loading: Loading | undefined = undefined;
  #keyCount = 0;
  #liveCount = 0;
  /** Position of the block in which a key was found last: the next one is often near. */
  #lastBlockAt = 0;
  /** The key that was found last: a put asks for its key several times. */
  #lastKey: Key | undefined = undefined;
  #lastSlot: Slot = 0;

  /** Number of keys that exist. */
  get liveCount(): number {
    return this.#liveCount;
  }

  /** The slot of a key, also of a deleted one that has a version left. */
  find(key: Key): Slot | undefined {
    if (key === this.#lastKey) return this.#lastSlot;
    const hash = hashOfKey(key);
    const slot = this.#hints.find(key, hash, this.#keyAt) ?? this.#search(key, hash);
    if (slot === undefined) return undefined;
    this.#lastKey = key;
    this.#lastSlot = slot;
    return slot;
  }

  #search(key: Key, hash: number): Slot | undefined {
    const block = this.#blocks[this.#blockAt(key)];
    if (block === undefined) return undefined;
    const at = lowerBound(block.keys, key);
    if (block.keys[at] !== key) return undefined;
    const slot = present(block.slots[at], 'the slot of a key');
    this.#hints.add(hash, slot);
    return slot;
  }

  /** Adds the newest version of a key. */
  add(key: Key, version: CurrentVersion): Slot {
    const slot = this.find(key) ?? this.#insert(key);
    const block = present(this.#ownersOf(slot).blocks[slot & slotMask], 'the block of a key');
    const change = Number(version.isLive) - Number(this.versions.isLive(slot));
    this.versions.add(slot, version);
    block.liveCount += change;
    this.#liveCount += change;
    block.revision = Math.max(block.revision, version.revision);
    return slot;
  }

  /** Removes a deleted key that has no version left. */
  remove(key: Key): void {
    const blockAt = this.#blockAt(key);
    const block = present(this.#blocks[blockAt], 'the block of a key');
    const at = lowerBound(block.keys, key);
    assert(block.keys[at] === key, 'a key that is removed is there');
    const slot = present(block.slots[at], 'the slot of a key');
    assert(!this.versions.isLive(slot), 'only dead keys leave the index');
    this.#lastKey = undefined;
    this.#keyCount--;
    this.#ownersOf(slot).keys[slot & slotMask] = undefined;
    this.#ownersOf(slot).blocks[slot & slotMask] = undefined;
    this.versions.free(slot);
    block.keys.splice(at, 1);
    block.slots.splice(at, 1);
    if (block.keys.length < blockLengthMin) this.#merge(blockAt, block);
  }

  /** Calls `visit` for the keys in `range`, in order, deleted ones included, until it returns false. */
  visit({ start, end }: KeyRange, visit: (key: Key, slot: Slot) => boolean): void {
    let blockAt = this.#blockAt(start);
    let at = lowerBound(this.#blocks[blockAt]?.keys ?? [], start);
    for (; blockAt < this.#blocks.length; blockAt++) {
      const { keys, slots } = present(this.#blocks[blockAt], 'a block');
      for (; at < keys.length; at++) {
        const key = keys[at] ?? '';
        if (end !== undefined && key >= end) return;
        if (!visit(key, slots[at] ?? 0)) return;
      }
      at = 0;
    }
  }

  /** The first `count` keys in `range`, deleted ones included. */
  take(range: KeyRange, count: number): KeyBatch {
    const keys: Key[] = [];
    const slots: Slot[] = [];
    this.visit(range, (key, slot) => {
      slots.push(slot);
      return keys.push(key) < count;
    });
    return { keys, slots };
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
      const first = block?.keys[0];
      const last = block?.keys.at(-1);
      if (block === undefined || first === undefined || last === undefined) continue;
      if (end !== undefined && first >= end) break;
      const isWhole = first >= from && (end === undefined || last < end);
      if (isWhole && block.revision <= revision) {
        count += block.liveCount;
        work += 0.1;
      } else {
        count += this.#countLive(block, { start: from, end }, revision);
        work += block.keys.length / keysCountedPerUnit;
      }
      from = `${last}\0`;
    }
    return count;
  }

  #countLive({ keys, slots }: KeyBlock, { start, end }: KeyRange, revision: number): number {
    let count = 0;
    for (let at = lowerBound(keys, start); at < keys.length; at++) {
      if (end !== undefined && (keys[at] ?? '') >= end) break;
      if (this.versions.liveAt(slots[at] ?? 0, revision)) count++;
    }
    return count;
  }

  /** True if a key in `range` has a version of `revision` or later. */
  isChangedSince(range: KeyRange, revision: number): boolean {
    const { start, end } = range;
    for (let blockAt = this.#blockAt(start); blockAt < this.#blocks.length; blockAt++) {
      const { keys, slots, revision: newest } = present(this.#blocks[blockAt], 'a block');
      if (end !== undefined && (keys[0] ?? '') >= end) return false;
      if (newest < revision) continue;
      const first = lowerBound(keys, start);
      const last = end === undefined ? keys.length : lowerBound(keys, end);
      for (let at = first; at < last; at++) {
        if (this.versions.revision(slots[at] ?? 0) >= revision) return true;
      }
    }
    return false;
  }

  // Starting.

  /**
   * The slot of a key, in an index that is empty or has only loaded keys; the caller gives the slot its versions. Until `endLoad`
   * has ended, nothing else may be asked of the index, except `fitHints` between calls. A key that is put in order at once takes
   * three times as long, because its neighbours move.
   */
  load(key: Key): Slot {
    const loading = (this.#loading ??= { order: new KeyOrder(), unhinted: new Map() });
    const hash = hashOfKey(key);
    let slot = this.#loaded(key, hash, loading);
    if (slot === undefined) {
      slot = this.#allocate(key);
      this.#hint(hash, slot, loading);
      loading.order.add(key);
    }
    return slot;
  }

  /** Fits the hints to the keys that are loaded: to be done after each few thousand. */
  *fitHints(): Steps<void> {
    const loading = this.#loading;
    if (loading === undefined || !this.#hints.fit(this.#keyCount)) return;
    loading.unhinted.clear();
    for (let slot = 0; slot < this.#keyCount; slot++) {
      this.#hint(hashOfKey(present(this.#keyAt(slot), 'a loaded key')), slot, loading);
      if ((slot + 1) % slotsPerStep === 0) yield slotsPerStep / keysCountedPerUnit;
    }
  }

  /** Puts the loaded keys in order, and calls `visit` for each, in any order. */
  *endLoad(visit: (key: Key, slot: Slot) => void): Steps<void> {
    const loading = this.#loading;
    if (loading === undefined) return;
    for (const { keys, ordinals } of loading.order.inOrder(loadedBlockLength)) {
      // The slots of an index that was empty are given in order.
      this.#appendBlock(keys, ordinals);
      yield loadedBlockLength;
    }
    this.#loading = undefined;
    // In the order of slots, their versions are read from the processor's caches.
    for (let slot = 0; slot < this.#keyCount; slot++) {
      this.#countLoaded(slot);
      visit(present(this.#keyAt(slot), 'a loaded key'), slot);
      if ((slot + 1) % slotsPerStep === 0) yield slotsPerStep / keysCountedPerUnit;
    }
  }

  /** Appends a block of loaded keys, which are not counted yet. */
  #appendBlock(keys: Key[], slots: Slot[]): void {
    const block = { keys, slots, liveCount: 0, revision: 0 };
    for (const slot of slots) this.#ownersOf(slot).blocks[slot & slotMask] = block;
    this.#blocks.push(block);
  }

  #countLoaded(slot: Slot): void {
    const block = present(this.#ownersOf(slot).blocks[slot & slotMask], 'the block of a key');
    block.revision = Math.max(block.revision, this.versions.revision(slot));
    if (!this.versions.isLive(slot)) return;
    block.liveCount++;
    this.#liveCount++;
  }

  /** Unlike hints alone, this finds each key that was loaded. */
  #loaded(key: Key, hash: number, { unhinted }: Loading): Slot | undefined {
    const hinted = this.#hints.find(key, hash, this.#keyAt);
    if (hinted !== undefined || !this.#hints.mayHaveLost(hash)) return hinted;
    return unhinted.get(key);
  }

  #hint(hash: number, slot: Slot, { unhinted }: Loading): void {
    const lost = this.#hints.add(hash, slot);
    if (lost !== undefined) unhinted.set(present(this.#keyAt(lost), 'a loaded key'), lost);
  }

  /** Position of the last block that begins at or before `key`; of the first if all begin after it. */
  #blockAt(key: Key): number {
    if (this.#isIn(this.#lastBlockAt, key)) return this.#lastBlockAt;
    let low = 1;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#blocks[middle]?.keys[0] ?? '';
      if (first <= key) low = middle + 1;
      else high = middle;
    }
    this.#lastBlockAt = low - 1;
    return low - 1;
  }

  #isIn(blockAt: number, key: Key): boolean {
    const first = this.#blocks[blockAt]?.keys[0];
    if (first === undefined || first > key) return false;
    const next = this.#blocks[blockAt + 1]?.keys[0];
    return next === undefined || key < next;
  }

  #insert(key: Key): Slot {
    if (this.#blocks.length === 0) this.#blocks.push(this.#blockOf([], []));
    let blockAt = this.#blockAt(key);
    let block = present(this.#blocks[blockAt], 'a block');
    if (block.keys.length === blockLengthMax) {
      this.#split(blockAt, block, key);
      blockAt = this.#blockAt(key);
      block = present(this.#blocks[blockAt], 'a block');
    }
    const slot = this.#allocate(key);
    this.#ownersOf(slot).blocks[slot & slotMask] = block;
    this.#hints.fit(this.#keyCount);
    this.#hints.add(hashOfKey(key), slot);
    const at = lowerBound(block.keys, key);
    block.keys.splice(at, 0, key);
    block.slots.splice(at, 0, slot);
    return slot;
  }

  #allocate(key: Key): Slot {
    const slot = this.versions.allocate();
    this.#ownersOf(slot).keys[slot & slotMask] = key;
    this.#keyCount++;
    return slot;
  }

  #ownersOf(slot: Slot): Owners {
    const at = slot >>> chunkBits;
    while (this.#owners.length <= at) this.#owners.push({ keys: [], blocks: [] });
    return present(this.#owners[at], 'the owners of slots');
  }

  #split(blockAt: number, { keys, slots }: KeyBlock, key: Key): void {
    const isLast = blockAt === this.#blocks.length - 1;
    const isAppended = isLast && key > (keys.at(-1) ?? '');
    // Keys added in ascending order fill blocks nearly to the end.
    const at = isAppended ? blockLengthMax - 1 : blockLengthMax / 2;
    const halves = [[0, at] as const, [at, keys.length] as const].map(([from, to]) =>
      this.#blockOf(keys.slice(from, to), slots.slice(from, to)),
    );
    this.#blocks.splice(blockAt, 1, ...halves);
  }

  #merge(blockAt: number, { keys, slots }: KeyBlock): void {
    const next = this.#blocks[blockAt + 1];
    if (next !== undefined && keys.length + next.keys.length <= blockLengthMax / 2) {
      const merged = this.#blockOf([...keys, ...next.keys], [...slots, ...next.slots]);
      this.#blocks.splice(blockAt, 2, merged);
    } else if (keys.length === 0) this.#blocks.splice(blockAt, 1);
  }

  #blockOf(keys: Key[], slots: Slot[]): KeyBlock {
    const block = { keys, slots, liveCount: 0, revision: 0 };
    for (const slot of slots) {
      this.#ownersOf(slot).blocks[slot & slotMask] = block;
      if (this.versions.isLive(slot)) block.liveCount++;
      block.revision = Math.max(block.revision, this.versions.revision(slot));
    }
    return block;
  }
}

/** The position of the first key at or after `key`. */
function lowerBound(keys: readonly Key[], key: Key): number {
  let low = 0;
  let high = keys.length;
  // Keys are often added at the end.
  const last = keys[high - 1];
  if (last !== undefined && last < key) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
