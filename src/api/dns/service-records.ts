import { isIP } from 'node:net';
import type { CatalogView, Reachable } from '../../registry/index.ts';
import { isValidName, nameOf } from './name.ts';
import type { Name } from './name.ts';
import { recordTypes } from './response.ts';
import type { DnsRecord, RecordData } from './response.ts';
import type { Found, MemberServer } from './zone.ts';

/** Whether a question of a type asks for records of another one. */
export function asks(type: number, record: keyof typeof recordTypes): boolean {
  return type === recordTypes[record] || type === recordTypes.ANY;
}

/** The record of an IP address; undefined for a host name. */
export function addressData(address: string): RecordData | undefined {
  if (isIP(address) === 4) return { type: 'A', address };
  return isIP(address) === 6 ? { type: 'AAAA', address } : undefined;
}

/** Questions that a CNAME answers here. It would answer all, but then a service could have no SRV records beside it. */
const aliasTypes: ReadonlySet<number> = new Set([
  recordTypes.A,
  recordTypes.AAAA,
  recordTypes.CNAME,
]);

/** Those of some addresses that a question asks for, each once. */
export function recordsOf(
  addresses: readonly string[],
  type: number,
  ttlSeconds: number,
  owner?: Name,
): readonly DnsRecord[] {
  return [...new Set(addresses)].flatMap((address) => {
    const data = addressData(address);
    const isAsked = data !== undefined && asks(type, data.type === 'A' ? 'A' : 'AAAA');
    return isAsked ? [{ owner, ttlSeconds, data }] : [];
  });
}

/**
 * The addresses of instances or nodes, each once: A and AAAA as asked for. One at a host name is a CNAME, and only where no
 * other has an address, since a CNAME allows no further record (RFC 2181, section 10.1).
 */
export function addressRecords(
  places: readonly Reachable[],
  type: number,
  ttlSeconds: number,
): readonly DnsRecord[] {
  const addresses = places.flatMap((place) => place.addresses);
  const records = recordsOf(addresses, type, ttlSeconds);
  if (addresses.length > 0 || !aliasTypes.has(type)) return records;
  const names = places.map(({ host }) => nameOf(host));
  const target = names.find((name) => name.length > 0 && isValidName(name));
  if (target === undefined) return [];
  return [{ owner: undefined, ttlSeconds, data: { type: 'CNAME', target } }];
}

/** The serial of all zones: the newest revision of anything in the catalog, the same on all members. */
export function serialOf({ servicesRevision, checksRevision, nodesRevision }: CatalogView): number {
  return Math.max(servicesRevision, checksRevision, nodesRevision) >>> 0;
}

/** A zone's SOA record, which also says for how long clients may remember that a name does not exist. */
export function soaOf(
  domain: Name,
  server: Name,
  serial: number,
  times: readonly [refresh: number, retry: number, expire: number, minimum: number],
): DnsRecord {
  const [, , , minimum] = times;
  return {
    owner: domain,
    ttlSeconds: minimum,
    data: {
      type: 'SOA',
      primary: server,
      mailbox: ['hostmaster', ...domain],
      serial,
      times,
    },
  };
}

/** The top of a zone: its SOA, and its server with the addresses of that. */
export function apexOf(
  soa: DnsRecord,
  server: Name,
  servers: readonly MemberServer[],
  type: number,
): Found {
  const { ttlSeconds } = soa;
  const ns: DnsRecord = {
    owner: undefined,
    ttlSeconds,
    data: { type: 'NS', target: server },
  };
  const addresses = servers.flatMap((member) => member.addresses);
  const additional = recordsOf(addresses, recordTypes.ANY, ttlSeconds, server);
  const own = { ...soa, owner: undefined };
  if (type === recordTypes.SOA) {
    return { answers: [own], authority: [ns], additional, holds: 'this-once' };
  }
  if (type === recordTypes.NS) return { answers: [ns], additional, holds: 'this-once' };
  if (type === recordTypes.ANY) return { answers: [own, ns], additional, holds: 'this-once' };
  return { answers: [], holds: 'no-change' };
}
