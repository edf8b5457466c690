/**
 * Run: the one event loop of a member. It feeds raft, carries out its effects on the store and the transport, applies
 * what is committed to the state, and tells the watchers.
 */
export type { LeaseTime } from './caller-desk.ts';
export type { MembershipRequest, MembershipRules } from './membership.ts';
export type * from './peer-message.ts';
export { requestTimeoutMs } from './options.ts';
export type { ReplicaOptions } from './options.ts';
export type { Outcome } from './proposals.ts';
export type { Reply } from './questions.ts';
export { refusedBusy } from './refusals.ts';
export type { AnswerHash } from './peer-desk.ts';
export { Replica } from './replica.ts';
export { Slices } from './slices.ts';
export type { Job, RunningJob } from './slices.ts';
export type * from './store.ts';
export type * from './transport.ts';
