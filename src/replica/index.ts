/**
 * Run: the one event loop of a member. It feeds raft, carries out its effects on the store and the transport, applies
 * what is committed to the state, and tells the watchers.
 */
export type { LeaseTime } from './forwarder.ts';
export type { MembershipRequest, MembershipRules } from './membership.ts';
export type * from './peer-protocol.ts';
export { isPeerErrorCode } from './errors.ts';
export { requestTimeoutMs } from './options.ts';
export type { ReplicaOptions } from './options.ts';
export type { Outcome } from './proposals.ts';
export type { PeerOutcome } from './peer-requests.ts';
export { refusedBusy } from './refusals.ts';
export type { HashResponder } from './peer-messages.ts';
export { Replica } from './replica.ts';
export { Slices } from './slices.ts';
export type { Job, RunningJob } from './slices.ts';
export type * from './store.ts';
export type * from './transport.ts';
