import type { Cancel, Clock } from '../base/clock.ts';

/** Node.js fires a longer timer (more than about 24 days) at once. */
const timerMsMax = 2 ** 31 - 1;

/** Real time: the monotonic clock of the machine and the timers of the event loop. */
export function systemClock(): Clock {
  return {
    nowMs: () => performance.now(),
    after: (delayMs, callback): Cancel => {
      let timer: NodeJS.Timeout;
      const wait = (leftMs: number): void => {
        timer =
          leftMs <= timerMsMax
            ? setTimeout(callback, leftMs)
            : setTimeout(() => wait(leftMs - timerMsMax), timerMsMax);
      };
      wait(delayMs);
      return () => clearTimeout(timer);
    },
    // Network data that arrived in this turn is delivered before the check phase, in which immediates run.
    endOfTurn: (callback) => void setImmediate(callback),
  };
}

/** The calendar time in milliseconds since 1970. It may be set back: for people and ids, never for measuring. */
export function wallTimeMs(): number {
  return Date.now();
}
