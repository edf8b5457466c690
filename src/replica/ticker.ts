import type { Cancel, Clock } from '../base/clock.ts';

/** Ticks once every heartbeat interval. */
export class Ticker {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #tick: (isLate: boolean) => void;
  #cancel: Cancel = () => {};

  /** `isLate`: the tick came so late that another one would have been due. */
  constructor(clock: Clock, intervalMs: number, tick: (isLate: boolean) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#tick = tick;
  }

  start(): void {
    const dueMs = this.#clock.nowMs() + this.#intervalMs;
    this.#cancel = this.#clock.after(this.#intervalMs, () => {
      const isLate = this.#clock.nowMs() > dueMs + this.#intervalMs;
      this.start();
      this.#tick(isLate);
    });
  }

  stop(): void {
    this.#cancel();
  }
}
