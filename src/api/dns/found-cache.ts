import type { Service } from '../../registry/index.ts';
import type { Found } from './resolver.ts';

/**
 * What names of a service stand for. A service that changes is another object, so nothing in here is ever old; it goes
 * with its service. Only names that exist are kept, of a few types each, so strangers cannot fill it.
 */
export class FoundCache {
  readonly #byService = new WeakMap<Service, Map<string, Found>>();

  /** What `make` gives, made once for the same service and key. */
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
