/**
 * Speaks gRPC with clients: carries the calls of `methods.ts` over `@grpc/grpc-js`, which is known nowhere else in
 * `api`. Connections come from `port`, which told them apart from plain HTTP.
 */
export { loadReflected } from './reflected.ts';
export { createGrpcDoor } from './server.ts';
export type { GrpcDoor, GrpcOptions } from './server.ts';
