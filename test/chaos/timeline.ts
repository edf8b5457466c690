/** When revisions existed: a client that sees one has seen that all earlier ones exist. */
export class Timeline {
  /** Ascending in both. */
  readonly #known: { readonly revision: number; readonly atMs: number }[] = [];

  /** A client saw a revision, of the store or of an event. */
  note(revision: number, atMs: number = performance.now()): void {
    if (revision > (this.#known.at(-1)?.revision ?? 0)) this.#known.push({ revision, atMs });
  }

  /** The time by which this revision existed for sure; `Infinity` if unknown. */
  cameAboutBy(revision: number): number {
    let low = 0;
    let high = this.#known.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#known[middle]?.revision ?? 0) < revision) low = middle + 1;
      else high = middle;
    }
    return this.#known[low]?.atMs ?? Infinity;
  }
}
