/**
 * Checks on our own work. After a broken invariant nothing can be trusted any more: these functions throw `BrokenInvariant`,
 * which no code catches, and the process ends, in production too.
 */

/** A fault of this program, never of a caller or of the environment. It ends the process. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Stops the process unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}

/** The end of a `switch` that covers every case; reached only if the types are wrong. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`unexpected value: ${JSON.stringify(value)}`);
}

/** The value, which is known to be there. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new BrokenInvariant(`${what} is missing`);
  return value;
}
