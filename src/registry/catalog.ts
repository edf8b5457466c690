import type { Key } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type { KeyEvent, KeyValue } from '../operations/index.ts';
import { registrationOf } from './instance.ts';
import type { Instance } from './instance.ts';
import { instanceNameOf, keyOfInstance, serviceIdOf } from './keys.ts';
import type { ServiceName } from './keys.ts';

/** A service that has, or had, instances. A change makes a new object, so it can be the key of a cache. */
export interface Service extends ServiceName {
  /** The newest revision in which one of its keys changed, deletions included. */
  readonly revision: number;
  /** Sorted by name. */
  readonly instances: readonly Instance[];
}

/** A registration that could not be read, and is in no answer. */
export interface BadRegistration {
  readonly key: Key;
  readonly revision: number;
  /** For the log: what is wrong with it. */
  readonly problem: string;
}

/** Reading one takes about 20 µs, several times as long as one unit. */
const registrationWork = 4;

/** The changes of one service in a batch of events. */
interface Change {
  readonly name: ServiceName;
  revision: number;
  /** By key; undefined: there is none any more. */
  readonly instances: Map<Key, Instance | undefined>;
}

/**
 * The services that the keys below `/services/` describe, at one revision. It changes only by whole revisions, in their
 * order; equal revisions are equal catalogs on all members.
 */
export class Catalog {
  readonly #onBadRegistration: (bad: BadRegistration) => void;
  #services = new Map<string, Service>();
  /** Keys that are left out, so that their deletion or repair is noticed. */
  #bad = new Set<Key>();
  #revision = 0;

  constructor(onBadRegistration: (bad: BadRegistration) => void = () => {}) {
    this.#onBadRegistration = onBadRegistration;
  }

  /** The last revision that is in it. */
  get revision(): number {
    return this.#revision;
  }

  /** How many keys below `/services/` cannot be read. */
  get badCount(): number {
    return this.#bad.size;
  }

  /** Every service that has instances. */
  *services(): IterableIterator<Service> {
    for (const service of this.#services.values()) {
      if (service.instances.length > 0) yield service;
    }
  }

  /** A service that has, or since the last `load` had, instances. */
  service(name: ServiceName): Service | undefined {
    return this.#services.get(serviceIdOf(name));
  }

  /** Replaces all by the registrations of a revision, in steps. Until the last one the catalog is the former one. */
  *load(kvs: readonly KeyValue[], revision: number): Steps<void> {
    const bad = new Set<Key>();
    const loaded = new Map<
      string,
      { name: ServiceName; revision: number; instances: Instance[] }
    >();
    for (const kv of kvs) {
      yield registrationWork;
      const instance = this.#instanceOf(kv, bad);
      if (instance === undefined) continue;
      const id = serviceIdOf(instance);
      let entry = loaded.get(id);
      if (entry === undefined)
        loaded.set(id, (entry = { name: instance, revision: 0, instances: [] }));
      entry.instances.push(instance);
      entry.revision = Math.max(entry.revision, instance.modRevision);
    }
    const services = new Map<string, Service>();
    for (const [id, entry] of loaded) {
      yield entry.instances.length;
      const { namespace, service } = entry.name;
      const instances = entry.instances.toSorted(byName);
      services.set(id, { namespace, service, revision: entry.revision, instances });
    }
    // These lost their last instance meanwhile, at some revision up to this one.
    for (const [id, { namespace, service }] of this.#services) {
      if (!services.has(id)) services.set(id, { namespace, service, revision, instances: [] });
    }
    this.#services = services;
    this.#bad = bad;
    this.#revision = revision;
  }

  /** Takes the changes of one revision, or of several that follow each other, up to `revision`. */
  apply(events: readonly KeyEvent[], revision: number): void {
    const changes = new Map<string, Change>();
    for (const { kind, kv } of events) {
      this.#bad.delete(kv.key);
      const instance = kind === 'put' ? this.#instanceOf(kv, this.#bad) : undefined;
      const name = instanceNameOf(kv.key);
      if (name === undefined) continue;
      const id = serviceIdOf(name);
      let change = changes.get(id);
      if (change === undefined)
        changes.set(id, (change = { name, revision: 0, instances: new Map() }));
      change.revision = kv.modRevision;
      change.instances.set(kv.key, instance);
    }
    for (const [id, change] of changes) this.#change(id, change);
    this.#revision = Math.max(this.#revision, revision);
  }

  /** Copies the instances once, however many of them changed. */
  #change(id: string, { name, revision, instances }: Change): void {
    const known = this.#services.get(id)?.instances ?? [];
    const others = known.filter((instance) => !instances.has(keyOfInstance(instance)));
    const changed = [...instances.values()].filter((instance) => instance !== undefined);
    // A registration that could not be read, and is gone, made no service.
    if (known.length === 0 && changed.length === 0 && !this.#services.has(id)) return;
    const { namespace, service } = name;
    const sorted = [...others, ...changed].toSorted(byName);
    this.#services.set(id, { namespace, service, revision, instances: sorted });
  }

  #instanceOf(kv: KeyValue, bad: Set<Key>): Instance | undefined {
    const name = instanceNameOf(kv.key);
    if (name === undefined) return this.#leaveOut(kv, wrongKey, bad);
    const registration = registrationOf(kv.value);
    if (typeof registration === 'string') return this.#leaveOut(kv, registration, bad);
    const { createRevision, modRevision } = kv;
    return { ...name, ...registration, createRevision, modRevision };
  }

  #leaveOut({ key, modRevision }: KeyValue, problem: string, bad: Set<Key>): undefined {
    bad.add(key);
    this.#onBadRegistration({ key, revision: modRevision, problem });
  }
}

const wrongKey =
  'its key is neither /services/<service>/<instance> nor /services/<namespace>/<service>/<instance>';

function byName(a: Instance, b: Instance): number {
  if (a.instance !== b.instance) return a.instance < b.instance ? -1 : 1;
  // The same name below two spellings of the service's.
  return a.service < b.service ? -1 : 1;
}
