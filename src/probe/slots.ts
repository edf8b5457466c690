import type { Clock } from '../base/clock.ts';

/** Beginning one takes some tenths of a millisecond; other work of the member has its turn in between. */
const beginsPerTurn = 16;

/** A probe that waits for a slot. */
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
  readonly #clock: Clock;
  /** In this turn of the event loop. */
  #begun = 0;
  #busy = 0;
  #busySlow = 0;
  readonly #waiting: Waiting[] = [];
  readonly #waitingSlow: Waiting[] = [];

  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
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
    while (this.#busy < this.#max && this.#begun < beginsPerTurn) {
      const next = this.#waiting.shift() ?? this.#nextSlow();
      if (next === undefined) return;
      if (this.#begun++ === 0) this.#clock.endOfTurn(() => this.#nextTurn());
      this.#busy++;
      if (next.isSlow) this.#busySlow++;
      next.begin();
    }
  }

  #nextTurn(): void {
    this.#begun = 0;
    this.#begin();
  }

  #nextSlow(): Waiting | undefined {
    return this.#busySlow * 2 < this.#max ? this.#waitingSlow.shift() : undefined;
  }
}
