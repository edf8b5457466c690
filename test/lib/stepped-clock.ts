import type { Cancel, Clock } from '../../src/base/clock.ts';

/** A clock that is advanced by the test. */
export class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  endOfTurn(callback: () => void): void {
    setImmediate(callback);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const timer of Array.from(this.#timers)) {
      if (timer.atMs > this.#nowMs || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}
