/** Ends a timer; calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void;

/** What there is to cancel before anything has begun. */
export const nothingToCancel: Cancel = () => {};

/**
 * Time, as far as the pure rooms know it. The real one lives in `platform`; the simulator steps its own.
 */
export interface Clock {
  /** Milliseconds since some fixed moment. Never goes back; says nothing about the calendar. */
  nowMs(): number;
  /** Calls once, not before `delayMs` have passed. */
  after(delayMs: number, callback: () => void): Cancel;
  /** Calls once, after everything that has already arrived in this turn of the event loop was delivered. */
  endOfTurn(callback: () => void): void;
}
