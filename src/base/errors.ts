/**
 * What can go wrong for a caller, as codes that programs look at. Each wire has one table from code to its
 * status and text; for etcd's it is `api/etcd/errors.ts`, which has a row for every code here.
 */
export const errorCodes = [
  // The request makes no sense, whatever the data.
  'key-not-provided',
  'value-provided',
  'lease-provided',
  'too-many-operations',
  'duplicate-key',
  'invalid-sort-option',
  'invalid-member-urls',
  'invalid-client-api-version',
  'request-too-large',
  'invalid-request',
  // The request does not fit the data.
  'key-not-found',
  'revision-compacted',
  'revision-in-future',
  'lease-not-found',
  'lease-exists',
  'lease-ttl-too-large',
  'member-not-found',
  'member-exists',
  'peer-url-exists',
  'not-a-learner',
  'learner-not-ready',
  'too-many-learners',
  'not-enough-started-members',
  'unhealthy-cluster',
  'no-space',
  'cluster-corrupt',
  // The request came to the wrong place, or at the wrong time.
  'not-leader',
  'bad-leader-transferee',
  'not-supported-for-learner',
  'no-leader',
  'leader-changed',
  'too-many-requests',
  'too-many-long-reads',
  'state-replaced',
  'stopped',
  'canceled',
  'deadline-exceeded',
  'watch-canceled',
  // The request may or may not have taken effect.
  'timeout',
  'timeout-leader-failure',
  'timeout-connection-lost',
  // Cluster versions.
  'unknown-method',
  'invalid-downgrade-version',
  'wrong-downgrade-version-format',
  'no-downgrade-in-progress',
  'not-supported',
  // Locks and elections.
  'election-no-leader',
  'election-not-leader',
  'election-leader-not-provided',
  'session-expired',
  'session-lease-not-found',
  // Health.
  'service-unknown',
  // Users and roles.
  'auth-not-enabled',
  'permission-denied',
  'root-user-missing',
  'root-role-missing',
  'user-exists',
  'user-empty',
  'user-not-found',
  'role-exists',
  'role-not-found',
  'role-empty',
  'auth-failed',
  'role-not-granted',
  'permission-not-given',
  'permission-not-granted',
  'invalid-auth-management',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export function isErrorCode(text: string): text is ErrorCode {
  return (errorCodes as readonly string[]).includes(text);
}

/** A refusal with a reason: the caller's mistake, or the state of the world. Never a mistake of ours. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: ErrorCode;

  /** `message` is for people: what was wrong, and what to do. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
