import { BrokenInvariant } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import type { Access, Pack } from '../state/index.ts';
import type { WatchRequest, WatchSink, WatchStream } from '../watch/index.ts';
import type { Core } from './core.ts';
import type { Gated, LeaderNeed, Needs, RequestOf } from './needs.ts';
import type { CallerOperations, CallOptions } from './operations.ts';

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
    body: Body<RequestOf<N>, Promise<AnswerOf<N>>>,
  ): Gated<RequestOf<N>, Promise<AnswerOf<N>>> {
    const core = this.#core;
    return gated(operation, needs, (request, options, pack) => {
      // No promise and no closure of its own: writes pass here.
      try {
        admit(core, operation, needs, request, options);
      } catch (error) {
        return Promise.reject(error);
      }
      if (!linearizes(core, needs, request)) return body(request, options, pack, 0);
      const beganMs = core.clock.nowMs();
      return core
        .linearize()
        .then(() => body(request, options, pack, core.clock.nowMs() - beganMs));
    });
  }

  /** An operation with answers over time; nothing happens before the first is asked for. */
  stream<N extends Names<AsyncIterable<unknown>>>(
    operation: N,
    needs: Needs<RequestOf<N>>,
    body: Body<RequestOf<N>, AsyncIterable<AnswerOf<N>>>,
  ): Gated<RequestOf<N>, AsyncIterable<AnswerOf<N>>> {
    const core = this.#core;
    return gated(operation, needs, async function* (request, options, pack) {
      admit(core, operation, needs, request, options);
      const beganMs = core.clock.nowMs();
      if (linearizes(core, needs, request)) await core.linearize();
      yield* body(request, options, pack, core.clock.nowMs() - beganMs);
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
    body: (sink: WatchSink, refusalOf: RefusalOf | undefined) => WatchStream,
  ): Gated<WatchSink, WatchStream> {
    const core = this.#core;
    const { authorize } = core.options;
    return gated(operation, needs, (sink, options) => {
      admit(core, operation, needs, sink, options);
      const refusalOf: RefusalOf | undefined =
        authorize &&
        ((request) => authorize(options.caller, accessOf(request), operation)?.message);
      return body(sink, refusalOf);
    });
  }
}

/** The reason for which a watcher is not created; undefined: it is. */
type RefusalOf = (request: WatchRequest) => string | undefined;

function gated<Request, Answer>(
  operation: string,
  needs: Needs<Request>,
  call: (request: Request, options: CallOptions, pack?: Pack) => Answer,
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
  { access, servedByLearner, leader, growthBytes, check }: Needs<Request>,
  request: Request,
  options: CallOptions,
): void {
  if (core.replica.isLearner && !valueOf(servedByLearner, request)) throw servedByVoters();
  checkLeader(core, valueOf(leader, request), options);
  check?.(request, core.options.limits);
  const { authorize } = core.options;
  if (authorize !== undefined) {
    const refusal = authorize(options.caller, valueOf(access, request), operation);
    if (refusal !== undefined) throw refusal;
  }
  const bytes = valueOf(growthBytes, request);
  if (bytes > 0) core.admitGrowth(bytes);
}

function checkLeader({ replica }: Core, need: LeaderNeed, { requireLeader }: CallOptions): void {
  const isNeeded = need === 'must-exist' || requireLeader === true;
  if (isNeeded && replica.leader === undefined) {
    throw new RegistryError('no-leader', 'the cluster has no leader now; try again shortly');
  }
  if (need === 'this-member' && !replica.isLeader) {
    throw new RegistryError('not-leader', 'this member does not lead; ask the leader');
  }
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
