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
  // An alarm is raised.
  'no-space',
  'cluster-corrupt',
] as const;

declare module '../base/errors.ts' {
  interface ErrorDomains {
    readonly state: (typeof stateErrorCodes)[number];
  }
}
