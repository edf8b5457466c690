/** A round that a majority answered: its reads are linearizable once the state has applied `index`. */
export interface ConfirmedRound {
  readonly ticket: number;
  readonly index: number;
}

/**
 * The leader's confirmation rounds for linearizable reads (thesis, section 6.4). All reads that are requested before a
 * round begins share it, so that a round costs the same however many reads it serves; one at a time is under way, and
 * the reads that come meanwhile share the next one. The number of a round is the
 * ticket of its reads; it is never used again, not even in a later term.
 */
export class ReadRounds {
  /** The last round that began. Heartbeats carry it, and responses return it. */
  #last = 0;
  /** A read waits for a round that has not begun. */
  #isRequested = false;
  /**
   * Rounds that no majority has answered yet. Ascending by ticket, and by index, since the commit index never falls.
   */
  #underWay: ConfirmedRound[] = [];

  get last(): number {
    return this.#last;
  }

  get isRequested(): boolean {
    return this.#isRequested;
  }

  /** A round has begun that no majority has answered yet. */
  get isUnderWay(): boolean {
    return this.#underWay.length > 0;
  }

  /** Returns the ticket of the next round to begin. */
  request(): number {
    this.#isRequested = true;
    return this.#last + 1;
  }

  /** Begins the requested round. Its reads must see everything up to `commitIndex`. */
  begin(commitIndex: number): void {
    this.#isRequested = false;
    this.#last++;
    this.#underWay.push({ ticket: this.#last, index: commitIndex });
  }

  /** A majority has answered round `last`, which confirms the earlier rounds as well. */
  takeConfirmed(last: number): readonly ConfirmedRound[] {
    const open = this.#underWay.findIndex(({ ticket }) => ticket > last);
    return this.#underWay.splice(0, open === -1 ? this.#underWay.length : open);
  }

  /** Leadership is lost. Returns the tickets that will never be confirmed. */
  abandon(): readonly number[] {
    const lost = this.#underWay.map(({ ticket }) => ticket);
    if (this.#isRequested) lost.push(++this.#last);
    this.#isRequested = false;
    this.#underWay = [];
    return lost;
  }
}
