/**
 * Agree: the Raft consensus algorithm as one synchronous, deterministic object. Messages, ticks and completions go
 * in, effects come out; time is counted in ticks and chance is given. Left out on purpose: reading the log from
 * disk (the log since the last compaction is in memory, bounded by the replica), and moving snapshots.
 */
export type * from './messages.ts';
export type * from './effects.ts';
