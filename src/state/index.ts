/**
 * Remember: the replicated state machine. Commands go in, results and events come out; every member that applies
 * the same commands has the same state. No clock, no chance, no I/O: records go to the `Engine` that is given.
 *
 * `State` is the face. Behind it, `KeyStore` keeps keys and their versions: each change is a record in the engine,
 * filed under its revision and its place in it, and `KeyIndex` leads from a key to its versions. `Execution` carries
 * out puts, deletes and transactions on it; `LeaseTable` knows which keys hang on which lease, and `ClusterState` has
 * members, alarms and the cluster's version, and in its `FeatureLevels` what the members' releases know.
 *
 * What others must be able to read for ever is in `record.ts` (versions of keys on disk), `command-codec.ts`
 * (commands in the log) and in the rows of the two books.
 *
 * Left out on purpose: how long a lease has left (the leader counts that), who may do what, and when to flush.
 */
export type * from './engine.ts';
export type * from './key-value.ts';
export { stateErrorCodes } from './errors.ts';
export { valueBytesOf } from './key-value.ts';
export type * from './requests.ts';
export type * from './command.ts';
export { decodeCommand, encodeCommand, UnknownCommand } from './command-codec.ts';
export { knownLevel } from './feature-levels.ts';
export type { MemoryBounds } from './key-store.ts';
export type { LeaseInfo, Leases } from './lease-table.ts';
export type { Pack, Reading } from './read-progress.ts';
export { State } from './state.ts';
export { sortedBy } from './range.ts';
export type { KvHash } from './kv-hashes.ts';
export {
  checkKey,
  checkTxnSize,
  hasPut,
  isReadOnly,
  validatePut,
  validateTxn,
} from './txn-rules.ts';
