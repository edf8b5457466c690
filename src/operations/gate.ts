import { BrokenInvariant } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import type { Soon } from '../base/soon.ts';
import type { Access, Pack, State, User } from '../state/index.ts';
import type { WatchGuard, WatchRequest, WatchSink, WatchStream } from '../watch/index.ts';
import type { AuditedCall, Auditing } from './auditing.ts';
import { loginEnded } from './core.ts';
import type { Core } from './core.ts';
import type { Gated, LeaderNeed, Needs, RequestOf } from './needs.ts';
import type { Caller, CallerOperations, CallOptions } from './operations.ts';

type Returned<N extends keyof CallerOperations> = ReturnType<CallerOperations[N]>;

/** The operations that return this. */
type Names<Kind> = {
  [N in keyof CallerOperations]: Returned<N> extends Kind ? N : never;
}[keyof CallerOperations];

/** One of the answers of an operation. */
type AnswerOf<N extends keyof CallerOperations> =
  Returned<N> extends Promise<infer Answer> | AsyncIterable<infer Answer> ? Answer : never;

/** The work of an operation, behind the gate. `waitedMs`: the time that the gate has waited for a read round. */
type Body<Request, Answer> = (
  request: Request,
  options: CallOptions,
  pack: Pack | undefined,
  waitedMs: number,
) => Answer;

/** All operations that a gate has made: no other function passes for one, whatever properties it has. */
const made = new WeakSet<object>();

/**
 * The one gate that all calls pass. It applies the row of the operation (`Needs`) in this order: learner, leader, check,
 * access, growth, consistency. Only then the body runs; no body repeats any of it.
 */
export class Gate {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** An operation with one answer. */
  once<N extends Names<Promise<unknown>>>(
    operation: N,
    needs: Needs<RequestOf<N>>,
    body: Body<RequestOf<N>, Soon<AnswerOf<N>>>,
  ): Gated<RequestOf<N>, Promise<AnswerOf<N>>> {
    const core = this.#core;
    const call: Call<RequestOf<N>, Promise<AnswerOf<N>>> = (request, options, pack) => {
      // No promise and no closure of its own: writes pass here.
      try {
        admit(core, operation, needs, request, options);
        if (!linearizes(core, needs, request)) {
          const answer = body(request, options, pack, 0);
          return answer instanceof Promise ? answer : Promise.resolve(answer);
        }
      } catch (error) {
        return Promise.reject(error);
      }
      const beganMs = core.clock.nowMs();
      const look = new Look(core, operation, needs, request, options);
      return core.linearize().then(() => {
        look.again();
        return body(request, options, pack, core.clock.nowMs() - beganMs);
      });
    };
    return gated(
      operation,
      needs,
      core.auditing === undefined ? call : audited(core.auditing, operation, needs, call),
    );
  }

  /** An operation with answers over time; nothing happens before the first is asked for. */
  stream<N extends Names<AsyncIterable<unknown>>>(
    operation: N,
    needs: Needs<RequestOf<N>>,
    body: Body<RequestOf<N>, AsyncIterable<AnswerOf<N>>>,
  ): Gated<RequestOf<N>, AsyncIterable<AnswerOf<N>>> {
    const core = this.#core;
    return gated(operation, needs, async function* (request, options, pack) {
      try {
        admit(core, operation, needs, request, options);
        const beganMs = core.clock.nowMs();
        const look = new Look(core, operation, needs, request, options);
        if (linearizes(core, needs, request)) await core.linearize();
        look.again();
        for await (const answer of body(request, options, pack, core.clock.nowMs() - beganMs)) {
          look.again();
          yield answer;
        }
      } catch (error) {
        core.auditing?.ended(auditedCall(operation, needs, request, options), error);
        throw error;
      }
    });
  }

  /**
   * An operation that opens a stream of watchers. Each watcher names the keys that it reads when it is created; `accessOf`
   * is the part of the row for watchers.
   */
  watchers(
    operation: Names<WatchStream>,
    needs: Needs<WatchSink>,
    accessOf: (request: WatchRequest) => Access,
    body: (sink: WatchSink, guard: WatchGuard) => WatchStream,
  ): Gated<WatchSink, WatchStream> {
    const core = this.#core;
    return gated(operation, needs, (sink, options) => {
      admit(core, operation, needs, sink, options);
      return body(sink, new StreamGuard(core, operation, options, accessOf));
    });
  }
}

/**
 * The look at the rights of one call. It is repeated before anything is shown that was read after users or roles have
 * changed: a read that waits for its round, or a stream that goes on, shows nothing that its caller may not see any more.
 */
class Look<Request> {
  readonly #core: Core;
  readonly #operation: string;
  readonly #needs: Needs<Request>;
  readonly #request: Request;
  readonly #options: CallOptions;
  #state: State;
  #isEnabled: boolean;
  #revision: number;

  constructor(
    core: Core,
    operation: string,
    needs: Needs<Request>,
    request: Request,
    options: CallOptions,
  ) {
    this.#core = core;
    this.#operation = operation;
    this.#needs = needs;
    this.#request = request;
    this.#options = options;
    this.#state = core.state;
    this.#isEnabled = core.state.auth.isEnabled;
    this.#revision = core.state.auth.revision;
  }

  /** Throws if the caller lacks the right now. */
  again(): void {
    const { state } = this.#core;
    const { isEnabled, revision } = state.auth;
    const isSame = isEnabled === this.#isEnabled && revision === this.#revision;
    if (isSame && state === this.#state) return;
    this.#state = state;
    this.#isEnabled = isEnabled;
    this.#revision = revision;
    const access = valueOf(this.#needs.access, this.#request);
    const refusal = this.#core.refusalOf(this.#options.caller, access, this.#operation, true);
    if (refusal !== undefined) throw refusal;
  }
}

/** Guards the watchers of one stream. */
class StreamGuard implements WatchGuard {
  readonly #core: Core;
  readonly #operation: string;
  readonly #options: CallOptions;
  readonly #accessOf: (request: WatchRequest) => Access;
  /** The user that has created the watchers, as it was then. */
  #user: User | undefined;

  constructor(
    core: Core,
    operation: string,
    options: CallOptions,
    accessOf: (request: WatchRequest) => Access,
  ) {
    this.#core = core;
    this.#operation = operation;
    this.#options = options;
    this.#accessOf = accessOf;
  }

  refusalOf(request: WatchRequest): RegistryError | undefined {
    const caller = this.#callerNow();
    const refusal = this.#refusalTo(caller, request);
    const { identity } = caller;
    if (refusal === undefined && identity?.kind === 'user') {
      this.#user = this.#core.state.auth.user(identity.name);
    }
    return refusal;
  }

  /**
   * The login of an open stream counts for as long as its user exists and has the same password; that a token has timed
   * out does not matter, as in etcd.
   */
  refusalNow(request: WatchRequest): RegistryError | undefined {
    if (this.#user === undefined) return this.refusalOf(request);
    const { name, passwordHash } = this.#user;
    const { auth } = this.#core.state;
    const now = auth.user(name);
    if (now === undefined || now.passwordHash !== passwordHash) {
      if (auth.isEnabled) return loginEnded(name);
    }
    const identity = { kind: 'user', name, authRevision: auth.revision } as const;
    return this.#refusalTo({ ...this.#options.caller, identity }, request);
  }

  #refusalTo(caller: Caller, request: WatchRequest): RegistryError | undefined {
    const access = this.#accessOf(request);
    const refusal = this.#core.refusalOf(caller, access, this.#operation);
    if (refusal !== undefined) {
      const call = { operation: this.#operation, caller, access, subject: undefined } as const;
      this.#core.auditing?.ended({ ...call, consistency: 'local', isLogin: false }, refusal);
    }
    return refusal;
  }

  #callerNow(): Caller {
    return this.#options.callerNow?.() ?? this.#options.caller;
  }
}

type Call<Request, Answer> = (request: Request, options: CallOptions, pack?: Pack) => Answer;

/** The same call, whose end the audit log hears of. */
function audited<Request, Answer>(
  auditing: Auditing,
  operation: string,
  needs: Needs<Request>,
  call: Call<Request, Promise<Answer>>,
): Call<Request, Promise<Answer>> {
  return async (request, options, pack) => {
    const ended = (error?: unknown): void =>
      auditing.ended(auditedCall(operation, needs, request, options), error);
    try {
      const answer = await call(request, options, pack);
      ended();
      return answer;
    } catch (error) {
      ended(error);
      throw error;
    }
  };
}

function auditedCall<Request>(
  operation: string,
  { access, consistency, isLogin = false, subject }: Needs<Request>,
  request: Request,
  { caller }: CallOptions,
): AuditedCall {
  return {
    operation,
    caller,
    access: unlessNonsense(() => valueOf(access, request)),
    consistency: valueOf(consistency, request),
    isLogin,
    subject: unlessNonsense(() => subject?.(request)),
  };
}

/** Rows look only at requests that have passed `check`. */
function unlessNonsense<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function gated<Request, Answer>(
  operation: string,
  needs: Needs<Request>,
  call: Call<Request, Answer>,
): Gated<Request, Answer> {
  const one = Object.assign(call, { operation, needs });
  made.add(one);
  return one;
}

/** Throws unless each of these is an operation that a gate has made under this name. */
export function checkGated(operations: Readonly<Record<string, unknown>>): void {
  for (const [name, operation] of Object.entries(operations)) {
    const isGated = typeof operation === 'function' && made.has(operation);
    if (isGated && 'operation' in operation && operation.operation === name) continue;
    throw new BrokenInvariant(`the operation ${name} has no row of needs; make it with Gate`);
  }
}

/** Throws if the row of the operation refuses the call. */
function admit<Request>(
  core: Core,
  operation: string,
  { access, servedByLearner, leader, growthBytes, check, checkAfterAccess }: Needs<Request>,
  request: Request,
  options: CallOptions,
): void {
  if (core.replica.isLearner && !valueOf(servedByLearner, request)) throw servedByVoters();
  checkLeader(core, valueOf(leader, request), options);
  check?.(request, core.options.limits);
  if (core.decidesRights) {
    const refusal = core.refusalOf(options.caller, valueOf(access, request), operation);
    if (refusal !== undefined) throw refusal;
  }
  checkAfterAccess?.(request);
  // etcd tells only root that this member does not lead.
  if (valueOf(leader, request) === 'this-member') checkLeads(core);
  const bytes = valueOf(growthBytes, request);
  if (bytes > 0) core.admitGrowth(bytes);
}

function checkLeader({ replica }: Core, need: LeaderNeed, { requireLeader }: CallOptions): void {
  const isNeeded = need === 'must-exist' || requireLeader === true;
  if (isNeeded && replica.leader === undefined) {
    throw new RegistryError('no-leader', 'the cluster has no leader now; try again shortly');
  }
}

function checkLeads({ replica }: Core): void {
  if (replica.isLeader) return;
  throw new RegistryError('not-leader', 'this member does not lead; ask the leader');
}

function linearizes<Request>(
  { replica }: Core,
  { consistency }: Needs<Request>,
  request: Request,
): boolean {
  const needed = valueOf(consistency, request);
  if (needed === 'linearizable-if-led') return replica.leader !== undefined;
  return needed === 'linearizable';
}

function valueOf<Request, Value extends object | string | number | boolean>(
  need: Value | ((request: Request) => Value),
  request: Request,
): Value {
  return typeof need === 'function' ? need(request) : need;
}

function servedByVoters(): RegistryError {
  return new RegistryError(
    'not-supported-for-learner',
    'this member is a learner; ask a voting member, or promote it first',
  );
}
