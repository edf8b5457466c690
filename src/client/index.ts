/**
 * The client: it knows only the wire, etcd's v3 gRPC API, and so works with Rollcall and with etcd alike.
 *
 * - {@link Rollcall} is the way in: `get`, `put`, `delete`, `txn`, `lease`, `watch`, `lock`, `election`.
 * - Keys and values are text or bytes; revisions are numbers, ids of leases and members bigints.
 * - What fails throws {@link RollcallError}; programs look at its `code`.
 * - Everything that waits takes an `AbortSignal` and a `timeoutMs`.
 *
 * Left out on purpose: caching, which a watch does better.
 *
 * @example
 * import { Rollcall } from 'rollcall-client';
 *
 * const client = new Rollcall({ endpoints: ['127.0.0.1:2379'] });
 * await client.put('greeting', 'hello');
 * for await (const event of client.watchPrefix('greet', { fromRevision: 1 })) {
 *   if (event.type === 'put') console.log(event.kv.key, event.kv.value);
 * }
 */
export type { Auth, Permission } from './auth.ts';
export type { Bytes, Keys } from './bytes.ts';
export type { Election, Leadership } from './election.ts';
export type { CallOptions, TlsOptions } from './options.ts';
export type { ServerErrorCode } from './error-codes.ts';
export { Compacted, RollcallError, UnknownOutcome, type RollcallErrorCode } from './errors.ts';
export {
  KeyValue,
  type Compare,
  type CompareSign,
  type DeleteOptions,
  type DeleteResult,
  type Op,
  type OpResult,
  type PutOptions,
  type PutResult,
  type RangeOptions,
  type RangeResult,
  type TxnResult,
} from './key-value.ts';
export type { Lease, LeaseEvents, LeaseOptions } from './lease.ts';
export type { LeaseInfo, Leases } from './leases.ts';
export type { Lock, LockOptions } from './lock.ts';
export type { Alarm, KvHash, Maintenance, MemberStatus, SnapshotChunk } from './maintenance.ts';
export type { Member, Members } from './members.ts';
export { Rollcall, type RollcallOptions } from './rollcall.ts';
export type { Instance, RegisterOptions } from './services.ts';
export { compare, op, type Txn } from './txn.ts';
export type {
  DeleteEvent,
  PutEvent,
  ResyncEvent,
  Watcher,
  WatchEvent,
  WatchOptions,
} from './watcher.ts';
