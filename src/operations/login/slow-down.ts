import type { Clock } from '../../base/clock.ts';

/** This many failures cost nothing: people mistype. */
const freeFailures = 3;
/** An address may be that of many clients. */
const freeFailuresOfAddress = 20;
const firstPauseMs = 250;
const pauseMaxMs = 30_000;
/** After this long without a failure all is forgotten. */
const forgetMs = 10 * 60_000;
/** Pairs of user and address, and addresses, that are remembered. */
export const remembered = 10_000;

interface Failures {
  count: number;
  lastMs: number;
}

/**
 * Slows down those that guess passwords. Each failure beyond the first few doubles the pause before the next attempt: for
 * the user from the address, and, more leniently, for all users from the address. Other addresses are not concerned, so a
 * guesser locks nobody out. Both tables are bounded; what was not used for longest is forgotten first.
 */
export class SlowDown {
  readonly #clock: Clock;
  readonly #byPair: Map<string, Failures> = new Map();
  readonly #byAddress: Map<string, Failures> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the next attempt has to wait; 0: not at all. */
  waitMs(user: string, address: string): number {
    const now = this.#clock.nowMs();
    return Math.max(
      pauseLeft(this.#byPair.get(pairOf(user, address)), freeFailures, now),
      pauseLeft(this.#byAddress.get(address), freeFailuresOfAddress, now),
    );
  }

  failed(user: string, address: string): void {
    const now = this.#clock.nowMs();
    count(this.#byPair, pairOf(user, address), now);
    count(this.#byAddress, address, now);
  }

  succeeded(user: string, address: string): void {
    this.#byPair.delete(pairOf(user, address));
  }
}

function pairOf(user: string, address: string): string {
  return `${address} ${user}`;
}

function pauseLeft(failures: Failures | undefined, free: number, now: number): number {
  if (failures === undefined || failures.count < free || now - failures.lastMs > forgetMs) return 0;
  // The exponent is bounded, since 2 to the power of a large one is Infinity.
  const pauseMs = Math.min(pauseMaxMs, firstPauseMs * 2 ** Math.min(20, failures.count - free));
  return Math.max(0, failures.lastMs + pauseMs - now);
}

function count(table: Map<string, Failures>, key: string, now: number): void {
  const known = table.get(key);
  const before = known === undefined || now - known.lastMs > forgetMs ? 0 : known.count;
  table.delete(key);
  const [oldest] = table.keys();
  if (table.size >= remembered && oldest !== undefined) table.delete(oldest);
  table.set(key, { count: before + 1, lastMs: now });
}
