import type { Engine, EngineRecord } from '../state/index.ts';

/** What one flush writes: a value, or undefined to delete. */
export type Changes = ReadonlyMap<string, Uint8Array | undefined>;

/** What a buffered engine reads what it does not hold from. */
export interface Below {
  get(key: string): Uint8Array | undefined;
  scan(from: string, to: string): AsyncIterable<readonly EngineRecord[]>;
}

/**
 * An engine whose writes stay in memory until somebody takes them to the disk. Reads see them at once; while a
 * flush is under way its changes are still here.
 */
export class EngineBuffer implements Engine {
  readonly #below: Below;
  #changes = new Map<string, Uint8Array | undefined>();
  #flushing: Changes = new Map();
  #bytes = 0;

  constructor(below: Below) {
    this.#below = below;
  }

  get pendingBytes(): number {
    return this.#bytes;
  }

  get(key: string): Uint8Array | undefined {
    const changed = this.#changes.get(key);
    if (changed !== undefined || this.#changes.has(key)) return changed;
    const flushing = this.#flushing.get(key);
    if (flushing !== undefined || this.#flushing.has(key)) return flushing;
    return this.#below.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.#changes.set(key, value);
    this.#bytes += key.length + value.length;
  }

  delete(key: string): void {
    this.#changes.set(key, undefined);
    this.#bytes += key.length;
  }

  async *scan(from: string, to: string): AsyncGenerator<readonly EngineRecord[]> {
    const own = [...this.#flushing, ...this.#changes].filter(([key]) => key >= from && key < to);
    if (own.length === 0) {
      yield* this.#below.scan(from, to);
      return;
    }
    // Only at the very beginning of a store: few records, and nothing below them.
    const merged = new Map<string, Uint8Array | undefined>();
    for await (const batch of this.#below.scan(from, to)) {
      for (const { key, value } of batch) merged.set(key, value);
    }
    for (const [key, value] of own) merged.set(key, value);
    const records = [...merged].flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value }],
    );
    yield records.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Everything that was written since the last time, to be taken to the disk. */
  beginFlush(): Changes {
    this.#flushing = this.#changes;
    this.#changes = new Map();
    this.#bytes = 0;
    return this.#flushing;
  }

  /** What was taken is on the disk. */
  endFlush(): void {
    this.#flushing = new Map();
  }
}
