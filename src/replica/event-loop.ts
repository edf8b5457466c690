import type { Clock } from '../base/clock.ts';

/** The one event loop of a member. It runs in turns; a failure in it ends it. */
export class EventLoop {
  readonly #clock: Clock;
  readonly #turn: () => void;
  readonly #failed: (error: unknown) => void;
  #turnDue = false;
  #stopped = false;
  #hasFailed = false;

  /**
   * `failed` is called once at most, when the loop has stopped by a failure, or what was left to do after it stopped
   * failed.
   */
  constructor(clock: Clock, turn: () => void, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#turn = turn;
    this.#failed = failed;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Has a turn run at the end of this turn of the platform's event loop, together with all that arrives until then. */
  wake(): void {
    if (this.#turnDue || this.#stopped) return;
    this.#turnDue = true;
    this.#clock.endOfTurn(() => {
      this.#turnDue = false;
      if (!this.#stopped) this.guard(this.#turn);
    });
  }

  /** Runs a turn now, because something came that a write or a message should not wait for. Call within `guard`. */
  turnNow(): void {
    if (!this.#stopped) this.#turn();
  }

  /** Runs what an outside event gave rise to; if it throws, the loop fails. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Something went wrong that leaves nothing to rely on. */
  fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#stopped = true;
    this.#failed(error);
  }

  /** No further turn begins; false if that was so before. */
  stop(): boolean {
    if (this.#stopped) return false;
    this.#stopped = true;
    return true;
  }
}
