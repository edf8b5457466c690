import { isIP } from 'node:net';
import {
  areWellEnough,
  defaultNamespace,
  folded,
  inAnswers,
  reachOf,
  reachOfNode,
  virtualAddressesOf,
  weightOf,
} from '../../registry/index.ts';
import type { CatalogView, Instance, Reachable, Wanted } from '../../registry/index.ts';
import { isValidName, labelOf, nameOf, textOfLabel } from './name.ts';
import type { Name } from './name.ts';
import { hexOfAddress, recordTypes } from './response.ts';
import type { DnsRecord } from './response.ts';
import { addressRecords, apexOf, asks, recordsOf, serialOf, soaOf } from './service-records.ts';
import type { Ttls } from './ttls.ts';
import { nothing, whileNodeUnchanged, whileUnchanged } from './zone.ts';
import type { Found, MemberServer, PreparedQueries, Zone, ZoneOptions } from './zone.ts';

export interface ConsulZoneOptions extends ZoneOptions {
  readonly queries: PreparedQueries;
  readonly datacenter: string;
}

/** Consul's default: an answer is not kept. */
const ttlSecondsByDefault = 0;

/**
 * Names as Consul has them: `[tag.]<service>.service[.<datacenter>]`, `_<service>._<tag>[.service]`,
 * `<node>.node`, `<service>.virtual`, and `<hex>.addr.<datacenter>`, to which SRV records point.
 */
export class ConsulZone implements Zone {
  readonly domain: Name;
  readonly #catalog: CatalogView;
  readonly #datacenter: string;
  readonly #ttls: Ttls;
  readonly #queries: PreparedQueries;
  readonly #wanted: Wanted;
  readonly #servers: () => readonly MemberServer[];
  readonly #server: Name;

  constructor(options: ConsulZoneOptions) {
    const { catalog, domain, datacenter, ttls, servers, wanted } = options;
    this.#catalog = catalog;
    this.domain = domain;
    this.#datacenter = datacenter;
    this.#ttls = ttls;
    this.#queries = options.queries;
    this.#wanted = wanted;
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
      case 'node':
        return before.length === 0 ? nothing : this.#node(before, type);
      case 'query':
        return before.length === 0 ? nothing : this.#query(before, type);
      case 'virtual':
        return before.length === 0 ? nothing : this.#virtual(before, type);
      case 'addr':
        return before.length === 0 ? nothing : this.#address(before, type);
      case 'ns':
        if (before.length > 0) return undefined;
        return { answers: recordsOf(this.#serverAddresses(), type, 0), holds: 'this-once' };
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
    if (known === undefined || known.instances.length === 0) {
      return service === ownService && tag === undefined ? this.#members(type) : undefined;
    }
    const instances = inAnswers(known, this.#wanted).filter(
      ({ tags }) => tag === undefined || hasTag(tags, tag),
    );
    if (instances.length === 0) return undefined;
    const ttlSeconds = this.#ttls.secondsOf(service) ?? ttlSecondsByDefault;
    const holds = [whileUnchanged(this.#catalog, known)];
    return { ...this.#records(instances.map(offerOf), type, ttlSeconds), holds };
  }

  /** `<query>.query` or `_<query>._tcp.query`. The name of a query may have dots. */
  #query(labels: Name, type: number): Found | undefined {
    const [first = '', second = ''] = labels;
    const isRfc2782 = labels.length === 2 && first.startsWith('_') && second.startsWith('_');
    const name = textOfLabel(isRfc2782 ? first.slice(1) : labels.join('.'));
    const result = this.#queries.execute(name, this.#catalog);
    if (result === undefined || result.instances.length === 0) return undefined;
    const { service, instances, ttlSeconds = this.#ttls.secondsOf(service) } = result;
    const offers =
      service === ownService
        ? instances.map((one) => this.#memberOffer(one))
        : instances.map(offerOf);
    const records = this.#records(offers, type, ttlSeconds ?? ttlSecondsByDefault);
    return { ...records, holds: 'no-change' };
  }

  /** Consul's own service, through which its clients find the cluster. */
  #members(type: number): Found | undefined {
    const offers = this.#servers().flatMap(({ name, port }): readonly Offer[] => {
      const node = this.#catalog.node(name);
      if (node === undefined || !areWellEnough(node.checks, this.#wanted)) return [];
      return [{ place: { ...reachOfNode(node), isAtNode: true }, port, weight: 1, node: name }];
    });
    if (offers.length === 0) return undefined;
    const ttlSeconds = this.#ttls.secondsOf(ownService) ?? ttlSecondsByDefault;
    return { ...this.#records(offers, type, ttlSeconds), holds: 'no-change' };
  }

  /** A member of the cluster that a prepared query found; others are instances that were registered. */
  #memberOffer(instance: Instance): Offer {
    const offer = offerOf(instance);
    if (instance.key !== '') return offer;
    const server = this.#servers().find(({ name }) => name === offer.node);
    return { ...offer, port: server?.port ?? 0 };
  }

  #serverAddresses(): readonly string[] {
    return this.#servers().flatMap(({ addresses }) => addresses);
  }

  #records(offers: readonly Offer[], type: number, ttlSeconds: number): Omit<Found, 'holds'> {
    const places = offers.map(({ place }) => place);
    const addresses = addressRecords(places, type, ttlSeconds);
    if (!asks(type, 'SRV')) return { answers: addresses };
    const srv = offers.map((offer) => this.#srv(offer, ttlSeconds)).filter(isValid);
    const additional = new Map(srv.map(({ target, beside }) => [target.join('.'), beside]));
    return {
      answers: [...addresses, ...srv.map(({ record }) => record)],
      additional: [...additional.values()].flat(),
    };
  }

  /**
   * Records point to names only, so an address has one; an instance without its own address has the name of its node, if
   * that is a name that DNS can have.
   */
  #srv({ place, port, weight, node }: Offer, ttlSeconds: number): Srv {
    const { addresses, host, isAtNode } = place;
    const [address = ''] = addresses;
    const nameOfNode = isAtNode ? this.#nameOfNode(node) : [];
    const hasNode = nameOfNode.length > 0 && isValidName(nameOfNode);
    const target =
      address === ''
        ? nameOf(host)
        : hasNode
          ? nameOfNode
          : [hexOfAddress(address), 'addr', this.#datacenter, ...this.domain];
    const beside = hasNode ? addresses : addresses.slice(0, 1);
    return {
      target,
      beside: recordsOf(beside, recordTypes.ANY, ttlSeconds, target),
      record: {
        owner: undefined,
        ttlSeconds,
        data: { type: 'SRV', priority: 1, weight, port, target },
      },
    };
  }

  #nameOfNode(node: string): Name {
    return [...node.split('.').map(labelOf), 'node', this.#datacenter, ...this.domain];
  }

  /** The name of a node may have dots. */
  #node(labels: Name, type: number): Found | undefined {
    const node = this.#catalog.node(textOfLabel(labels.join('.')));
    if (node === undefined) return undefined;
    const ttlSeconds = this.#ttls.nodeSeconds;
    const place = reachOfNode(node);
    // It has no other record but texts, so that ANY may have an alias, too.
    const isAlias = type === recordTypes.ANY && place.addresses.length === 0;
    const addresses = addressRecords([place], isAlias ? recordTypes.CNAME : type, ttlSeconds);
    const texts = asks(type, 'TXT') ? metaTexts(node.meta) : [];
    const records = texts.map((text): DnsRecord => {
      return { owner: undefined, ttlSeconds, data: { type: 'TXT', text } };
    });
    return {
      answers: [...addresses, ...records],
      holds: [whileNodeUnchanged(this.#catalog, node)],
    };
  }

  #virtual(labels: Name, type: number): Found | undefined {
    const service = textOfLabel(labels[0] ?? '');
    const known = this.#catalog.service({ namespace: defaultNamespace, service });
    if (labels.length > 1 || known === undefined || known.instances.length === 0) return undefined;
    const addresses = virtualAddressesOf(known.instances);
    return {
      answers: recordsOf(addresses, type, this.#ttls.nodeSeconds),
      holds: [whileUnchanged(this.#catalog, known)],
    };
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

/** The service whose instances are the members, unless it is registered. */
const ownService = 'consul';

/** An instance as DNS offers it. */
interface Offer {
  readonly place: Reachable;
  readonly port: number;
  readonly weight: number;
  readonly node: string;
}

function offerOf(instance: Instance): Offer {
  const { port, node } = instance;
  return { place: reachOf(instance), port, weight: weightOf(instance), node: node.name };
}

interface Srv {
  readonly target: Name;
  readonly record: DnsRecord;
  /** The addresses of the target. */
  readonly beside: readonly DnsRecord[];
}

/** A name that cannot be written, or does not fit behind the domain, would break the whole message. */
function isValid({ target }: Srv): boolean {
  return target.length > 0 && isValidName(target);
}

const rawPrefix = 'rfc1035-';

/** As RFC 1464 has them, `name=value`; with the prefix `rfc1035-` the value alone, as in Consul. */
function metaTexts(meta: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(meta).map(([name, value]) =>
    name.startsWith(rawPrefix) ? value : `${name.replaceAll(/[`=]|^\s+|\s+$/g, '`$&')}=${value}`,
  );
}

function hasTag(tags: readonly string[], tag: string): boolean {
  return tags.some((other) => folded(other) === tag);
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
