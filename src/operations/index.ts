/**
 * The operations of a member: use cases with their limits, rights and consistency, behind one gate (`gate.ts`). All APIs
 * call them. This layer knows no protocol of clients, and hands commands to `replica`. See `docs/source/operations.md`.
 */
export { startAutoCompaction } from './auto-compaction.ts';
export type { AutoCompaction } from './auto-compaction.ts';
export {
  checkBeforeServing,
  CorruptionChecker,
  hashHere,
  serveHashes,
  startCorruptionChecks,
} from './corruption-checks.ts';
export { readBackup } from './backup.ts';
export type { BackupHeader } from './backup.ts';
export { Core, readOf } from './core.ts';
export type { OnWritten, OperationsOptions } from './core.ts';
export type { Sha256 } from './sha256.ts';
export type {
  LoginOptions,
  PasswordHasher,
  TokenClaims,
  WebTokens,
} from './login/login-options.ts';
export { startTokenExpiry } from './login/token-expiry.ts';
export { ttlSecondsMax } from './leases.ts';
export type { Limits } from './limits.ts';
export { createOperations } from './create.ts';
export { operationErrorCodes } from './errors.ts';
export { followRanges } from './follow.ts';
export type { Follow, RangeFollower } from './follow.ts';
export { minorOf } from './versions.ts';
export type { Access, Rights } from '../state/index.ts';
export type { Authorize, Gated, GatedOperations, Needs } from './needs.ts';
export type * from './operations.ts';
export { member } from './operations.ts';
export { checkKey, checkTxnSize, directoryOf, validatePut } from '../state/index.ts';
// Types of requests and results, so that APIs import this layer alone.
export type {
  Alarm,
  AlarmType,
  Compare,
  DeleteRangeRequest,
  DeleteRangeResult,
  DirectoryDeletion,
  KeyEvent,
  KeyValue,
  LeaseId,
  Member,
  Operation,
  OperationResult,
  Pack,
  Permission,
  PutRequest,
  PutResult,
  RangeRequest,
  RangeResult,
  Role,
  TxnRequest,
  TxnResult,
  User,
} from '../state/index.ts';
export type {
  EventsMessage,
  WatchedEvent,
  WatchId,
  WatchMessage,
  WatchRequest,
  WatchSink,
  WatchStream,
} from '../watch/index.ts';
