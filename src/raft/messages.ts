import type { MemberId } from '../base/member-id.ts';

/** One entry of the log. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  /**
   * `command`: `data` is for the state machine. `empty`: the first entry of a leader's term (Raft paper, section 8).
   * `membership`: carries `configuration`, and `data` for the state machine (may be empty).
   */
  readonly kind: 'command' | 'empty' | 'membership';
  readonly data: Uint8Array;
  /** The whole configuration that counts from this entry on; exactly for `membership`. */
  readonly configuration?: Configuration;
}

/**
 * The members of the cluster and their roles. Every membership entry carries a whole configuration, so that going back
 * to the one before, when an entry is overwritten, needs no undoing. All lists are sorted by `compareMemberIds`.
 */
export interface Configuration {
  /** Vote and count for commit. */
  readonly voters: readonly MemberId[];
  /** While joint (Raft paper, section 6): the voters of the old configuration, of whom a majority is needed too. */
  readonly outgoing: readonly MemberId[];
  /** Receive the log without voting. */
  readonly learners: readonly MemberId[];
}

/** Must survive a crash, besides the log (Raft paper, figure 2). */
export interface HardState {
  readonly term: number;
  readonly vote: MemberId | undefined;
  /** A hint only: what was known committed. Durable later than the entries; never ahead of the durable log. */
  readonly commit: number;
}

/** A place in the log together with the configuration that counted there: what a snapshot stands for. */
export interface SnapshotPosition {
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration;
}

interface Envelope {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly term: number;
}

/** "Would you vote for me in the next term?" (thesis, section 9.6). `term` is the term that would be started. */
export interface PreVoteRequest extends Envelope {
  readonly kind: 'pre-vote-request';
  readonly lastIndex: number;
  readonly lastTerm: number;
}
export interface PreVoteResponse extends Envelope {
  readonly kind: 'pre-vote-response';
  readonly granted: boolean;
}
export interface VoteRequest extends Envelope {
  readonly kind: 'vote-request';
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The candidate was told by the leader to take over: voters do not insist that the leader is gone. */
  readonly transfer: boolean;
}
export interface VoteResponse extends Envelope {
  readonly kind: 'vote-response';
  readonly granted: boolean;
}
export interface AppendRequest extends Envelope {
  readonly kind: 'append-request';
  readonly previousIndex: number;
  readonly previousTerm: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
  /** It only tells of the commit index: an acknowledgement would say nothing new, and none is sent. */
  readonly isUnanswered?: true;
}
export interface AppendResponse extends Envelope {
  readonly kind: 'append-response';
  readonly success: boolean;
  /**
   * On success: everything up to here is durable on the sender and matches. On refusal: the `previousIndex` refused.
   */
  readonly index: number;
  /** On refusal: the term of the follower's conflicting entry and the first index the leader should try from. */
  readonly conflictTerm: number;
  readonly conflictIndex: number;
}
export interface HeartbeatRequest extends Envelope {
  readonly kind: 'heartbeat-request';
  /** Never beyond what is known to match on the receiver. */
  readonly commit: number;
  /** The number of the confirmation round for reads; answered unchanged. */
  readonly round: number;
}
export interface HeartbeatResponse extends Envelope {
  readonly kind: 'heartbeat-response';
  readonly round: number;
}
/** "The state up to here has been handed to you": stepped by the receiver's own replica when all chunks are there. */
export interface InstallSnapshot extends Envelope {
  readonly kind: 'install-snapshot';
  readonly position: SnapshotPosition;
}
/** "Start an election at once" (thesis, section 3.10). */
export interface TimeoutNow extends Envelope {
  readonly kind: 'timeout-now';
}

export type Message =
  | PreVoteRequest
  | PreVoteResponse
  | VoteRequest
  | VoteResponse
  | AppendRequest
  | AppendResponse
  | HeartbeatRequest
  | HeartbeatResponse
  | InstallSnapshot
  | TimeoutNow;
