import { RegistryError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { defaultStatusOf, statusCodes } from '../status.ts';
import type { CallStatus } from '../status.ts';

const {
  canceled,
  unknown,
  invalidArgument,
  deadlineExceeded,
  notFound,
  permissionDenied,
  resourceExhausted,
  failedPrecondition,
  outOfRange,
  unimplemented,
  unavailable,
  dataLoss,
  unauthenticated,
} = statusCodes;

/** For codes that etcd does not have: the error's own message is sent. */
const ownWords = undefined;

/**
 * Clients of etcd compare the texts of errors byte by byte, so the texts here are etcd's. In etcd, election, session and
 * `not enough started members` have no status of their own and arrive as `Unknown`.
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
  'invalid-auth-token': [unauthenticated, 'etcdserver: invalid auth token'],
  'auth-revision-old': [invalidArgument, 'etcdserver: revision of auth store is old'],
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
  // In etcd these errors have no status of their own.
  'token-cannot-be-signed': [unknown, 'auth: token signing attempted with verify-only key'],
  'password-too-long': [unknown, 'bcrypt: password length exceeds 72 bytes'],
  'invalid-auth-management': [invalidArgument, 'etcdserver: invalid auth management'],
};

/**
 * A refusal of etcd's lock and election services. In etcd these are clients of the store, and the status of the errors
 * that they get is lost: only the text arrives.
 */
export class ThroughClient extends Error {
  override readonly name = 'ThroughClient';
}

/** The status of an error for callers of etcd's API. An error that is no refusal is a bug of ours, and `Internal`. */
export function etcdStatusOf(error: unknown): CallStatus {
  if (error instanceof RegistryError) {
    const [code, text] = wireErrors[error.code];
    return { code, message: text ?? error.message };
  }
  if (error instanceof ThroughClient) return { ...etcdStatusOf(error.cause), code: unknown };
  return defaultStatusOf(error);
}
