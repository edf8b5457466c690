import { singleKey } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Compare, Operation } from '../operations/index.ts';

/** A key to be written. `ttlSeconds`: with a lease of its own of this time. */
export interface DraftPut {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly lease: bigint;
  readonly ttlSeconds: number | undefined;
}

const noValue = new Uint8Array();

/** A change of some keys, and the revisions of the keys that it was decided on. */
export class Draft {
  readonly #reads = new Map<Key, number>();
  readonly #puts = new Map<Key, DraftPut>();
  readonly #deletes: KeyRange[] = [];

  get isEmpty(): boolean {
    return this.#puts.size === 0 && this.#deletes.length === 0;
  }

  /** Keys that it depends on or changes. */
  get size(): number {
    return this.#reads.size + this.#puts.size + this.#deletes.length;
  }

  get puts(): Iterable<DraftPut> {
    return this.#puts.values();
  }

  /** The change holds only while the key has this revision; 0: while there is no such key. */
  read(key: Key, modRevision: number): void {
    this.#reads.set(key, modRevision);
  }

  put(key: Key, value: Uint8Array, lease = 0n): void {
    this.#puts.set(key, { key, value, lease, ttlSeconds: undefined });
  }

  /** Puts an empty value with a new lease. */
  putLeased(key: Key, ttlSeconds: number): void {
    this.#puts.set(key, { key, value: noValue, lease: 0n, ttlSeconds });
  }

  delete(key: Key): void {
    this.#deletes.push(singleKey(key));
  }

  compares(): readonly Compare[] {
    return [...this.#reads].map(([key, modRevision]) => ({
      range: singleKey(key),
      result: 'equal',
      against: { target: 'mod', value: modRevision },
    }));
  }

  /** `leaseOf`: the lease of a key that is to have its own. */
  operations(leaseOf: (key: Key) => bigint): readonly Operation[] {
    const deletes = this.#deletes.map(
      (range) => ({ kind: 'delete-range', request: { range, prevKv: false } }) as const,
    );
    const puts = [...this.#puts.values()].map(({ key, value, lease, ttlSeconds }) => ({
      kind: 'put' as const,
      request: {
        key,
        value,
        lease: ttlSeconds === undefined ? lease : leaseOf(key),
        prevKv: false,
        ignoreValue: false,
        ignoreLease: false,
      },
    }));
    return [...deletes, ...puts];
  }
}
