import { present } from '../base/assert.ts';
import type { KeyEntry } from './key-entry.ts';

/** What keeping a value costs besides its bytes, about. */
const overheadBytes = 32;

/**
 * Keeps the newest values of keys in memory up to a budget; which ones has no influence on any answer. They are kept as
 * binary strings: those are compact, and the garbage collector has nothing to follow in them. When memory runs out,
 * those go that were not used since the last look (the clock algorithm).
 */
export class ValueCache {
  readonly #bytesMax: number;
  #bytes = 0;
  #keptCount = 0;
  /** Every entry whose value is in memory, once, and some whose value no longer is. */
  #queue: KeyEntry[] = [];
  #head = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** A value of so many bytes can be kept without another one having to go. */
  hasRoom(bytes: number): boolean {
    return this.#bytes + bytes + overheadBytes <= this.#bytesMax;
  }

  /** Keeps the newest value of a key in place of the one kept so far. */
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

  /** The newest value of this key is not the one that is kept. */
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

  /** Forgets entries whose value is gone; to be called after keys have gone in numbers. */
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
