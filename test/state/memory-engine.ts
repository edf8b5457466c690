import type { Engine, EngineRecord } from '../../src/state/index.ts';

/** An engine in memory. Its scans return batches of a few records. */
export class MemoryEngine implements Engine {
  readonly #records = new Map<string, Uint8Array>();

  get(key: string): Uint8Array | undefined {
    return this.#records.get(key);
  }

  peek(key: string): Uint8Array | undefined {
    return this.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.#records.set(key, value);
  }

  append(key: string, value: Uint8Array): void {
    this.#records.set(key, value);
  }

  delete(key: string): void {
    this.#records.delete(key);
  }

  async *scan(from: string, to: string): AsyncGenerator<readonly EngineRecord[]> {
    const keys = [...this.#records.keys()].filter((key) => key >= from && key < to).toSorted();
    for (let at = 0; at < keys.length; at += 3) {
      yield keys.slice(at, at + 3).map((key) => ({ key, value: this.#records.get(key)! }));
    }
  }

  /** A copy, as a crash or a snapshot would leave it. */
  copy(): MemoryEngine {
    const copy = new MemoryEngine();
    for (const [key, value] of this.#records) copy.put(key, value.slice());
    return copy;
  }

  keys(): Iterable<string> {
    return this.#records.keys();
  }

  /** All records in order, key and value in hexadecimal. */
  rows(): string[] {
    return [...this.#records]
      .map(([key, value]) => `${hex(Buffer.from(key, 'latin1'))} ${hex(value)}`)
      .toSorted();
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
