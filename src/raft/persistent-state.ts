import { assert, present } from '../base/assert.ts';
import type { MemberId } from '../base/member-id.ts';
import type { PersistEffect } from './effects.ts';
import type { Log } from './log.ts';
import type { Entry, HardState, SnapshotPosition } from './messages.ts';

/** A write that was given out and has not completed. */
interface Ticket {
  readonly ticket: number;
  /** The term, and with it the vote, that was written along. */
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The tick in which it was given out. */
  readonly since: number;
}

/**
 * The state that must survive a crash (figure 2): term, vote and log; how much of it was given out for writing, and how
 * much is durable. Entries of the log are overwritten only through this class. `durableIndex < persistFrom <= lastIndex
 * + 1`.
 */
export class PersistentState {
  readonly #log: Log;
  #term: number;
  #vote: MemberId | undefined;
  #hardStateDirty = false;
  /** Entries from here on were not given out for writing yet. */
  #persistFrom: number;
  #snapshotToPersist: SnapshotPosition | undefined;
  #lastTicket = 0;
  #tickets: Ticket[] = [];
  #ticks = 0;
  /** A write that is under way for longer does not count as slow, but as hanging. */
  readonly #hangingTicks: number;
  #durableIndex: number;
  #durableTerm: number;

  /** `hardState` and `log` are what the disk holds. */
  constructor(hardState: HardState, log: Log, hangingTicks: number) {
    this.#log = log;
    this.#hangingTicks = hangingTicks;
    this.#term = hardState.term;
    this.#vote = hardState.vote;
    this.#persistFrom = log.lastIndex + 1;
    this.#durableIndex = log.lastIndex;
    this.#durableTerm = hardState.term;
  }

  get term(): number {
    return this.#term;
  }

  get vote(): MemberId | undefined {
    return this.#vote;
  }

  /** Everything up to here is durable on this member, and stands in the log as it was written. */
  get durableIndex(): number {
    return this.#durableIndex;
  }

  /** The latest term that is durable. */
  get durableTerm(): number {
    return this.#durableTerm;
  }

  /** The oldest write under way has been so for several election timeouts. */
  get diskHangs(): boolean {
    const oldest = this.#tickets[0];
    return oldest !== undefined && this.#ticks - oldest.since >= this.#hangingTicks;
  }

  /** Time passes. */
  tick(): void {
    this.#ticks++;
  }

  get hasWrite(): boolean {
    return (
      this.#hardStateDirty ||
      this.#persistFrom <= this.#log.lastIndex ||
      this.#snapshotToPersist !== undefined
    );
  }

  /** In a new term this member has not voted (section 5.1). */
  enterTerm(term: number): void {
    this.#term = term;
    this.#vote = undefined;
    this.#hardStateDirty = true;
  }

  voteFor(candidate: MemberId): void {
    this.#vote = candidate;
    this.#hardStateDirty = true;
  }

  /** The leader's entries, which follow each other, replace the log from the first one on (section 5.3). */
  overwrite(entries: readonly Entry[]): void {
    const from = present(entries[0], 'an entry').index;
    assert(from > this.#log.commitIndex, `entry ${from} is committed and cannot be replaced`);
    this.#log.truncate(from);
    this.#durableIndex = Math.min(this.#durableIndex, from - 1);
    this.#log.append(entries);
    this.#persistFrom = Math.min(this.#persistFrom, from);
  }

  /** A snapshot takes the place of the log. */
  install(position: SnapshotPosition): void {
    this.#log.reset(position);
    this.#durableIndex = position.index;
    this.#persistFrom = position.index + 1;
    // Entries still being written are not in the log any more; only their term counts.
    this.#tickets = this.#tickets.map((ticket) => ({ ...ticket, lastIndex: 0, lastTerm: 0 }));
    this.#snapshotToPersist = position;
  }

  /** All that was not given out for writing yet. */
  takeWrite(): PersistEffect | undefined {
    if (!this.hasWrite) return undefined;
    const { lastIndex, lastTerm, commitIndex } = this.#log;
    const entries =
      this.#persistFrom <= lastIndex ? this.#log.slice(this.#persistFrom, lastIndex, Infinity) : [];
    const snapshot = this.#snapshotToPersist;
    const ticket = ++this.#lastTicket;
    this.#tickets.push({ ticket, term: this.#term, lastIndex, lastTerm, since: this.#ticks });
    this.#persistFrom = lastIndex + 1;
    this.#hardStateDirty = false;
    this.#snapshotToPersist = undefined;
    const hardState = { term: this.#term, vote: this.#vote, commit: commitIndex };
    return { ticket, hardState, entries, snapshot };
  }

  /** The write with this ticket is durable, and so is every earlier one. */
  markDurable(upTo: number): void {
    while (this.#tickets.length > 0 && present(this.#tickets[0], 'a ticket').ticket <= upTo) {
      const { term, lastIndex, lastTerm } = present(this.#tickets.shift(), 'a ticket');
      this.#durableTerm = term;
      // Entries overwritten since are durable too, but not in the log any more.
      if (this.#log.termAt(lastIndex) === lastTerm) {
        this.#durableIndex = Math.max(this.#durableIndex, lastIndex);
      }
    }
  }
}
