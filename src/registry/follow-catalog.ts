import type { Cancel } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Counter, Metrics } from '../base/metrics.ts';
import type { Steps } from '../base/steps.ts';
import { followRanges } from '../operations/index.ts';
import type { Core, DirectoryDeletion, Follow, KeyValue, Member } from '../operations/index.ts';
import { Catalog } from './catalog.ts';
import type { SubjectListener } from './catalog.ts';
import type { History } from './history.ts';
import { catalogRanges } from './keys.ts';
import { hasFailed } from './protection.ts';
import type { Protection } from './protection.ts';
import type { BadKey, MemberNode } from './tables.ts';
import type { Service } from './views.ts';

/** A catalog that follows this member's state. */
export interface FollowedCatalog {
  /** Undefined until the state was read once: an answer before would say that there are no services. */
  readonly catalog: Catalog | undefined;
  /** Resolves when the catalog has everything up to a revision that this member has applied; see `Follow`. */
  whenAt(revision: number): Promise<void> | undefined;
  /** See `Catalog.onSubjects`. It may be called before there is a catalog. */
  onSubjects(listener: SubjectListener): Cancel;
  stop(): void;
}

/** Names of instances in a log line. */
const loggedNamesMax = 20;
const noProtection: Protection = { failed: 0, of: 0, share: 0 };
/** Log lines about registrations that cannot be read; the metric counts all. */
const badLinesMax = 100;

export interface FollowOptions {
  /** The node of this member, if more is known of it than its name and URLs. */
  readonly own?: MemberNode | undefined;
  /** See `CatalogOptions.protectShare`. */
  readonly protectShare?: number;
  /** Is told of each change. */
  readonly history?: History;
}

/**
 * Keeps a catalog of this member's state, and tells operators of registrations that cannot be read, and of services that fail
 * as a whole.
 */
export function followCatalog(
  core: Core,
  logger: Logger,
  metrics: Metrics,
  options: FollowOptions = {},
): FollowedCatalog {
  const followed = new Following(core, logger, metrics, options);
  metrics.gauge(
    'rollcall_catalog_services',
    'Services with at least one instance, as this member sees them.',
    () => followed.serviceCount,
  );
  metrics.gauge(
    'rollcall_catalog_bad_registrations',
    'Keys of services, checks and nodes that cannot be read, and are in no answer.',
    () => followed.catalog?.badCount ?? 0,
  );
  metrics.gauge(
    'rollcall_catalog_protected_services',
    'Services of which so many instances fail at once that answers keep them.',
    () => followed.catalog?.protectedCount ?? 0,
  );
  return followed;
}

class Following implements FollowedCatalog {
  readonly #core: Core;
  readonly #own: MemberNode | undefined;
  readonly #logger: Logger;
  readonly #protections: Counter;
  readonly #catalog: Catalog;
  readonly #follow: Follow;
  /** Those that the catalog knows. */
  #members: readonly Member[] = [];
  #isLoaded = false;
  #badLines = 0;

  constructor(core: Core, logger: Logger, metrics: Metrics, options: FollowOptions) {
    const { own, protectShare = 0, history } = options;
    this.#own = own;
    this.#core = core;
    this.#logger = logger;
    const help = 'How often this member has begun to keep the failing instances of a service.';
    this.#protections = metrics.counter('rollcall_catalog_protections_total', help);
    this.#catalog = new Catalog({
      floor: () => core.state.deletions.floor,
      onBadKey: (bad) => this.#warn(bad),
      protectShare,
      ...(history && { journal: history }),
      onProtection: (service, before) => this.#reportProtection(service, before),
    });
    this.#follow = followRanges(core, catalogRanges, {
      load: (kvs, deletions, revision) => this.#load(kvs, deletions, revision),
      apply: (events, revision) => this.#catalog.apply(events, revision),
    });
  }

  get catalog(): Catalog | undefined {
    if (!this.#isLoaded) return undefined;
    const { members } = this.#core.state;
    if (members !== this.#members) {
      this.#members = members;
      const nodes = nodesOf(members);
      this.#catalog.setMembers(
        nodes.map((node) => (node.name === this.#own?.name ? this.#own : node)),
      );
    }
    return this.#catalog;
  }

  get serviceCount(): number {
    return this.#catalog.serviceCount;
  }

  *#load(
    kvs: readonly KeyValue[],
    deletions: readonly DirectoryDeletion[],
    revision: number,
  ): Steps<void> {
    yield* this.#catalog.load(kvs, deletions, revision);
    this.#isLoaded = true;
  }

  whenAt(revision: number): Promise<void> | undefined {
    return this.#follow.whenAt(revision);
  }

  onSubjects(listener: SubjectListener): Cancel {
    return this.#catalog.onSubjects(listener);
  }

  stop(): void {
    this.#follow.stop();
  }

  #reportProtection(service: Service, before: Protection | undefined): void {
    const { protection } = service;
    const isOn = protection !== undefined;
    if (isOn === (before !== undefined)) return;
    if (isOn) this.#protections.add();
    const { failed, of, share } = protection ?? before ?? noProtection;
    const names = service.instances.filter(hasFailed).map(({ instance }) => instance);
    const fields = {
      namespace: service.namespace,
      service: service.service,
      revision: service.revision,
      failed: isOn ? failed : names.length,
      of,
      share,
      instances: names.slice(0, loggedNamesMax).join(' '),
    };
    if (isOn) this.#logger.warn('a service fails as a whole: answers keep its instances', fields);
    else this.#logger.info('a service no longer fails as a whole', fields);
  }

  #warn({ key, revision, problem }: BadKey): void {
    if (this.#badLines > badLinesMax) return;
    this.#badLines++;
    this.#logger.warn('a registration or check cannot be read and is left out', {
      key: Buffer.from(key, 'latin1').toString('utf8'),
      revision,
      problem,
      ...(this.#badLines > badLinesMax ? { note: 'further ones are not logged' } : {}),
    });
  }
}

/** Members as nodes, at the host of their first URL. One that has not said its name yet is none. */
function nodesOf(members: readonly Member[]): readonly MemberNode[] {
  return members
    .filter(({ name }) => name !== '')
    .map(({ name, clientUrls, peerUrls }) => ({
      name,
      address: hostOf(clientUrls[0] ?? peerUrls[0] ?? ''),
    }));
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
}
