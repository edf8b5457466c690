import type { Cancel } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Steps } from '../base/steps.ts';
import { followRanges } from '../operations/index.ts';
import type { Core, KeyValue } from '../operations/index.ts';
import { Catalog } from './catalog.ts';
import type { BadRegistration } from './catalog.ts';
import { servicesRange } from './keys.ts';

/** A catalog that follows this member's state. */
export interface FollowedCatalog {
  /** Undefined until the state was read once: an answer before would say that there are no services. */
  readonly catalog: Catalog | undefined;
  stop(): void;
}

/** Log lines about registrations that cannot be read; the metric counts all. */
const badLinesMax = 100;

/** Keeps a catalog of this member's state, and tells operators of registrations that cannot be read. */
export function followCatalog(core: Core, logger: Logger, metrics: Metrics): FollowedCatalog {
  const followed = new Following(core, logger);
  metrics.gauge(
    'rollcall_catalog_services',
    'Services with at least one instance, as this member sees them.',
    () => followed.serviceCount,
  );
  metrics.gauge(
    'rollcall_catalog_bad_registrations',
    'Keys below /services/ that cannot be read, and are in no answer.',
    () => followed.catalog?.badCount ?? 0,
  );
  return followed;
}

class Following implements FollowedCatalog {
  readonly #logger: Logger;
  readonly #catalog: Catalog;
  readonly #cancel: Cancel;
  #isLoaded = false;
  #badLines = 0;

  constructor(core: Core, logger: Logger) {
    this.#logger = logger;
    this.#catalog = new Catalog((bad) => this.#warn(bad));
    this.#cancel = followRanges(core, [servicesRange], {
      load: (kvs, revision) => this.#load(kvs, revision),
      apply: (events, revision) => this.#catalog.apply(events, revision),
    });
  }

  get catalog(): Catalog | undefined {
    return this.#isLoaded ? this.#catalog : undefined;
  }

  get serviceCount(): number {
    let count = 0;
    for (const _ of this.#catalog.services()) count++;
    return count;
  }

  *#load(kvs: readonly KeyValue[], revision: number): Steps<void> {
    yield* this.#catalog.load(kvs, revision);
    this.#isLoaded = true;
  }

  stop(): void {
    this.#cancel();
  }

  #warn({ key, revision, problem }: BadRegistration): void {
    if (this.#badLines > badLinesMax) return;
    this.#badLines++;
    this.#logger.warn('a registration cannot be read and is left out', {
      key: Buffer.from(key, 'latin1').toString('utf8'),
      revision,
      problem,
      ...(this.#badLines > badLinesMax ? { note: 'further ones are not logged' } : {}),
    });
  }
}
