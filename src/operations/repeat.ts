import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';

/** Does something again and again, for the first time after one interval. Returns how to stop. */
export function repeat(clock: Clock, intervalMs: number, action: () => void): Cancel {
  let cancel = nothingToCancel;
  const next = (): void => {
    cancel = clock.after(intervalMs, () => {
      next();
      action();
    });
  };
  next();
  return () => cancel();
}
