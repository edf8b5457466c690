import type { CatalogView, Instance, Node, Service, Wanted } from '../../registry/index.ts';
import type { Name } from './name.ts';
import type { DnsRecord } from './response.ts';
import type { Ttls } from './ttls.ts';

/**
 * How long an answer holds: while all of these say so; until anything in the catalog changes; or it may be another one
 * next time.
 */
export type Holds = readonly (() => boolean)[] | 'no-change' | 'this-once';

/** The records of a name that exists. */
export interface Found {
  /** Of the type that was asked for. None: the name has no such record (NODATA). */
  readonly answers: readonly DnsRecord[];
  readonly authority?: readonly DnsRecord[];
  readonly additional?: readonly DnsRecord[];
  readonly holds: Holds;
}

/** The names under one domain. */
export interface Zone {
  /** In lower case. */
  readonly domain: Name;
  /** Says that a name does not exist, or has no such record.  */
  readonly soa: DnsRecord;
  /** `name` is in lower case, without the zone's domain. Undefined: it does not exist (NXDOMAIN). */
  find(name: Name, type: number): Found | undefined;
}

/** A member of the cluster, which answers for the zones, and is an instance of the service `consul`. */
export interface MemberServer {
  readonly name: string;
  /** At which clients reach it. */
  readonly addresses: readonly string[];
  /** For other members. */
  readonly port: number;
}

/** The prepared queries of Consul's API. */
export interface PreparedQueries {
  /** How often they have changed. */
  readonly changes: number;
  /** The instances that a query finds now; undefined: there is no such query. */
  execute(
    name: string,
    catalog: CatalogView,
  ):
    | {
        readonly service: string;
        /** Members, as instances of the service `consul`, have no port here. */
        readonly instances: readonly Instance[];
        readonly ttlSeconds: number | undefined;
      }
    | undefined;
}

export interface ZoneOptions {
  readonly catalog: CatalogView;
  readonly domain: Name;
  readonly ttls: Ttls;
  readonly wanted: Wanted;
  readonly servers: () => readonly MemberServer[];
}

/** The name exists, and has no record of the type that was asked for. */
export const nothing: Found = { answers: [], holds: 'no-change' };

/** A service that changes is another object. */
export function whileUnchanged(catalog: CatalogView, service: Service): () => boolean {
  return () => catalog.service(service) === service;
}

export function whileNodeUnchanged(catalog: CatalogView, node: Node): () => boolean {
  return () => catalog.node(node.name) === node;
}
