import type { Clock } from '../../base/clock.ts';
import type { Operations } from '../../operations/index.ts';
import type { Api } from '../api.ts';
import type { HttpRoutes } from '../http/index.ts';
import type { Method } from '../methods.ts';
import { Admission } from './admission.ts';
import { authMethods } from './auth.ts';
import { etcdCallMetrics } from './call-metrics.ts';
import type { CallMetricsOptions } from './call-metrics.ts';
import { clusterMethods } from './cluster.ts';
import { coordinationMethods } from './coordination.ts';
import { etcdStatusOf } from './errors.ts';
import { healthMethods } from './grpc-health.ts';
import { jsonGateway } from './json-gateway.ts';
import { kvMethods } from './kv.ts';
import { leaseMethods } from './lease.ts';
import { maintenanceMethods } from './maintenance.ts';
import { createPages } from './pages.ts';
import type { PagesOptions } from './pages.ts';
import { watchMethods } from './watch.ts';

export interface EtcdOptions extends CallMetricsOptions, PagesOptions {
  readonly operations: Operations;
  readonly clock: Clock;
  /** Of one message to a member. */
  readonly messageBytesMax: number;
  readonly maxTxnOps: number;
  /** False: there is nothing below `/v3/`. */
  readonly enableGrpcGateway: boolean;
}

export interface EtcdApi extends Api {
  /** Metrics and health, for a port that shows no data. */
  readonly metricsRoutes: HttpRoutes;
}

/** Bytes that a message may have beyond the request in it. */
export const messageOverheadBytes: number = 512 << 10;

export function etcdApi(options: EtcdOptions): EtcdApi {
  const { operations } = options;
  const admission = new Admission(operations);
  const { clientRoutes, metricsRoutes } = createPages(options);
  return {
    calls: {
      methods: etcdMethods(options).map((method) => admission.admit(method)),
      observe: etcdCallMetrics(options),
    },
    routes: (methods) => {
      if (!options.enableGrpcGateway) return clientRoutes;
      const gateway = jsonGateway(methods, { ...options, turn: () => operations.turn() });
      return (path) => gateway(path) ?? clientRoutes(path);
    },
    metricsRoutes,
    stop: (limitMs) => {
      admission.stop();
      // Calls that wait for locks may last for hours.
      return operations.endLockWaits(limitMs);
    },
  };
}

/** The methods alone, before the checks of `Admission`. */
export function etcdMethods({
  operations,
  messageBytesMax,
  maxTxnOps,
}: Pick<EtcdOptions, 'operations' | 'messageBytesMax' | 'maxTxnOps'>): readonly Method[] {
  const methods = [
    ...kvMethods(operations, { maxTxnOps }),
    ...watchMethods(operations, { fragmentBytes: messageBytesMax }),
    ...leaseMethods(operations),
    ...clusterMethods(operations),
    ...maintenanceMethods(operations),
    ...authMethods(operations),
    ...coordinationMethods(operations),
    ...healthMethods(),
  ];
  return methods.map((method) => ({ ...method, statusOf: etcdStatusOf }));
}
