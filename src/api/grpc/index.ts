/**
 * Carries the methods of `methods.ts` as gRPC calls over the requests of `http2`, and measures them under gRPC's usual
 * names. Knows no service: each method brings its codecs and the table of its errors.
 */
export { acceptGrpc, isForGrpc } from './server.ts';
export type { GrpcOptions } from './server.ts';
export { grpcServerMetrics } from './metrics.ts';
export type { MetricsDetail } from './metrics.ts';
