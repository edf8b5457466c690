import type { Cancel } from '../base/clock.ts';
import type { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type {
  Alarm,
  AlarmType,
  DeleteRangeRequest,
  DeleteRangeResult,
  KeyValue,
  LeaseId,
  Member,
  Pack,
  Permission,
  PutRequest,
  PutResult,
  RangeRequest,
  RangeResult,
  Role,
  Rights,
  TxnRequest,
  TxnResult,
  User,
} from '../state/index.ts';
import type { WatchSink, WatchStream } from '../watch/index.ts';

/** Where and when an answer was given. */
export interface Header {
  readonly clusterId: MemberId;
  readonly memberId: MemberId;
  /** The store's revision when the answer was made. */
  readonly revision: number;
  readonly raftTerm: number;
}

/** An answer together with its header. */
export type Answered<T> = T & {
  readonly header: Header;
  /** A large answer counts against the memory for such answers until this is called, when it has left. */
  readonly release?: () => void;
};

/**
 * The identity of a caller, as its API has found it out.
 *
 * - `user`: it has logged in. `authRevision` is the revision of users and roles at which the API has verified that; a later
 *   change asks for a new look.
 * - `member`: it is this member itself, which runs checks and ends sessions. It has every right.
 * - `refused`: what it showed, a token for instance, is not valid. All that needs a login is refused with this error.
 */
export type Identity =
  | { readonly kind: 'user'; readonly name: string; readonly authRevision: number }
  | { readonly kind: 'member' }
  | { readonly kind: 'refused'; readonly error: RegistryError };

export const member: Identity = { kind: 'member' };

/** The proofs of identity that a caller shows. */
export interface Shown {
  /** Without a scheme such as "Bearer". */
  readonly token: string | undefined;
  /** The common name of its verified certificate, where the API lets that stand for a user. */
  readonly certificateName?: string | undefined;
}

/** The one that calls. */
export interface Caller {
  /** The API that the call came through: `etcd`, `health`. */
  readonly api: string;
  /** The address of the other end of the connection; undefined where the API does not know it. */
  readonly address: string | undefined;
  /** Undefined: the caller did not log in. */
  readonly identity: Identity | undefined;
}

/** Options of every call. */
export interface CallOptions {
  readonly caller: Caller;
  /** For calls that last: the caller as it is now. Its login may have ended, or be known at a later revision. */
  readonly callerNow?: () => Caller;
  /** The caller went away, or its deadline passed: whatever still waits is given up with `canceled`. */
  readonly signal?: AbortSignal | undefined;
  /** The same signal, for calls that wait for long only now and then: it is made when they do. */
  readonly gone?: () => AbortSignal;
  /** The caller wants to be refused at once when there is no leader (etcd's `hasleader` metadata). */
  readonly requireLeader?: boolean;
}

/** The request of an operation that takes none. */
export type NoRequest = Readonly<Record<string, never>>;

export interface LeaseStatus {
  readonly id: LeaseId;
  /** Whole seconds left; -1 if there is no such lease. */
  readonly ttlSeconds: number;
  readonly grantedSeconds: number;
  /** Only if asked for; sorted. */
  readonly keys: readonly Key[];
}

export interface MemberStatus {
  /** The etcd release that this member says it is. */
  readonly version: string;
  readonly storageVersion: string;
  readonly dbSizeBytes: number;
  readonly dbSizeInUseBytes: number;
  readonly quotaBytes: number;
  readonly leader: MemberId | undefined;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly isLearner: boolean;
  /** Ready-made texts as etcd gives them ("etcdserver: no leader", "memberID:… alarm:NOSPACE "). */
  readonly errors: readonly string[];
}

export interface HashResult {
  readonly hash: number;
  readonly compactRevision: number;
  readonly hashRevision: number;
}

/** A frozen copy of the whole data for a backup. */
export interface Backup {
  readonly sizeBytes: number;
  readonly version: string;
  /** The bytes, in pieces of at most 32 KiB; checksum and padding included. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A key that proves leadership in an election. */
export interface LeaderKey {
  readonly name: Key;
  readonly key: Key;
  readonly createRevision: number;
  readonly lease: LeaseId;
}

/**
 * Everything that a caller may ask of a member. APIs decode a request, call one of these, and encode the answer. A refusal
 * is a `RegistryError`; a write whose fate is unknown is refused with one of the `timeout` codes, and with no other code.
 *
 * Each takes a request and the call's options, and has a row in `operationNeeds`; see `gate.ts`.
 */
export interface CallerOperations {
  /** With `pack`, the key-values of a long read come encoded in `parts`, and count as memory until they are released. */
  range(
    request: RangeRequest & { readonly serializable: boolean },
    options: CallOptions,
    pack?: Pack,
  ): Promise<Answered<RangeResult>>;
  /** The same answer in pieces with disjoint keys; only the last has `more` and `count`. All at one revision. */
  rangeStream(
    request: RangeRequest & { readonly serializable: boolean },
    options: CallOptions,
  ): AsyncIterable<Answered<RangeResult> & { readonly last: boolean }>;
  put(request: PutRequest, options: CallOptions): Promise<Answered<PutResult>>;
  deleteRange(
    request: DeleteRangeRequest,
    options: CallOptions,
  ): Promise<Answered<DeleteRangeResult>>;
  /**
   * `serializable`: for each range, wherever nested, whether it asked for a serializable read; all must.
   * `operationsMax`: instead of the limit for clients, for an API that makes several operations of one of its own.
   */
  txn(
    request: TxnRequest & { readonly serializable: boolean; readonly operationsMax?: number },
    options: CallOptions,
    pack?: Pack,
  ): Promise<Answered<TxnResult>>;
  compact(
    request: { readonly revision: number; readonly physical: boolean },
    options: CallOptions,
  ): Promise<Answered<object>>;

  /**
   * Lets a caller read what this member keeps in memory of these ranges, and answers with the revision that it must show at
   * least: `default` needs a leader to be known, but no round; `consistent` has proved that nothing newer was
   * acknowledged; `stale` is always answered. `whenAt` of the follower tells when it shows that revision.
   */
  discover(
    request: {
      readonly ranges: readonly KeyRange[];
      readonly consistency: 'default' | 'consistent' | 'stale';
    },
    options: CallOptions,
  ): Promise<Answered<object>>;

  /** `id` 0: the cluster picks one. */
  leaseGrant(
    request: { readonly id: LeaseId; readonly ttlSeconds: number },
    options: CallOptions,
  ): Promise<Answered<{ readonly id: LeaseId; readonly ttlSeconds: number }>>;
  leaseRevoke(id: LeaseId, options: CallOptions): Promise<Answered<object>>;
  /** Full TTL in seconds after renewing; 0 if there is no such lease. */
  leaseKeepAlive(
    id: LeaseId,
    options: CallOptions,
  ): Promise<Answered<{ readonly ttlSeconds: number }>>;
  leaseTimeToLive(
    request: { readonly id: LeaseId; readonly keys: boolean },
    options: CallOptions,
  ): Promise<Answered<LeaseStatus>>;
  leaseList(
    request: NoRequest,
    options: CallOptions,
  ): Promise<Answered<{ readonly ids: readonly LeaseId[] }>>;

  /** Opens a stream of watchers; `close` it when the reader is gone. */
  watch(sink: WatchSink, options: CallOptions): WatchStream;

  memberAdd(
    request: { readonly peerUrls: readonly string[]; readonly isLearner: boolean },
    options: CallOptions,
  ): Promise<Answered<{ readonly member: Member; readonly members: readonly Member[] }>>;
  memberRemove(
    id: MemberId,
    options: CallOptions,
  ): Promise<Answered<{ readonly members: readonly Member[] }>>;
  memberUpdate(
    request: { readonly id: MemberId; readonly peerUrls: readonly string[] },
    options: CallOptions,
  ): Promise<Answered<{ readonly members: readonly Member[] }>>;
  memberPromote(
    id: MemberId,
    options: CallOptions,
  ): Promise<Answered<{ readonly members: readonly Member[] }>>;
  memberList(
    request: { readonly linearizable: boolean },
    options: CallOptions,
  ): Promise<Answered<{ readonly members: readonly Member[] }>>;

  alarm(
    request: {
      readonly action: 'get' | 'activate' | 'deactivate';
      /** Any id, known or not. `get` does not look at it. */
      readonly memberId: MemberId;
      /** Undefined: all types (only for `get`). */
      readonly type: AlarmType | undefined;
    },
    options: CallOptions,
  ): Promise<Answered<{ readonly alarms: readonly Alarm[] }>>;
  status(request: NoRequest, options: CallOptions): Promise<Answered<MemberStatus>>;
  /** There is nothing to do: space is freed by compaction. */
  defragment(request: NoRequest, options: CallOptions): Promise<void>;
  hash(request: NoRequest, options: CallOptions): Promise<Answered<HashResult>>;
  hashKv(revision: number, options: CallOptions): Promise<Answered<HashResult>>;
  backup(request: NoRequest, options: CallOptions): Promise<Answered<Backup>>;
  moveLeader(target: MemberId, options: CallOptions): Promise<void>;
  downgrade(
    request: { readonly action: 'validate' | 'enable' | 'cancel'; readonly version: string },
    options: CallOptions,
  ): Promise<Answered<{ readonly version: string }>>;

  /** Waits until the lock is held; `lease` 0 makes a lease of 60 s. The key is held until deleted or lapsed. */
  lock(
    request: { readonly name: Key; readonly lease: LeaseId },
    options: CallOptions,
  ): Promise<Answered<{ readonly key: Key }>>;
  unlock(key: Key, options: CallOptions): Promise<Answered<object>>;
  /** Waits until elected. */
  campaign(
    request: { readonly name: Key; readonly lease: LeaseId; readonly value: Uint8Array },
    options: CallOptions,
  ): Promise<Answered<{ readonly leader: LeaderKey }>>;
  proclaim(
    request: { readonly leader: LeaderKey | undefined; readonly value: Uint8Array },
    options: CallOptions,
  ): Promise<Answered<object>>;
  leader(name: Key, options: CallOptions): Promise<Answered<{ readonly kv: KeyValue }>>;
  /** The current leader and every later one, until the caller goes away. */
  observe(name: Key, options: CallOptions): AsyncIterable<Answered<{ readonly kv: KeyValue }>>;
  resign(leader: LeaderKey | undefined, options: CallOptions): Promise<Answered<object>>;

  authEnable(request: NoRequest, options: CallOptions): Promise<Answered<object>>;
  authDisable(request: NoRequest, options: CallOptions): Promise<Answered<object>>;
  authStatus(
    request: NoRequest,
    options: CallOptions,
  ): Promise<Answered<{ readonly isEnabled: boolean; readonly authRevision: number }>>;
  /** Logs a user in. */
  authenticate(
    request: { readonly name: string; readonly password: string },
    options: CallOptions,
  ): Promise<Answered<{ readonly token: string }>>;
  /** `hasPassword` false: the user logs in by its certificate only. */
  userAdd(
    request: { readonly name: string; readonly password: string; readonly hasPassword: boolean },
    options: CallOptions,
  ): Promise<Answered<object>>;
  userGet(name: string, options: CallOptions): Promise<Answered<{ readonly user: User }>>;
  userList(
    request: NoRequest,
    options: CallOptions,
  ): Promise<Answered<{ readonly users: readonly User[] }>>;
  userDelete(name: string, options: CallOptions): Promise<Answered<object>>;
  userChangePassword(
    request: { readonly name: string; readonly password: string },
    options: CallOptions,
  ): Promise<Answered<object>>;
  userGrantRole(
    request: { readonly name: string; readonly role: string },
    options: CallOptions,
  ): Promise<Answered<object>>;
  userRevokeRole(
    request: { readonly name: string; readonly role: string },
    options: CallOptions,
  ): Promise<Answered<object>>;
  roleAdd(name: string, options: CallOptions): Promise<Answered<object>>;
  roleGet(name: string, options: CallOptions): Promise<Answered<{ readonly role: Role }>>;
  roleList(
    request: NoRequest,
    options: CallOptions,
  ): Promise<Answered<{ readonly roles: readonly Role[] }>>;
  roleDelete(name: string, options: CallOptions): Promise<Answered<object>>;
  /** A permission that is missing or has no type is refused. */
  roleGrantPermission(
    request: {
      readonly name: string;
      readonly permission:
        { readonly type: Permission['type'] | undefined; readonly range: KeyRange } | undefined;
    },
    options: CallOptions,
  ): Promise<Answered<object>>;
  roleRevokePermission(
    request: { readonly name: string; readonly range: KeyRange },
    options: CallOptions,
  ): Promise<Answered<object>>;

  /** For probes: resolves when this member can answer; rejects with what is wrong. */
  checkHealth(check: { readonly linearizable: boolean }, options: CallOptions): Promise<void>;
}

/**
 * Functions that APIs need to serve calls. No caller asks for them: they pass no gate, and disclose no keys.
 */
export interface MemberView {
  /** The header of an answer given now. */
  header(): Header;
  /** Resolves when it is the turn of another slice of long work. */
  turn(): Promise<void>;
  /** Does what takes long in slices, so that others are served in between. What it looks at must not change. */
  inSlices<T>(steps: Steps<T>): T | Promise<T>;
  /** Calls whenever this member has seen no leader for three election timeouts in a row. Returns how to stop. */
  onLeaderless(listener: () => void): Cancel;
  /** The identity of a caller that shows this. */
  identify(shown: Shown): Identity | undefined;
  /** Undefined: `identify` may be asked at once. Otherwise it may be when this resolves. */
  whenIdentifiable(shown: Shown): Promise<void> | undefined;
  /**
   * What a caller may read and write, for APIs that leave out the rest of an answer; undefined: everything. Throws a
   * refusal if the caller is not known.
   */
  rightsOf(caller: Caller): Rights | undefined;
  /** The identity of callers without a login, for APIs that serve them; undefined while authentication is off. */
  anonymous(): Identity | undefined;
  isAuthOn(): boolean;
  clusterVersion(): string | undefined;
  alarms(): readonly Alarm[];
  hasLeader(): boolean;
  /** Since this member last heard from a leader, or since its start if it never has; 0 on the leader. */
  leaderContactMs(): number;
  /** As far as this member knows. */
  isLeader(): boolean;
  isLearner(): boolean;
  /**
   * Ends the calls that wait for a lock or an election, as this member stops, and refuses further ones; resolves when
   * their keys are removed, or after `limitMs`.
   */
  endLockWaits(limitMs: number): Promise<void>;
}

export interface Operations extends CallerOperations, MemberView {}
