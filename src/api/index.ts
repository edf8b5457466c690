/**
 * The APIs that clients speak. `methods.ts` says what a call looks like for everything that carries it; `grpc`,
 * `gateway` and `http` carry calls and pages, `http2` and `port` their connections; `etcd` and `reflection` are APIs
 * (`api.ts`), which bring their errors, metrics and paths with them. Carriers know no API, so another one is added
 * beside these without a change to them.
 */
export type { Api } from './api.ts';
export { consulApi, followQueries } from './consul/index.ts';
export type { ConsulApi, FollowedQueries, ProcessFacts } from './consul/index.ts';
export { declareEtcdMetrics, etcdApi, messageOverheadBytes } from './etcd/index.ts';
export type { EtcdApi, EtcdMetrics } from './etcd/index.ts';
export { openClientListeners } from './listeners.ts';
export type { ClientListeners, HttpPort, ListenerOptions } from './listeners.ts';
export { reflectionApi } from './reflection/index.ts';
export { openDns } from './dns/index.ts';
export type { DnsOptions, MemberServer } from './dns/index.ts';
export type { Encryption, MessagePort } from './port/index.ts';
