import type { Service } from '../../registry/index.ts';
import type { Found } from './zone.ts';

/**
 * The records of names of a service. A service that changes is another object, so no entry is ever stale, and entries go
 * with their service. Only names that exist are kept, of a few types each, so strangers cannot fill the cache.
 */
export class FoundCache {
  readonly #byService = new WeakMap<Service, Map<string, Found>>();

  /** Calls `make` once for each service and key. */
  get(service: Service, key: string, make: () => Found | undefined): Found | undefined {
    let known = this.#byService.get(service);
    const found = known?.get(key);
    if (found !== undefined) return found;
    const made = make();
    if (made === undefined) return undefined;
    if (known === undefined) this.#byService.set(service, (known = new Map()));
    known.set(key, made);
    return made;
  }
}
