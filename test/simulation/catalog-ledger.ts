import type { Catalog, Instance, Service } from '../../src/registry/index.ts';
import { Violation } from './trace.ts';

/** Compares the catalogs of all members: at one revision they say the same, however each came there. */
export class CatalogLedger {
  /** What the first catalog of a revision said. */
  readonly #known = new Map<number, string>();
  readonly #floorAt: (revision: number) => number | undefined;

  /** `floorAt`: the floor of deletions at a revision; undefined: not all members know deletions yet. */
  constructor(floorAt: (revision: number) => number | undefined) {
    this.#floorAt = floorAt;
  }

  /** True if there was another one of the same revision. */
  look(catalog: Catalog): boolean {
    const { revision } = catalog;
    const floor = this.#floorAt(revision);
    if (floor === undefined) return false;
    const found = textOf(catalog, floor);
    const known = this.#known.get(revision);
    if (known === undefined) {
      this.#known.set(revision, found);
      return false;
    }
    if (known === found) return true;
    throw new Violation(`a catalog at revision ${revision} is ${found}; another one was ${known}`);
  }
}

const services = Array.from({ length: 6 }, (_, at) => `s${at + 1}`);

function textOf(catalog: Catalog, floor: number): string {
  const ofServices = services.map((service) =>
    serviceText(catalog.service({ namespace: 'default', service }), floor),
  );
  const ofIds = ids.map((id) => `${id}: ${keysOf(catalog.instancesCalled(id))}`);
  const ofNodes = nodes.map((node) => `${node}: ${keysOf(catalog.instancesOn(node))}`);
  const ofDeparted = services.map((service) => departuresText(catalog, service));
  return [...ofServices, ...ofIds, ...ofNodes, ...ofDeparted].join(' | ');
}

const ids = ['i1', 'i2', 'i3'];
const nodes = ['n1', 'n2'];

function keysOf(instances: readonly Instance[]): string {
  return instances
    .map(({ key }) => key)
    .toSorted()
    .join();
}

function serviceText(service: Service | undefined, floor: number): string {
  const { registrationRevision = 0, revision = 0, instances = [] } = service ?? {};
  const parts = instances.map(
    ({ instance, address, status, modRevision, checks }) =>
      `${instance} ${address} ${status} ${modRevision} ${checks.map(({ modRevision: of }) => of).join()}`,
  );
  const indexes = [registrationRevision, revision].map((index) => Math.max(index, floor));
  return `${indexes.join()}: ${parts.join('; ')}`;
}

function departuresText(catalog: Catalog, service: string): string {
  const left = catalog.departuresOf({ namespace: 'default', service });
  return left
    .map(({ name, revision }) => `${name.instance} left ${revision}`)
    .toSorted()
    .join();
}
