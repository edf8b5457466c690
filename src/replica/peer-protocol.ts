import type { Message, SnapshotPosition } from '../raft/index.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { KvHash, LeaseId } from '../state/index.ts';
import type { MembershipRequest } from './membership.ts';

/** The number by which an answer finds its question; unique per asking member while the question is open. */
export type RequestId = number;

/** A question that any member answers; all others are for the leader. */
export interface HashRequest {
  readonly kind: 'hash';
  /** 0: the newest. */
  readonly revision: number;
}

/** The hash of a member's data, to be compared with those of others. */
export interface MemberHash extends KvHash {
  readonly revision: number;
}

/** A request of one member to another one, nearly always to the leader. */
export type PeerRequest =
  | HashRequest
  /** Put these commands (encoded) into the log. */
  | { readonly kind: 'propose'; readonly commands: readonly Uint8Array[] }
  | { readonly kind: 'read-index' }
  | { readonly kind: 'lease-keep-alive'; readonly ids: readonly LeaseId[] }
  | { readonly kind: 'lease-time-to-live'; readonly id: LeaseId }
  | { readonly kind: 'change-membership'; readonly request: MembershipRequest }
  /** Of a newer member, and not known here. */
  | { readonly kind: 'unsupported'; readonly asked: string };

/** Requests that only the leader answers. */
export type LeaderRequest = Exclude<PeerRequest, HashRequest>;

export type PeerResponse =
  /** The commands stand at consecutive indexes from `index` on; if another term commits there, they are lost. */
  | { readonly kind: 'proposed'; readonly index: number; readonly term: number }
  | { readonly kind: 'read-index'; readonly index: number }
  /** Granted TTL per id asked for, 0 for leases that are gone. */
  | { readonly kind: 'lease-keep-alive'; readonly ttlSeconds: readonly number[] }
  | {
      readonly kind: 'lease-time-to-live';
      readonly ttlSeconds: number;
      readonly grantedSeconds: number;
    }
  /** Of all that can be read there up to `hashRevision`; the newest revision there is `revision`. */
  | ({ readonly kind: 'hash' } & MemberHash)
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

/** Everything that travels between members, except the contents of snapshots. */
export type PeerMessage =
  | { readonly kind: 'raft'; readonly message: Message }
  | {
      readonly kind: 'question';
      readonly id: RequestId;
      /** The asking member's term, which vouches for the leader of that term; 0 if it is not known. */
      readonly term: number;
      readonly question: PeerRequest;
    }
  | { readonly kind: 'answer'; readonly id: RequestId; readonly answer: PeerResponse };

/** Announces the chunks of a snapshot. */
export interface SnapshotHeader {
  readonly term: number;
  readonly position: SnapshotPosition;
}
