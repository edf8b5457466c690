import { isIP } from 'node:net';
import { defaultNamespace } from '../../registry/index.ts';
import type { Catalog, Instance, Service } from '../../registry/index.ts';
import { isValidName, nameOf, textOfLabel } from './name.ts';
import type { Name } from './name.ts';
import { addressBytes, recordTypes } from './response.ts';
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

export interface ConsulZoneOptions extends ZoneOptions {
  readonly datacenter: string;
}

/** Consul's default: an answer is not kept. */
const ttlSecondsByDefault = 0;

/**
 * Names as Consul has them: `[tag.]<service>.service[.<datacenter>]`, `_<service>._<tag>[.service]`,
 * `<service>.virtual`, and `<hex>.addr.<datacenter>`, to which SRV records point.
 */
export class ConsulZone implements Zone {
  readonly domain: Name;
  readonly #catalog: Catalog;
  readonly #datacenter: string;
  readonly #ttls: Ttls;
  readonly #servers: () => readonly string[];
  readonly #server: Name;

  constructor({ catalog, domain, datacenter, ttls, servers }: ConsulZoneOptions) {
    this.#catalog = catalog;
    this.domain = domain;
    this.#datacenter = datacenter;
    this.#ttls = ttls;
    this.#servers = servers;
    this.#server = ['ns', ...domain];
  }

  get soa(): DnsRecord {
    const times = [3600, 600, 86_400, 0] as const;
    return soaOf(this.domain, this.#server, serialOf(this.#catalog), times);
  }

  find(name: Name, type: number): Found | undefined {
    if (name.length === 0) return apexOf(this.soa, this.#server, this.#servers(), type);
    const { kind, before } = this.#kindOf(name);
    switch (kind) {
      case 'service':
        return before.length === 0 ? nothing : this.#service(before, type);
      case 'virtual':
        return before.length === 0 ? nothing : this.#virtual(before, type);
      case 'addr':
        return before.length === 0 ? nothing : this.#address(before, type);
      case 'ns':
        if (before.length > 0) return undefined;
        return { answers: recordsOf(this.#servers(), type, 0), holds: 'this-once' };
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

  #service(labels: Name, type: number): Found | undefined {
    const { service, tag } = serviceAndTag(labels);
    const known = this.#catalog.service({ namespace: defaultNamespace, service });
    const instances = known?.instances.filter(({ tags }) => tag === undefined || hasTag(tags, tag));
    if (known === undefined || instances === undefined || instances.length === 0) return undefined;
    const ttlSeconds = this.#ttls.secondsOf(service) ?? ttlSecondsByDefault;
    return { ...this.#found(instances, type, ttlSeconds), holds: [known] };
  }

  #found(instances: readonly Instance[], type: number, ttlSeconds: number): Omit<Found, 'holds'> {
    const addresses = addressRecords(instances, type, ttlSeconds);
    if (!asks(type, 'SRV')) return { answers: addresses };
    const srv = instances.map((instance) => this.#srv(instance, ttlSeconds)).filter(hasValidTarget);
    const additional = new Map(
      srv.flatMap((one) => one.additional).map((record) => [record.owner?.join('.'), record]),
    );
    return {
      answers: [...addresses, ...srv.map(({ record }) => record)],
      additional: [...additional.values()],
    };
  }

  /** An address gets a name of its own, as a record can point to names only. */
  #srv(
    { address, port, weights }: Instance,
    ttlSeconds: number,
  ): {
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

  #virtual(labels: Name, type: number): Found | undefined {
    const service = textOfLabel(labels[0] ?? '');
    const known: Service | undefined =
      labels.length === 1
        ? this.#catalog.service({ namespace: defaultNamespace, service })
        : undefined;
    if (known === undefined || known.instances.length === 0) return undefined;
    const addresses = virtualAddressesOf(known.instances);
    return { answers: recordsOf(addresses, type, this.#ttls.nodeSeconds), holds: [known] };
  }

  /** `0a000001` is 10.0.0.1. A name of the other family exists, and has no such record. */
  #address(labels: Name, type: number): Found | undefined {
    const [hex = ''] = labels;
    if (labels.length !== 1 || !/^(?:[0-9a-f]{8}|[0-9a-f]{32})$/.test(hex)) return undefined;
    const address = addressOfHex(hex);
    if (isIP(address) === 0) return undefined;
    const ttlSeconds = this.#ttls.nodeSeconds;
    const answers = recordsOf([address], type, ttlSeconds);
    if (answers.length > 0) return { answers, holds: [] };
    const additional = recordsOf([address], recordTypes.ANY, ttlSeconds);
    return { answers, additional, holds: [] };
  }
}

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
    return {
      service: textOfLabel(first.slice(1)),
      tag: tag === 'tcp' ? undefined : textOfLabel(tag),
    };
  }
  const service = textOfLabel(labels.at(-1) ?? '');
  const tag = labels.length === 1 ? undefined : textOfLabel(labels.slice(0, -1).join('.'));
  return { service, tag };
}

function addressOfHex(hex: string): string {
  if (hex.length === 8) return Buffer.from(hex, 'hex').join('.');
  return (hex.match(/.{4}/g) ?? []).map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}
