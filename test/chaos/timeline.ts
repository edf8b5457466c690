/** By when revisions had come about: whoever is told of one is told of the past. */
export class Timeline {
  /** Ascending in both. */
  readonly #known: { readonly revision: number; readonly atMs: number }[] = [];

  /** Somebody was told of a revision, of the whole cluster or of an event. */
  note(revision: number, atMs: number = performance.now()): void {
    if (revision > (this.#known.at(-1)?.revision ?? 0)) this.#known.push({ revision, atMs });
  }

  /** When this revision had certainly come about; `Infinity` if nobody knows yet. */
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
