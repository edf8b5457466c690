/**
 * Remember: the replicated state machine. Commands go in, results and events come out; every member that applies
 * the same commands has the same state. No clock, no chance, no I/O: records go to the `Engine` that is given.
 */
export type * from './engine.ts';
export type * from './key-value.ts';
export type * from './requests.ts';
export type * from './command.ts';
