import type { RegistryError } from '../base/errors.ts';
import type { Access, KeyUse, Pack } from '../state/index.ts';
import type { LogFields } from '../base/logger.ts';
import type { Limits } from './limits.ts';
import type { Caller, CallerOperations, CallOptions } from './operations.ts';

export const everyone: Access = { kind: 'none' };
/** Everyone but callers that show a token that is not valid. */
export const unlessRefused: Access = { kind: 'any' };
/** Any user, and callers without a login: what they see is up to their rights. */
export const anyKnown: Access = { kind: 'known' };
export const anyUser: Access = { kind: 'login' };
export const root: Access = { kind: 'root' };

export function keyRights(use: KeyUse): Access {
  return { kind: 'keys', use };
}

/**
 * - `if-required`: the call goes on without a leader, unless the caller insists on one.
 * - `must-exist`: it is refused while there is none.
 * - `this-member`: it is refused everywhere but on the leader.
 */
export type LeaderNeed = 'if-required' | 'must-exist' | 'this-member';

/**
 * The basis of a response.
 *
 * - `log`: a command that the cluster agrees on.
 * - `linearizable`: the state here, once a round has proved that it is not stale.
 * - `linearizable-if-led`: the same while there is a leader, and otherwise the state as it is: what is left of a cluster
 *   can still be backed up.
 * - `serializable`: the state here, as it is.
 * - `local`: facts about this member.
 */
export type Consistency = 'log' | 'linearizable' | 'linearizable-if-led' | 'serializable' | 'local';

/** A need, or the way to tell it from the request. */
type Need<Request, Value> = Value | ((request: Request) => Value);

/** The row of an operation: what must hold before its body runs. */
export interface Needs<Request> {
  /** Evaluated only for requests that have passed `check`. */
  readonly access: Need<Request, Access>;
  readonly servedByLearner: Need<Request, boolean>;
  readonly leader: Need<Request, LeaderNeed>;
  readonly consistency: Need<Request, Consistency>;
  /** Bytes by which the data grows at most, which must fit the quota. 0: it does not grow. */
  readonly growthBytes: Need<Request, number>;
  /** Refuses a request that makes no sense, whatever the data. */
  readonly check?: (request: Request, limits: Limits) => void;
  /** The same where etcd tells only callers that have the right. */
  readonly checkAfterAccess?: (request: Request) => void;
  /** It is a login, which the audit log records. */
  readonly isLogin?: boolean;
  /** The user, role or member that it concerns, for the audit log; nothing secret. For `keys` these are the keys. */
  readonly subject?: (request: Request) => LogFields;
}

type Name = keyof CallerOperations;
export type RequestOf<N extends Name> = Parameters<CallerOperations[N]>[0];

/** An operation behind the gate. Only `Gate` makes one. */
export interface Gated<Request, Answer> {
  (request: Request, options: CallOptions, pack?: Pack): Answer;
  readonly operation: string;
  readonly needs: Needs<Request>;
}

/** The operations of these names, each behind the gate. */
export type GatedOperations<Names extends Name = Name> = {
  readonly [N in Names]: Gated<RequestOf<N>, ReturnType<CallerOperations[N]>>;
};

/** Decides whether a caller has a right. Returns the refusal, if any. */
export type Authorize = (
  caller: Caller,
  access: Access,
  operation: string,
) => RegistryError | undefined;
