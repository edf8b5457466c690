import type { X509Certificate } from 'node:crypto';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { TlsFiles } from './files.ts';
import { flagOf } from './side.ts';
import type { TlsSide } from './side.ts';

const dayMs = 86_400_000;
/** From then on it is in the log, once a day; or from the last quarter of a life that is short. */
const warningDays = 30;
const warningShare = 0.25;

/** Days until the certificates of one side expire: metrics, and warnings in the log. */
export class Expiry {
  readonly #side: TlsSide;
  readonly #logger: Logger;
  readonly #wallTimeMs: () => number;
  #files: TlsFiles;
  #warnedMs = -Infinity;

  constructor(
    side: TlsSide,
    files: TlsFiles,
    outside: {
      readonly logger: Logger;
      readonly metrics: Metrics;
      readonly wallTimeMs: () => number;
    },
  ) {
    this.#side = side;
    this.#files = files;
    this.#logger = outside.logger;
    this.#wallTimeMs = outside.wallTimeMs;
    for (const flag of this.#certificates().keys()) {
      outside.metrics.gauge(
        'rollcall_tls_certificate_expiry_days',
        'Days until the certificate of this flag expires; of several, the first to expire. Negative: it has expired.',
        () => this.#daysLeft(flag),
        { flag },
      );
    }
  }

  /** Other files are in use now. */
  use(files: TlsFiles): void {
    this.#files = files;
    this.#warnedMs = -Infinity;
  }

  /** Warns of certificates that expire soon, that have expired, or that are not valid yet. */
  look(): void {
    const nowMs = this.#wallTimeMs();
    if (nowMs - this.#warnedMs < dayMs) return;
    this.#warnedMs = nowMs;
    for (const [flag, certificates] of this.#certificates()) {
      for (const { subject, validFrom, validTo } of certificates) {
        const days = daysUntil(validTo, nowMs);
        const lifeDays = days - daysUntil(validFrom, nowMs);
        const fields = {
          flag,
          subject: subject.replaceAll('\n', ', '),
          'not-before': validFrom,
          'not-after': validTo,
        };
        if (days < 0) {
          this.#logger.error(
            'a certificate has expired; replace its file, without a restart',
            fields,
          );
        } else if (daysUntil(validFrom, nowMs) > 0) {
          this.#logger.error(
            'a certificate is not valid yet; look at the clock of this machine',
            fields,
          );
        } else if (days < Math.min(warningDays, warningShare * lifeDays)) {
          this.#logger.warn('a certificate expires soon; replace its file, without a restart', {
            ...fields,
            days: Math.floor(days),
          });
        }
      }
    }
  }

  #daysLeft(flag: string): number {
    const nowMs = this.#wallTimeMs();
    const certificates = this.#certificates().get(flag) ?? [];
    return Math.min(...certificates.map(({ validTo }) => daysUntil(validTo, nowMs)));
  }

  /** By the flags that name their files. */
  #certificates(): ReadonlyMap<string, readonly X509Certificate[]> {
    const { server, client, authorities } = this.#files;
    const found = new Map([[flagOf(this.#side, 'cert-file'), [server.leaf]]]);
    if (client !== server) found.set(flagOf(this.#side, 'client-cert-file'), [client.leaf]);
    if (authorities.length > 0) {
      found.set(flagOf(this.#side, 'trusted-ca-file'), [...authorities]);
    }
    return found;
  }
}

function daysUntil(date: string, nowMs: number): number {
  return (new Date(date).getTime() - nowMs) / dayMs;
}
