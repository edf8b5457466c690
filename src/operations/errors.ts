/** Refusals of single operations. */
export const operationErrorCodes = [
  // Limits.
  'request-too-large',
  'lease-ttl-too-large',
  'too-many-long-reads',
  // Membership and versions.
  'invalid-member-urls',
  'bad-leader-transferee',
  'invalid-downgrade-version',
  'wrong-downgrade-version-format',
  'no-downgrade-in-progress',
  // Locks and elections.
  'election-no-leader',
  'election-not-leader',
  'election-leader-not-provided',
  'session-expired',
  'session-lease-not-found',
  // Users and roles.
  'permission-not-given',
  'invalid-auth-token',
  'password-too-long',
  'token-cannot-be-signed',
] as const;

declare module '../base/errors.ts' {
  interface ErrorDomains {
    readonly operations: (typeof operationErrorCodes)[number];
  }
}
