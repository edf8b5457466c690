/**
 * Peers over the network: implements `Transport` of `replica` with gRPC streams, one per direction and peer. Messages
 * may be lost; only connections are retried here.
 */
export type { PeerEncryption } from './dial.ts';
export { describeCluster } from './describe.ts';
export { createGrpcTransport } from './grpc-transport.ts';
export type { GrpcTransport, GrpcTransportOptions } from './grpc-transport.ts';
