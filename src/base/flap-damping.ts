import { millisecondsOf, parseDuration } from './go-duration.ts';

/** More changes for the worse than `changes` within `windowMs` make a check flap: it has to be well for `windowMs` first. */
export interface FlapDamping {
  readonly changes: number;
  readonly windowMs: number;
}

/** The word in a registration that switches it off. */
const off = 'off';

/** Reads `5/10m`: more than 5 changes for the worse in 10 minutes. Undefined: it is none. */
export function flapDampingOf(given: string): FlapDamping | undefined {
  const [, changes, window = ''] = /^(\d{1,6})\/(.+)$/.exec(given) ?? [];
  const windowMs = millisecondsOf(parseDuration(window) ?? 0n);
  if (changes === undefined || windowMs <= 0) return undefined;
  return { changes: Number(changes), windowMs };
}

/** Whether a registration may say this: a damping, `off`, or nothing. */
export function isFlapDamping(given: string): boolean {
  return given === '' || given === off || flapDampingOf(given) !== undefined;
}

/** The damping of an instance whose registration says `given`. */
export function flapDampingFor(
  given: string,
  byDefault: FlapDamping | undefined,
): FlapDamping | undefined {
  if (given === '') return byDefault;
  return given === off ? undefined : flapDampingOf(given);
}
