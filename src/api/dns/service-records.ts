import { isIP } from 'node:net';
import type { Instance } from '../../registry/index.ts';
import { isValidName, nameOf } from './name.ts';
import { recordTypes } from './response.ts';
import type { DnsRecord, RecordData } from './response.ts';

/** Whether a question of a type asks for records of another one. */
export function asks(type: number, record: keyof typeof recordTypes): boolean {
  return type === recordTypes[record] || type === recordTypes.ANY;
}

/** Types that services have records of. */
const servedTypes: ReadonlySet<number> = new Set([
  recordTypes.A,
  recordTypes.AAAA,
  recordTypes.CNAME,
  recordTypes.SRV,
  recordTypes.ANY,
]);

/** The type of a question, or 0 for all types of which services have no records. */
export function kindOf(type: number): number {
  return servedTypes.has(type) ? type : 0;
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

/**
 * The addresses of instances, each once: A and AAAA as asked for. An instance at a host name is a CNAME, and only where no
 * other has an address, since a CNAME allows no further record (RFC 2181, section 10.1).
 */
export function addressRecords(
  instances: readonly Instance[],
  type: number,
  ttlSeconds: number,
): readonly DnsRecord[] {
  const byAddress = new Map<string, DnsRecord>();
  for (const { address } of instances) {
    const data = addressData(address);
    if (data !== undefined && asks(type, data.type === 'A' ? 'A' : 'AAAA')) {
      byAddress.set(address, { owner: undefined, ttlSeconds, data });
    }
  }
  if (byAddress.size > 0) return [...byAddress.values()];
  if (!aliasTypes.has(type)) return [];
  if (instances.some(({ address }) => addressData(address) !== undefined)) return [];
  const names = instances.map(({ address }) => nameOf(address));
  const target = names.find((name) => name.length > 0 && isValidName(name));
  if (target === undefined) return [];
  return [{ owner: undefined, ttlSeconds, data: { type: 'CNAME', target } }];
}

/** A zone's SOA record, which also says for how long clients may remember that a name does not exist. */
export function soaOf(
  domain: readonly string[],
  server: readonly string[],
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
