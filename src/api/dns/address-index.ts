import { reachOf, reachOfNode, virtualAddressesOf } from '../../registry/index.ts';
import type { CatalogView, Node, Service } from '../../registry/index.ts';
import { PerChange } from './per-change.ts';
import { hexOfAddress } from './response.ts';

/** Nodes and services by the addresses that they, or their instances, have. Addresses are hexadecimal digits. */
export class AddressIndex {
  readonly #catalog: CatalogView;
  readonly #index: PerChange<ReadonlyMap<string, ReadonlySet<Node | Service>>>;
  /** The addresses of each one that is in the index. One that changes is another object. */
  #indexed = new Map<Node | Service, readonly string[]>();
  readonly #byAddress = new Map<string, Set<Node | Service>>();

  constructor(catalog: CatalogView) {
    this.#catalog = catalog;
    this.#index = new PerChange(catalog, () => this.#refresh());
  }

  /** None: undefined. */
  at(address: string): ReadonlySet<Node | Service> | undefined {
    return this.#index.value.get(address);
  }

  /** Looks at all, and reads those that have changed. */
  #refresh(): ReadonlyMap<string, ReadonlySet<Node | Service>> {
    const indexed = new Map<Node | Service, readonly string[]>();
    for (const one of this.#all()) {
      indexed.set(one, this.#indexed.get(one) ?? this.#add(one));
      this.#indexed.delete(one);
    }
    for (const [gone, addresses] of this.#indexed) this.#remove(gone, addresses);
    this.#indexed = indexed;
    return this.#byAddress;
  }

  *#all(): IterableIterator<Node | Service> {
    yield* this.#catalog.nodes();
    yield* this.#catalog.services();
  }

  #add(one: Node | Service): readonly string[] {
    const addresses = [...new Set(addressesOf(one).map(hexOfAddress))];
    for (const address of addresses) {
      const others = this.#byAddress.get(address);
      if (others === undefined) this.#byAddress.set(address, new Set([one]));
      else others.add(one);
    }
    return addresses;
  }

  #remove(one: Node | Service, addresses: readonly string[]): void {
    for (const address of addresses) {
      const others = this.#byAddress.get(address);
      others?.delete(one);
      if (others?.size === 0) this.#byAddress.delete(address);
    }
  }
}

export function isService(one: Node | Service): one is Service {
  return 'instances' in one;
}

/** An instance that has the address of its node adds none. */
function addressesOf(one: Node | Service): readonly string[] {
  if (!isService(one)) return reachOfNode(one).addresses;
  const own = one.instances.map(reachOf).filter(({ isAtNode }) => !isAtNode);
  return [...own.flatMap(({ addresses }) => addresses), ...virtualAddressesOf(one.instances)];
}
