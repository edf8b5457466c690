import { isIP } from 'node:net';
import { defaultNamespace } from '../../registry/index.ts';
import type { Catalog, Service } from '../../registry/index.ts';
import { endpointOf } from './kubernetes-zone.ts';
import { isValidName, isWithin, nameOf } from './name.ts';
import type { Name } from './name.ts';
import { PerChange } from './per-change.ts';
import { addressBytes } from './response.ts';
import { asks, serialOf, soaOf } from './service-records.ts';
import type { DnsRecord } from './response.ts';
import type { Ttls } from './ttls.ts';
import { virtualAddressesOf } from './virtual.ts';
import { nothing } from './zone.ts';
import type { Found } from './zone.ts';

export interface ReverseOptions {
  readonly catalog: Catalog;
  readonly ttls: Ttls;
  readonly datacenter: string;
  /** The domain of Consul's names, and that of Kubernetes' names; undefined: there are none. */
  readonly domain: Name | undefined;
  readonly clusterDomain: Name | undefined;
  /** Names that are not known here are asked for elsewhere. */
  readonly hasRecursors: boolean;
}

/** What is known of a name. Not found: it does not exist. */
export interface Reverse {
  readonly found: Found | undefined;
  readonly soa: DnsRecord;
}

const partOfAddress = 'part';

const zone4: Name = ['in-addr', 'arpa'];
const zone6: Name = ['ip6', 'arpa'];

/** Zones of addresses that no public server knows (RFC 6303): a name in them that we do not know does not exist. */
const localZones: readonly Name[] = [
  '10.in-addr.arpa',
  ...Array.from({ length: 16 }, (_, at) => `${16 + at}.172.in-addr.arpa`),
  '168.192.in-addr.arpa',
  '127.in-addr.arpa',
  '254.169.in-addr.arpa',
  'd.f.ip6.arpa',
  ...['8', '9', 'a', 'b'].map((digit) => `${digit}.e.f.ip6.arpa`),
].map(nameOf);

/** Of names that do not exist: an instance may come at any time. */
const negativeTtlSeconds = 0;

/** The names of addresses: of the services that have an instance there. */
export class ReverseNames {
  readonly #options: ReverseOptions;
  readonly #index: PerChange<ReadonlyMap<string, ReadonlySet<Service>>>;
  /** The former addresses of each service. A service that changes is another object. */
  #indexed = new Map<Service, readonly string[]>();
  readonly #byAddress = new Map<string, Set<Service>>();

  constructor(options: ReverseOptions) {
    this.#options = options;
    this.#index = new PerChange(options.catalog, () => this.#refresh());
  }

  /** Undefined: another server may know it. */
  find(name: Name, type: number): Reverse | undefined {
    if (!isWithin(name, zone4) && !isWithin(name, zone6)) return undefined;
    const local = localZones.find((zone) => isWithin(name, zone));
    const hex = hexOf(name);
    const services = this.#index.value.get(hex);
    if (services !== undefined) {
      return { found: this.#pointers(services, hex, type), soa: this.#soa(local ?? name) };
    }
    if (local === undefined || this.#options.hasRecursors) return undefined;
    // Names of addresses may stand below a part of one.
    return { found: hex === partOfAddress ? nothing : undefined, soa: this.#soa(local) };
  }

  #pointers(services: ReadonlySet<Service>, hex: string, type: number): Found {
    if (!asks(type, 'PTR')) return nothing;
    const names = [...services].flatMap((service) => this.#namesOf(service, hex));
    return {
      answers: names
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ target, ttlSeconds }) => {
          return { owner: undefined, ttlSeconds, data: { type: 'PTR', target } };
        }),
      holds: 'no-change',
    };
  }

  #soa(zone: Name): DnsRecord {
    const serial = serialOf(this.#options.catalog);
    return soaOf(zone, zone, serial, [3600, 600, 86_400, negativeTtlSeconds]);
  }

  #namesOf(
    { service, namespace, instances }: Service,
    hex: string,
  ): readonly { readonly rank: number; readonly target: Name; readonly ttlSeconds: number }[] {
    const { datacenter, domain, clusterDomain, ttls } = this.#options;
    const label = labelOf(service);
    const given = ttls.secondsOf(service);
    const names: { rank: number; target: Name; ttlSeconds: number }[] = [];
    if (domain !== undefined && namespace === defaultNamespace) {
      const target = [label, 'service', datacenter, ...domain];
      names.push({ rank: 1, target, ttlSeconds: given ?? 0 });
    }
    if (clusterDomain !== undefined) {
      const whole = [label, labelOf(namespace), 'svc', ...clusterDomain];
      const virtual = virtualAddressesOf(instances).some(
        (address) => hexOfAddress(address) === hex,
      );
      const at = instances.find(({ address }) => hexOfAddress(address) === hex);
      const target = virtual || at === undefined ? whole : [endpointOf(at.address), ...whole];
      names.push({ rank: 2, target, ttlSeconds: given ?? 5 });
    }
    return names.filter(({ target }) => isValidName(target));
  }

  /** Reads only the services that have changed. */
  #refresh(): ReadonlyMap<string, ReadonlySet<Service>> {
    const indexed = new Map<Service, readonly string[]>();
    for (const service of this.#options.catalog.services()) {
      const known = this.#indexed.get(service);
      indexed.set(service, known ?? this.#add(service));
      this.#indexed.delete(service);
    }
    for (const [service, addresses] of this.#indexed) this.#remove(service, addresses);
    this.#indexed = indexed;
    return this.#byAddress;
  }

  #add(service: Service): readonly string[] {
    const addresses = [
      ...service.instances.map(({ address }) => address),
      ...virtualAddressesOf(service.instances),
    ].filter((address) => isIP(address) > 0);
    const keys = [...new Set(addresses.map(hexOfAddress))];
    for (const key of keys) {
      const services = this.#byAddress.get(key);
      if (services === undefined) this.#byAddress.set(key, new Set([service]));
      else services.add(service);
    }
    return keys;
  }

  #remove(service: Service, keys: readonly string[]): void {
    for (const key of keys) {
      const services = this.#byAddress.get(key);
      services?.delete(service);
      if (services?.size === 0) this.#byAddress.delete(key);
    }
  }
}

function labelOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function hexOfAddress(address: string): string {
  return isIP(address) === 0 ? '' : Buffer.from(addressBytes(address)).toString('hex');
}

/** The bytes of the address that a reverse name stands for. */
function hexOf(name: Name): string {
  const isSix = isWithin(name, zone6);
  const labels = name.slice(0, -2).toReversed();
  const isValid = isSix
    ? labels.every((label) => /^[0-9a-f]$/.test(label))
    : labels.every((label) => /^(?:0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255);
  const full = isSix ? 32 : 4;
  if (!isValid || labels.length > full) return '';
  if (labels.length < full) return partOfAddress;
  return isSix ? labels.join('') : Buffer.from(labels.map(Number)).toString('hex');
}
