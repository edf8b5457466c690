import type { Name } from './name.ts';
import type { DnsRecord } from './response.ts';

/** The records of a name that exists. */
export interface Found {
  /** Of the type that was asked for. None: the name has no such record (NODATA). */
  readonly answers: readonly DnsRecord[];
  readonly additional?: readonly DnsRecord[];
}

/** The names under one domain. */
export interface Zone {
  /** In lower case. */
  readonly domain: Name;
  /** Says that a name does not exist, or has no such record. */
  readonly soa: DnsRecord;
  /** `name` is in lower case, without the zone's domain. Undefined: it does not exist (NXDOMAIN). */
  find(name: Name, type: number): Found | undefined;
}
