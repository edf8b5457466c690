import type { Key, KeyRange } from '../base/key.ts';
import type { Catalog } from './catalog.ts';
import type { Departure } from './tables.ts';
import { keyOfNode, rangesOfService } from './keys.ts';
import type { InstanceName, ServiceName, Subject } from './keys.ts';
import { newestOf } from './catalog.ts';
import type { Check, Instance, Node, Service } from './views.ts';

/** The source of answers: a catalog, or the part of it that a caller may read. */
export type CatalogView = Omit<
  Pick<Catalog, keyof Catalog>,
  'apply' | 'load' | 'onSubjects' | 'setMembers' | 'serviceCount'
>;

/** The keys that a caller may read. */
export interface Sight {
  mayRead(range: KeyRange): boolean;
  mayReadKey(key: Key): boolean;
}

/** One view for each caller's rights, for as long as these are the same. */
const views = new WeakMap<Sight, VisibleCatalog>();

/** The part of a catalog that these rights show. Undefined: all of it. */
export function visibleTo(catalog: Catalog, sight: Sight | undefined): CatalogView {
  if (sight === undefined) return catalog;
  let view = views.get(sight);
  if (view?.of !== catalog) views.set(sight, (view = new VisibleCatalog(catalog, sight)));
  return view;
}

/**
 * The services that a caller may read, and the nodes. A service is shown as a whole or not at all: its registrations, checks
 * and departures, if all their keys may be read. A node is shown if its key may be read, or if an instance on it is shown.
 */
export class VisibleCatalog implements CatalogView {
  readonly of: Catalog;
  readonly #sight: Sight;
  /** A change of a service makes another object of it. */
  readonly #known = new WeakMap<Service, boolean>();
  #hasHidden = false;

  constructor(catalog: Catalog, sight: Sight) {
    this.of = catalog;
    this.#sight = sight;
  }

  /** Whether something was left out of what was asked since the last call of this. */
  tellHidden(): boolean {
    const hasHidden = this.#hasHidden;
    this.#hasHidden = false;
    return hasHidden;
  }

  get revision(): number {
    return this.of.revision;
  }

  get changes(): number {
    return this.of.changes;
  }

  get badCount(): number {
    return this.of.badCount;
  }

  get floor(): number {
    return this.of.floor;
  }

  get servicesRevision(): number {
    return this.of.servicesRevision;
  }

  get checksRevision(): number {
    return this.of.checksRevision;
  }

  get nodesRevision(): number {
    return this.of.nodesRevision;
  }

  get protectedCount(): number {
    return this.of.protectedCount;
  }

  get wakeUps(): number {
    return this.of.wakeUps;
  }

  get departureCount(): number {
    return this.of.departureCount;
  }

  on(...args: Parameters<Catalog['on']>): ReturnType<Catalog['on']> {
    return this.of.on(...args);
  }

  *services(): IterableIterator<Service> {
    for (const service of this.of.services()) if (this.#shows(service)) yield service;
  }

  service(name: ServiceName): Service | undefined {
    const service = this.of.service(name);
    return service !== undefined && this.#shows(service) ? service : undefined;
  }

  instanceById(id: string): Instance | undefined {
    return newestOf(this.instancesById(id));
  }

  instancesById(id: string): readonly Instance[] {
    return this.of.instancesById(id).filter((instance) => this.showsService(instance));
  }

  instancesCalled(id: string): readonly Instance[] {
    return this.of.instancesCalled(id).filter((instance) => this.showsService(instance));
  }

  checkById(id: string): Check | undefined {
    return newestOf(this.checksById(id));
  }

  checksById(id: string): readonly Check[] {
    return this.of.checksById(id).filter(({ subject }) => this.#showsSubject(subject));
  }

  /** Whether a name is taken is told to every caller: it could not be registered otherwise. */
  isTaken(key: Key): boolean {
    return this.of.isTaken(key);
  }

  checksOf(subject: Subject): readonly Check[] {
    return this.#showsSubject(subject) ? this.of.checksOf(subject) : [];
  }

  isThere(subject: Subject): boolean {
    return this.#showsSubject(subject) && this.of.isThere(subject);
  }

  registrationsOf(subject: Subject): readonly Instance[] {
    return this.#showsSubject(subject) ? this.of.registrationsOf(subject) : [];
  }

  *checks(): IterableIterator<Check> {
    for (const check of this.of.checks()) if (this.#showsSubject(check.subject)) yield check;
  }

  node(name: string): Node | undefined {
    return this.#showsNode(name) ? this.of.node(name) : undefined;
  }

  *nodes(): IterableIterator<Node> {
    for (const node of this.of.nodes()) if (this.#showsNode(node.name)) yield node;
  }

  instancesOn(node: string): readonly Instance[] {
    return this.of.instancesOn(node).filter((instance) => this.showsService(instance));
  }

  departure(name: InstanceName): Departure | undefined {
    return this.showsService(name) ? this.of.departure(name) : undefined;
  }

  departuresOf(name: ServiceName): readonly Departure[] {
    return this.showsService(name) ? this.of.departuresOf(name) : [];
  }

  problemOf(key: Key): string | undefined {
    return this.#sight.mayReadKey(key) ? this.of.problemOf(key) : undefined;
  }

  #shows(service: Service): boolean {
    let isShown = this.#known.get(service);
    if (isShown === undefined) {
      // Spellings of one name that differ in letter case are one service, under several keys.
      isShown =
        this.#mayRead(service) && service.instances.every(({ key }) => this.#sight.mayReadKey(key));
      this.#known.set(service, isShown);
    }
    if (!isShown) this.#hasHidden = true;
    return isShown;
  }

  /** Whether all keys of a service may be read, if it is there or not. */
  showsService(name: ServiceName): boolean {
    const service = this.of.service(name);
    return service === undefined ? this.#mayRead(name) : this.#shows(service);
  }

  #mayRead(name: ServiceName): boolean {
    return rangesOfService(name).every((range) => this.#sight.mayRead(range));
  }

  #showsSubject(subject: Subject): boolean {
    return subject.kind === 'node'
      ? this.#showsNode(subject.node)
      : this.showsService(subject.name);
  }

  #showsNode(name: string): boolean {
    const isShown = this.#sight.mayReadKey(keyOfNode(name)) || this.instancesOn(name).length > 0;
    if (!isShown) this.#hasHidden = true;
    return isShown;
  }
}
