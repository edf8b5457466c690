/**
 * Consul's HTTP API over the keys and the catalog of this cluster. `route.ts` has the table of endpoints, `frame.ts`
 * everything that all of them have in common, `blocking.ts` the queries that wait for a change; one file per subject has
 * its endpoints. Statuses, headers and texts are those that a Consul answers with; see `docs/consul.md`.
 */
export { consulApi } from './consul-api.ts';
export type { ConsulApi, ConsulOptions } from './consul-api.ts';
export { followQueries } from './queries/followed.ts';
export type { FollowedQueries } from './queries/followed.ts';
export type { ProcessFacts } from './parts.ts';
