/**
 * Tells tools such as grpcurl which services there are and what their messages look like: gRPC's reflection protocol,
 * in both of its versions. The proto files are read when somebody first asks.
 */
export { reflectionMethods } from './methods.ts';
