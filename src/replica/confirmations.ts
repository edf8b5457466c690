import type { Effects, Raft, Voucher } from '../raft/index.ts';
import type { AppliedState } from './applied-state.ts';
import type { EventLoop } from './event-loop.ts';

/** Called once: with the index that a linearizable read has to wait for, or undefined if leadership was lost. */
export type OnConfirmed = (index: number | undefined) => void;

/**
 * Asks a majority whether this member still leads, before it says anything that only a leader may say: the read index
 * (thesis, section 6.4), and all about leases. Everything that is asked in one turn shares a round of heartbeats.
 */
export class Confirmations {
  readonly #raft: Raft;
  readonly #applied: AppliedState;
  readonly #loop: EventLoop;
  /** By raft's ticket for the round. */
  readonly #waiting = new Map<number, OnConfirmed[]>();
  #isStopped = false;

  constructor(raft: Raft, applied: AppliedState, loop: EventLoop) {
    this.#raft = raft;
    this.#applied = applied;
    this.#loop = loop;
  }

  /**
   * Joins the next round, or calls back at once if the member that asks vouches for this one. The index is the commit
   * index at that time.
   */
  confirm(voucher: Voucher | undefined, done: OnConfirmed): void {
    const read = this.#isStopped ? undefined : this.#raft.requestRead(voucher);
    if (read?.kind === 'confirmed') {
      done(read.index);
      return;
    }
    if (read?.kind !== 'accepted') {
      done(undefined);
      return;
    }
    const waiting = this.#waiting.get(read.ticket);
    if (waiting === undefined) this.#waiting.set(read.ticket, [done]);
    else waiting.push(done);
    this.#loop.wake();
  }

  /**
   * The same, called back once the state has applied that index: what a leader says about leases must include all that
   * was committed before it was asked. `beforeApplied` is called at confirmation if the state has to catch up first.
   */
  confirmApplied(
    voucher: Voucher | undefined,
    done: OnConfirmed,
    beforeApplied?: () => void,
  ): void {
    this.confirm(voucher, (index) => {
      if (index === undefined) {
        done(undefined);
        return;
      }
      if (index > this.#applied.appliedIndex) beforeApplied?.();
      this.#applied.whenApplied(index, (isApplied) => done(isApplied ? index : undefined));
    });
  }

  /** Raft tells which rounds were confirmed, and which never will be. */
  settle({ reads, readsLost }: Effects): void {
    for (const { ticket, index } of reads) this.#settle(ticket, index);
    for (const ticket of readsLost) this.#settle(ticket, undefined);
  }

  stop(): void {
    this.#isStopped = true;
    for (const ticket of this.#waiting.keys()) this.#settle(ticket, undefined);
  }

  #settle(ticket: number, index: number | undefined): void {
    const waiting = this.#waiting.get(ticket) ?? [];
    this.#waiting.delete(ticket);
    for (const done of waiting) done(index);
  }
}
