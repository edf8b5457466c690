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
import { encodeCommand, originLevel } from '../state/index.ts';
import type {
  Action,
  Applied,
  Command,
  CommandResult,
  RangeRequest,
  Reading,
  State,
} from '../state/index.ts';
import type { WatchStats } from '../watch/index.ts';
import { declareOperationMetrics } from './metrics.ts';
import type { OperationMetrics } from './metrics.ts';
import { LongReads } from './long-reads.ts';
import type { Read, ReadOptions } from './long-reads.ts';
import type { Authorize } from './needs.ts';
import type { Caller, Header } from './operations.ts';

export interface Limits {
  /** Of one encoded command. */
  readonly maxRequestBytes: number;
  /** Compares, or operations in one branch, of a transaction with what is nested in it. */
  readonly maxTxnOps: number;
  /** Of the data of the state; infinite for none. */
  readonly quotaBytes: number;
}

/** What operations stand on. */
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
  /** The etcd release that clients are told, as x.y.z. */
  readonly reportEtcdVersion: string;
  /** The id of a member that is to be added with these peer URLs. */
  readonly newMemberId: (
    peerUrls: readonly string[],
    isTaken: (id: MemberId) => boolean,
  ) => MemberId;
  readonly sha256: () => Sha256;
  /** Units of work of one slice of a read; see `base/steps.ts`. */
  readonly readWorkPerTurn?: number;
  /** Asked by the gate before each call. Without it everybody may do everything. */
  readonly authorize?: Authorize;
}

/** A running SHA-256 sum. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** The result of a command that was not refused. */
export type Accepted = Exclude<CommandResult, { readonly kind: 'error' }>;

/** What all operations share: proposing, waiting, refusing. */
export class Core {
  readonly options: OperationsOptions;
  readonly replica: Replica;
  readonly clock: Clock;
  /** Ranges read here since the start, those within transactions not counted. */
  rangesRead = 0;
  readonly metrics: OperationMetrics;
  readonly longReads: LongReads;
  readonly #timeoutMs: number;

  /** This member has proposed the alarm, and waits for it to be agreed on. */
  #isRaisingAlarm = false;

  constructor(options: OperationsOptions) {
    this.options = options;
    this.replica = options.replica;
    this.clock = options.clock;
    this.metrics = declareOperationMetrics(options.metrics);
    this.longReads = new LongReads(options);
    this.#timeoutMs = requestTimeoutMs(options.electionTimeoutMs);
  }

  get state(): State {
    return this.replica.state;
  }

  /** How much is watched here, and by how many. */
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

  /** By the clock: when a request that begins now is given up. */
  deadlineMs(): number {
    return this.clock.nowMs() + this.#timeoutMs;
  }

  /** Reads: at once what is done within one slice, which is nearly everything, and else in slices. */
  read<T>(reading: Reading<T>, options: ReadOptions): Read<T> | Promise<Read<T>> {
    const first = advance(reading.steps, this.longReads.sliceWork);
    if (first.done === true) return { value: first.value, release: nothingToRelease };
    return this.longReads.goOn(reading, options);
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

  /** Does work that looks at nothing that can change: at once if it is little, and else in slices. */
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

  /** Waits until a read of the state here cannot be stale any more. */
  linearize(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.replica.linearize(this.deadlineMs(), (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  /** Has the cluster agree on a command; rejects with its refusal, or if its fate is unknown. */
  propose(command: Action, caller?: Caller): Promise<{ result: Accepted; header: Header }> {
    const encoded = encodeCommand(this.#withOrigin(command, caller));
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
    return new Promise((resolve, reject) => {
      this.replica.proposeEncoded(encoded, this.deadlineMs(), (outcome) => {
        const isDone = outcome.kind === 'applied' && outcome.applied.result.kind !== 'error';
        this.metrics.request(command.kind, isDone, (this.clock.nowMs() - beganMs) / 1000);
        this.settle(outcome, resolve, reject);
      });
    });
  }

  /** Members that do not know origins yet would stop at one. */
  #withOrigin(command: Action, caller: Caller | undefined): Command {
    const user = caller?.user;
    if (user === undefined || this.state.featureLevel < originLevel) return command;
    return { ...command, origin: { user: user.name, authRevision: user.authRevision } };
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

  /** Refuses what would grow the data beyond its quota, and raises the alarm that stops further growth. */
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
      this.options.logger.warn('the data has reached its quota; raising the alarm', { quotaBytes });
      this.propose({ kind: 'alarm', action: 'activate', memberId, type: 'no-space' }).then(
        over,
        (error: unknown) => {
          over();
          this.options.logger.warn('failed to raise the alarm', { error: String(error) });
        },
      );
    }
    throw new RegistryError(
      'no-space',
      `the data has reached its quota of ${quotaBytes} bytes; compact, then disarm the alarm`,
    );
  }
}

const nothingToRelease = (): void => {};

/** What an answer of a `switch` on results says when the state answered something else. */
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

/** A read of the newest state, with all of the range unless told otherwise. */
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

/** What a call is told that was aborted. */
export function reasonOf({ reason }: AbortSignal): RegistryError {
  return reason instanceof RegistryError
    ? reason
    : new RegistryError('canceled', 'the caller gave up before the answer was there');
}

/** Rejects as soon as the caller goes away; otherwise as the promise does. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reasonOf(signal));
    if (signal.aborted) {
      // Nobody waits for it, and if it fails it must not count as unhandled.
      promise.catch(() => {});
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
