import type { Operations } from '../../operations/index.ts';
import type { Method } from '../methods.ts';
import { admitted } from './admission.ts';
import { authMethods } from './auth.ts';
import { clusterMethods } from './cluster.ts';
import { coordinationMethods } from './coordination.ts';
import { healthMethods } from './health.ts';
import { kvMethods } from './kv.ts';
import { leaseMethods } from './lease.ts';
import { maintenanceMethods } from './maintenance.ts';
import { watchMethods } from './watch.ts';

export { etcdErrorOf, isExpected } from './errors.ts';
export type { EtcdError } from './errors.ts';
export { checkApiVersion, insistsOnLeader } from './wire.ts';

export interface EtcdOptions {
  readonly operations: Operations;
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
}

/** What a message may have besides the request in it. */
export const messageOverheadBytes: number = 512 << 10;

/** Every call of etcd's API, by its path. Knows nothing of the server that brings them. */
export function etcdMethods({
  operations,
  maxRequestBytes,
  maxTxnOps,
}: EtcdOptions): ReadonlyMap<string, Method> {
  const methods = [
    ...kvMethods(operations, { maxTxnOps }),
    ...watchMethods(operations, { fragmentBytes: maxRequestBytes + messageOverheadBytes }),
    ...leaseMethods(operations),
    ...clusterMethods(operations),
    ...maintenanceMethods(operations),
    ...authMethods(operations),
    ...coordinationMethods(operations),
    ...healthMethods(),
  ];
  return new Map(methods.map((method) => [method.path, admitted(method, operations)]));
}
