/** Refusals that follow from a request and the replicated data. Equal on every member. */
export const stateErrorCodes = [
  // The request contradicts itself.
  'key-not-provided',
  'value-provided',
  'lease-provided',
  'too-many-operations',
  'duplicate-key',
  // The request does not fit the data.
  'key-not-found',
  'revision-compacted',
  'revision-in-future',
  'lease-not-found',
  'lease-exists',
  'member-not-found',
  'member-exists',
  'peer-url-exists',
  'not-a-learner',
  // A snapshot replaced the state while it was being read; the read can be repeated.
  'state-replaced',
  // Users and roles.
  'auth-not-enabled',
  'auth-revision-old',
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
  'permission-denied',
  'permission-not-granted',
  'invalid-auth-management',
  // An alarm is raised.
  'no-space',
  'cluster-corrupt',
] as const;

declare module '../base/errors.ts' {
  interface ErrorDomains {
    readonly state: (typeof stateErrorCodes)[number];
  }
}
