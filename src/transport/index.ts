/**
 * Peers over the network: implements `Transport` of `replica` with gRPC streams, one per direction and peer. Messages may
 * be lost, and are then sent again by those who need them; nothing here retries but the connection itself.
 */
export { createGrpcTransport, describeCluster } from './grpc-transport.ts';
export type { GrpcTransport, GrpcTransportOptions } from './grpc-transport.ts';
