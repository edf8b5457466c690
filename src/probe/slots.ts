/** What waits for a slot. */
interface Waiting {
  readonly isSlow: boolean;
  readonly begin: () => void;
}

/**
 * How many probes run at once. They begin in the order in which they came, with one exception: targets that timed out the
 * last time hold at most half of the slots, so that those that hang do not keep the others waiting.
 */
export class Slots {
  readonly #max: number;
  #busy = 0;
  #busySlow = 0;
  readonly #waiting: Waiting[] = [];
  readonly #waitingSlow: Waiting[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get busy(): number {
    return this.#busy;
  }

  get waiting(): number {
    return this.#waiting.length + this.#waitingSlow.length;
  }

  /** Resolves when the slot is taken; give it back with `release`. */
  take(isSlow: boolean): Promise<void> {
    return new Promise((begin) => {
      (isSlow ? this.#waitingSlow : this.#waiting).push({ isSlow, begin });
      this.#begin();
    });
  }

  release(isSlow: boolean): void {
    this.#busy--;
    if (isSlow) this.#busySlow--;
    this.#begin();
  }

  #begin(): void {
    while (this.#busy < this.#max) {
      const next = this.#waiting.shift() ?? this.#nextSlow();
      if (next === undefined) return;
      this.#busy++;
      if (next.isSlow) this.#busySlow++;
      next.begin();
    }
  }

  #nextSlow(): Waiting | undefined {
    return this.#busySlow * 2 < this.#max ? this.#waitingSlow.shift() : undefined;
  }
}
