import type { LeaseId } from '../../src/state/index.ts';
import { Violation } from './trace.ts';

interface Promised {
  /** When the promise was requested, by the fastest clock. */
  readonly fastMs: number;
  readonly ttlSeconds: number;
}

interface Known {
  promised: Promised | undefined;
  /** Its revocation was requested. */
  mayEnd: boolean;
  /** When it was revoked, by the fastest clock. */
  endedFastMs: number | undefined;
}

/**
 * Promises to lease holders, and whether they were kept. Time is that of a clock that is always as fast as the
 * fastest in the world, and makes all jumps of all clocks: no member can have seen more time pass.
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

  /** A holder was told that the lease lives for this long; `fastMs` is when it asked. */
  promised(id: LeaseId, ttlSeconds: number, fastMs: number): void {
    const known = this.#know(id);
    known.promised = { fastMs, ttlSeconds };
    this.#check(id, known);
  }

  /** A holder was told that there is no such lease. */
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
