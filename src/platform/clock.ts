import type { Cancel, Clock } from '../base/clock.ts';

/** Real time: the monotonic clock of the machine and the timers of the event loop. */
export function systemClock(): Clock {
  return {
    nowMs: () => performance.now(),
    after: (delayMs, callback): Cancel => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    // What arrived from the network in this turn is delivered before the check phase, where immediates run.
    endOfTurn: (callback) => void setImmediate(callback),
  };
}
