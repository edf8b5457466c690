import type { MemberId } from '../base/member-id.ts';
import type { Entry, HardState, Message, SnapshotPosition } from './messages.ts';

/**
 * A write that must become durable, atomic and synced. The fields are written in this order: the snapshot replaces
 * log and state; then entries from the first of `entries` on replace the log from that index on.
 */
export interface PersistEffect {
  /** Given back to `Raft.persisted` when the write is durable. Tickets are answered in order. */
  readonly ticket: number;
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
  /** The state that was staged for this position becomes the state; the log is emptied and starts after it. */
  readonly snapshot: SnapshotPosition | undefined;
}

/** All that has to be done outside for raft, in this order; taken once a turn. */
export interface Effects {
  /** May leave at once, while `persist` is still being written. */
  readonly send: readonly Message[];
  readonly persist: PersistEffect | undefined;
  /**
   * Promises about what is durable: they leave only after the `persist` of this turn has completed, and those of all
   * earlier turns, which may still be under way when this turn has none of its own.
   */
  readonly sendAfterPersist: readonly Message[];
  /** To be applied in order. They are committed, and durable on a majority, though maybe not here yet. */
  readonly committed: readonly Entry[];
  /** Reads whose round was confirmed: they are linearizable once the state has applied `index`. */
  readonly reads: readonly { readonly ticket: number; readonly index: number }[];
  /** Reads that will not be confirmed any more, because leadership was lost. */
  readonly readsLost: readonly number[];
  /** Followers that need entries which are gone from the log. Answered with `Raft.snapshotSent`. */
  readonly sendSnapshotTo: readonly MemberId[];
}

export type Refusal =
  /** This member is not the leader; ask `leader` if there is one. */
  | { readonly kind: 'not-leader'; readonly leader: MemberId | undefined }
  /** Leadership is being handed over; try again at the next leader. */
  | { readonly kind: 'transferring'; readonly to: MemberId }
  /** Too much is waiting to be committed. */
  | { readonly kind: 'busy' }
  /** A membership change is under way, or the leader has not yet committed an entry of its own term. */
  | { readonly kind: 'change-in-progress' };

export type ProposeResult =
  /** The entries got consecutive indexes from `index` on. They are lost if another entry commits at their index. */
  { readonly kind: 'accepted'; readonly index: number; readonly term: number } | Refusal;

export type ReadResult =
  | { readonly kind: 'accepted'; readonly ticket: number }
  /** No round is needed: a read may be served once the state has applied `index`. */
  | { readonly kind: 'confirmed'; readonly index: number }
  | Refusal;

/** A member that asked this one as its leader, and the term in which it was when it asked. */
export interface Voucher {
  readonly from: MemberId;
  readonly term: number;
}
