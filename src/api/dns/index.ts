/** DNS: the catalog by Consul's and Kubernetes' names, over UDP and TCP. */
export { openDns } from './open.ts';
export type { DnsOptions } from './open.ts';
export type { MemberServer } from './zone.ts';
