import { defaultNamespace, inAnswers, reachOf } from '../../registry/index.ts';
import type { Name } from './name.ts';
import { textOfLabel } from './name.ts';
import type { DnsRecord } from './response.ts';
import { addressRecords, serialOf, soaOf } from './service-records.ts';
import { whileUnchanged } from './zone.ts';
import type { Found, ZoneOptions } from './zone.ts';

export interface SingleLabelOptions extends Omit<ZoneOptions, 'domain'> {
  /** Names that are not known here are asked for elsewhere. */
  readonly hasRecursors: boolean;
}

const ttlSecondsByDefault = 0;

/**
 * Names of services as Compose has them: `payment.`, without a domain. Programs in its networks ask for such names as they
 * are, since they search no domain.
 */
export class SingleLabelZone {
  readonly #options: SingleLabelOptions;

  constructor(options: SingleLabelOptions) {
    this.#options = options;
  }

  /** Undefined: another server may know it. Not found: it does not exist. */
  find(
    name: Name,
    type: number,
  ): { readonly found: Found | undefined; readonly soa: DnsRecord } | undefined {
    const [label = ''] = name;
    if (name.length !== 1) return undefined;
    const { catalog, ttls, hasRecursors, wanted } = this.#options;
    const service = textOfLabel(label);
    const known = catalog.service({ namespace: defaultNamespace, service });
    const instances = known === undefined ? [] : inAnswers(known, wanted);
    const isThere = known !== undefined && instances.length > 0;
    if (!isThere && hasRecursors) return undefined;
    // Of the root: there is no zone in between.
    const soa = soaOf([], ['localhost'], serialOf(catalog), [3600, 600, 86_400, 0]);
    if (!isThere) return { found: undefined, soa };
    const ttlSeconds = ttls.secondsOf(service) ?? ttlSecondsByDefault;
    const answers = addressRecords(instances.map(reachOf), type, ttlSeconds);
    return { found: { answers, holds: [whileUnchanged(catalog, known)] }, soa };
  }
}
