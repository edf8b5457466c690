import { RegistryError } from '../base/errors.ts';
import type { Applied } from '../state/index.ts';
import { EarliestDeadline } from './deadline.ts';
import { stopping, unknownFate } from './refusals.ts';

/** How a proposal ended, seen from this member. */
export type Outcome =
  | { readonly kind: 'applied'; readonly applied: Applied; readonly term: number }
  | { readonly kind: 'failed'; readonly error: RegistryError };

/** Called once. */
export type OnProposed = (outcome: Outcome) => void;

/** A command on its way into the log. */
export interface Proposal {
  /** Empty: the leader made the command, such as a membership change, and nobody else can propose it again. */
  readonly command: Uint8Array;
  /** By the clock; after this the proposer is told that the fate is unknown. */
  readonly expiresMs: number;
  readonly done: OnProposed;
}

/** Proposals at consecutive places, some of which may be settled. */
interface PlacedBatch {
  readonly index: number;
  readonly term: number;
  readonly proposals: readonly Proposal[];
}

/** Why proposals were given up: those in the queue are in no log, the fate of the others is unknown. */
export interface ExpiryErrors {
  readonly queued: () => RegistryError;
  readonly unknown: () => RegistryError;
}

const noProposals: readonly Proposal[] = [];

/**
 * Proposals of this member: first in the queue, then with the leader or at a place in the log. A place is an index and
 * a term; when the entry that is applied at the index has that term it is ours, and its result is the proposer's. When
 * it has another term, ours is lost for certain and may be proposed again. All that were not answered yet are bounded
 * together, wherever they are.
 */
export class Proposals {
  readonly #countMax: number;
  readonly #bytesMax: number;
  /** Not answered yet, wherever they are, with the order in which they came. */
  readonly #pending = new Map<Proposal, number>();
  #pendingBytes = 0;
  #lastNumber = 0;
  readonly #earliest = new EarliestDeadline();
  /** Those that are in no log; all of them are pending. */
  #queue: Proposal[] = [];
  /** Some came back into the queue, so that it may be out of order. */
  #isMixed = false;
  /** In the order of their first indexes. Two of different terms may overlap; at each place only one can turn out to stand. */
  #placed: PlacedBatch[] = [];

  constructor(bounds: { readonly countMax: number; readonly bytesMax: number }) {
    this.#countMax = bounds.countMax;
    this.#bytesMax = bounds.bytesMax;
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  /** Those that were taken in and not answered yet. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Takes a proposal in, or refuses it at once when too many wait. */
  add(proposal: Proposal): void {
    if (
      this.#pending.size >= this.#countMax ||
      this.#pendingBytes + proposal.command.length > this.#bytesMax
    ) {
      const text = `${this.#pending.size} requests already wait to be agreed on; slow down and try again`;
      proposal.done({ kind: 'failed', error: new RegistryError('too-many-requests', text) });
      return;
    }
    this.#queue.push(proposal);
    this.admit(proposal);
  }

  /** Counts one in that the leader has placed already. */
  admit(proposal: Proposal): void {
    this.#pending.set(proposal, ++this.#lastNumber);
    this.#pendingBytes += proposal.command.length;
    this.#earliest.note(proposal.expiresMs);
  }

  /** Answers a proposal that was taken in, unless it was answered before. */
  settle(proposal: Proposal, outcome: Outcome): void {
    if (!this.#pending.delete(proposal)) return;
    this.#pendingBytes -= proposal.command.length;
    proposal.done(outcome);
  }

  fail(proposals: readonly Proposal[], error: RegistryError): void {
    for (const proposal of proposals) this.settle(proposal, { kind: 'failed', error });
  }

  /** Queued proposals in the order in which they came: all of it, or the first ones up to about `bytesMax`. */
  takeQueued(bytesMax: number = Infinity): readonly Proposal[] {
    if (this.#queue.length === 0) return noProposals;
    if (this.#isMixed) this.#sortQueue();
    let bytes = 0;
    let count = 0;
    for (const { command } of this.#queue) {
      bytes += command.length;
      if (count > 0 && bytes > bytesMax) break;
      count++;
    }
    const taken = this.#queue;
    this.#queue = taken.length === count ? [] : taken.splice(count);
    return taken;
  }

  /** Back into the queue, before those that came later: these are known not to be in any log. */
  putBack(proposals: readonly Proposal[]): void {
    for (const proposal of proposals) {
      if (!this.#pending.has(proposal)) continue;
      if (proposal.command.length === 0) {
        this.fail([proposal], unknownFate());
        continue;
      }
      this.#queue.push(proposal);
      this.#isMixed = true;
    }
  }

  /** The proposals stand at consecutive places from `index` on. */
  place(index: number, term: number, proposals: readonly Proposal[]): void {
    let at = this.#placed.length;
    while (at > 0 && (this.#placed[at - 1]?.index ?? 0) > index) at--;
    this.#placed.splice(at, 0, { index, term, proposals });
  }

  /** A proposal may turn out to stand at `index`. */
  isPlaced(index: number): boolean {
    for (const { index: first, proposals } of this.#placed) {
      if (first > index) return false;
      if (index < first + proposals.length) return true;
    }
    return false;
  }

  /** The entry at `index` was applied, and all before it; `applied: undefined` if it is no command. */
  settleAt(index: number, term: number, applied: Applied | undefined): void {
    for (const batch of this.#placed) {
      if (batch.index > index) break;
      const proposal = batch.proposals[index - batch.index];
      if (proposal === undefined) continue;
      if (batch.term !== term) this.putBack([proposal]);
      else if (applied !== undefined) this.settle(proposal, { kind: 'applied', applied, term });
    }
    this.#forgetUpTo(index);
  }

  /** A snapshot replaced everything up to `index`: what stood there was applied or lost, which is unknown. */
  skipTo(index: number): void {
    for (const { index: first, proposals } of this.#placed) {
      if (first > index) break;
      this.fail(proposals.slice(0, index - first + 1), unknownFate());
    }
    this.#forgetUpTo(index);
  }

  /** Of batches that overlap, a later one may stay until those before it are gone. */
  #forgetUpTo(index: number): void {
    for (let first = this.#placed[0]; first !== undefined; first = this.#placed[0]) {
      if (first.index + first.proposals.length > index + 1) return;
      this.#placed.shift();
    }
  }

  /** Gives up on what waited too long, wherever it is. */
  expire(nowMs: number, errors: ExpiryErrors): void {
    if (!this.#earliest.takePassed(nowMs)) return;
    const isOver = ({ expiresMs }: Proposal): boolean => expiresMs <= nowMs;
    const queued = this.#queue.filter(isOver);
    if (queued.length > 0) this.#queue = this.#queue.filter((one) => !isOver(one));
    for (const proposal of queued) this.fail([proposal], errors.queued());
    const elsewhere: Proposal[] = [];
    for (const proposal of this.#pending.keys()) {
      if (isOver(proposal)) elsewhere.push(proposal);
      else this.#earliest.note(proposal.expiresMs);
    }
    for (const proposal of elsewhere) this.fail([proposal], errors.unknown());
    if (elsewhere.length === 0) return;
    const isPending = (proposal: Proposal): boolean => this.#pending.has(proposal);
    this.#placed = this.#placed.filter(({ proposals }) => proposals.some(isPending));
  }

  /** The member stops: queued proposals were never made, placed ones are unknown. */
  stop(): void {
    this.fail(this.takeQueued(), stopping());
    for (const { proposals } of this.#placed) this.fail(proposals, unknownFate());
    this.#placed = [];
  }

  #sortQueue(): void {
    const numberOf = (proposal: Proposal): number => this.#pending.get(proposal) ?? 0;
    this.#queue.sort((a, b) => numberOf(a) - numberOf(b));
    this.#isMixed = false;
  }
}
