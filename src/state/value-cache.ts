import { present } from '../base/assert.ts';
import type { KeyEntry } from './key-entry.ts';

/** Approximate memory of a value besides its bytes. */
const overheadBytes = 32;

/**
 * Keeps newest values of keys in memory, up to a budget; no result depends on which. Values are binary strings:
 * compact, and without references for the garbage collector to follow. Evicts by the clock algorithm: values not used
 * since the last visit go first.
 */
export class ValueCache {
  readonly #bytesMax: number;
  #bytes = 0;
  #keptCount = 0;
  /** Every entry whose value is in memory, once, and some whose value is gone. */
  #queue: KeyEntry[] = [];
  #head = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** True if a value of this size fits without evicting another. */
  hasRoom(bytes: number): boolean {
    return this.#bytes + bytes + overheadBytes <= this.#bytesMax;
  }

  /** Keeps the newest value of a key, in place of the former one. */
  keep(entry: KeyEntry, value: string): void {
    this.drop(entry);
    entry.value = value;
    this.#bytes += value.length + overheadBytes;
    this.#keptCount++;
    if (!entry.isQueued) {
      entry.isQueued = true;
      this.#queue.push(entry);
    }
    if (this.#bytes > this.#bytesMax) this.#shrink();
  }

  /** The kept value is outdated. */
  drop(entry: KeyEntry): void {
    if (entry.value === undefined) return;
    this.#bytes -= entry.value.length + overheadBytes;
    this.#keptCount--;
    entry.value = undefined;
  }

  #shrink(): void {
    while (this.#bytes > this.#bytesMax && this.#head < this.#queue.length) {
      const entry = present(this.#queue[this.#head], 'an entry');
      this.#head++;
      if (entry.value !== undefined && entry.wasUsed) {
        entry.wasUsed = false;
        this.#queue.push(entry);
      } else {
        entry.isQueued = false;
        this.drop(entry);
      }
    }
    if (this.#head > this.#queue.length / 2) this.tidy();
  }

  /** Drops entries without a value from the queue. Call it after many keys were deleted. */
  tidy(): void {
    if (this.#head === 0 && this.#queue.length <= 2 * this.#keptCount) return;
    const queue: KeyEntry[] = [];
    for (const entry of this.#queue.slice(this.#head)) {
      if (entry.value === undefined) entry.isQueued = false;
      else queue.push(entry);
    }
    this.#queue = queue;
    this.#head = 0;
  }
}
