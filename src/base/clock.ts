/** Cancels a timer. A second call, or one after the timer fired, does nothing. */
export type Cancel = () => void;

/** The initial value of a `Cancel`: nothing has begun. */
export const nothingToCancel: Cancel = () => {};

/** Time for the layers that do no I/O. `platform` implements it with the system's clock; the simulation steps its own. */
export interface Clock {
  /** Milliseconds since an arbitrary moment. Monotonic, and unrelated to the calendar. */
  nowMs(): number;
  /** Calls back once, after at least `delayMs`. */
  after(delayMs: number, callback: () => void): Cancel;
  /** Calls back once, after all events that have arrived in this turn of the event loop are delivered. */
  endOfTurn(callback: () => void): void;
}
