import type { Cancel } from '../base/clock.ts';
import type { Key } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type { KeyEvent, KeyValue } from '../operations/index.ts';
import { folded, serviceIdOf, instanceIdOf, placeOf } from './keys.ts';
import type { History } from './history.ts';
import type { InstanceName, ServiceName, Subject } from './keys.ts';
import type { Protection } from './protection.ts';
import { Tables } from './tables.ts';
import type { BadKey, Departure, MemberNode } from './tables.ts';
import { Waiters } from './topics.ts';
import type { Topic } from './topics.ts';
import type { Check, Instance, Node, Service } from './views.ts';

export interface CatalogOptions {
  /**
   * Deletions in directories that `load` does not name were at this revision or before. No revision of a part is below it.
   */
  readonly floor: () => number;
  readonly onBadKey: (bad: BadKey) => void;
  /** Of services whose registrations do not say it; see `Protection`. 0 if it is not given: none is protected. */
  readonly protectShare?: number;
  /** The protection of a service begins, ends, or becomes another. */
  readonly onProtection?: (service: Service, before: Protection | undefined) => void;
  /** Is told of each change to an instance or a node; not of what is read at once. */
  readonly journal?: History;
}

/** `all`: the catalog was read anew. */
export type SubjectListener = (changed: readonly Subject[] | 'all') => void;

/** The newest deletion in each directory. */
export type Deletions = Iterable<readonly [directory: Key, revision: number]>;

/** As many as deletions are known of by name; see `directoriesMax` in `state`. */
const namesKept = 200_000;

/** Reading one takes about 20 µs, several times as long as one unit. */
const keyWork = 4;

/**
 * The services, nodes and checks that the keys of `catalogRanges` describe, at one revision. It changes only by whole
 * revisions, in their order; equal revisions are equal catalogs on all members.
 */
export class Catalog {
  readonly #options: CatalogOptions;
  readonly #waiters = new Waiters();
  readonly #subjectListeners = new Set<SubjectListener>();
  #tables: Tables;
  /** Those that are protected. */
  #protected = new Map<string, Protection>();
  #members: readonly MemberNode[] = [];
  #revision = 0;
  #changes = 0;
  /** Names that are remembered when those without a registration are forgotten next. */
  #pruneAt = namesKept;

  constructor(options: CatalogOptions) {
    this.#options = options;
    this.#tables = new Tables(options.onBadKey, options.protectShare);
  }

  /** The last revision that is in it. */
  get revision(): number {
    return this.#revision;
  }

  /** How often it has changed since it was made, by revisions and by members. What was made of it since then still holds. */
  get changes(): number {
    return this.#changes;
  }

  /** How many keys cannot be read. */
  get badCount(): number {
    return this.#tables.bad.size;
  }

  /** Every revision of a part is at least this one: so far deletions are not known one by one. */
  get floor(): number {
    return this.#options.floor();
  }

  /** The newest revision of a registration of any service, deletions included. */
  get servicesRevision(): number {
    return Math.max(this.floor, this.#tables.newest.services);
  }

  /** The same of the checks of all instances and nodes. */
  get checksRevision(): number {
    return Math.max(this.floor, this.#tables.newest.checks);
  }

  /** The same of the registrations of nodes. */
  get nodesRevision(): number {
    return Math.max(this.floor, this.#tables.newest.nodes);
  }

  /** How many services are protected; see `Protection`. */
  get protectedCount(): number {
    return this.#protected.size;
  }

  /** How often a waiter was woken. */
  get wakeUps(): number {
    return this.#waiters.wakeUps;
  }

  /** Calls `wake` once after each batch of changes to one of the topics. */
  on(waited: readonly Topic[], wake: () => void): Cancel {
    return this.#waiters.on(waited, wake);
  }

  /** Calls `listener` after each batch of changes with the instances and nodes that they concern. */
  onSubjects(listener: SubjectListener): Cancel {
    this.#subjectListeners.add(listener);
    return () => this.#subjectListeners.delete(listener);
  }

  // Looking.

  /** Every service that has instances. */
  *services(): IterableIterator<Service> {
    for (const entry of this.#tables.services.values()) {
      if (entry.sorted.length > 0) yield entry.view;
    }
  }

  /** The number of services that have instances. */
  get serviceCount(): number {
    let count = 0;
    for (const { sorted } of this.#tables.services.values()) if (sorted.length > 0) count++;
    return count;
  }

  /** A service that has, or had, instances or checks. */
  service(name: ServiceName): Service | undefined {
    return this.#tables.services.get(serviceIdOf(name))?.view;
  }

  /** The instance of this ID in any service; the newest, if there are several. Letter case does not count. */
  instanceById(id: string): Instance | undefined {
    return newestOf(this.instancesById(id));
  }

  /** All instances of this ID, in whatever service and on whatever node. */
  instancesById(id: string): readonly Instance[] {
    return this.instancesCalled(id).filter((instance) => folded(instance.id) === folded(id));
  }

  /** The same, and those that the hosts which registered them call so. */
  instancesCalled(id: string): readonly Instance[] {
    return [...(this.#tables.instancesCalled.get(folded(id)) ?? [])].map((entry) => entry.view);
  }

  /** The check of this ID, of whatever instance or node; the newest, if there are several. */
  checkById(id: string): Check | undefined {
    return newestOf(this.checksById(id));
  }

  /** All checks of this ID. */
  checksById(id: string): readonly Check[] {
    const subjects = [...(this.#tables.checksById.get(folded(id)) ?? [])];
    return subjects.flatMap(({ view }) => view.filter((check) => folded(check.id) === folded(id)));
  }

  /** There is an instance at this key, or something that cannot be read. */
  isTaken(key: Key): boolean {
    const place = placeOf(key);
    if (place?.table !== 'services' || this.#tables.bad.has(key)) return true;
    return this.#tables.services.get(serviceIdOf(place.name))?.find(place.name, key) !== undefined;
  }

  /** The checks of an instance, whether or not it is there, or of a node; sorted by id. */
  checksOf(subject: Subject): readonly Check[] {
    if (subject.kind === 'node')
      return this.#tables.nodes.get(folded(subject.node))?.checks.view ?? [];
    return this.#tables.subjects.get(instanceIdOf(subject.name))?.view ?? [];
  }

  /** An instance of this name is registered; of a node always true. */
  isThere(subject: Subject): boolean {
    if (subject.kind === 'node') return true;
    return (this.#tables.subjects.get(instanceIdOf(subject.name))?.instances.size ?? 0) > 0;
  }

  /** The registrations that the checks of a subject are of; none of a node. */
  registrationsOf(subject: Subject): readonly Instance[] {
    if (subject.kind === 'node') return [];
    const entry = this.#tables.subjects.get(instanceIdOf(subject.name));
    return [...(entry?.instances ?? [])].map((instance) => instance.view);
  }

  /** All checks, those included whose instance is gone. */
  *checks(): IterableIterator<Check> {
    for (const { view } of this.#tables.subjects.values()) yield* view;
    for (const { checks } of this.#tables.nodes.values()) yield* checks.view;
  }

  /** A node that was registered, is a member, or has an instance on it. */
  node(name: string): Node | undefined {
    const entry = this.#tables.nodes.get(folded(name));
    return entry?.isThere === true ? entry.view : undefined;
  }

  /** All nodes that were registered or are members. */
  *nodes(): IterableIterator<Node> {
    for (const entry of this.#tables.nodes.values()) {
      if (entry.isThere && entry.view.origin !== 'named') yield entry.view;
    }
  }

  /** The instances on a node. */
  instancesOn(node: string): readonly Instance[] {
    const entry = this.#tables.nodes.get(folded(node));
    if (entry === undefined) return [];
    return [...entry.services.keys()].flatMap(({ sorted }) =>
      sorted.filter((instance) => instance.node === entry).map((instance) => instance.view),
    );
  }

  /** What is known of an instance that left through one of our own APIs within the last day. */
  departure(name: InstanceName): Departure | undefined {
    return this.#tables.departures.get(serviceIdOf(name))?.get(instanceIdOf(name));
  }

  /** All of a service. */
  departuresOf(name: ServiceName): readonly Departure[] {
    return [...(this.#tables.departures.get(serviceIdOf(name))?.values() ?? [])];
  }

  get departureCount(): number {
    return this.#tables.departureCount;
  }

  /** The reason why a key cannot be read; undefined: it can, or is not there. */
  problemOf(key: Key): string | undefined {
    return this.#tables.bad.get(key);
  }

  // Changing.

  /** The members of the cluster. They count in no revision. */
  setMembers(members: readonly MemberNode[]): void {
    this.#members = members;
    this.#tables.nameMembers(members);
    this.#changes++;
  }

  /** Replaces all by the keys of a revision, in steps. Until the last one the catalog is the former one. */
  *load(kvs: readonly KeyValue[], deletions: Deletions, revision: number): Steps<void> {
    const { onBadKey, protectShare } = this.#options;
    const tables = new Tables(onBadKey, protectShare);
    const changed = new Set<Topic>();
    for (const kv of kvs) {
      yield keyWork;
      tables.take({ kind: 'put', kv }, changed);
    }
    for (const [directory, deleted] of deletions) {
      yield 1;
      tables.touch(directory, deleted, changed);
    }
    tables.nameMembers(this.#members);
    tables.changedSubjects.clear();
    tables.journal = this.#options.journal;
    this.#options.journal?.begin();
    this.#tables = tables;
    this.#revision = revision;
    this.#changes++;
    for (const id of this.#protected.keys()) {
      const entry = tables.services.get(id);
      if (entry !== undefined) tables.toJudge.add(entry);
      else this.#protected.delete(id);
    }
    this.#judge();
    this.#waiters.wakeEverybody();
    for (const listener of this.#subjectListeners) listener('all');
  }

  /** Takes the changes of one revision, or of several that follow each other, up to `revision`. */
  apply(events: readonly KeyEvent[], revision: number): void {
    const changed = new Set<Topic>();
    for (const event of events) this.#tables.take(event, changed);
    this.#revision = Math.max(this.#revision, revision);
    this.#changes++;
    this.#judge();
    this.#prune();
    if (changed.size > 0) this.#waiters.wake(changed);
    const { changedSubjects } = this.#tables;
    if (changedSubjects.size === 0) return;
    const subjects = [...changedSubjects.values()];
    changedSubjects.clear();
    for (const listener of this.#subjectListeners) listener(subjects);
  }

  /** Notices which services are protected now. */
  #judge(): void {
    const { toJudge } = this.#tables;
    for (const { name, view } of toJudge) {
      const id = serviceIdOf(name);
      const before = this.#protected.get(id);
      const { protection } = view;
      if (protection === undefined) this.#protected.delete(id);
      else this.#protected.set(id, protection);
      if (before !== undefined || protection !== undefined) {
        this.#options.onProtection?.(view, before);
      }
    }
    toJudge.clear();
  }

  #prune(): void {
    const { services, nodes } = this.#tables;
    if (services.size + nodes.size < this.#pruneAt) return;
    this.#tables.prune(this.floor);
    this.#pruneAt = services.size + nodes.size + namesKept;
  }
}

/** The one that was written last. */
export function newestOf<T extends { readonly modRevision: number }>(
  all: readonly T[],
): T | undefined {
  let newest: T | undefined;
  for (const one of all)
    if (newest === undefined || one.modRevision > newest.modRevision) newest = one;
  return newest;
}
