import { status } from '@grpc/grpc-js';
import type { ServerErrorCode } from './error-codes.ts';

/**
 * Why a call failed, for programs to look at. Beside the reasons a server gives (`lease-not-found`,
 * `revision-compacted`, `no-space`, …):
 *
 * - `unavailable`: no server took the request; nothing happened.
 * - `unknown-outcome`: a write was sent and no answer came back; it may or may not have happened.
 * - `deadline-exceeded`, `canceled`: the time was up, or the `AbortSignal` fired, and nothing was changed.
 * - `lease-lost`: the lease behind a lock or a leadership has run out.
 * - `closed`: the client was closed.
 * - `unknown`: the server answered with something this client has no word for; see the message.
 */
export type RollcallErrorCode =
  ServerErrorCode | 'unavailable' | 'unknown-outcome' | 'lease-lost' | 'closed' | 'unknown';

/**
 * What every call of the client throws. Look at `code`; the message is for people.
 *
 * @example
 * try {
 *   await client.put('key', 'value', { lease: 42n });
 * } catch (error) {
 *   if (error instanceof RollcallError && error.code === 'lease-not-found') await register();
 *   else throw error;
 * }
 */
export class RollcallError extends Error {
  override readonly name: string = 'RollcallError';
  readonly code: RollcallErrorCode;

  constructor(code: RollcallErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A write reached a server, or may have, and no answer came back: it happened, or did not, or still will. Read to
 * find out, or make the write conditional (`txn`) so that repeating it is safe.
 */
export class UnknownOutcome extends RollcallError {
  override readonly name = 'UnknownOutcome';

  constructor(message: string, options?: ErrorOptions) {
    super('unknown-outcome', message, options);
  }
}

/**
 * A watch asked for events that history no longer holds. Read the keys afresh and watch from the revision of that
 * read, or let `onCompacted: 'resync'` do just that.
 */
export class Compacted extends RollcallError {
  override readonly name = 'Compacted';
  /** The oldest revision from which one can still watch. */
  readonly compactRevision: number;

  constructor(compactRevision: number) {
    super(
      'revision-compacted',
      `events before revision ${compactRevision} have been compacted away; read the keys afresh and watch from there`,
    );
    this.compactRevision = compactRevision;
  }
}

/** The texts by which servers of this API tell their refusals apart, without the leading "etcdserver: ". */
const codeOfText: ReadonlyMap<string, RollcallErrorCode> = new Map<string, RollcallErrorCode>([
  ['key is not provided', 'key-not-provided'],
  ['key not found', 'key-not-found'],
  ['value is provided', 'value-provided'],
  ['lease is provided', 'lease-provided'],
  ['too many operations in txn request', 'too-many-operations'],
  ['duplicate key given in txn request', 'duplicate-key'],
  ['invalid sort option', 'invalid-sort-option'],
  ['given member URLs are invalid', 'invalid-member-urls'],
  ['request is too large', 'request-too-large'],
  ['mvcc: required revision has been compacted', 'revision-compacted'],
  ['mvcc: required revision is a future revision', 'revision-in-future'],
  ['mvcc: database space exceeded', 'no-space'],
  ['too large lease TTL', 'lease-ttl-too-large'],
  ['requested lease not found', 'lease-not-found'],
  ['lease already exists', 'lease-exists'],
  ['member not found', 'member-not-found'],
  ['member ID already exist', 'member-exists'],
  ['Peer URLs already exists', 'peer-url-exists'],
  ['can only promote a learner member', 'not-a-learner'],
  ['can only promote a learner member which is in sync with leader', 'learner-not-ready'],
  ['too many learner members in cluster', 'too-many-learners'],
  ['re-configuration failed due to not enough started members', 'not-enough-started-members'],
  ['unhealthy cluster', 'unhealthy-cluster'],
  ['corrupt cluster', 'cluster-corrupt'],
  ['not leader', 'not-leader'],
  ['bad leader transferee', 'bad-leader-transferee'],
  ['rpc not supported for learner', 'not-supported-for-learner'],
  ['no leader', 'no-leader'],
  ['leader changed', 'leader-changed'],
  ['too many requests', 'too-many-requests'],
  ['server stopped', 'stopped'],
  ['request timed out', 'timeout'],
  ['request timed out, possibly due to previous leader failure', 'timeout-leader-failure'],
  ['request timed out, possibly due to connection lost', 'timeout-connection-lost'],
  ['request timed out, waiting for the applied index took too long', 'timeout'],
  ['permission denied', 'permission-denied'],
  ['user name is empty', 'user-empty'],
  ['invalid auth token', 'invalid-auth-token'],
  ['revision of auth store is old', 'auth-revision-old'],
  ['root user does not exist', 'root-user-missing'],
  ['root user does not have root role', 'root-role-missing'],
  ['user name already exists', 'user-exists'],
  ['user name not found', 'user-not-found'],
  ['role name already exists', 'role-exists'],
  ['role name not found', 'role-not-found'],
  ['role name is empty', 'role-empty'],
  ['role is not granted to the user', 'role-not-granted'],
  ['permission is not granted to the role', 'permission-not-granted'],
  ['permission not given', 'permission-not-given'],
  ['invalid auth management', 'invalid-auth-management'],
  ['bcrypt: password length exceeds 72 bytes', 'password-too-long'],
  ['authentication failed, invalid user ID or password', 'auth-failed'],
  ['authentication is not enabled', 'auth-not-enabled'],
  ['election: no leader', 'election-no-leader'],
  ['election: not leader', 'election-not-leader'],
  ['"leader" field must be provided', 'election-leader-not-provided'],
]);

const codeOfStatus: ReadonlyMap<number, RollcallErrorCode> = new Map<number, RollcallErrorCode>([
  [status.CANCELLED, 'canceled'],
  [status.INVALID_ARGUMENT, 'invalid-request'],
  [status.DEADLINE_EXCEEDED, 'deadline-exceeded'],
  [status.PERMISSION_DENIED, 'permission-denied'],
  [status.UNAUTHENTICATED, 'invalid-auth-token'],
  [status.RESOURCE_EXHAUSTED, 'request-too-large'],
  [status.UNIMPLEMENTED, 'not-supported'],
  [status.UNAVAILABLE, 'unavailable'],
]);

/** The error for a status and text from the wire. */
export function errorOfStatus(grpcStatus: number, details: string, cause?: unknown): RollcallError {
  const text = details.replace(/^etcdserver: /, '');
  const code = codeOfText.get(text) ?? codeOfStatus.get(grpcStatus) ?? 'unknown';
  return new RollcallError(code, text, cause === undefined ? undefined : { cause });
}

/** Converts an error of the gRPC library. */
export function errorOf(thrown: unknown): RollcallError {
  if (thrown instanceof RollcallError) return thrown;
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number') {
    const details = 'details' in thrown && typeof thrown.details === 'string' ? thrown.details : '';
    return errorOfStatus(thrown.code, details === '' ? thrown.message : details, thrown);
  }
  return new RollcallError('unknown', String(thrown), { cause: thrown });
}

/**
 * True for refusals after which the server has certainly done nothing and another server, or the same one a moment
 * later, may well do it.
 */
export function isDefiniteRefusal(error: RollcallError): boolean {
  if (error.code === 'no-leader' || error.code === 'not-supported-for-learner') return true;
  // HTTP/2's REFUSED_STREAM, in the words of the gRPC library: nothing was looked at (RFC 9113, section 8.7).
  return error.code === 'unavailable' && error.message.startsWith('Stream refused by server');
}

const transientCodes: ReadonlySet<RollcallErrorCode> = new Set<RollcallErrorCode>([
  'unavailable',
  'no-leader',
  'leader-changed',
  'stopped',
  'timeout',
  'timeout-leader-failure',
  'timeout-connection-lost',
  'not-supported-for-learner',
  'too-many-requests',
]);

/** True for failures that tell of the server or the way to it, not of the request. */
export function isTransient(error: RollcallError): boolean {
  return transientCodes.has(error.code);
}
