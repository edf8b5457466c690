/**
 * A lower bound of many deadlines, in any order: as long as it has not passed, none of them has,
 * and none needs to be looked at. A deadline that is not waited for any more may leave the bound too low for one look.
 */
export class EarliestDeadline {
  #atMs = Infinity;

  note(atMs: number): void {
    if (atMs < this.#atMs) this.#atMs = atMs;
  }

  /** True: some may have passed. Look at all of them, and note again those that have not. */
  takePassed(nowMs: number): boolean {
    if (this.#atMs > nowMs) return false;
    this.#atMs = Infinity;
    return true;
  }
}

/** The latest deadline of those that share a request: until then one of them still waits. */
export function latestOf(waiting: readonly { readonly expiresMs: number }[]): number {
  return waiting.reduce((latest, { expiresMs }) => Math.max(latest, expiresMs), -Infinity);
}
