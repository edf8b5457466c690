import type { Catalog } from '../../registry/index.ts';
import { ConsulZone } from './consul-zone.ts';
import { KubernetesZone } from './kubernetes-zone.ts';
import { isWithin, nameOf } from './name.ts';
import type { Question } from './query.ts';
import { recordTypes, responseCodes } from './response.ts';
import type { Response } from './response.ts';
import type { Zone } from './zone.ts';

export interface ResolverOptions {
  readonly catalog: Catalog;
  /** By Consul's names: `consul`. */
  readonly domain: string;
  /** By the names of Kubernetes: `cluster.local`. */
  readonly clusterDomain: string;
  readonly datacenter: string;
  /** Seconds since 1970, for the serial of zones. */
  readonly nowSeconds: () => number;
}

const classIn = 1;
const classAny = 255;

/** Answers questions from the catalog. */
export class Resolver {
  readonly #zones: readonly Zone[];

  constructor({ catalog, domain, clusterDomain, datacenter, nowSeconds }: ResolverOptions) {
    this.#zones = [
      new ConsulZone({ catalog, domain: nameOf(domain), datacenter, nowSeconds }),
      new KubernetesZone({ catalog, domain: nameOf(clusterDomain), nowSeconds }),
    ];
  }

  answer({ lower, type, class: classNumber }: Question): Response {
    const zone = this.#zones.find(({ domain }) => isWithin(lower, domain));
    if (zone === undefined || (classNumber !== classIn && classNumber !== classAny)) {
      return empty(responseCodes.refused, false);
    }
    if (type === recordTypes.AXFR || type === recordTypes.IXFR) {
      return empty(responseCodes.notImplemented, true);
    }
    const found = zone.find(lower.slice(0, lower.length - zone.domain.length), type);
    if (found === undefined) {
      return { ...empty(responseCodes.nameError, true), authority: [zone.soa] };
    }
    const { answers, additional = [] } = found;
    const authority = answers.length === 0 ? [zone.soa] : [];
    return { ...empty(responseCodes.noError, true), answers, authority, additional };
  }
}

/** A response without records. */
export function empty(code: number, authoritative: boolean): Response {
  return { code, authoritative, answers: [], authority: [], additional: [] };
}
