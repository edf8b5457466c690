import { folded, inAnswers, reachOf, virtualAddressesOf } from '../../registry/index.ts';
import type { CatalogView, Instance, Wanted } from '../../registry/index.ts';
import { isValidName, labelOf, textOfLabel } from './name.ts';
import type { Name } from './name.ts';
import { PerChange } from './per-change.ts';
import { recordTypes } from './response.ts';
import type { DnsRecord } from './response.ts';
import { addressRecords, apexOf, asks, recordsOf, serialOf, soaOf } from './service-records.ts';
import type { Ttls } from './ttls.ts';
import { nothing, whileUnchanged } from './zone.ts';
import type { Found, MemberServer, Zone, ZoneOptions } from './zone.ts';

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
  readonly #catalog: CatalogView;
  readonly #ttls: Ttls;
  readonly #wanted: Wanted;
  readonly #servers: () => readonly MemberServer[];
  readonly #server: Name;
  readonly #namespaces: PerChange<ReadonlySet<string>>;

  constructor({ catalog, domain, ttls, servers, wanted }: ZoneOptions) {
    this.#catalog = catalog;
    this.domain = domain;
    this.#ttls = ttls;
    this.#wanted = wanted;
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
    // There are no names of pods.
    if (kind === 'pod') return name.length === 1 ? nothing : undefined;
    if (kind === 'dns-version') return name.length === 1 ? versionOf(type) : undefined;
    if (kind !== 'dns') return undefined;
    if (name.length === 1) return nothing;
    if (name.length > 2 || name[0] !== 'ns') return undefined;
    const addresses = this.#servers().flatMap((server) => server.addresses);
    return { answers: recordsOf(addresses, type, ttlSecondsByDefault), holds: 'this-once' };
  }

  #inServices(name: Name, type: number): Found | undefined {
    const [namespace, service, ...before] = name.slice(0, -1).toReversed();
    if (namespace === undefined) return nothing;
    if (service === undefined) {
      return this.#namespaces.value.has(namespace) ? nothing : undefined;
    }
    const known = this.#catalog.service({
      namespace: textOfLabel(namespace),
      service: textOfLabel(service),
    });
    if (known === undefined) return undefined;
    const one: KubernetesService = {
      name: [labelAt(name, -3), labelAt(name, -2), 'svc', ...this.domain],
      instances: inAnswers(known, this.#wanted),
      virtual: virtualAddressesOf(known.instances),
      ttlSeconds: this.#ttls.secondsOf(known.service) ?? ttlSecondsByDefault,
    };
    if (one.instances.length === 0 && one.virtual.length === 0) return undefined;
    const found = recordsBelow(one, before.toReversed(), type);
    return found && { ...found, holds: [whileUnchanged(this.#catalog, known)] };
  }
}

/** A service with the instances that are ready. */
interface KubernetesService {
  readonly name: Name;
  readonly instances: readonly Instance[];
  /** None: it is a headless service. */
  readonly virtual: readonly string[];
  readonly ttlSeconds: number;
}

type Records = Omit<Found, 'holds'>;

/** `labels` are those before the name of the service. Undefined: there is no such name. */
function recordsBelow(service: KubernetesService, labels: Name, type: number): Records | undefined {
  const { instances, virtual, ttlSeconds } = service;
  if (labels.at(-1) === '_zone') return recordsNear(service, labels.slice(0, -1), type);
  const [first, protocol] = labels;
  if (first === undefined) {
    if (type === recordTypes.SRV) return srvRecords(service, portsOf(instances));
    if (virtual.length > 0) return { answers: recordsOf(virtual, type, ttlSeconds) };
    return { answers: addressRecords(instances.map(reachOf), type, ttlSeconds) };
  }
  if (labels.length === 1) {
    const places = instances.filter((instance) => isNamed(instance, first)).map(reachOf);
    if (places.length === 0) return undefined;
    return { answers: addressRecords(places, type, ttlSeconds) };
  }
  const isPort = first.startsWith('_') && (protocol === '_tcp' || protocol === '_udp');
  if (labels.length > 2 || !isPort) return undefined;
  const ports = portsOf(instances).filter(({ name }) => asLabel(name) === first.slice(1));
  if (ports.length === 0) return undefined;
  return asks(type, 'SRV') ? srvRecords(service, ports) : { answers: [] };
}

/**
 * `<zone>.pin._zone`: only the instances of that zone; `<zone>.prefer._zone`: all, if it has none. They are what such a name
 * is asked for, so a virtual address does not count.
 */
function recordsNear(service: KubernetesService, labels: Name, type: number): Records | undefined {
  const way = labels.at(-1);
  const zone = labels.at(-2);
  if (way !== undefined && way !== 'pin' && way !== 'prefer') return undefined;
  if (zone === undefined) return { answers: [] };
  const near = service.instances.filter((instance) => zoneOf(instance) === zone);
  const instances = near.length === 0 && way === 'prefer' ? service.instances : near;
  if (instances.length === 0) return { answers: [] };
  return recordsBelow({ ...service, instances, virtual: [] }, labels.slice(0, -2), type);
}

/** As its registration says it, in our form or in Consul's; in lower case. */
function zoneOf({ meta, consul: { Locality } }: Instance): string {
  const zone =
    typeof Locality === 'object' && Locality !== null && 'Zone' in Locality ? Locality.Zone : '';
  const given = typeof zone === 'string' && zone !== '' ? zone : (meta['zone'] ?? '');
  return asLabel(given);
}

/** A port of an instance. */
interface Port {
  readonly addresses: readonly string[];
  readonly number: number;
  /** Empty: it has none. */
  readonly name: string;
}

function portsOf(instances: readonly Instance[]): readonly Port[] {
  return instances.flatMap((instance) => {
    const { addresses } = reachOf(instance);
    const named = Object.entries(instance.ports).map(([name, number]) => {
      return { addresses, number, name };
    });
    const { port } = instance;
    return port === 0 || named.some(({ number }) => number === port)
      ? named
      : [{ addresses, number: port, name: '' }, ...named];
  });
}

function srvRecords(service: KubernetesService, ports: readonly Port[]): Records {
  const { name, virtual, ttlSeconds } = service;
  const targets =
    virtual.length > 0
      ? onePerNumber(ports).map(({ number }) => ({ number, target: name, addresses: virtual }))
      : ports.map(({ number, addresses }) => {
          return { number, target: [endpointOf(addresses[0] ?? ''), ...name], addresses };
        });
  const valid = targets.filter(
    ({ addresses, target }) => addresses.length > 0 && isValidName(target),
  );
  // All have the same share.
  const weight = Math.max(1, Math.floor(100 / Math.max(1, valid.length)));
  const additional = new Map<string, readonly DnsRecord[]>();
  for (const { target, addresses } of valid) {
    const records = recordsOf(addresses, recordTypes.ANY, ttlSeconds, target);
    additional.set(target.join('.'), records);
  }
  return {
    answers: valid.map(({ number, target }) => ({
      owner: undefined,
      ttlSeconds,
      data: { type: 'SRV', priority: 0, weight, port: number, target },
    })),
    additional: [...additional.values()].flat(),
  };
}

/** A virtual address stands for all instances. */
function onePerNumber(ports: readonly Port[]): readonly Port[] {
  return [...new Map(ports.map((port) => [port.number, port])).values()];
}

/** The label that names the instances at an address. */
export function endpointOf(address: string): string {
  return address.replaceAll(/[.:]/g, '-').toLowerCase();
}

/** Whether it is the label of an instance: one of its addresses, or its name. */
function isNamed(instance: Instance, label: string): boolean {
  return (
    reachOf(instance).addresses.some((address) => endpointOf(address) === label) ||
    asLabel(instance.instance) === label
  );
}

/** A text as the label of a question has it: its bytes, in lower case. */
function asLabel(text: string): string {
  return labelOf(folded(text));
}

function labelAt(name: Name, at: number): string {
  return name.at(at) ?? '';
}

function namespacesOf(catalog: CatalogView): ReadonlySet<string> {
  return new Set([...catalog.services()].map(({ namespace }) => asLabel(namespace)));
}

/** The version of the specification. */
function versionOf(type: number): Found {
  if (!asks(type, 'TXT')) return nothing;
  const data = { type: 'TXT', text: '1.1.0' } as const;
  return { answers: [{ owner: undefined, ttlSeconds: versionTtlSeconds, data }], holds: [] };
}
