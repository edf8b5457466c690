import type { LeaseId } from '../../src/state/index.ts';
import { Violation } from './trace.ts';

interface Promised {
  /** By the fastest clocks of the world, when the promise was asked for. */
  readonly fastMs: number;
  readonly ttlSeconds: number;
}

interface Known {
  promised: Promised | undefined;
  /** Somebody has asked for it to end. */
  mayEnd: boolean;
  /** By the fastest clocks, when it was revoked. */
  endedFastMs: number | undefined;
}

/**
 * What keepers were promised, and whether it was kept. Time is counted by a clock that is always as fast as the fastest
 * one in the world, and has made all jumps that any of them made: no member can have seen more time go by.
 */
export class LeaseLedger {
  readonly #leases = new Map<LeaseId, Known>();
  readonly #fastMs: () => number;
  #lapsedCount = 0;

  constructor(fastMs: () => number) {
    this.#fastMs = fastMs;
  }

  get lapsedCount(): number {
    return this.#lapsedCount;
  }

  get live(): readonly LeaseId[] {
    return [...this.#leases]
      .filter(([, known]) => known.endedFastMs === undefined)
      .map(([id]) => id);
  }

  /** A keeper was told that the lease lives for this long again; `fastMs` is when it asked. */
  promised(id: LeaseId, ttlSeconds: number, fastMs: number): void {
    const known = this.#know(id);
    known.promised = { fastMs, ttlSeconds };
    this.#check(id, known);
  }

  /** A keeper was told that there is no such lease. */
  toldGone(id: LeaseId): void {
    const known = this.#know(id);
    if (known.endedFastMs === undefined) {
      throw new Violation(`lease ${id.toString(16)} was said to be gone, and it is not`);
    }
  }

  mayEnd(id: LeaseId): void {
    this.#know(id).mayEnd = true;
  }

  granted(id: LeaseId): void {
    this.#know(id);
  }

  revoked(id: LeaseId): void {
    const known = this.#know(id);
    known.endedFastMs = this.#fastMs();
    if (!known.mayEnd) this.#lapsedCount++;
    this.#check(id, known);
  }

  #check(id: LeaseId, { promised, mayEnd, endedFastMs }: Known): void {
    if (promised === undefined || mayEnd || endedFastMs === undefined) return;
    const livedMs = endedFastMs - promised.fastMs;
    if (livedMs + 1 < promised.ttlSeconds * 1000) {
      throw new Violation(
        `lease ${id.toString(16)} lapsed ${livedMs.toFixed(0)} ms after it was promised for ${promised.ttlSeconds} s`,
      );
    }
  }

  #know(id: LeaseId): Known {
    let known = this.#leases.get(id);
    if (known === undefined) {
      known = { promised: undefined, mayEnd: false, endedFastMs: undefined };
      this.#leases.set(id, known);
    }
    return known;
  }
}
