import { present } from '../base/assert.ts';
import type { KeyEntry } from './key-entry.ts';
import type { KeyValue } from './key-value.ts';

/** What keeping a version costs besides its bytes, about. */
const overheadBytes = 400;

/**
 * Keeps current versions in memory up to a budget; which ones has no influence on any answer. When memory runs out,
 * those go that were not used since the last look (the clock algorithm).
 */
export class RecordCache {
  readonly #bytesMax: number;
  #bytes = 0;
  #keptCount = 0;
  /** Every entry that has its version in memory, once, and some that no longer have. */
  #queue: KeyEntry[] = [];
  #head = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Keeps the newest version of a key in place of the one kept so far. */
  keep(entry: KeyEntry, kv: KeyValue): void {
    this.drop(entry);
    entry.kv = kv;
    this.#bytes += costOf(kv);
    this.#keptCount++;
    if (!entry.isQueued) {
      entry.isQueued = true;
      this.#queue.push(entry);
    }
    if (this.#bytes > this.#bytesMax) this.#shrink();
  }

  /** The newest version of this key is not the one that is kept. */
  drop(entry: KeyEntry): void {
    if (entry.kv === undefined) return;
    this.#bytes -= costOf(entry.kv);
    this.#keptCount--;
    entry.kv = undefined;
    if (this.#queue.length > 2 * this.#keptCount + 1000) this.#tidy();
  }

  #shrink(): void {
    while (this.#bytes > this.#bytesMax && this.#head < this.#queue.length) {
      const entry = present(this.#queue[this.#head], 'an entry');
      this.#head++;
      if (entry.kv !== undefined && entry.wasUsed) {
        entry.wasUsed = false;
        this.#queue.push(entry);
      } else {
        entry.isQueued = false;
        this.drop(entry);
      }
    }
    if (this.#head > this.#queue.length / 2) this.#tidy();
  }

  /** Closes the gaps; seldom enough that it costs nothing per version kept. */
  #tidy(): void {
    const queue: KeyEntry[] = [];
    for (const entry of this.#queue.slice(this.#head)) {
      if (entry.kv === undefined) entry.isQueued = false;
      else queue.push(entry);
    }
    this.#queue = queue;
    this.#head = 0;
  }
}

function costOf({ key, value }: KeyValue): number {
  return key.length + value.length + overheadBytes;
}
