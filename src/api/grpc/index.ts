/**
 * Speaks gRPC with clients: carries the calls of `methods.ts` over the connections of `http2`. Connections come from
 * `port`, which told them apart from plain HTTP.
 */
export { createGrpcServer } from './server.ts';
export type { GrpcServer, GrpcOptions } from './server.ts';
