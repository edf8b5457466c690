/**
 * What a member serves over plain HTTP, for programs that do not speak gRPC: the JSON gateway below `/v3/`, figures
 * for Prometheus, health for load balancers and Kubernetes, versions for clients that choose their words by them.
 * Status codes, bodies and texts are those of etcd 3.7.1, asked from a real one (`test/api/http/expectations.ts`).
 *
 * Left out on purpose: `/debug/pprof`, which profiles Go; WebSockets below `/v3/`, since a stream of lines does the same
 * in every browser of today; and `Grpc-Timeout`, since whoever stops waiting closes the request.
 */
export { declareEtcdMetrics } from './etcd-metrics.ts';
export type { EtcdMetrics } from './etcd-metrics.ts';
export { createHttpHandler, createMetricsHandler } from './handler.ts';
export type { HttpHandler, HttpOptions, MetricsOptions, Versions } from './handler.ts';
