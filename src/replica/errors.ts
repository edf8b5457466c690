import { generalErrorCodes } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { stateErrorCodes } from '../state/index.ts';

/** Refusals that come from agreeing: from leadership, membership changes and lost connections. */
export const replicaErrorCodes = [
  // This member cannot serve the request now.
  'not-leader',
  'no-leader',
  'leader-changed',
  'not-supported-for-learner',
  // A membership change would endanger the cluster.
  'learner-not-ready',
  'too-many-learners',
  'not-enough-started-members',
  'unhealthy-cluster',
  // The request may or may not have taken effect.
  'timeout',
  'timeout-leader-failure',
  'timeout-connection-lost',
] as const;

declare module '../base/errors.ts' {
  interface ErrorDomains {
    readonly replica: (typeof replicaErrorCodes)[number];
  }
}

const peerErrorCodes: ReadonlySet<string> = new Set([
  ...generalErrorCodes,
  ...stateErrorCodes,
  ...replicaErrorCodes,
]);

/** Whether `text` is a code with which a member may refuse the request of a peer. */
export function isPeerErrorCode(text: string): text is ErrorCode {
  return peerErrorCodes.has(text);
}
