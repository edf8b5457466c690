/**
 * Tells tools such as grpcurl which services there are and what their messages look like: gRPC's reflection protocol,
 * in both of its versions. The descriptors are made with the codec, so that no proto file is read at run time.
 */
export { reflectionApi, reflectionMethods } from './methods.ts';
