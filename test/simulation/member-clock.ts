import type { Cancel, Clock } from '../../src/base/clock.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

interface Timer {
  readonly localMs: number;
  readonly fire: () => void;
  cancel: Cancel;
}

/**
 * The clock of one machine: it may run fast or slow and jump ahead, but never back. It outlives the machine's
 * processes.
 */
export class MachineClock {
  readonly #scheduler: Scheduler;
  #rate = 1;
  #localMs: number;
  #sinceMs: number;
  readonly #timers = new Set<Timer>();

  constructor(scheduler: Scheduler, startMs: number) {
    this.#scheduler = scheduler;
    this.#localMs = startMs;
    this.#sinceMs = scheduler.nowMs;
  }

  get rate(): number {
    return this.#rate;
  }

  nowMs(): number {
    return this.#localMs + (this.#scheduler.nowMs - this.#sinceMs) * this.#rate;
  }

  setRate(rate: number): void {
    this.#localMs = this.nowMs();
    this.#sinceMs = this.#scheduler.nowMs;
    this.#rate = rate;
    this.#rearm();
  }

  jump(aheadMs: number): void {
    this.#localMs = this.nowMs() + aheadMs;
    this.#sinceMs = this.#scheduler.nowMs;
    this.#rearm();
  }

  after(delayMs: number, fire: () => void): Cancel {
    const timer: Timer = { localMs: this.nowMs() + Math.max(0, delayMs), fire, cancel: () => {} };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  #arm(timer: Timer): void {
    // Slightly late, so that rounding never fires it early.
    const delayMs = (timer.localMs - this.nowMs()) / this.#rate + 1e-6;
    timer.cancel = this.#scheduler.after(delayMs, () => {
      this.#timers.delete(timer);
      timer.fire();
    });
  }

  #rearm(): void {
    for (const timer of this.#timers) {
      timer.cancel();
      this.#arm(timer);
    }
  }
}

/** The clock as one process sees it. `deliver` runs a callback when, and if, the process can. */
export function processClock(
  machine: MachineClock,
  scheduler: Scheduler,
  random: SeededRandom,
  deliver: (action: () => void) => void,
): Clock {
  return {
    nowMs: () => machine.nowMs(),
    after: (delayMs, callback) => machine.after(delayMs, () => deliver(callback)),
    endOfTurn: (callback) => {
      scheduler.after(random.real(0.005, 0.05), () => deliver(callback));
    },
  };
}
