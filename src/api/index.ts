/**
 * Speak: decodes what clients say, asks `operations`, encodes the answers. `methods.ts` is what every call looks like
 * to whoever carries it; `etcd` are etcd's calls in that form; `grpc` and `http` carry them; `port` is where clients
 * knock. Handlers know nothing of the library that serves them, so that it can be exchanged.
 */
export { openClientListeners } from './listeners.ts';
export type { ClientListeners, ListenerOptions } from './listeners.ts';
export { declareEtcdMetrics } from './http/index.ts';
export type { EtcdMetrics } from './http/index.ts';
