import { present } from '../base/assert.ts';
import type { Key } from '../base/key.ts';
import type { Engine } from './engine.ts';
import { hashNumber, hashText } from './hash.ts';
import type { LeaseId } from './key-value.ts';
import { RowFormat } from './row.ts';

/** A lease as replicated on every member. The time that it has left now is known to the leader only. */
export interface LeaseInfo {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /** Remaining time at the last checkpoint; 0: the full TTL. */
  readonly remainingSeconds: number;
  /** In order; computed at each call. While a command is under way: the keys before it. */
  readonly keys: readonly Key[];
  /** The same keys, unordered. */
  readonly keySet: ReadonlySet<Key>;
  /** True if each of these keys is in `ranges`. Asked again with the same ranges, it looks at keys that have come since. */
  keysAreIn(ranges: Ranges): boolean;
}

/** Ranges of keys that do not change. */
interface Ranges {
  holds(key: Key): boolean;
}

/** A read-only view of the leases. */
export interface Leases {
  readonly size: number;
  get(id: LeaseId): LeaseInfo | undefined;
  /** Unordered. */
  list(): LeaseInfo[];
}

/** Approximate size of a lease without its keys, on disk and in memory; counts against the quota. */
const leaseBytes = 64;

/** Keys of one lease that have come since its keys were looked at; beyond it all are looked at again. */
const newKeysMax = 1000;

const leaseSpace = 'l';
const leaseSpaceEnd = 'm';
const leaseRow = new RowFormat<[ttlSeconds: number, remainingSeconds: number]>();

class Lease implements LeaseInfo {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  remainingSeconds: number;
  /** Includes the changes of the command under way. */
  readonly attached: Set<Key> = new Set();
  readonly #former: FormerKeys;
  /** All keys but the new ones are in these ranges. A lease with many keys would make each put with it slow otherwise. */
  #known: Ranges | undefined;
  #newKeys: Key[] = [];

  constructor(former: FormerKeys, id: LeaseId, ttlSeconds: number, remainingSeconds: number) {
    this.#former = former;
    this.id = id;
    this.ttlSeconds = ttlSeconds;
    this.remainingSeconds = remainingSeconds;
  }

  get keys(): readonly Key[] {
    return [...this.keySet].toSorted();
  }

  get keySet(): ReadonlySet<Key> {
    const changed = this.#former.of(this.id);
    if (changed === undefined) return this.attached;
    const keys = new Set(this.attached);
    for (const [key, wasAttached] of changed) {
      if (wasAttached) keys.add(key);
      else keys.delete(key);
    }
    return keys;
  }

  attach(key: Key): void {
    this.attached.add(key);
    if (this.#known === undefined) return;
    this.#newKeys.push(key);
    if (this.#newKeys.length > newKeysMax) this.#forget();
  }

  keysAreIn(ranges: Ranges): boolean {
    if (this.#former.of(this.id) !== undefined) return allIn(this.keySet, ranges);
    const isKnown = this.#known === ranges;
    const keys = isKnown ? this.#newKeys.filter((key) => this.attached.has(key)) : this.attached;
    if (!allIn(keys, ranges)) return false;
    this.#forget();
    this.#known = ranges;
    return true;
  }

  #forget(): void {
    this.#known = undefined;
    this.#newKeys = [];
  }
}

function allIn(keys: Iterable<Key>, ranges: Ranges): boolean {
  for (const key of keys) if (!ranges.holds(key)) return false;
  return true;
}

/** The attachments of keys to leases before the command under way, as far as the command changed them. */
class FormerKeys {
  #changed: Map<LeaseId, Map<Key, boolean>> = new Map();

  of(lease: LeaseId): ReadonlyMap<Key, boolean> | undefined {
    return this.#changed.get(lease);
  }

  note(lease: LeaseId, key: Key, wasAttached: boolean): void {
    let changed = this.#changed.get(lease);
    if (changed === undefined) this.#changed.set(lease, (changed = new Map()));
    if (!changed.has(key)) changed.set(key, wasAttached);
  }

  forget(): void {
    if (this.#changed.size > 0) this.#changed = new Map();
  }
}

/**
 * All leases and the keys attached to them. In the engine a lease is the row [ttl, remaining] under `l` and its id
 * (eight bytes, big endian). Which lease a key has is in the key's own records.
 */
export class LeaseTable implements Leases {
  readonly #engine: Engine;
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #former = new FormerKeys();
  /** The command under way takes several turns, so reads may come before it is done. */
  #inSteps = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get size(): number {
    return this.#leases.size;
  }

  get bytes(): number {
    return this.#leases.size * leaseBytes;
  }

  has(id: LeaseId): boolean {
    return this.#leases.has(id);
  }

  get(id: LeaseId): Lease | undefined {
    return this.#leases.get(id);
  }

  list(): LeaseInfo[] {
    return [...this.#leases.values()];
  }

  grant(id: LeaseId, ttlSeconds: number): void {
    const lease = new Lease(this.#former, id, ttlSeconds, 0);
    this.#leases.set(id, lease);
    this.#save(lease);
  }

  /** Removes a lease that has no keys any more. */
  remove(id: LeaseId): void {
    this.#leases.delete(id);
    this.#engine.delete(leaseKey(id));
  }

  /** Ignored if the lease does not exist any more. */
  checkpoint(id: LeaseId, remainingSeconds: number): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.remainingSeconds = remainingSeconds;
    this.#save(lease);
  }

  /** Moves a key from one lease to another; 0 is none. */
  move(key: Key, from: LeaseId, to: LeaseId): void {
    if (from === to) return;
    if (this.#inSteps) {
      if (from !== 0n) this.#former.note(from, key, true);
      if (to !== 0n) this.#former.note(to, key, false);
    }
    if (from !== 0n) this.#leases.get(from)?.attached.delete(key);
    if (to !== 0n) present(this.#leases.get(to), `the lease of ${key}`).attach(key);
  }

  /** A command begins that may take several turns. Until `commit`, reads see the attachments before it. */
  beginSteps(): void {
    this.#inSteps = true;
  }

  commit(): void {
    this.#inSteps = false;
    this.#former.forget();
  }

  /** The hash of all leases; independent of their order. */
  hash(): number {
    let sum = 0;
    for (const { id, ttlSeconds, remainingSeconds } of this.#leases.values()) {
      const seed = hashNumber(ttlSeconds, hashNumber(remainingSeconds, 0));
      sum = (sum + hashText(id.toString(16), seed)) | 0;
    }
    return sum >>> 0;
  }

  async load(): Promise<void> {
    for await (const batch of this.#engine.scan(leaseSpace, leaseSpaceEnd)) {
      for (const { key, value } of batch) {
        const id = Buffer.from(key, 'latin1').readBigInt64BE(1);
        const [ttlSeconds, remainingSeconds] = leaseRow.decode(value);
        this.#leases.set(id, new Lease(this.#former, id, ttlSeconds, remainingSeconds));
      }
    }
  }

  #save({ id, ttlSeconds, remainingSeconds }: Lease): void {
    this.#engine.put(leaseKey(id), leaseRow.encode([ttlSeconds, remainingSeconds]));
  }
}

function leaseKey(id: LeaseId): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(id);
  return leaseSpace + bytes.toString('latin1');
}
