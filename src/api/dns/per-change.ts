import type { CatalogView } from '../../registry/index.ts';

/** Something that is derived from a catalog, once for each change of it and only when it is asked for. */
export class PerChange<T> {
  readonly #catalog: CatalogView;
  readonly #derive: () => T;
  #kept: { readonly changes: number; readonly value: T } | undefined;

  constructor(catalog: CatalogView, derive: () => T) {
    this.#catalog = catalog;
    this.#derive = derive;
  }

  get value(): T {
    const { changes } = this.#catalog;
    if (this.#kept?.changes !== changes) this.#kept = { changes, value: this.#derive() };
    return this.#kept.value;
  }
}
