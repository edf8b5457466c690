import { isIP } from 'node:net';
import { defaultNamespace } from '../../registry/index.ts';
import type { Catalog, Instance } from '../../registry/index.ts';
import { FoundCache } from './found-cache.ts';
import { isValidName, nameOf } from './name.ts';
import type { Name } from './name.ts';
import type { Found, Zone } from './zone.ts';
import { addressBytes } from './response.ts';
import type { DnsRecord } from './response.ts';
import { addressData, addressRecords, asks, kindOf, soaOf } from './service-records.ts';

export interface ConsulZoneOptions {
  readonly catalog: Catalog;
  readonly domain: Name;
  readonly datacenter: string;
  readonly nowSeconds: () => number;
}

/** Consul's default: an answer is not kept. */
const ttlSeconds = 0;

/**
 * Names as Consul has them: `[tag.]<service>.service[.<datacenter>]`, `_<service>._<tag>[.service]`, and
 * `<hex>.addr.<datacenter>`, to which SRV records point.
 */
export class ConsulZone implements Zone {
  readonly domain: Name;
  readonly #catalog: Catalog;
  readonly #datacenter: string;
  readonly #nowSeconds: () => number;
  readonly #cache = new FoundCache();

  constructor({ catalog, domain, datacenter, nowSeconds }: ConsulZoneOptions) {
    this.#catalog = catalog;
    this.domain = domain;
    this.#datacenter = datacenter;
    this.#nowSeconds = nowSeconds;
  }

  get soa(): DnsRecord {
    const times = [3600, 600, 86_400, 0] as const;
    return soaOf(this.domain, ['ns', ...this.domain], this.#nowSeconds(), times);
  }

  find(name: Name, type: number): Found | undefined {
    if (name.length === 0) return this.#apex(type);
    const { kind, before } = this.#kindOf(name);
    switch (kind) {
      case 'service':
        return before.length === 0 ? nothing : this.#service(before, type);
      case 'addr':
        return before.length === 0 ? nothing : addressNamed(before, type);
      case 'datacenter':
        return nothing;
      default:
        return undefined;
    }
  }

  /** Splits a name at the label that says what it is of; behind that there may be the datacenter. */
  #kindOf(name: Name): { readonly kind: string; readonly before: Name } {
    let rest = name;
    if (rest.at(-1) === 'dc' && rest.at(-2) === this.#datacenter) rest = rest.slice(0, -1);
    if (rest.at(-1) === this.#datacenter) rest = rest.slice(0, -1);
    if (rest.length === 0) return { kind: 'datacenter', before: rest };
    const isRfc2782 = rest.length === 2 && rest.every((label) => label.startsWith('_'));
    if (isRfc2782) return { kind: 'service', before: rest };
    const kind = rest.at(-1) ?? '';
    return { kind, before: rest.slice(0, -1) };
  }

  #apex(type: number): Found {
    if (asks(type, 'SOA')) return { answers: [{ ...this.soa, owner: undefined }] };
    return nothing;
  }

  #service(labels: Name, type: number): Found | undefined {
    const { service, tag } = serviceAndTag(labels);
    const known = this.#catalog.service({ namespace: defaultNamespace, service });
    if (known === undefined) return undefined;
    const kind = kindOf(type);
    return this.#cache.get(known, `${kind} ${tag ?? ''}`, () =>
      this.#found(
        known.instances.filter(({ tags }) => tag === undefined || hasTag(tags, tag)),
        kind,
      ),
    );
  }

  #found(instances: readonly Instance[], type: number): Found | undefined {
    if (instances.length === 0) return undefined;
    const addresses = addressRecords(instances, type, ttlSeconds);
    if (!asks(type, 'SRV')) return { answers: addresses };
    const srv = instances.map((instance) => this.#srv(instance)).filter(hasValidTarget);
    const additional = new Map(
      srv.flatMap((one) => one.additional).map((record) => [record.owner?.join('.'), record]),
    );
    return {
      answers: [...addresses, ...srv.map(({ record }) => record)],
      additional: [...additional.values()],
    };
  }

  /** An address gets a name of its own, as a record can point to names only. */
  #srv({ address, port, weights }: Instance): {
    readonly target: Name;
    readonly record: DnsRecord;
    readonly additional: readonly DnsRecord[];
  } {
    const data = addressData(address);
    const hex = data === undefined ? '' : Buffer.from(addressBytes(address)).toString('hex');
    const target =
      data === undefined ? nameOf(address) : [hex, 'addr', this.#datacenter, ...this.domain];
    const weight = weights.passing;
    return {
      target,
      record: {
        owner: undefined,
        ttlSeconds,
        data: { type: 'SRV', priority: 1, weight, port, target },
      },
      additional: data === undefined ? [] : [{ owner: target, ttlSeconds, data }],
    };
  }
}

/** The name exists, and has no record of the type that was asked for. */
const nothing: Found = { answers: [] };

/** A host name that cannot be written, or does not fit behind the domain, would break the whole message. */
function hasValidTarget({ target }: { readonly target: Name }): boolean {
  return isValidName(target);
}

function hasTag(tags: readonly string[], tag: string): boolean {
  return tags.some((other) => other.toLowerCase() === tag);
}

/** `_<service>._<tag>`, where `_tcp` is no tag, or `<tag>.<service>`, where the tag may have dots. */
function serviceAndTag(labels: Name): {
  readonly service: string;
  readonly tag: string | undefined;
} {
  const [first = '', second = ''] = labels;
  if (labels.length === 2 && first.startsWith('_') && second.startsWith('_')) {
    const tag = second.slice(1);
    return { service: textOf(first.slice(1)), tag: tag === 'tcp' ? undefined : textOf(tag) };
  }
  const service = textOf(labels.at(-1) ?? '');
  return { service, tag: labels.length === 1 ? undefined : textOf(labels.slice(0, -1).join('.')) };
}

/** Labels are bytes, names of services are UTF-8. */
function textOf(label: string): string {
  return Buffer.from(label, 'latin1').toString('utf8');
}

/** `0a000001` is 10.0.0.1. A name of the other family exists, and has no such record. */
function addressNamed(labels: Name, type: number): Found | undefined {
  const [hex = ''] = labels;
  if (labels.length !== 1 || !/^(?:[0-9a-f]{8}|[0-9a-f]{32})$/.test(hex)) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  const address =
    bytes.length === 4
      ? bytes.join('.')
      : (hex.match(/.{4}/g) ?? []).map((group) => group.replace(/^0+(?=.)/, '')).join(':');
  const data = isIP(address) > 0 ? addressData(address) : undefined;
  if (data === undefined) return undefined;
  const record = { owner: undefined, ttlSeconds, data };
  return asks(type, data.type === 'A' ? 'A' : 'AAAA')
    ? { answers: [record] }
    : { answers: [], additional: [record] };
}
