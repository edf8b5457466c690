import type { MemberId } from '../base/member-id.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { AuthCommand } from './auth/auth-command.ts';
import type { KeyEvent, LeaseId } from './key-value.ts';
import type {
  DeleteRangeRequest,
  DeleteRangeResult,
  PutRequest,
  PutResult,
  TxnRequest,
  TxnResult,
} from './requests.ts';

/** A member as the cluster knows it. */
export interface Member {
  readonly id: MemberId;
  /** Empty until the member has started and published it. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until the member has started and published them. */
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export type AlarmType = 'no-space' | 'corrupt';
export interface Alarm {
  readonly memberId: MemberId;
  readonly type: AlarmType;
}

/** The user for whom a command was proposed. */
export interface Origin {
  /** Empty: the member itself. */
  readonly user: string;
  /** The revision of users and roles at which the user's rights were looked at. */
  readonly authRevision: number;
}

/** A command, with the user that proposed it. No origin: an anonymous caller's, while there are no users. */
export type Command = Action & { readonly origin?: Origin };

/**
 * One step of the replicated state machine: the same on every member. Commands live in logs on disk and are read by
 * later releases: a kind keeps its meaning for ever, and a new meaning gets a new kind.
 */
export type Action =
  | { readonly kind: 'put'; readonly request: PutRequest }
  | { readonly kind: 'delete-range'; readonly request: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly request: TxnRequest }
  | { readonly kind: 'compact'; readonly revision: number }
  /** The proposer chose `id` and `ttlSeconds`. */
  | { readonly kind: 'lease-grant'; readonly id: LeaseId; readonly ttlSeconds: number }
  | { readonly kind: 'lease-revoke'; readonly id: LeaseId }
  /** Remaining seconds of leases, from which a new leader continues; 0 clears them (the lease has its full TTL again). */
  | {
      readonly kind: 'lease-checkpoint';
      readonly leases: readonly { readonly id: LeaseId; readonly remainingSeconds: number }[];
    }
  | {
      readonly kind: 'alarm';
      readonly action: 'activate' | 'deactivate';
      /** Undefined: every member that has it (only for `deactivate`). */
      readonly memberId: MemberId | undefined;
      readonly type: AlarmType;
    }
  /** Travels in a membership entry, which changes raft's configuration at the same index. */
  | { readonly kind: 'member-add'; readonly member: Member }
  | { readonly kind: 'member-remove'; readonly id: MemberId }
  | { readonly kind: 'member-promote'; readonly id: MemberId }
  /** Ordinary entries. */
  | { readonly kind: 'member-update'; readonly id: MemberId; readonly peerUrls: readonly string[] }
  | {
      readonly kind: 'member-publish';
      readonly id: MemberId;
      readonly name: string;
      readonly clientUrls: readonly string[];
    }
  /** The feature level that the release of this member knows; see `FeatureLevels`. */
  | { readonly kind: 'member-level'; readonly id: MemberId; readonly level: number }
  /** "3.7.0": the lowest version that all members speak. */
  | { readonly kind: 'cluster-version'; readonly version: string }
  | AuthCommand;

/** The answer to a command; equal on every member. `error`: nothing was changed. */
export type CommandResult =
  | PutResult
  | DeleteRangeResult
  | TxnResult
  | { readonly kind: 'done' }
  | { readonly kind: 'lease-granted'; readonly id: LeaseId; readonly ttlSeconds: number }
  | { readonly kind: 'alarms'; readonly alarms: readonly Alarm[] }
  | { readonly kind: 'members'; readonly members: readonly Member[] }
  /** Index of the entry. */
  | { readonly kind: 'logged-in'; readonly index: number }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly message: string };

/** The effect of one applied entry. */
export interface Applied {
  readonly result: CommandResult;
  /** The store's revision after the command. */
  readonly revision: number;
  /** All events of revision `revision`, for watchers; empty if the command made no new revision. */
  readonly events: readonly KeyEvent[];
  /** True: the revision has more events than are kept in memory. `events` is empty; watchers read them from history. */
  readonly isLarge: boolean;
}
