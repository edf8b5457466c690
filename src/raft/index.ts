/**
 * Agree: the Raft consensus algorithm as one synchronous, deterministic object. Messages, ticks and completions go
 * in, effects come out; time is counted in ticks and chance is given. Left out on purpose: reading the log from
 * disk (the log since the last compaction is in memory, bounded by the replica), and moving snapshots.
 */
export { membersOf } from './configuration.ts';
export type { MembershipChange } from './configuration.ts';
export type * from './effects.ts';
export type * from './messages.ts';
export { successorOf } from './progress.ts';
export type { PeerProgress } from './progress.ts';
export { Raft } from './raft.ts';
export type { RaftOptions, RaftStart, Role } from './raft.ts';
export { configurationOf, entryOf, hardStateOf, memberIdOf, positionOf } from './validation.ts';
