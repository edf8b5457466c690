import { BrokenInvariant } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Random } from '../base/random.ts';
import { advance, sliceWork } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import { requestTimeoutMs } from '../replica/index.ts';
import type { Outcome, Replica, Store } from '../replica/index.ts';
import {
  accessOfCommand,
  anonymousUser,
  decodeCommand,
  encodeCommand,
  originOfMember,
  refusalOf,
} from '../state/index.ts';
import type {
  Access,
  Action,
  Applied,
  CommandResult,
  Origin,
  RangeRequest,
  Reading,
  Rights,
  State,
  Who,
} from '../state/index.ts';
import type { WatchStats } from '../watch/index.ts';
import { Auditing } from './auditing.ts';
import type { AuditOptions } from './auditing.ts';
import { declareOperationMetrics } from './metrics.ts';
import type { OperationMetrics } from './metrics.ts';
import type { Limits } from './limits.ts';
import type { LoginOptions } from './login/login-options.ts';
import { LongReads } from './long-reads.ts';
import type { Read, ReadOptions } from './long-reads.ts';
import { anyKnown } from './needs.ts';
import type { Authorize } from './needs.ts';
import type { Caller, Header, Identity } from './operations.ts';
import type { Sha256 } from './sha256.ts';

/** Parts and settings of one member, for its operations. */
export interface OperationsOptions {
  readonly replica: Replica;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  /** The etcd release that responses name, as x.y.z. */
  readonly reportEtcdVersion: string;
  /** An id for a new member with these peer URLs. */
  readonly newMemberId: (
    peerUrls: readonly string[],
    isTaken: (id: MemberId) => boolean,
  ) => MemberId;
  readonly sha256: () => Sha256;
  /** Units of work of one slice of a read; see `base/steps.ts`. */
  readonly readWorkPerTurn?: number;
  readonly login: LoginOptions;
  /** Decides for each call at the gate, in place of the users and roles of the state. */
  readonly authorize?: Authorize;
  /** Undefined: there is no audit log. */
  readonly audit?: AuditOptions;
  /** Is told of each write that this member took from a caller, and that has changed something. */
  readonly onWritten?: OnWritten;
}

export type OnWritten = (applied: Applied, command: Action['kind'], caller: Caller) => void;

/** The result of a command that was not refused. */
export type Accepted = Exclude<CommandResult, { readonly kind: 'error' }>;

/** Used by all operations: proposing, reading, waiting. */
export class Core {
  readonly options: OperationsOptions;
  readonly replica: Replica;
  readonly clock: Clock;
  /** Ranges read at this member since it started, except within transactions. */
  rangesRead = 0;
  readonly metrics: OperationMetrics;
  readonly auditing: Auditing | undefined;
  readonly longReads: LongReads;
  readonly #timeoutMs: number;

  /** This member has proposed the alarm, and it is not committed yet. */
  #isRaisingAlarm = false;

  constructor(options: OperationsOptions) {
    this.options = options;
    this.replica = options.replica;
    this.clock = options.clock;
    this.metrics = declareOperationMetrics(options.metrics);
    this.auditing = options.audit && new Auditing(options.audit);
    this.longReads = new LongReads(options);
    this.#timeoutMs = requestTimeoutMs(options.electionTimeoutMs);
  }

  get state(): State {
    return this.replica.state;
  }

  /** Numbers of watchers and of events, for metrics. */
  get watchStats(): WatchStats {
    return this.replica.watch.stats;
  }

  header(revision: number = this.state.revision, raftTerm: number = this.replica.term): Header {
    return {
      clusterId: this.replica.clusterId,
      memberId: this.replica.id,
      revision,
      raftTerm,
    };
  }

  /** The time, by the clock, at which a request that begins now is given up. */
  deadlineMs(): number {
    return this.clock.nowMs() + this.#timeoutMs;
  }

  /** Reads at once if one slice suffices, as it nearly always does, and otherwise in slices. */
  read<T>(reading: Reading<T>, options: ReadOptions): Read<T> | Promise<Read<T>> {
    const first = advance(reading.steps, this.longReads.sliceWork);
    if (first.done === true) return { value: first.value, release: nothingToRelease };
    return this.longReads.resume(reading, options);
  }

  /** Resolves when it is the turn of another slice of long work. */
  turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const slice = (): boolean => {
        resolve();
        return false;
      };
      this.replica.slices.start({ slice, failed: reject });
    });
  }

  /** Does work on data that cannot change: at once if one slice suffices, and otherwise in slices. */
  inSlices<T>(steps: Steps<T>): T | Promise<T> {
    const first = advance(steps, sliceWork);
    if (first.done === true) return first.value;
    return new Promise((resolve, reject) => {
      this.replica.slices.start({
        slice: () => {
          const next = advance(steps, sliceWork);
          if (next.done === true) resolve(next.value);
          return next.done !== true;
        },
        failed: reject,
      });
    });
  }

  /** Resolves when a read of this member's state is linearizable (Raft thesis, section 6.4). */
  linearize(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.replica.linearize(this.deadlineMs(), (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  /** False: every caller has every right. */
  get decidesRights(): boolean {
    return this.options.authorize !== undefined || this.state.auth.isEnabled;
  }

  /**
   * The refusal of a call for which its caller lacks the right. `isAgain`: a look at this call was taken before, and its
   * login counts although users or roles have changed since.
   */
  refusalOf(
    caller: Caller,
    access: Access,
    operation: string,
    isAgain: boolean = false,
  ): RegistryError | undefined {
    const { authorize } = this.options;
    if (authorize !== undefined) return authorize(caller, access, operation);
    const { state } = this;
    if (!state.auth.isEnabled || access.kind === 'none') return undefined;
    const { identity } = caller;
    if (identity?.kind === 'refused') return identity.error;
    // In the meantime its password may have been changed.
    if (isAgain && identity?.kind === 'user') {
      if (identity.authRevision < state.auth.loginsEndedAt(identity.name)) {
        return loginEnded(identity.name);
      }
    }
    const who = whoOf(identity, isAgain ? state.auth.revision : undefined);
    const refusal = refusalOf(state, who, access);
    if (refusal === undefined) return undefined;
    this.metrics.denied(caller.api);
    this.options.logger.debug('a call was refused', {
      operation,
      api: caller.api,
      client: caller.address,
      code: refusal.code,
      reason: refusal.message,
    });
    return new RegistryError(refusal.code, refusal.message);
  }

  /**
   * The rights of a caller, for APIs that leave out what it may not read. Undefined: it may read and write everything.
   * Throws if it is not known.
   */
  rightsOf(caller: Caller): Rights | undefined {
    const refusal = this.refusalOf(caller, anyKnown, 'rights');
    if (refusal !== undefined) throw refusal;
    const { auth, rights } = this.state;
    const { identity } = caller;
    if (!auth.isEnabled || identity?.kind !== 'user') return undefined;
    const own = rights.of(identity.name);
    return own?.isRoot === true ? undefined : own;
  }

  /** The identity of a caller that did not log in, in the APIs that serve such callers. */
  anonymous(): Identity | undefined {
    const { isEnabled, revision } = this.state.auth;
    return isEnabled ? { kind: 'user', name: anonymousUser, authRevision: revision } : undefined;
  }

  /**
   * Proposes a command; resolves when it is applied here. Rejects with its refusal, or if its fate is unknown. Without a
   * caller it is one of the member itself.
   */
  propose(command: Action, caller?: Caller): Promise<{ result: Accepted; header: Header }> {
    return this.#propose(command, caller, originOf(this.state, caller), true);
  }

  #propose(
    command: Action,
    caller: Caller | undefined,
    origin: Origin | undefined,
    isFirst: boolean,
  ): Promise<{ result: Accepted; header: Header }> {
    const encoded = encodeCommand(command, origin);
    const { maxRequestBytes } = this.options.limits;
    if (encoded.length > maxRequestBytes) {
      return Promise.reject(
        new RegistryError(
          'request-too-large',
          `the request has ${encoded.length} bytes, and at most ${maxRequestBytes} are allowed`,
        ),
      );
    }
    const beganMs = this.clock.nowMs();
    // The command itself is not held while it is under way: V8 would copy it whenever it collects.
    const { kind } = command;
    return new Promise((resolve, reject) => {
      this.replica.proposeEncoded(encoded, this.deadlineMs(), (outcome) => {
        const isDone = outcome.kind === 'applied' && outcome.applied.result.kind !== 'error';
        this.metrics.request(kind, isDone, (this.clock.nowMs() - beganMs) / 1000);
        if (isDone) this.#tellWritten(outcome.applied, kind, caller);
        else if (isFirst && caller !== undefined && isOldRevision(outcome)) {
          this.#proposeAgain(decodeCommand(encoded), caller).then(resolve, reject);
          return;
        }
        this.settle(outcome, resolve, reject);
      });
    });
  }

  #tellWritten(applied: Applied, command: Action['kind'], caller: Caller | undefined): void {
    const { onWritten } = this.options;
    if (onWritten === undefined || caller === undefined) return;
    if (applied.events.length > 0 || applied.isLarge) onWritten(applied, command, caller);
  }

  /**
   * Users or roles have changed between the look at the gate and the command, which was refused and had no effect. The
   * caller may have the right still: it is looked at once more.
   */
  #proposeAgain(command: Action, caller: Caller): Promise<{ result: Accepted; header: Header }> {
    const { revision } = this.state.auth;
    const refusal = this.refusalOf(caller, accessOfCommand(command), command.kind, true);
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.#propose(command, caller, originOf(this.state, caller, revision), false);
  }

  settle(
    outcome: Outcome,
    resolve: (answer: { result: Accepted; header: Header; applied: Applied }) => void,
    reject: (error: RegistryError) => void,
  ): void {
    if (outcome.kind === 'failed') {
      reject(outcome.error);
      return;
    }
    const { applied, term } = outcome;
    const { result } = applied;
    if (result.kind === 'error') reject(new RegistryError(result.code, result.message));
    else resolve({ result, applied, header: this.header(applied.revision, term) });
  }

  /** Refuses growth beyond the quota, and raises the `NOSPACE` alarm, which stops all growth. */
  admitGrowth(bytes: number): void {
    const { quotaBytes } = this.options.limits;
    if (this.state.sizeInUseBytes + bytes <= quotaBytes) return;
    const memberId = this.replica.id;
    const raised = this.state.alarms.some(
      (alarm) => alarm.type === 'no-space' && alarm.memberId === memberId,
    );
    if (!raised && !this.#isRaisingAlarm) {
      this.#isRaisingAlarm = true;
      const over = (): void => void (this.#isRaisingAlarm = false);
      this.options.logger.warn('the data has reached its quota; raising the NOSPACE alarm', {
        quotaBytes,
      });
      this.propose({ kind: 'alarm', action: 'activate', memberId, type: 'no-space' }).then(
        over,
        (error: unknown) => {
          over();
          this.options.logger.warn('failed to raise the NOSPACE alarm', { error: String(error) });
        },
      );
    }
    throw new RegistryError(
      'no-space',
      `the data has reached its quota of ${quotaBytes} bytes; delete keys, compact, then disarm the alarm`,
    );
  }
}

function isOldRevision(outcome: Outcome): boolean {
  if (outcome.kind === 'failed') return false;
  const { result } = outcome.applied;
  return result.kind === 'error' && result.code === 'auth-revision-old';
}

/** The refusal of a caller whose login was good when the call began. */
export function loginEnded(name: string): RegistryError {
  return new RegistryError(
    'invalid-auth-token',
    `the login of ${JSON.stringify(name)} has ended: its password was changed, or it was deleted; log in again`,
  );
}

/** `authRevision`: at which the login counts, if not at its own. */
function whoOf(identity: Identity | undefined, authRevision: number | undefined): Who {
  if (identity?.kind === 'member') return 'member';
  if (identity?.kind !== 'user') return undefined;
  return authRevision === undefined ? identity : { name: identity.name, authRevision };
}

/**
 * The user for whom a command is proposed. While authentication is off, a command of a caller has none, so that it costs
 * nothing. Below `authLevel` there are no users, and a member that does not know origins would stop.
 */
function originOf(
  state: State,
  caller: Caller | undefined,
  authRevision?: number,
): Origin | undefined {
  if (caller === undefined) return originOfMember(state);
  if (!state.auth.isEnabled) return undefined;
  const { identity } = caller;
  if (identity?.kind === 'member') return originOfMember(state);
  if (identity?.kind !== 'user') return undefined;
  return { user: identity.name, authRevision: authRevision ?? identity.authRevision };
}

const nothingToRelease = (): void => {};

/** Narrows a result to the expected kind; any other kind is a broken invariant. */
export function resultOf<K extends Accepted['kind']>(
  result: Accepted,
  kind: K,
): Extract<Accepted, { kind: K }> {
  if (!isOfKind(result, kind)) throw new BrokenInvariant(`a ${kind} is due, not a ${result.kind}`);
  return result;
}

function isOfKind<K extends Accepted['kind']>(
  result: Accepted,
  kind: K,
): result is Extract<Accepted, { kind: K }> {
  return result.kind === kind;
}

/** A read of a whole range at the newest revision, unless `more` says otherwise. */
export function readOf(
  range: RangeRequest['range'],
  more: Partial<RangeRequest> = {},
): RangeRequest {
  return {
    range,
    limit: 0,
    revision: 0,
    sortOrder: 'none',
    sortTarget: 'key',
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0,
    ...more,
  };
}

/** The error with which an aborted call ends. */
export function reasonOf({ reason }: AbortSignal): RegistryError {
  return reason instanceof RegistryError
    ? reason
    : new RegistryError('canceled', 'the caller gave up before the answer was there');
}

/** Settles as the promise does, or rejects as soon as the signal is aborted. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reasonOf(signal));
    if (signal.aborted) {
      // Its failure must not count as unhandled.
      promise.catch(() => {});
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
