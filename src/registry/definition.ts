import { parseDuration } from '../base/go-duration.ts';
import { ttlSecondsMax } from '../operations/index.ts';

/** A lease has whole seconds, and a heartbeat that comes in time must not be too late. */
const secondMs = 1000;

/** The TTL of a check in whole seconds, at least 1, at most that of a lease; 1 too, if it cannot be read. */
export function ttlSecondsOf(definition: Readonly<Record<string, unknown>>): number {
  const seconds = Math.ceil((durationMsOf(definition['TTL']) ?? 0) / secondMs);
  return Math.min(Math.max(seconds, 1), ttlSecondsMax);
}

/** A duration of a definition in milliseconds: Go's text, or a number of nanoseconds. Undefined: it is none. */
export function durationMsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value / 1e6 : undefined;
  if (typeof value !== 'string') return undefined;
  const nanoseconds = parseDuration(value);
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
}
