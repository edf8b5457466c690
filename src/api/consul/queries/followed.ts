import { millisecondsOf, parseDuration } from '../../../base/go-duration.ts';
import type { Key } from '../../../base/key.ts';
import type { Steps } from '../../../base/steps.ts';
import { followRanges } from '../../../operations/index.ts';
import type { Core, KeyEvent, KeyValue } from '../../../operations/index.ts';
import { defaultNamespace, queryKeys } from '../../../registry/index.ts';
import type { CatalogView, Instance } from '../../../registry/index.ts';
import { membersOf } from '../catalog/own-service.ts';
import { isOwnService } from '../catalog/query.ts';
import { filledIn, queried, queryNamed, queryOfKey } from './execution.ts';
import type { KeptQuery } from './execution.ts';
import { isTemplate } from './definition.ts';
import { ConsulRefusal } from '../frame/refusals.ts';

/** The instances that a prepared query finds now. */
export interface QueryResult {
  readonly service: string;
  /** Members, as instances of Consul's own service, have no port here. */
  readonly instances: readonly Instance[];
  /** Undefined: the query does not say it. */
  readonly ttlSeconds: number | undefined;
}

/** The prepared queries, as this member knows them, for APIs that cannot wait for a read. */
export interface FollowedQueries {
  /** How often they have changed. */
  readonly changes: number;
  /** By ID or name, without regard to the case of letters; undefined: there is no such query. */
  execute(wanted: string, catalog: CatalogView): QueryResult | undefined;
  stop(): void;
}

/** Reading one takes about as long as a registration. */
const queryWork = 4;

export function followQueries(core: Core): FollowedQueries {
  const queries = new Queries();
  const follow = followRanges(core, [queryKeys.range], queries);
  return {
    get changes() {
      return queries.changes;
    },
    execute: (wanted, catalog) => queries.execute(wanted, catalog),
    stop: () => follow.stop(),
  };
}

class Queries {
  #byKey = new Map<Key, KeptQuery>();
  changes = 0;

  *load(kvs: readonly KeyValue[]): Steps<void> {
    const byKey = new Map<Key, KeptQuery>();
    for (const kv of kvs) {
      yield queryWork;
      const query = queryOfKey(kv);
      if (query !== undefined) byKey.set(kv.key, query);
    }
    this.#byKey = byKey;
    this.changes++;
  }

  apply(events: readonly KeyEvent[]): void {
    for (const { kind, kv } of events) {
      const query = kind === 'put' ? queryOfKey(kv) : undefined;
      if (query === undefined) this.#byKey.delete(kv.key);
      else this.#byKey.set(kv.key, query);
    }
    this.changes++;
  }

  execute(wanted: string, catalog: CatalogView): QueryResult | undefined {
    const query = this.#find(wanted);
    if (query === undefined) return undefined;
    const { Service, DNS } = query;
    const name = { namespace: defaultNamespace, service: Service.Service };
    const known = catalog.service(name);
    const registered = known?.instances ?? [];
    const instances = isOwnService(name) ? [...membersOf(catalog), ...registered] : registered;
    const ttl = parseDuration(DNS.TTL);
    return {
      service: Service.Service,
      instances: queried({ instances, protection: known?.protection }, Service),
      ttlSeconds: ttl === undefined ? undefined : Math.floor(millisecondsOf(ttl) / 1000),
    };
  }

  #find(wanted: string): KeptQuery | undefined {
    try {
      const direct = this.#byKey.get(queryKeys.of(wanted));
      if (direct !== undefined) return isTemplate(direct) ? filledIn(direct, wanted) : direct;
      return queryNamed(this.#byKey.values(), wanted);
    } catch (error) {
      // A template that an etcd client wrote, and that cannot be filled in.
      if (error instanceof ConsulRefusal) return undefined;
      throw error;
    }
  }
}
