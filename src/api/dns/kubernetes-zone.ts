import type { Catalog, Instance } from '../../registry/index.ts';
import { FoundCache } from './found-cache.ts';
import { isValidName } from './name.ts';
import type { Name } from './name.ts';
import type { Found, Zone } from './zone.ts';
import { recordTypes } from './response.ts';
import type { DnsRecord } from './response.ts';
import { addressData, addressRecords, asks, kindOf, soaOf } from './service-records.ts';

export interface KubernetesZoneOptions {
  readonly catalog: Catalog;
  readonly domain: Name;
  readonly nowSeconds: () => number;
}

/** CoreDNS's default, for names that exist and for those that do not. */
const ttlSeconds = 5;
/** As in the specification's example. */
const versionTtlSeconds = 28_800;

/**
 * Names as Kubernetes has them for headless services (DNS specification 1.1.0): `<service>.<namespace>.svc`,
 * `<endpoint>.<service>.<namespace>.svc`, `_<port>._<protocol>.<service>.<namespace>.svc`. An endpoint is named by its
 * address with dashes, `10-0-0-1`.
 */
export class KubernetesZone implements Zone {
  readonly domain: Name;
  readonly #catalog: Catalog;
  readonly #nowSeconds: () => number;
  readonly #cache = new FoundCache();

  constructor({ catalog, domain, nowSeconds }: KubernetesZoneOptions) {
    this.#catalog = catalog;
    this.domain = domain;
    this.#nowSeconds = nowSeconds;
  }

  get soa(): DnsRecord {
    const server = ['ns', 'dns', ...this.domain];
    return soaOf(this.domain, server, this.#nowSeconds(), [7200, 1800, 86_400, ttlSeconds]);
  }

  find(name: Name, type: number): Found | undefined {
    const kind = name.at(-1);
    if (kind === undefined) return this.#apex(type);
    if (name.length === 1 && kind === 'dns-version') return versionOf(type);
    if (kind !== 'svc') return undefined;
    const [namespace, service, ...before] = name.slice(0, -1).toReversed();
    if (namespace === undefined) return nothing;
    if (service === undefined) return this.#hasNamespace(namespace) ? nothing : undefined;
    const known = this.#catalog.service({ namespace, service });
    if (known === undefined || known.instances.length === 0) return undefined;
    const labels = before.toReversed();
    return this.#cache.get(known, `${kindOf(type)} ${labels.join('.')}`, () =>
      this.#found(known.instances, labels, name, kindOf(type)),
    );
  }

  /** `labels` are those before the service. */
  #found(
    instances: readonly Instance[],
    labels: Name,
    name: Name,
    type: number,
  ): Found | undefined {
    const [first] = labels;
    if (first === undefined) return this.#service(instances, name, type);
    if (labels.length === 1) return endpointNamed(first, instances, type);
    return this.#port(labels, instances, name, type);
  }

  #apex(type: number): Found {
    return asks(type, 'SOA') ? { answers: [{ ...this.soa, owner: undefined }] } : nothing;
  }

  #hasNamespace(namespace: string): boolean {
    for (const service of this.#catalog.services()) {
      if (service.namespace === namespace) return true;
    }
    return false;
  }

  #service(instances: readonly Instance[], name: Name, type: number): Found {
    if (type !== recordTypes.SRV) return { answers: addressRecords(instances, type, ttlSeconds) };
    return this.#srv(
      instances.flatMap((instance) => placesOf(instance)),
      name,
    );
  }

  #port(labels: Name, instances: readonly Instance[], name: Name, type: number): Found | undefined {
    const [port = '', protocol = ''] = labels;
    if (labels.length !== 2 || !port.startsWith('_') || !/^_(?:tcp|udp)$/.test(protocol)) {
      return undefined;
    }
    const places = instances
      .flatMap((instance) => placesOf(instance))
      .filter((place) => place.name === port.slice(1));
    if (places.length === 0) return undefined;
    return asks(type, 'SRV') ? this.#srv(places, name.slice(2)) : nothing;
  }

  /** All have the same share. `service` is the name of the service below this zone. */
  #srv(places: readonly Place[], service: Name): Found {
    const weight = Math.max(1, Math.floor(100 / places.length));
    const additional = new Map<string, DnsRecord>();
    const answers: DnsRecord[] = [];
    for (const { address, port } of places) {
      const data = addressData(address);
      if (data === undefined) continue;
      const target = [endpointOf(address), ...service, ...this.domain];
      if (!isValidName(target)) continue;
      answers.push({
        owner: undefined,
        ttlSeconds,
        data: { type: 'SRV', priority: 0, weight, port, target },
      });
      additional.set(address, { owner: target, ttlSeconds, data });
    }
    return { answers, additional: [...additional.values()] };
  }
}

interface Place {
  readonly address: string;
  readonly port: number;
  /** Of the port; empty: it has none. */
  readonly name: string;
}

const nothing: Found = { answers: [] };

function placesOf({ address, port, ports }: Instance): readonly Place[] {
  const named = Object.entries(ports).map(([name, number]) => ({ address, port: number, name }));
  return named.some((place) => place.port === port) || port === 0
    ? named
    : [{ address, port, name: '' }, ...named];
}

function endpointOf(address: string): string {
  return address.replaceAll(/[.:]/g, '-').toLowerCase();
}

function endpointNamed(
  label: string,
  instances: readonly Instance[],
  type: number,
): Found | undefined {
  const same = instances.filter(
    ({ address, instance }) => endpointOf(address) === label || instance.toLowerCase() === label,
  );
  return same.length === 0 ? undefined : { answers: addressRecords(same, type, ttlSeconds) };
}

/** The version of the specification. */
function versionOf(type: number): Found {
  if (!asks(type, 'TXT')) return nothing;
  const data = { type: 'TXT', text: '1.1.0' } as const;
  return { answers: [{ owner: undefined, ttlSeconds: versionTtlSeconds, data }] };
}
