/**
 * The replicated state machine. Commands go in, results and events come out; members that apply the same commands
 * have the same state. No clock, no randomness, no I/O: records go to the given `Engine`.
 *
 * `State` is what other modules use. `KeyStore` keeps keys and their versions: each change is a record in the engine,
 * under its revision and sub-revision, and `KeyIndex` maps a key to its versions. `Execution` executes puts, deletes
 * and transactions; `LeaseTable` knows which keys are attached to which lease; `ClusterState` has members, alarms and
 * the cluster's version, and in its `FeatureLevels` what the members' releases know.
 * `DeletionRevisions` knows the last deletion in each directory of the registry. `AuthState` has users and roles.
 *
 * Formats bound for ever are in `record.ts` (versions of keys), `command-codec.ts` (commands in the log) and the rows
 * of `LeaseTable`, `DeletionRevisions`, `ClusterState`, `FeatureLevels` and `auth/`.
 *
 * Not here: the remaining time of leases (the leader counts it), and when to flush.
 */
export type * from './engine.ts';
export type * from './key-value.ts';
export { stateErrorCodes } from './errors.ts';
export type * from './requests.ts';
export type * from './command.ts';
export { decodeCommand, encodeCommand, isCommand } from './command-codec.ts';
export { UnknownCommand } from './command-fields.ts';
export { directoryOf } from './directory.ts';
export { authLevel, deletionsLevel, knownLevel, originLevel } from './feature-levels.ts';
export type { MemoryBounds, StateBounds } from './bounds.ts';
export type { KeyUse } from './auth/key-use.ts';
export { useOf, useOfDelete, useOfPut, useOfRange, useOfTxn } from './auth/key-use.ts';
export type { AuthCommand } from './auth/auth-command.ts';
export type { AuthState } from './auth/auth-state.ts';
export type { Login } from './auth/login-table.ts';
export type { Access, RightsBasis, Who } from './auth/rights.ts';
export { accessOfCommand, anonymousUser, refusalOf, Rights, RightsTable } from './auth/rights.ts';
export { originOfMember } from './auth/origin.ts';
export { RangeSet } from './auth/range-set.ts';
export { rootName } from './auth/view.ts';
export type { AuthView, Permission, PermissionType, Role, User } from './auth/view.ts';
export type { Deletions, DirectoryDeletion } from './deletion-revisions.ts';
export type { LeaseInfo, Leases } from './lease-table.ts';
export type { Pack, Reading } from './read-progress.ts';
export { Pieces } from './pieces.ts';
export { placeInBytes, recordsEnd, recordsStart } from './record.ts';
export { State } from './state.ts';
export { VersionPacker, packVersions } from './version-rows.ts';
export type { PackedVersions, Room } from './version-rows.ts';
export { sortedAsAsked } from './range.ts';
export type { KvHash } from './kv-hashes.ts';
export {
  checkKey,
  checkTxnSize,
  hasPut,
  isReadOnly,
  validatePut,
  validateTxn,
} from './txn-rules.ts';
