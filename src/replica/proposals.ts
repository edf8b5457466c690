import { RegistryError } from '../base/errors.ts';
import type { Applied } from '../state/index.ts';
import { stopping, unknownFate } from './refusals.ts';

/** How a proposal ended, seen from this member. */
export type Outcome =
  | { readonly kind: 'applied'; readonly applied: Applied; readonly term: number }
  | { readonly kind: 'failed'; readonly error: RegistryError };

/** A command on its way into the log. */
export interface Proposal {
  readonly command: Uint8Array;
  /** By the clock; after this the proposer is told that the fate is unknown. */
  readonly expiresMs: number;
  readonly done: (outcome: Outcome) => void;
}

interface Placed {
  readonly term: number;
  readonly proposal: Proposal;
  /** Another one at the same index, of an older term; only one of them can turn out to be there. */
  readonly older: Placed | undefined;
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
  #queue: Proposal[] = [];
  #pendingCount = 0;
  #pendingBytes = 0;
  /** By log index. Insertion order is, but for proposals made again, the order of expiry. */
  readonly #placed = new Map<number, Placed>();

  constructor(bounds: { readonly countMax: number; readonly bytesMax: number }) {
    this.#countMax = bounds.countMax;
    this.#bytesMax = bounds.bytesMax;
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  /** Those that were taken in and not answered yet. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** Takes a proposal in, or refuses it at once when too many wait. */
  add(proposal: Proposal): void {
    if (
      this.#pendingCount >= this.#countMax ||
      this.#pendingBytes + proposal.command.length > this.#bytesMax
    ) {
      const text = `${this.#pendingCount} requests already wait to be agreed on; slow down and try again`;
      proposal.done({ kind: 'failed', error: new RegistryError('too-many-requests', text) });
      return;
    }
    this.#queue.push(proposal);
    this.admit(proposal);
  }

  /** Counts one in that the leader has placed already. */
  admit(proposal: Proposal): void {
    this.#pendingCount++;
    this.#pendingBytes += proposal.command.length;
  }

  /** Answers a proposal that was taken in. */
  settle(proposal: Proposal, outcome: Outcome): void {
    this.#pendingCount--;
    this.#pendingBytes -= proposal.command.length;
    proposal.done(outcome);
  }

  fail(proposals: readonly Proposal[], error: RegistryError): void {
    for (const proposal of proposals) this.settle(proposal, { kind: 'failed', error });
  }

  /** Everything that waits, in order; the queue is empty afterwards. */
  takeQueued(): readonly Proposal[] {
    if (this.#queue.length === 0) return noProposals;
    const taken = this.#queue;
    this.#queue = [];
    return taken;
  }

  /** Back to the head of the queue: these are known not to be in any log. */
  putBack(proposals: readonly Proposal[]): void {
    if (proposals.length === 0) return;
    this.#queue = [...proposals, ...this.#queue];
  }

  /** The proposals stand at consecutive places from `index` on. */
  place(index: number, term: number, proposals: readonly Proposal[]): void {
    let at = index;
    for (const proposal of proposals) {
      this.#placed.set(at, { term, proposal, older: this.#placed.get(at) });
      at++;
    }
  }

  /** The entry at `index` was applied. */
  applied(index: number, term: number, applied: Applied): void {
    let placed = this.#placed.get(index);
    if (placed === undefined) return;
    this.#placed.delete(index);
    for (; placed !== undefined; placed = placed.older) {
      if (placed.term === term) this.settle(placed.proposal, { kind: 'applied', applied, term });
      else this.putBack([placed.proposal]);
    }
  }

  /** A snapshot replaced everything up to `index`: what stood there was applied or lost, nobody knows which. */
  skippedTo(index: number): void {
    for (const [at, placed] of this.#placed) {
      if (at > index) continue;
      this.#placed.delete(at);
      this.#failAll(placed, unknownFate);
    }
  }

  /** Gives up on what waited too long. `error` depends on why nothing moved. */
  expire(nowMs: number, error: () => RegistryError): void {
    let expired = 0;
    while (expired < this.#queue.length && (this.#queue[expired]?.expiresMs ?? 0) <= nowMs) {
      expired++;
    }
    if (expired > 0) {
      for (const proposal of this.#queue.splice(0, expired)) this.fail([proposal], error());
    }
    for (const [at, placed] of this.#placed) {
      if (placed.proposal.expiresMs > nowMs) break;
      this.#placed.delete(at);
      this.#failAll(placed, error);
    }
  }

  /** The member stops: queued proposals were never made, placed ones are unknown. */
  stop(): void {
    this.fail(this.takeQueued(), stopping());
    for (const placed of this.#placed.values()) this.#failAll(placed, unknownFate);
    this.#placed.clear();
  }

  #failAll(placed: Placed, error: () => RegistryError): void {
    for (let at: Placed | undefined = placed; at !== undefined; at = at.older) {
      this.fail([at.proposal], error());
    }
  }
}
