import { defaultNamespace, folded, reachOf, virtualAddressesOf } from '../../registry/index.ts';
import type { CatalogView, Node, Service } from '../../registry/index.ts';
import { AddressIndex, isService } from './address-index.ts';
import { endpointOf } from './kubernetes-zone.ts';
import { isValidName, isWithin, labelOf, nameOf } from './name.ts';
import type { Name } from './name.ts';
import { hexOfAddress } from './response.ts';
import { asks, serialOf, soaOf } from './service-records.ts';
import type { DnsRecord } from './response.ts';
import type { Ttls } from './ttls.ts';
import { nothing } from './zone.ts';
import type { Found } from './zone.ts';

export interface ReverseOptions {
  readonly catalog: CatalogView;
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

/** A name of an address. */
interface Pointer {
  /** Those of nodes come first, as in Consul, then those of services. */
  readonly rank: 0 | 1 | 2;
  readonly target: Name;
  readonly ttlSeconds: number;
}

/** The names of addresses: of the nodes there, and of the services that have an instance there. */
export class ReverseNames {
  readonly #options: ReverseOptions;
  readonly #index: AddressIndex;

  constructor(options: ReverseOptions) {
    this.#options = options;
    this.#index = new AddressIndex(options.catalog);
  }

  /** Undefined: another server may know it. */
  find(name: Name, type: number): Reverse | undefined {
    if (!isWithin(name, zone4) && !isWithin(name, zone6)) return undefined;
    const local = localZones.find((zone) => isWithin(name, zone));
    const hex = hexOf(name);
    const owners = this.#index.at(hex);
    if (owners !== undefined) {
      return { found: this.#pointers(owners, hex, type), soa: this.#soa(local ?? name) };
    }
    if (local === undefined || this.#options.hasRecursors) return undefined;
    // Names of addresses may stand below a part of one.
    return { found: hex === partOfAddress ? nothing : undefined, soa: this.#soa(local) };
  }

  #pointers(owners: ReadonlySet<Node | Service>, hex: string, type: number): Found {
    if (!asks(type, 'PTR')) return nothing;
    const pointers = [...owners]
      .flatMap((one) => (isService(one) ? this.#ofService(one, hex) : this.#ofNode(one)))
      .filter(({ target }) => isValidName(target));
    return {
      answers: pointers
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

  #ofNode({ name }: Node): readonly Pointer[] {
    const { datacenter, domain, ttls } = this.#options;
    if (domain === undefined) return [];
    const target = [...name.split('.').map(labelOf), 'node', datacenter, ...domain];
    return [{ rank: 0, target, ttlSeconds: ttls.nodeSeconds }];
  }

  #ofService({ service, namespace, instances }: Service, hex: string): readonly Pointer[] {
    const { datacenter, domain, clusterDomain, ttls } = this.#options;
    const label = labelOf(service);
    const given = ttls.secondsOf(service);
    const pointers: Pointer[] = [];
    if (domain !== undefined && folded(namespace) === defaultNamespace) {
      const target = [label, 'service', datacenter, ...domain];
      pointers.push({ rank: 1, target, ttlSeconds: given ?? 0 });
    }
    if (clusterDomain !== undefined) {
      const whole = [label, labelOf(namespace), 'svc', ...clusterDomain];
      const isOne = (address: string): boolean => hexOfAddress(address) === hex;
      const isVirtual = virtualAddressesOf(instances).some(isOne);
      const [endpoint] = instances.flatMap((instance) => reachOf(instance).addresses).filter(isOne);
      const target = isVirtual || endpoint === undefined ? whole : [endpointOf(endpoint), ...whole];
      pointers.push({ rank: 2, target, ttlSeconds: given ?? 5 });
    }
    return pointers;
  }
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
