import { present } from '../base/assert.ts';
import type { Key } from '../base/key.ts';
import type { Engine } from './engine.ts';
import { hashNumber, hashText } from './hash.ts';
import type { LeaseId } from './key-value.ts';
import { RowFormat } from './row.ts';

/** A lease as every member knows it. How much time it has left now only the leader knows. */
export interface LeaseInfo {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /** What was left at the last checkpoint; 0: all of it. */
  readonly remainingSeconds: number;
  /** In order; made at each call. */
  readonly keys: readonly Key[];
}

/** The leases, for whoever may only look. */
export interface Leases {
  readonly size: number;
  get(id: LeaseId): LeaseInfo | undefined;
  /** In no particular order. */
  list(): LeaseInfo[];
}

/** What a lease without its keys counts against the quota, on disk and in memory, about. */
const leaseBytes = 64;

const leaseSpace = 'l';
const leaseSpaceEnd = 'm';
const leaseRow = new RowFormat<[ttlSeconds: number, remainingSeconds: number]>();

class Lease implements LeaseInfo {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  remainingSeconds: number;
  readonly attached = new Set<Key>();

  constructor(id: LeaseId, ttlSeconds: number, remainingSeconds: number) {
    this.id = id;
    this.ttlSeconds = ttlSeconds;
    this.remainingSeconds = remainingSeconds;
  }

  get keys(): readonly Key[] {
    return [...this.attached].toSorted();
  }
}

/**
 * All leases and the keys that hang on them. On disk a lease is the row [ttl, remaining] under `l` and its id (eight
 * bytes, big endian); its keys are found in their own records.
 */
export class LeaseBook implements Leases {
  readonly #engine: Engine;
  readonly #leases = new Map<LeaseId, Lease>();

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

  get(id: LeaseId): LeaseInfo | undefined {
    return this.#leases.get(id);
  }

  list(): LeaseInfo[] {
    return [...this.#leases.values()];
  }

  grant(id: LeaseId, ttlSeconds: number): void {
    const lease = new Lease(id, ttlSeconds, 0);
    this.#leases.set(id, lease);
    this.#save(lease);
  }

  /** Forgets a lease that has no keys any more. */
  remove(id: LeaseId): void {
    this.#leases.delete(id);
    this.#engine.delete(leaseKey(id));
  }

  /** Leases that are gone by now are left alone. */
  checkpoint(id: LeaseId, remainingSeconds: number): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.remainingSeconds = remainingSeconds;
    this.#save(lease);
  }

  /** A key changed its lease; 0 is none. */
  move(key: Key, from: LeaseId, to: LeaseId): void {
    if (from === to) return;
    if (from !== 0n) this.#leases.get(from)?.attached.delete(key);
    if (to !== 0n) present(this.#leases.get(to), `the lease of ${key}`).attached.add(key);
  }

  /** One number for all leases, in whatever order they are. */
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
        this.#leases.set(id, new Lease(id, ttlSeconds, remainingSeconds));
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
