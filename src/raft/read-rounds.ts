/** Reads that wait for a confirmation round, and rounds that wait for a majority (thesis, section 6.4). */
export class ReadRounds {
  #lastTicket = 0;
  #lastRound = 0;
  /** Asked before the leader had committed anything of its own term: its commit index may still be behind. */
  #early: number[] = [];
  #gathering: number[] = [];
  #underWay: {
    readonly round: number;
    readonly index: number;
    readonly tickets: readonly number[];
  }[] = [];

  /** The round that heartbeats carry now. */
  get round(): number {
    return this.#lastRound;
  }

  get waiting(): boolean {
    return this.#gathering.length > 0;
  }

  ask(canBegin: boolean): number {
    const ticket = ++this.#lastTicket;
    (canBegin ? this.#gathering : this.#early).push(ticket);
    return ticket;
  }

  /** The leader has committed an entry of its own term: every read can have a round now. */
  admitEarly(): void {
    this.#gathering.push(...this.#early);
    this.#early = [];
  }

  /** All who asked until now share a round; their reads must see everything up to `commitIndex`. */
  begin(commitIndex: number): void {
    this.#lastRound++;
    this.#underWay.push({ round: this.#lastRound, index: commitIndex, tickets: this.#gathering });
    this.#gathering = [];
  }

  /** A majority has answered this round, so all before it are confirmed as well. */
  confirmed(round: number): { readonly ticket: number; readonly index: number }[] {
    const reads: { ticket: number; index: number }[] = [];
    let count = 0;
    for (const under of this.#underWay) {
      if (under.round > round) break;
      for (const ticket of under.tickets) reads.push({ ticket, index: under.index });
      count++;
    }
    if (count > 0) this.#underWay.splice(0, count);
    return reads;
  }

  /** Leadership is lost: nobody will be confirmed any more. */
  abandon(): number[] {
    const lost = [
      ...this.#underWay.flatMap(({ tickets }) => tickets),
      ...this.#gathering,
      ...this.#early,
    ];
    this.#underWay = [];
    this.#gathering = [];
    this.#early = [];
    return lost;
  }
}
