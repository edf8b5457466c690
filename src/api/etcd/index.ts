/**
 * etcd's v3 API: its methods, the texts and statuses of its errors, its JSON gateway below `/v3/`, its pages for metrics
 * and health, and its metrics. Status codes, bodies and texts are those of etcd 3.7.1, asked from a real one
 * (`test/api/etcd/expectations.ts`).
 *
 * Left out on purpose: `/debug/pprof`, which profiles Go.
 */
export { declareEtcdMetrics } from './metrics.ts';
export type { EtcdMetrics } from './metrics.ts';
export { etcdApi, etcdMethods, messageOverheadBytes } from './etcd-api.ts';
export type { EtcdApi, EtcdOptions } from './etcd-api.ts';
export type { Versions } from './pages.ts';
