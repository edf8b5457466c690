import { RegistryError } from '../base/errors.ts';
import type { CallOptions, Operations } from '../operations/index.ts';

/** Departures of one hour share a lease, so that ten thousand of them are no ten thousand leases. */
const sharedMs = 3600_000;
/** So each is remembered for a day at least. */
const ttlSeconds = 25 * 3600;
/** Ids of these leases: this and the hour. All members name the lease of an hour alike, whichever grants it first. */
const firstId = 0x6465_7061_7274_0000n;

/** The leases of the keys that say why instances are gone. */
export class DepartureLeases {
  readonly #operations: Operations;
  readonly #wallTimeMs: () => number;
  #granted = 0n;

  constructor(operations: Operations, wallTimeMs: () => number) {
    this.#operations = operations;
    this.#wallTimeMs = wallTimeMs;
  }

  /** The lease of this hour; undefined: the cluster grants none now. */
  async current(options: CallOptions): Promise<bigint | undefined> {
    const id = firstId + BigInt(Math.floor(this.#wallTimeMs() / sharedMs));
    if (id === this.#granted) return id;
    try {
      await this.#operations.leaseGrant({ id, ttlSeconds }, options);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      // Another member was first.
      if (error.code !== 'lease-exists') return undefined;
    }
    this.#granted = id;
    return id;
  }

  /** Somebody revoked it. */
  forget(): void {
    this.#granted = 0n;
  }
}
