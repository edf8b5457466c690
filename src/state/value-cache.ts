import type { KeyEntry } from './key-entry.ts';

/** Approximate memory of a value besides its bytes. */
const overheadBytes = 16;

/** Values are cut from slabs of this size; of less if the budget is small. */
const slabBytesMax = 64 << 10;
const slabsPerBudget = 64;
const valuesPerSlabMax = 4096;
/** Longer values have a slab of their own, so that little is left over at the end of a slab. */
const sharedPart = 1 / 8;
/** Slabs of which one eviction keeps the values that were used; it takes no longer than this. */
const secondChancesMax = 16;

/**
 * Memory outside V8's heap, filled once from the start to the end and never written again. So a view of it stays as it
 * is for as long as a reader has it, and the garbage collector frees it after the last one.
 */
export interface ValueSlab {
  readonly bytes: Buffer;
  used: number;
  /** Weight of all values that were put in, and of those that still count. */
  total: number;
  live: number;
  /** Every entry whose value is here, and some whose value is gone or elsewhere. */
  readonly entries: KeyEntry[];
}

/**
 * Keeps newest values of keys in memory, up to a budget; no result depends on which. Evicts by the clock algorithm:
 * values not used since the last visit go first, a slab at a time.
 *
 * A full slab of which less than half still counts is emptied into the open one. So at most half of the memory is
 * unused, and each drop of a value pays for moving at most about one other.
 */
export class ValueCache {
  readonly #bytesMax: number;
  readonly #slabBytes: number;
  /** Of all slabs, with what their values cost besides. */
  #bytes = 0;
  /** Oldest first; the open one is the last but for slabs of one value. */
  readonly #slabs = new Set<ValueSlab>();
  #open: ValueSlab | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#slabBytes = Math.min(slabBytesMax, Math.floor(bytesMax / slabsPerBudget));
  }

  /** Memory in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True if a value of this length fits without evicting another. */
  hasRoom(length: number): boolean {
    const slabBytes = this.#isShared(length) ? this.#slabBytes : length;
    const more = this.#fitsOpen(length) ? 0 : slabBytes;
    return this.#bytes + more + overheadBytes <= this.#bytesMax;
  }

  /** Keeps a copy of the newest value of a key, in place of the former one. */
  keep(entry: KeyEntry, value: Uint8Array): void {
    this.drop(entry);
    if (weightOf(value.length) > this.#bytesMax) return;
    this.#store(entry, value);
    if (this.#bytes > this.#bytesMax) this.#shrink();
  }

  /** The value of an entry as a view; undefined if it is not in memory. */
  read(entry: KeyEntry): Uint8Array | undefined {
    return entry.slab === undefined ? undefined : valueIn(entry.slab, entry);
  }

  /** The kept value is outdated. */
  drop(entry: KeyEntry): void {
    const { slab } = entry;
    if (slab === undefined) return;
    entry.slab = undefined;
    slab.live -= weightOf(entry.valueLength);
    if (slab !== this.#open && isSparse(slab)) this.#empty(slab, everyValue);
  }

  #store(entry: KeyEntry, value: Uint8Array): void {
    const { length } = value;
    const slab = this.#isShared(length) ? this.#openFor(length) : this.#add(length);
    slab.bytes.set(value, slab.used);
    entry.slab = slab;
    entry.valueStart = slab.used;
    entry.valueLength = length;
    slab.used += length;
    slab.total += weightOf(length);
    slab.live += weightOf(length);
    slab.entries.push(entry);
    this.#bytes += overheadBytes;
  }

  #isShared(length: number): boolean {
    return length <= this.#slabBytes * sharedPart;
  }

  #fitsOpen(length: number): boolean {
    const open = this.#open;
    return (
      open !== undefined &&
      this.#isShared(length) &&
      open.used + length <= open.bytes.length &&
      open.entries.length < valuesPerSlabMax
    );
  }

  #openFor(length: number): ValueSlab {
    const full = this.#open;
    if (full !== undefined && this.#fitsOpen(length)) return full;
    this.#open = this.#add(this.#slabBytes);
    // Less than half of a slab: it fits into the new one.
    if (full !== undefined && isSparse(full)) this.#empty(full, everyValue);
    return this.#open;
  }

  #add(length: number): ValueSlab {
    const bytes = Buffer.allocUnsafeSlow(length);
    const slab = { bytes, used: 0, total: 0, live: 0, entries: [] };
    this.#slabs.add(slab);
    this.#bytes += length;
    return slab;
  }

  #shrink(): void {
    let visits = 0;
    for (const slab of this.#slabs) {
      if (this.#bytes <= this.#bytesMax) return;
      if (slab === this.#open) continue;
      visits++;
      this.#empty(slab, visits <= secondChancesMax ? usedValue : noValue);
    }
  }

  /** Removes a slab. Those of its values that still count and pass `keeps` move to the open one. */
  #empty(slab: ValueSlab, keeps: (entry: KeyEntry) => boolean): void {
    this.#slabs.delete(slab);
    this.#bytes -= slab.bytes.length + overheadBytes * slab.entries.length;
    for (const entry of slab.entries) {
      if (entry.slab !== slab) continue;
      if (keeps(entry)) this.#store(entry, valueIn(slab, entry));
      else entry.slab = undefined;
    }
  }
}

function weightOf(length: number): number {
  return length + overheadBytes;
}

function isSparse({ live, total }: ValueSlab): boolean {
  return live * 2 < total;
}

function valueIn(slab: ValueSlab, { valueStart, valueLength }: KeyEntry): Uint8Array {
  return slab.bytes.subarray(valueStart, valueStart + valueLength);
}

function everyValue(): boolean {
  return true;
}

/** Those used since the last visit. */
function usedValue(entry: KeyEntry): boolean {
  const { wasUsed } = entry;
  entry.wasUsed = false;
  return wasUsed;
}

function noValue(): boolean {
  return false;
}
