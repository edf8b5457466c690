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

/** Of the transaction of one draft; the limit for clients does not count. The checks of one subject are up to 3 each. */
export const draftOperationsMax = 4096;

const noValue = new Uint8Array();

/** A change of some keys, and the revisions of the keys that it was decided on. */
export class Draft {
  readonly #reads = new Map<Key, number>();
  readonly #puts = new Map<Key, DraftPut>();
  readonly #deletes: KeyRange[] = [];
  readonly #departures = new Map<Key, Uint8Array>();

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

  /** Leaves a key behind that says why an instance is gone, if there can be one: nothing fails for want of it. */
  depart(key: Key, value: Uint8Array): void {
    this.#departures.set(key, value);
  }

  get hasDepartures(): boolean {
    return this.#departures.size > 0;
  }

  /** Also what it would have put there. */
  delete(key: Key): void {
    this.#puts.delete(key);
    this.#deletes.push(singleKey(key));
  }

  compares(): readonly Compare[] {
    return [...this.#reads].map(([key, modRevision]) => ({
      range: singleKey(key),
      result: 'equal',
      against: { target: 'mod', value: modRevision },
    }));
  }

  /** `leaseOf`: the lease of a key that is to have its own; `departures`: that of departures, without which they are left out. */
  operations(leaseOf: (key: Key) => bigint, departures?: bigint): readonly Operation[] {
    const deletes = this.#deletes.map(
      (range) => ({ kind: 'delete-range', request: { range, prevKv: false } }) as const,
    );
    const left =
      departures === undefined
        ? []
        : [...this.#departures].map(([key, value]) => putOf(key, value, departures));
    const puts = [...this.#puts.values()].map(({ key, value, lease, ttlSeconds }) =>
      putOf(key, value, ttlSeconds === undefined ? lease : leaseOf(key)),
    );
    return [...deletes, ...puts, ...left];
  }
}

function putOf(key: Key, value: Uint8Array, lease: bigint): Operation {
  const request = { key, value, lease, prevKv: false, ignoreValue: false, ignoreLease: false };
  return { kind: 'put', request };
}
