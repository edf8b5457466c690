import type { CatalogView } from '../../registry/index.ts';
import { ConsulZone } from './consul-zone.ts';
import { KubernetesZone } from './kubernetes-zone.ts';
import { isWithin, lowerCase, nameOf } from './name.ts';
import type { Name } from './name.ts';
import type { Question } from './reader.ts';
import { recordTypes, responseCodes } from './response.ts';
import type { DnsRecord, Response } from './response.ts';
import { ReverseNames } from './reverse.ts';
import { SingleLabelZone } from './single-label-zone.ts';
import { Ttls } from './ttls.ts';
import type { Found, Holds, MemberServer, PreparedQueries, Zone } from './zone.ts';

export interface ResolverOptions {
  readonly catalog: CatalogView;
  /** Those of Consul's names: `consul`. The first one is in the names of addresses. */
  readonly domains: readonly string[];
  /** That of Kubernetes' names: `cluster.local`; undefined: they are not answered. */
  readonly clusterDomain: string | undefined;
  /** Whether a name of one label, as `payment.`, is that of a service. */
  readonly singleLabel: boolean;
  readonly datacenter: string;
  /** `web=10`, `db*=5`, `*=0`, in seconds. */
  readonly serviceTtls: readonly string[];
  readonly nodeTtlSeconds: number;
  /** Leave out instances that warn. */
  readonly onlyPassing: boolean;
  readonly hasRecursors: boolean;
  readonly servers: () => readonly MemberServer[];
  readonly queries: PreparedQueries;
}

/** An answer from the catalog. */
export interface Answer {
  readonly response: Response;
  readonly holds: Holds;
  /** The host name at the end of the answers, in no zone of ours, whose records the client needs, too. */
  readonly outside: Name | undefined;
}

const classIn = 1;
const classAny = 255;
/** As in Consul. */
const aliasesMax = 3;

/** Answers questions from the catalog. */
export class Resolver {
  readonly #zones: readonly Zone[];
  readonly #singleLabel: SingleLabelZone | undefined;
  readonly #reverse: ReverseNames;

  constructor(options: ResolverOptions) {
    const { catalog, clusterDomain, datacenter, servers, queries, hasRecursors } = options;
    const ttls = new Ttls({ services: options.serviceTtls, nodeSeconds: options.nodeTtlSeconds });
    const domains = options.domains.map(nameOf);
    const cluster = clusterDomain === undefined ? undefined : nameOf(clusterDomain);
    const common = {
      catalog,
      ttls,
      servers,
      wanted: options.onlyPassing ? 'passing' : 'not-critical',
    } as const;
    const zones: Zone[] = domains.map(
      (domain) => new ConsulZone({ ...common, queries, domain, datacenter }),
    );
    if (cluster !== undefined) zones.push(new KubernetesZone({ ...common, domain: cluster }));
    // A name belongs to the innermost zone.
    this.#zones = zones.toSorted((a, b) => b.domain.length - a.domain.length);
    this.#singleLabel = options.singleLabel
      ? new SingleLabelZone({ ...common, hasRecursors })
      : undefined;
    this.#reverse = new ReverseNames({
      catalog,
      ttls,
      datacenter,
      domain: domains[0],
      clusterDomain: cluster,
      hasRecursors,
    });
  }

  /** Undefined: the name is in no zone of ours. */
  answer({ lower, type, class: classNumber }: Question): Answer | undefined {
    if (classNumber !== classIn && classNumber !== classAny) {
      return answerOf(empty(responseCodes.refused, false));
    }
    const place = this.#find(lower, type);
    if (place === undefined) return undefined;
    if (type === recordTypes.AXFR || type === recordTypes.IXFR) {
      return answerOf(empty(responseCodes.notImplemented, true));
    }
    const { found, soa } = place;
    if (found === undefined) {
      const response = { ...empty(responseCodes.nameError, true), authority: [soa] };
      return { response, holds: 'no-change', outside: undefined };
    }
    if (found.answers.length === 0) return nodata(found, soa);
    return this.#withAliases(found, type);
  }

  #find(
    name: Name,
    type: number,
  ): { readonly found: Found | undefined; readonly soa: DnsRecord } | undefined {
    const zone = this.#zones.find(({ domain }) => isWithin(name, domain));
    if (zone !== undefined) {
      return {
        found: zone.find(name.slice(0, name.length - zone.domain.length), type),
        soa: zone.soa,
      };
    }
    return this.#singleLabel?.find(name, type) ?? this.#reverse.find(name, type);
  }

  /** Follows an alias as far as our own zones go. */
  #withAliases({ answers, authority = [], additional = [], holds }: Found, type: number): Answer {
    const all = [...answers];
    let holding = holds;
    let outside: Name | undefined;
    for (let alias = aliasIn(answers, type), depth = 0; alias !== undefined; depth++) {
      const target = alias;
      const lower = target.map(lowerCase);
      const place = depth < aliasesMax ? this.#find(lower, type) : undefined;
      if (place === undefined) {
        if (!this.#zones.some(({ domain }) => isWithin(lower, domain))) outside = target;
        break;
      }
      const further = place.found?.answers ?? [];
      all.push(...further.map((record) => ({ ...record, owner: record.owner ?? target })));
      holding = bothHold(holding, place.found?.holds ?? 'no-change');
      alias = aliasIn(further, type);
    }
    const response = { ...empty(responseCodes.noError, true), answers: all, authority, additional };
    return { response, holds: holding, outside };
  }
}

/** A response without records. */
export function empty(code: number, authoritative: boolean): Response {
  return { code, authoritative, answers: [], authority: [], additional: [] };
}

function answerOf(response: Response): Answer {
  return { response, holds: 'this-once', outside: undefined };
}

/** The name exists, and has no such record. The SOA says for how long that may be remembered, and has a new serial soon. */
function nodata({ authority = [], additional = [], holds }: Found, soa: DnsRecord): Answer {
  return {
    response: {
      ...empty(responseCodes.noError, true),
      authority: [...authority, soa],
      additional,
    },
    holds: holds === 'this-once' ? holds : 'no-change',
    outside: undefined,
  };
}

/** The name that stands for the one that was asked for, unless the question was for this very alias. */
function aliasIn(answers: readonly DnsRecord[], type: number): Name | undefined {
  const data = type === recordTypes.CNAME ? undefined : answers[0]?.data;
  return data?.type === 'CNAME' ? data.target : undefined;
}

function bothHold(a: Holds, b: Holds): Holds {
  if (a === 'this-once' || b === 'this-once') return 'this-once';
  return a === 'no-change' || b === 'no-change' ? 'no-change' : [...a, ...b];
}
