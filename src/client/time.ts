/** Milliseconds of a clock that never goes back. */
export function nowMs(): number {
  return performance.now();
}

/** The longest delay that a timer takes; with more it would fire at once. */
export const delayMsMax: number = 2 ** 31 - 1;

/** Waits, or returns early when `signal` fires; look at the signal to tell which. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(finish, Math.min(delayMs, delayMsMax));
    signal?.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
  });
}

/** The pause before attempt number `attempt` (from 0): grows from 50 ms to 1 s, never twice the same. */
export function backOffMs(attempt: number): number {
  const ceiling = Math.min(1000, 50 * 2 ** Math.min(attempt, 10));
  return ceiling * (0.5 + Math.random() / 2);
}
