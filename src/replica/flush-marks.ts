/** Properties of the state at an applied index. */
export interface FlushMark {
  readonly index: number;
  readonly revision: number;
  readonly keyCount: number;
}

/** The store's snapshots are never further behind than a write or two. */
const marksMax = 64;

/** Remembers what the state was like at the last applied indexes that were taken to the disk. */
export class FlushMarks {
  readonly #marks: FlushMark[] = [];

  note(mark: FlushMark): void {
    if (this.#marks.at(-1)?.index === mark.index) this.#marks.pop();
    this.#marks.push(mark);
    if (this.#marks.length > marksMax) this.#marks.shift();
  }

  at(index: number): FlushMark | undefined {
    return this.#marks.findLast((mark) => mark.index === index);
  }
}
