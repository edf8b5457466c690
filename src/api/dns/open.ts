import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { Random } from '../../base/random.ts';
import type { Catalog, CatalogView } from '../../registry/index.ts';
import { listenForMessages } from '../port/index.ts';
import type { MessagePort } from '../port/index.ts';
import { dnsSight } from './permission.ts';
import type { SightOperations } from './permission.ts';
import { Recursors } from './recursors.ts';
import type { Recursor } from './recursors.ts';
import { Resolver } from './resolver.ts';
import type { ResolverOptions } from './resolver.ts';
import { createResponder } from './responder.ts';
import type { Answers, ResponderOptions } from './responder.ts';

export interface DnsOptions
  extends
    Omit<ResolverOptions, 'catalog' | 'hasRecursors'>,
    Pick<ResponderOptions, 'onAbsent' | 'addressesMax' | 'udpAnswersMax' | 'amplificationBytes'> {
  readonly host: string;
  /** 0: any free one, the same for UDP and TCP. */
  readonly port: number;
  /** Undefined: it is not known yet; queries are answered with SERVFAIL, so that clients ask another server. */
  readonly catalog: () => Catalog | undefined;
  readonly operations: SightOperations;
  /** While authentication is on, clients see what this user may read; undefined: what the role `anonymous` may read. */
  readonly user: string | undefined;
  readonly recursors: readonly Recursor[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Answers DNS queries from a catalog, on one port for UDP and TCP. Rejects if it cannot listen there. */
export function openDns(options: DnsOptions): Promise<MessagePort> {
  const { host, port, clock, logger } = options;
  const recursors = new Recursors(options);
  return listenForMessages({
    host,
    port,
    whom: 'DNS',
    flag: '--dns-listen',
    clock,
    onError: (error) => logger.warn('the port for DNS', { error: error.message }),
    respond: createResponder({
      ...options,
      recursors,
      nowMs: () => clock.nowMs(),
      answers: answersFrom(options, recursors),
    }),
  });
}

function answersFrom(
  options: DnsOptions,
  { areThere }: Recursors,
): () => Answers | 'refused' | undefined {
  const sightOf = dnsSight(options.operations, options.user);
  let known: CatalogView | undefined;
  let answers: Answers | undefined;
  return () => {
    // Asked each time, as it looks after the members, too.
    const whole = options.catalog();
    if (whole === undefined) return undefined;
    const catalog = sightOf(whole);
    if (catalog === 'refused') return 'refused';
    if (known !== catalog) {
      known = catalog;
      const resolver = new Resolver({ ...options, catalog, hasRecursors: areThere });
      answers = {
        changes: () => catalog.changes + options.queries.changes,
        answer: (question) => resolver.answer(question),
      };
    }
    return answers;
  };
}
