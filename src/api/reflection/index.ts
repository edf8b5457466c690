/**
 * gRPC's reflection protocol in both of its versions, by which tools such as grpcurl learn the services and messages. The descriptors are made with the codec, so that no proto file is read at run time.
 */
export { reflectionApi, reflectionMethods } from './methods.ts';
