import { RollcallError } from './errors.ts';

/** Refuses arguments that the types forbid and plain JavaScript can pass, before anything is sent. */

/** The time of a lease that keeps something alive. */
export function checkTtl(ttlSeconds: number): void {
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    throw invalid(
      `the TTL must be a whole number of seconds, 1 or more, not ${String(ttlSeconds)}`,
    );
  }
}

/** A time limit in milliseconds; `Infinity` is none. */
export function checkTimeoutMs(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined) return;
  if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs) || timeoutMs < 0) {
    throw invalid(`timeoutMs must be a number of milliseconds, not ${String(timeoutMs)}`);
  }
}

/** The names of endpoints. */
export function checkEndpoints(endpoints: unknown): void {
  if (!Array.isArray(endpoints) || !endpoints.every((one) => typeof one === 'string')) {
    throw invalid("endpoints must be a list of strings, as in { endpoints: ['127.0.0.1:2379'] }");
  }
}

export function invalid(message: string): RollcallError {
  return new RollcallError('invalid-request', message);
}
