import type { Cancel, Clock } from '../../src/base/clock.ts';

/** A clock that moves when it is told to. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Map<() => void, number>();

  nowMs(): number {
    return this.#nowMs;
  }

  /** How many wait. */
  get timers(): number {
    return this.#timers.size;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const timer = (): void => callback();
    this.#timers.set(timer, this.#nowMs + delayMs);
    return () => void this.#timers.delete(timer);
  }

  endOfTurn(callback: () => void): void {
    setImmediate(callback);
  }

  /** Lets time pass, and calls back what is due, in order. */
  pass(ms: number): void {
    this.#nowMs += ms;
    const due = [...this.#timers].filter(([, atMs]) => atMs <= this.#nowMs);
    for (const [timer] of due.toSorted(([, a], [, b]) => a - b)) {
      if (this.#timers.delete(timer)) timer();
    }
  }
}
