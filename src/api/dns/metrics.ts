import type { Counter, Metrics } from '../../base/metrics.ts';
import type { MessageTransport } from '../port/index.ts';
import { responseCodes } from './response.ts';

/** Names of response codes, as dig prints them. */
const codeNames: ReadonlyMap<number, string> = new Map([
  [responseCodes.noError, 'NOERROR'],
  [responseCodes.formatError, 'FORMERR'],
  [responseCodes.serverFailure, 'SERVFAIL'],
  [responseCodes.nameError, 'NXDOMAIN'],
  [responseCodes.notImplemented, 'NOTIMP'],
  [responseCodes.refused, 'REFUSED'],
]);

/** Counts queries and their responses. */
export class DnsMetrics {
  readonly queries: Readonly<Record<MessageTransport, Counter>>;
  readonly limited: Counter;
  readonly #truncated: Counter;
  readonly #byCode: readonly Counter[];

  constructor(metrics: Metrics, cacheBytes: () => number) {
    metrics.gauge(
      'rollcall_dns_cache_bytes',
      'Estimated memory of the DNS answers that are kept.',
      cacheBytes,
    );
    const help = 'DNS queries that were read.';
    this.queries = {
      udp: metrics.counter('rollcall_dns_queries_total', help, { transport: 'udp' }),
      tcp: metrics.counter('rollcall_dns_queries_total', help, { transport: 'tcp' }),
    };
    this.limited = metrics.counter(
      'rollcall_dns_limited_total',
      'DNS responses over UDP that were cut to the question, since their network was sent too much.',
    );
    this.#truncated = metrics.counter(
      'rollcall_dns_truncated_total',
      'DNS responses that say that they are cut (TC).',
    );
    this.#byCode = Array.from({ length: 16 }, (_, code) =>
      metrics.counter('rollcall_dns_responses_total', 'DNS responses by their code.', {
        code: codeNames.get(code) ?? 'other',
      }),
    );
  }

  /** Takes a response that is sent. */
  count(response: Buffer): void {
    this.#byCode[(response[3] ?? 0) & 0xf]?.add();
    if (((response[2] ?? 0) & 0x2) !== 0) this.#truncated.add();
  }
}
