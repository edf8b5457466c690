import { present } from '../base/assert.ts';
import type { Slot } from './key-versions.ts';

/** Approximate memory of a value besides its bytes. */
const overheadBytes = 16;

/** Values are cut from slabs of this size; of less if the budget is small. */
const slabBytesMax = 64 << 10;
const slabsPerBudget = 64;
/** Longer values have a slab of their own, so that little is left over at the end of a slab. */
const sharedPart = 1 / 8;
/** Slabs of which one eviction keeps the values that were used; it takes no longer than this. */
const secondChancesMax = 16;

/**
 * Memory outside V8's heap, filled once from the start to the end and never written again. So a view of it stays as it
 * is for as long as a reader has it, and the garbage collector frees it after the last one.
 */
interface ValueSlab {
  /** No other slab has this number. No key is at the number of a slab that is gone. */
  readonly id: number;
  readonly bytes: Buffer;
  used: number;
  /** Weight of all values that were put in, and of those that still count. */
  total: number;
  live: number;
  /** Every key whose value is here, and some whose value is gone or elsewhere. */
  readonly slots: Slot[];
}

const chunkBits = 10;
const chunkSlots = 1 << chunkBits;
const slotMask = chunkSlots - 1;
/** The id of no slab. */
const nowhere = 0;

// Where the value of a key is: a row of four numbers, a part of one line of the processor's cache.
const rowFields = 4;
/** The slab's id, or `nowhere`. */
const slabField = 0;
const startField = 1;
const lengthField = 2;
/** 1: used since the cache last visited it. */
const usedField = 3;

/** The rows of a thousand keys. */
type Places = Uint32Array;

/**
 * Keeps newest values of keys in memory, up to a budget; no result depends on which. Evicts by the clock algorithm:
 * values not used since the last visit go first, a slab at a time.
 *
 * A full slab of which less than half still counts is emptied into the open one. So at most half of the memory is
 * unused, and each drop of a value pays for moving at most about one other.
 */
export class ValueCache {
  readonly #bytesMax: number;
  readonly #idMax: number;
  readonly #slabBytes: number;
  /** Of all slabs, with what their values cost besides. */
  #bytes = 0;
  /** By id. Oldest first; the open one is the last but for slabs of one value. */
  readonly #slabs = new Map<number, ValueSlab>();
  #open: ValueSlab | undefined;
  #lastId = nowhere;
  readonly #places: Places[] = [];

  /** Slabs have numbers up to `idMax`, of which there are far more than slabs. */
  constructor(bytesMax: number, idMax = 0xffff_ffff) {
    this.#bytesMax = bytesMax;
    this.#idMax = idMax;
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

  /** True if there is no room for more without evicting, but what is left in an open slab. */
  get isFull(): boolean {
    return this.#bytes + this.#slabBytes > this.#bytesMax;
  }

  /** Keeps a copy of the newest value of a key, in place of the former one. */
  keep(slot: Slot, value: Uint8Array): void {
    this.drop(slot);
    if (weightOf(value.length) > this.#bytesMax) return;
    this.#store(slot, value);
    if (this.#bytes > this.#bytesMax) this.#shrink();
  }

  /** The value of a key as a view; undefined if it is not in memory. */
  read(slot: Slot): Uint8Array | undefined {
    const slab = this.#slabOf(slot);
    return slab === undefined ? undefined : this.#valueIn(slab, slot);
  }

  /** The value is used: it stays in memory for longer. */
  use(slot: Slot): void {
    this.#placesOf(slot)[rowOf(slot) + usedField] = 1;
  }

  /** The kept value is outdated. */
  drop(slot: Slot): void {
    const slab = this.#slabOf(slot);
    if (slab === undefined) return;
    const places = this.#placesOf(slot);
    const row = rowOf(slot);
    places[row + slabField] = nowhere;
    slab.live -= weightOf(places[row + lengthField] ?? 0);
    if (slab !== this.#open && isSparse(slab)) this.#empty(slab, everyValue);
  }

  #placesOf(slot: Slot): Places {
    const at = slot >>> chunkBits;
    while (this.#places.length <= at) this.#places.push(new Uint32Array(chunkSlots * rowFields));
    return present(this.#places[at], 'the places of a slot');
  }

  #slabOf(slot: Slot): ValueSlab | undefined {
    const id = this.#places[slot >>> chunkBits]?.[rowOf(slot) + slabField] ?? nowhere;
    return id === nowhere ? undefined : present(this.#slabs.get(id), 'the slab of a value');
  }

  #valueIn({ bytes }: ValueSlab, slot: Slot): Uint8Array {
    const places = this.#placesOf(slot);
    const start = places[rowOf(slot) + startField] ?? 0;
    return bytes.subarray(start, start + (places[rowOf(slot) + lengthField] ?? 0));
  }

  #store(slot: Slot, value: Uint8Array): void {
    const { length } = value;
    const slab = this.#place(slot, length);
    slab.bytes.set(value, slab.used);
    slab.used += length;
  }

  /** The slab that a value of a key goes into, behind what is used of it. */
  #place(slot: Slot, length: number): ValueSlab {
    const slab = this.#isShared(length) ? this.#openFor(length) : this.#add(length);
    const places = this.#placesOf(slot);
    const row = rowOf(slot);
    places[row + slabField] = slab.id;
    places[row + startField] = slab.used;
    places[row + lengthField] = length;
    slab.total += weightOf(length);
    slab.live += weightOf(length);
    slab.slots.push(slot);
    this.#bytes += overheadBytes;
    return slab;
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
      // Also of empty values a slab takes only so many that they cost no more than its bytes.
      open.slots.length * overheadBytes <= this.#slabBytes
    );
  }

  #openFor(length: number): ValueSlab {
    for (;;) {
      const full = this.#open;
      if (full !== undefined && this.#fitsOpen(length)) return full;
      this.#open = this.#add(this.#slabBytes);
      // The new one takes all that is left of it, and may be full then: what counts little by weight may be most of its bytes.
      if (full !== undefined && isSparse(full)) this.#empty(full, everyValue);
    }
  }

  #add(length: number): ValueSlab {
    const bytes = Buffer.allocUnsafeSlow(length);
    do this.#lastId = (this.#lastId % this.#idMax) + 1;
    while (this.#slabs.has(this.#lastId));
    const slab = { id: this.#lastId, bytes, used: 0, total: 0, live: 0, slots: [] };
    this.#slabs.set(slab.id, slab);
    this.#bytes += length;
    return slab;
  }

  #shrink(): void {
    let visits = 0;
    for (const slab of this.#slabs.values()) {
      if (this.#bytes <= this.#bytesMax) return;
      if (slab === this.#open) continue;
      visits++;
      this.#empty(slab, visits <= secondChancesMax ? takeUse : noValue);
    }
  }

  /** Removes a slab. Those of its values that still count and pass `keeps` move to the open one. */
  #empty(slab: ValueSlab, keeps: (places: Places, row: number) => boolean): void {
    this.#bytes -= slab.bytes.length + overheadBytes * slab.slots.length;
    for (const slot of slab.slots) {
      const places = this.#placesOf(slot);
      const row = rowOf(slot);
      if (places[row + slabField] !== slab.id) continue;
      places[row + slabField] = nowhere;
      if (keeps(places, row)) this.#move(slab, slot, row);
    }
    // Not before: a slab that values move to must not get its number.
    this.#slabs.delete(slab.id);
  }

  /** Copied without a view: many values move. */
  #move(from: ValueSlab, slot: Slot, row: number): void {
    const places = this.#placesOf(slot);
    const start = places[row + startField] ?? 0;
    const length = places[row + lengthField] ?? 0;
    const to = this.#place(slot, length);
    to.used += from.bytes.copy(to.bytes, to.used, start, start + length);
  }
}

function rowOf(slot: Slot): number {
  return (slot & slotMask) * rowFields;
}

function weightOf(length: number): number {
  return length + overheadBytes;
}

function isSparse({ live, total }: ValueSlab): boolean {
  return live * 2 < total;
}

function everyValue(): boolean {
  return true;
}

/** Those used since the last visit. */
function takeUse(places: Places, row: number): boolean {
  const wasUsed = places[row + usedField] === 1;
  places[row + usedField] = 0;
  return wasUsed;
}

function noValue(): boolean {
  return false;
}
