import type { Catalog, Instance, Service } from '../../registry/index.ts';
import { isValidName } from './name.ts';
import type { Name } from './name.ts';
import { PerChange } from './per-change.ts';
import { recordTypes } from './response.ts';
import type { DnsRecord } from './response.ts';
import {
  addressData,
  addressRecords,
  apexOf,
  asks,
  recordsOf,
  serialOf,
  soaOf,
} from './service-records.ts';
import type { Ttls } from './ttls.ts';
import { virtualAddressesOf } from './virtual.ts';
import { nothing } from './zone.ts';
import type { Found, Zone, ZoneOptions } from './zone.ts';

/** CoreDNS's default, for names that exist and for those that do not. */
const ttlSecondsByDefault = 5;
/** As in the specification's example. */
const versionTtlSeconds = 28_800;

/**
 * Names as Kubernetes has them (DNS specification 1.1.0): `<service>.<namespace>.svc`,
 * `<endpoint>.<service>.<namespace>.svc`, `_<port>._<protocol>.<service>.<namespace>.svc`. An endpoint is named by its
 * address with dashes, `10-0-0-1`. A service with a virtual address has that one; others are headless services.
 */
export class KubernetesZone implements Zone {
  readonly domain: Name;
  readonly #catalog: Catalog;
  readonly #ttls: Ttls;
  readonly #servers: () => readonly string[];
  readonly #server: Name;
  readonly #namespaces: PerChange<ReadonlySet<string>>;

  constructor({ catalog, domain, ttls, servers }: ZoneOptions) {
    this.#catalog = catalog;
    this.domain = domain;
    this.#ttls = ttls;
    this.#servers = servers;
    this.#server = ['ns', 'dns', ...domain];
    this.#namespaces = new PerChange(catalog, () => namespacesOf(catalog));
  }

  get soa(): DnsRecord {
    const times = [7200, 1800, 86_400, ttlSecondsByDefault] as const;
    return soaOf(this.domain, this.#server, serialOf(this.#catalog), times);
  }

  find(name: Name, type: number): Found | undefined {
    const kind = name.at(-1);
    if (kind === undefined) return apexOf(this.soa, this.#server, this.#servers(), type);
    if (kind === 'svc') return this.#inServices(name, type);
    if (kind === 'dns-version') return name.length === 1 ? versionOf(type) : undefined;
    if (kind !== 'dns') return undefined;
    if (name.length === 1) return nothing;
    if (name.length > 2 || name[0] !== 'ns') return undefined;
    return { answers: recordsOf(this.#servers(), type, ttlSecondsByDefault), holds: 'this-once' };
  }

  #inServices(name: Name, type: number): Found | undefined {
    const [namespace, service, ...before] = name.slice(0, -1).toReversed();
    if (namespace === undefined) return nothing;
    if (service === undefined) {
      return this.#namespaces.value.has(namespace) ? nothing : undefined;
    }
    const known = this.#catalog.service({ namespace, service });
    if (known === undefined || known.instances.length === 0) return undefined;
    const found = this.#found(known, before.toReversed(), name, type);
    return found && { ...found, holds: [known] };
  }

  /** `labels` are those before the service. */
  #found(
    { instances, service }: Service,
    labels: Name,
    name: Name,
    type: number,
  ): Omit<Found, 'holds'> | undefined {
    const ttlSeconds = this.#ttls.secondsOf(service) ?? ttlSecondsByDefault;
    const [first, protocol] = labels;
    if (first === undefined) return this.#service(instances, name, type, ttlSeconds);
    if (labels.length === 1) return endpointNamed(first, instances, type, ttlSeconds);
    const isPort = first.startsWith('_') && (protocol === '_tcp' || protocol === '_udp');
    if (labels.length > 2 || !isPort) return undefined;
    const places = placesOf(instances).filter((place) => place.name === first.slice(1));
    if (places.length === 0) return undefined;
    return asks(type, 'SRV')
      ? this.#srv(places, instances, name.slice(2), ttlSeconds)
      : { answers: [] };
  }

  #service(
    instances: readonly Instance[],
    name: Name,
    type: number,
    ttlSeconds: number,
  ): Omit<Found, 'holds'> {
    if (type === recordTypes.SRV)
      return this.#srv(placesOf(instances), instances, name, ttlSeconds);
    const virtual = virtualAddressesOf(instances);
    if (virtual.length > 0) return { answers: recordsOf(virtual, type, ttlSeconds) };
    return { answers: addressRecords(instances, type, ttlSeconds) };
  }

  /** `service` is the name of the service below this zone. */
  #srv(
    places: readonly Place[],
    instances: readonly Instance[],
    service: Name,
    ttlSeconds: number,
  ): Omit<Found, 'holds'> {
    const virtual = virtualAddressesOf(instances);
    const name = [...service, ...this.domain];
    const targets =
      virtual.length > 0
        ? onePerPort(places).map(({ port }) => ({ port, target: name, addresses: virtual }))
        : places.map(({ address, port }) => {
            return { port, target: [endpointOf(address), ...name], addresses: [address] };
          });
    const valid = targets.filter(
      ({ addresses, target }) => isValidName(target) && addresses.every(isAddress),
    );
    // All have the same share.
    const weight = Math.max(1, Math.floor(100 / Math.max(1, valid.length)));
    const additional = new Map<string, readonly DnsRecord[]>();
    for (const { target, addresses } of valid) {
      const records = recordsOf(addresses, recordTypes.ANY, ttlSeconds, target);
      additional.set(target.join('.'), records);
    }
    return {
      answers: valid.map(({ port, target }) => ({
        owner: undefined,
        ttlSeconds,
        data: { type: 'SRV', priority: 0, weight, port, target },
      })),
      additional: [...additional.values()].flat(),
    };
  }
}

interface Place {
  readonly address: string;
  readonly port: number;
  /** Of the port; empty: it has none. */
  readonly name: string;
}

/** The ports of all instances. */
function placesOf(instances: readonly Instance[]): readonly Place[] {
  return instances.flatMap(({ address, port, ports }) => {
    const named = Object.entries(ports).map(([name, number]) => ({ address, port: number, name }));
    return named.some((place) => place.port === port) || port === 0
      ? named
      : [{ address, port, name: '' }, ...named];
  });
}

/** A virtual address stands for all instances. */
function onePerPort(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((place) => [`${place.name} ${place.port}`, place])).values()];
}

function isAddress(address: string): boolean {
  return addressData(address) !== undefined;
}

/** The label that names the instances at an address. */
export function endpointOf(address: string): string {
  return address.replaceAll(/[.:]/g, '-').toLowerCase();
}

function endpointNamed(
  label: string,
  instances: readonly Instance[],
  type: number,
  ttlSeconds: number,
): Omit<Found, 'holds'> | undefined {
  const same = instances.filter(
    ({ address, instance }) => endpointOf(address) === label || instance.toLowerCase() === label,
  );
  return same.length === 0 ? undefined : { answers: addressRecords(same, type, ttlSeconds) };
}

function namespacesOf(catalog: Catalog): ReadonlySet<string> {
  return new Set([...catalog.services()].map(({ namespace }) => namespace.toLowerCase()));
}

/** The version of the specification. */
function versionOf(type: number): Found {
  if (!asks(type, 'TXT')) return nothing;
  const data = { type: 'TXT', text: '1.1.0' } as const;
  return { answers: [{ owner: undefined, ttlSeconds: versionTtlSeconds, data }], holds: [] };
}
