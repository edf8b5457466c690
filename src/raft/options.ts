import type { MemberId } from '../base/member-id.ts';
import type { Random } from '../base/random.ts';
import type { Entry, HardState, SnapshotPosition } from './messages.ts';

export interface RaftOptions {
  readonly id: MemberId;
  readonly random: Random;
  /**
   * A follower that hears nothing for this many ticks, or up to twice as many, starts an election. A tick is a
   * heartbeat.
   */
  readonly electionTicks: number;
  readonly preVote: boolean;
  /** A leader that hears no majority for an election timeout steps down, and voters stand by a leader they hear. */
  readonly checkQuorum: boolean;
  /** Bytes of entries in one append request. */
  readonly messageBytesMax: number;
  /** Append requests, and bytes in them, that may be under way to one follower. */
  readonly inflightMessagesMax: number;
  readonly inflightBytesMax: number;
  /**
   * Bytes of the log that are not committed yet, or not on the own disk. Beyond it a leader refuses proposals as busy,
   * and a follower lets entries pass by as if they had been lost.
   */
  readonly openBytesMax: number;
}

/** The contents of the disk when a member starts. */
export interface RaftStart {
  readonly hardState: HardState;
  readonly base: SnapshotPosition;
  readonly entries: readonly Entry[];
  readonly appliedIndex: number;
}
