import { RegistryError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { MalformedRequest, Unimplemented } from '../methods.ts';

/** gRPC's status codes, as far as they are answered here. */
const canceled = 1;
const unknown = 2;
const invalidArgument = 3;
const deadlineExceeded = 4;
const notFound = 5;
const permissionDenied = 7;
const resourceExhausted = 8;
const failedPrecondition = 9;
const outOfRange = 11;
const unimplemented = 12;
const internal = 13;
const unavailable = 14;
const dataLoss = 15;

/** Status and text of an error on etcd's wire. */
export interface EtcdError {
  readonly code: number;
  readonly message: string;
}

/** Stands where etcd has no error of the kind: the message that was written for people is sent. */
const ownWords = undefined;

/**
 * Clients of etcd tell errors apart by their text, byte by byte, so the texts here are etcd's. Election, session and
 * `not enough started members` have no status of their own there and arrive as `Unknown`.
 */
const wireErrors: Readonly<Record<ErrorCode, readonly [code: number, text: string | undefined]>> = {
  'key-not-provided': [invalidArgument, 'etcdserver: key is not provided'],
  'value-provided': [invalidArgument, 'etcdserver: value is provided'],
  'lease-provided': [invalidArgument, 'etcdserver: lease is provided'],
  'too-many-operations': [invalidArgument, 'etcdserver: too many operations in txn request'],
  'duplicate-key': [invalidArgument, 'etcdserver: duplicate key given in txn request'],
  'invalid-member-urls': [invalidArgument, 'etcdserver: given member URLs are invalid'],
  'request-too-large': [invalidArgument, 'etcdserver: request is too large'],
  'invalid-request': [invalidArgument, ownWords],
  'key-not-found': [invalidArgument, 'etcdserver: key not found'],
  'revision-compacted': [outOfRange, 'etcdserver: mvcc: required revision has been compacted'],
  'revision-in-future': [outOfRange, 'etcdserver: mvcc: required revision is a future revision'],
  'lease-not-found': [notFound, 'etcdserver: requested lease not found'],
  'lease-exists': [failedPrecondition, 'etcdserver: lease already exists'],
  'lease-ttl-too-large': [outOfRange, 'etcdserver: too large lease TTL'],
  'member-not-found': [notFound, 'etcdserver: member not found'],
  'member-exists': [failedPrecondition, 'etcdserver: member ID already exist'],
  'peer-url-exists': [failedPrecondition, 'etcdserver: Peer URLs already exists'],
  'not-a-learner': [failedPrecondition, 'etcdserver: can only promote a learner member'],
  'learner-not-ready': [
    failedPrecondition,
    'etcdserver: can only promote a learner member which is in sync with leader',
  ],
  'too-many-learners': [failedPrecondition, 'etcdserver: too many learner members in cluster'],
  'not-enough-started-members': [
    unknown,
    'etcdserver: re-configuration failed due to not enough started members',
  ],
  'unhealthy-cluster': [unavailable, 'etcdserver: unhealthy cluster'],
  'no-space': [resourceExhausted, 'etcdserver: mvcc: database space exceeded'],
  'cluster-corrupt': [dataLoss, 'etcdserver: corrupt cluster'],
  'not-leader': [failedPrecondition, 'etcdserver: not leader'],
  'bad-leader-transferee': [failedPrecondition, 'etcdserver: bad leader transferee'],
  'not-supported-for-learner': [failedPrecondition, 'etcdserver: rpc not supported for learner'],
  'no-leader': [unavailable, 'etcdserver: no leader'],
  'leader-changed': [unavailable, 'etcdserver: leader changed'],
  'too-many-requests': [unknown, 'etcdserver: too many requests'],
  'too-many-long-reads': [resourceExhausted, ownWords],
  'state-replaced': [unavailable, ownWords],
  stopped: [unavailable, 'etcdserver: server stopped'],
  canceled: [canceled, 'etcdserver: request canceled'],
  'deadline-exceeded': [deadlineExceeded, 'context deadline exceeded'],
  timeout: [unavailable, 'etcdserver: request timed out'],
  'timeout-leader-failure': [
    unavailable,
    'etcdserver: request timed out, possibly due to previous leader failure',
  ],
  'timeout-connection-lost': [
    unavailable,
    'etcdserver: request timed out, possibly due to connection lost',
  ],
  'invalid-downgrade-version': [invalidArgument, 'etcdserver: invalid downgrade target version'],
  'wrong-downgrade-version-format': [
    invalidArgument,
    'etcdserver: wrong downgrade target version format',
  ],
  'no-downgrade-in-progress': [failedPrecondition, 'etcdserver: no inflight downgrade job'],
  'not-supported': [unimplemented, ownWords],
  'election-no-leader': [unknown, 'election: no leader'],
  'election-not-leader': [unknown, 'election: not leader'],
  'election-leader-not-provided': [unknown, '"leader" field must be provided'],
  'session-expired': [unknown, 'mutex: session is expired'],
  'session-lease-not-found': [unknown, 'etcdserver: requested lease not found'],
  'auth-not-enabled': [failedPrecondition, 'etcdserver: authentication is not enabled'],
  'permission-denied': [permissionDenied, 'etcdserver: permission denied'],
  'root-user-missing': [failedPrecondition, 'etcdserver: root user does not exist'],
  'root-role-missing': [failedPrecondition, 'etcdserver: root user does not have root role'],
  'user-exists': [failedPrecondition, 'etcdserver: user name already exists'],
  'user-empty': [invalidArgument, 'etcdserver: user name is empty'],
  'user-not-found': [failedPrecondition, 'etcdserver: user name not found'],
  'role-exists': [failedPrecondition, 'etcdserver: role name already exists'],
  'role-not-found': [failedPrecondition, 'etcdserver: role name not found'],
  'role-empty': [invalidArgument, 'etcdserver: role name is empty'],
  'auth-failed': [
    invalidArgument,
    'etcdserver: authentication failed, invalid user ID or password',
  ],
  'role-not-granted': [failedPrecondition, 'etcdserver: role is not granted to the user'],
  'permission-not-granted': [
    failedPrecondition,
    'etcdserver: permission is not granted to the role',
  ],
  'permission-not-given': [invalidArgument, 'etcdserver: permission not given'],
  'invalid-auth-management': [invalidArgument, 'etcdserver: invalid auth management'],
};

/** A refusal that only etcd's API knows. */
export class EtcdRefusal extends Error {
  override readonly name = 'EtcdRefusal';
  readonly code: number;

  private constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }

  static invalidSortOption(): EtcdRefusal {
    return new EtcdRefusal(invalidArgument, 'etcdserver: invalid sort option');
  }

  /** The `client-api-version` in the metadata of a call is not valid UTF-8. */
  static invalidClientApiVersion(): EtcdRefusal {
    return new EtcdRefusal(invalidArgument, 'etcdserver: invalid client api version');
  }

  static unknownMethod(): EtcdRefusal {
    return new EtcdRefusal(unknown, 'etcdserver: unknown method');
  }

  /** Of the health service of gRPC. */
  static unknownService(): EtcdRefusal {
    return new EtcdRefusal(notFound, 'unknown service');
  }
}

/**
 * A refusal as callers of etcd's locks and elections hear it. There a client stands between them and the store, and the
 * status of what it hears is lost: only the text arrives.
 */
export class ThroughClient extends Error {
  override readonly name = 'ThroughClient';
}

/** How etcd's wire says an error. What is no refusal is a mistake of ours, and `Internal`. */
export function etcdErrorOf(error: unknown): EtcdError {
  if (error instanceof RegistryError) {
    const [code, text] = wireErrors[error.code];
    return { code, message: text ?? error.message };
  }
  if (error instanceof ThroughClient) {
    return { code: unknown, message: etcdErrorOf(error.cause).message };
  }
  if (error instanceof EtcdRefusal) return { code: error.code, message: error.message };
  if (error instanceof Unimplemented) return { code: unimplemented, message: error.message };
  if (error instanceof MalformedRequest) return { code: internal, message: error.message };
  return { code: internal, message: error instanceof Error ? error.message : String(error) };
}

/** Whether an error is a refusal that callers were promised, rather than a mistake of ours. */
export function isExpected(error: unknown): boolean {
  return (
    error instanceof RegistryError ||
    error instanceof EtcdRefusal ||
    (error instanceof ThroughClient && isExpected(error.cause)) ||
    error instanceof Unimplemented ||
    error instanceof MalformedRequest
  );
}
