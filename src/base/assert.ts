/**
 * Checks on our own work. A broken invariant means that what follows can no longer be trusted, so these
 * throw `BrokenInvariant`, which nobody catches: the process stops, in production too.
 */

/** A mistake of ours, never of a caller or of the world. It ends the process. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Stops the process unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}

/** The end of a `switch` that covers every case; reached only if the types lied. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`unexpected value: ${JSON.stringify(value)}`);
}

/** Takes the value out of something that is known to be there. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new BrokenInvariant(`${what} is missing`);
  return value;
}
