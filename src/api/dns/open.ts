import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Catalog } from '../../registry/index.ts';
import { listenForMessages } from '../port/index.ts';
import type { MessagePort } from '../port/index.ts';
import { Resolver } from './resolver.ts';
import { createResponder } from './responder.ts';
import type { ResponderOptions } from './responder.ts';

export interface DnsOptions extends Omit<ResponderOptions, 'answer'> {
  readonly host: string;
  /** 0: any free one, the same for UDP and TCP. */
  readonly port: number;
  /** Undefined: it is not known yet; queries are answered with SERVFAIL, so that clients ask another server. */
  readonly catalog: () => Catalog | undefined;
  readonly domain: string;
  readonly clusterDomain: string;
  readonly datacenter: string;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallTimeMs: () => number;
  readonly logger: Logger;
}

/** Answers DNS queries from a catalog, on one port for UDP and TCP. Rejects if it cannot listen there. */
export function openDns(options: DnsOptions): Promise<MessagePort> {
  const { host, port, catalog, clock, logger, wallTimeMs } = options;
  const nowSeconds = (): number => Math.floor(wallTimeMs() / 1000);
  let resolver: Resolver | undefined;
  return listenForMessages({
    host,
    port,
    whom: 'DNS',
    flag: '--dns-listen',
    clock,
    onError: (error) => logger.warn('the port for DNS', { error: error.message }),
    respond: createResponder({
      ...options,
      answer: (question) => {
        const known = catalog();
        if (known === undefined) return undefined;
        resolver ??= new Resolver({ ...options, catalog: known, nowSeconds });
        return resolver.answer(question);
      },
    }),
  });
}
