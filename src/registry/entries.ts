import type { Key } from '../base/key.ts';
import { countedAs, worseOf, worstOf } from './check.ts';
import type { CheckRecord, CheckStatus, HealthStatus, NodeRecord } from './check.ts';
import { uuidOf } from './uuid.ts';
import type { Registration, TaggedAddress, Weights } from './instance.ts';
import { folded } from './keys.ts';
import type { InstanceName, ServiceName, Subject } from './keys.ts';
import { protectionOf } from './protection.ts';
import type { Protection } from './protection.ts';
import type { Check, Instance, Node, Service } from './views.ts';

/** Tables of the catalog, as they are kept. What callers see of them are views, which are made when they are asked for. */

/** The node of instances whose registration names none. */
export const namelessNode = 'rollcall';

/** A key's revisions. */
export interface Revisions {
  readonly createRevision: number;
  readonly modRevision: number;
}

interface KnownCheck extends Revisions {
  readonly key: Key;
  readonly record: CheckRecord;
}

/** An instance or a node with the checks that are of it. */
export class SubjectEntry {
  readonly subject: Subject;
  /** The registrations that it is the subject of: two, if two keys differ in the case of the service only. */
  readonly instances: Set<InstanceEntry> = new Set();
  readonly checks: Map<string, KnownCheck> = new Map();
  /** By check, the lease that each has. */
  readonly heartbeats: Map<string, bigint> = new Map();
  readonly outputs: Map<string, string> = new Map();
  #view: readonly Check[] | undefined;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  get isEmpty(): boolean {
    const { instances, checks, heartbeats, outputs } = this;
    return instances.size + checks.size + heartbeats.size + outputs.size === 0;
  }

  /** As it counts now: without a heartbeat a check with a TTL is critical. Undefined: there is no such check. */
  statusOf(id: string): CheckStatus | undefined {
    const record = this.checks.get(id)?.record;
    if (record === undefined) return undefined;
    return record.type === 'ttl' && !this.heartbeats.has(id) ? 'critical' : record.status;
  }

  /** The worst of its checks. Makes no views. */
  get health(): HealthStatus {
    let worst: HealthStatus = 'passing';
    for (const id of this.checks.keys()) {
      worst = worseOf(worst, countedAs(id, this.statusOf(id) ?? 'passing'));
    }
    return worst;
  }

  /** Sorted by id. */
  get view(): readonly Check[] {
    this.#view ??= [...this.checks]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, known]) => new CheckView(this, id, known));
    return this.#view;
  }

  changed(): void {
    this.#view = undefined;
  }
}

class CheckView implements Check {
  readonly #entry: SubjectEntry;
  readonly id: string;
  readonly key: Key;
  readonly name: string;
  readonly notes: string;
  readonly type: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly status: CheckStatus;
  readonly saidStatus: CheckStatus;
  readonly sinceMs: number;
  readonly before: CheckStatus | undefined;
  readonly isHeard: boolean;
  readonly heartbeatLease: bigint;
  readonly createRevision: number;
  readonly modRevision: number;

  constructor(entry: SubjectEntry, id: string, known: KnownCheck) {
    const { record } = known;
    this.#entry = entry;
    this.id = id;
    this.key = known.key;
    this.name = record.name;
    this.notes = record.notes;
    this.type = record.type;
    this.definition = record.definition;
    this.saidStatus = record.status;
    this.sinceMs = record.sinceMs;
    this.before = record.before;
    const lease = entry.heartbeats.get(id);
    this.isHeard = lease !== undefined;
    this.heartbeatLease = lease ?? 0n;
    this.status = entry.statusOf(id) ?? record.status;
    this.createRevision = known.createRevision;
    this.modRevision = known.modRevision;
  }

  get subject(): Subject {
    return this.#entry.subject;
  }

  get output(): string {
    const written = this.#entry.outputs.get(this.id) ?? '';
    if (this.type !== 'ttl' || this.isHeard) return written;
    // One that was never heard has not expired.
    if (written !== '') return `TTL expired (last output before timeout follows): ${written}`;
    return this.saidStatus === 'critical' ? '' : 'TTL expired';
  }
}

/** A member, which is a node, too. */
export interface MemberNode {
  readonly name: string;
  readonly address: string;
  /** A UUID; else one that follows from the name. */
  readonly id?: string | undefined;
  readonly meta?: Readonly<Record<string, string>>;
}

/** A node, whether or not it was registered. */
export class NodeEntry {
  /** Its name in lower case. */
  readonly id: string;
  readonly checks: SubjectEntry;
  registered: (Revisions & { readonly record: NodeRecord; readonly key: Key }) | undefined;
  /** The member of this name. */
  member: MemberNode | undefined;
  /** Newest revision of its registration, and of its checks; deletions included. */
  recordRevision = 0;
  checkRevision = 0;
  /** Services with instances on it, and how many. */
  readonly services: Map<ServiceEntry, number> = new Map();
  #view: Node | undefined;

  constructor(id: string) {
    this.id = id;
    this.checks = new SubjectEntry({ kind: 'node', node: id });
  }

  get view(): Node {
    this.#view ??= this.#make();
    return this.#view;
  }

  changed(): void {
    this.#view = undefined;
  }

  /** Something refers to it; otherwise only its revisions are remembered. */
  get isThere(): boolean {
    const { registered, member, services, checks } = this;
    return (
      registered !== undefined ||
      member !== undefined ||
      services.size > 0 ||
      checks.checks.size > 0
    );
  }

  #make(): Node {
    const { registered, member } = this;
    const record = registered?.record;
    const name = record?.name ?? '';
    const id = record?.id || member?.id || '';
    return {
      name: name === '' ? (member?.name ?? this.id) : name,
      id: id === '' ? nodeIdOf(this.id) : id,
      address: record?.address ?? member?.address ?? '',
      taggedAddresses: record?.taggedAddresses ?? {},
      meta: record?.meta ?? member?.meta ?? {},
      checks: this.checks.view,
      origin: registered !== undefined ? 'registered' : member !== undefined ? 'member' : 'named',
      isMember: member !== undefined,
      createRevision: registered?.createRevision ?? 0,
      modRevision: registered?.modRevision ?? 0,
      revision: Math.max(this.recordRevision, this.checkRevision),
    };
  }
}

/** The ID of a node that was given none; `name` is in lower case. */
export function nodeIdOf(name: string): string {
  return uuidOf(`rollcall node ${name}`);
}

/** A registration that can be read. */
export class InstanceEntry {
  readonly name: InstanceName;
  readonly key: Key;
  readonly service: ServiceEntry;
  readonly node: NodeEntry;
  readonly checks: SubjectEntry;
  /** For Consul's clients. */
  readonly id: string;
  readonly #registration: Registration;
  readonly #revisions: Revisions & { readonly lease: bigint };
  #view: Instance | undefined;

  constructor(parts: {
    readonly name: InstanceName;
    readonly key: Key;
    readonly service: ServiceEntry;
    readonly node: NodeEntry;
    readonly checks: SubjectEntry;
    readonly registration: Registration;
    readonly revisions: Revisions & { readonly lease: bigint };
  }) {
    this.name = parts.name;
    this.key = parts.key;
    this.service = parts.service;
    this.node = parts.node;
    this.checks = parts.checks;
    this.id = parts.registration.id === '' ? parts.name.instance : parts.registration.id;
    this.#registration = parts.registration;
    this.#revisions = parts.revisions;
  }

  get lease(): bigint {
    return this.#revisions.lease;
  }

  get view(): Instance {
    this.#view ??= this.#make();
    return this.#view;
  }

  get saysShare(): boolean {
    return this.#registration.protectShare !== undefined;
  }

  /** All that it is called by, in lower case: its ID, and the name of its service where its host gave no other ID. */
  get calledBy(): ReadonlySet<string> {
    const { service } = this.name;
    return new Set([folded(this.id), ...(this.#registration.from === '' ? [] : [folded(service)])]);
  }

  /** Of itself, its checks or its node. */
  changed(): void {
    this.#view = undefined;
    this.service.changed();
  }

  #make(): Instance {
    return new InstanceView(this, this.#registration, this.#revisions);
  }
}

/** Fields one by one: an object made of two others takes several times as long, and four times the memory. */
class InstanceView implements Instance {
  readonly namespace: string;
  readonly service: string;
  readonly instance: string;
  readonly address: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly weights: Weights;
  readonly ports: Readonly<Record<string, number>>;
  readonly taggedAddresses: Readonly<Record<string, TaggedAddress>>;
  readonly from: string;
  readonly enableTagOverride: boolean;
  readonly publishNotReady: boolean;
  readonly protectShare: number | undefined;
  readonly flapDamping: string;
  readonly consul: Readonly<Record<string, unknown>>;
  readonly key: Key;
  readonly id: string;
  readonly node: Node;
  readonly checks: readonly Check[];
  readonly status: HealthStatus;
  readonly registration: Registration;
  readonly lease: bigint;
  readonly createRevision: number;
  readonly modRevision: number;

  constructor(
    { name, key, id, checks, node }: InstanceEntry,
    registration: Registration,
    revisions: Revisions & { readonly lease: bigint },
  ) {
    this.namespace = name.namespace;
    this.service = name.service;
    this.instance = name.instance;
    this.address = registration.address;
    this.port = registration.port;
    this.tags = registration.tags;
    this.meta = registration.meta;
    this.weights = registration.weights;
    this.ports = registration.ports;
    this.taggedAddresses = registration.taggedAddresses;
    this.from = registration.from;
    this.enableTagOverride = registration.enableTagOverride;
    this.publishNotReady = registration.publishNotReady;
    this.protectShare = registration.protectShare;
    this.flapDamping = registration.flapDamping;
    this.consul = registration.consul;
    this.key = key;
    this.id = id;
    this.node = node.view;
    this.checks = checks.view;
    this.status = worstOf([...this.checks, ...this.node.checks]);
    this.registration = registration;
    this.lease = revisions.lease;
    this.createRevision = revisions.createRevision;
    this.modRevision = revisions.modRevision;
  }
}

/** Of all services of a catalog. */
export interface ServiceSettings {
  /** Of services whose registrations do not say it; see `Protection`. */
  readonly protectShare: number;
  /** Those that have changed, and that may be protected. */
  readonly toJudge: Set<ServiceEntry>;
}

/** A service with its registrations. */
export class ServiceEntry {
  readonly name: ServiceName;
  readonly #settings: ServiceSettings;
  /** Newest revision of its registrations, and of its instances' checks; deletions included. */
  registrationRevision = 0;
  checkRevision = 0;
  /** Newest revisions of the nodes that its instances are or were on: when one leaves, its own revision is newer. */
  nodeRecordRevision = 0;
  nodeCheckRevision = 0;
  /** Sorted by name, then key. */
  readonly sorted: InstanceEntry[] = [];
  outputChanges = 0;
  /** Registrations that say a share for protection. */
  #shares = 0;
  #view: Service | undefined;

  constructor({ namespace, service }: ServiceName, settings: ServiceSettings) {
    this.name = { namespace, service };
    this.#settings = settings;
  }

  changed(): void {
    this.#view = undefined;
    const { protectShare, toJudge } = this.#settings;
    if (protectShare > 0 || this.#shares > 0) toJudge.add(this);
  }

  get view(): Service {
    this.#view ??= new ServiceView(this);
    return this.#view;
  }

  protectionOf(instances: readonly Instance[]): Protection | undefined {
    const { protectShare } = this.#settings;
    if (protectShare === 0 && this.#shares === 0) return undefined;
    return protectionOf(instances, protectShare);
  }

  /** The position of a key, or the one at which it belongs. */
  #at({ name, key }: { readonly name: InstanceName; readonly key: Key }): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.sorted[middle];
      if (entry !== undefined && isBefore(entry, name.instance, key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  find(name: InstanceName, key: Key): InstanceEntry | undefined {
    const entry = this.sorted[this.#at({ name, key })];
    return entry?.key === key ? entry : undefined;
  }

  add(entry: InstanceEntry): void {
    this.sorted.splice(this.#at(entry), 0, entry);
    this.#enter(entry);
  }

  /** Puts an entry in the place of the one with the same key: in a long list, to move the others is slow. */
  replace(former: InstanceEntry, entry: InstanceEntry): void {
    this.sorted[this.#at(former)] = entry;
    this.#leave(former);
    this.#enter(entry);
  }

  remove(entry: InstanceEntry): void {
    this.sorted.splice(this.#at(entry), 1);
    this.#leave(entry);
  }

  /** The registration of a node that it is on, or one of its checks, may be newer than before. */
  noteNode({ recordRevision, checkRevision }: NodeEntry): void {
    this.nodeRecordRevision = Math.max(this.nodeRecordRevision, recordRevision);
    this.nodeCheckRevision = Math.max(this.nodeCheckRevision, checkRevision);
  }

  #enter(entry: InstanceEntry): void {
    entry.checks.instances.add(entry);
    if (entry.saysShare) this.#shares++;
    const { services } = entry.node;
    services.set(this, (services.get(this) ?? 0) + 1);
    this.noteNode(entry.node);
    this.changed();
  }

  #leave(entry: InstanceEntry): void {
    entry.checks.instances.delete(entry);
    const { services } = entry.node;
    const left = (services.get(this) ?? 0) - 1;
    if (left > 0) services.set(this, left);
    else services.delete(this);
    this.changed();
    // Behind that, so that the end of a protection is noticed.
    if (entry.saysShare) this.#shares--;
  }
}

class ServiceView implements Service {
  readonly #entry: ServiceEntry;
  readonly namespace: string;
  readonly service: string;
  readonly registrationRevision: number;
  readonly revision: number;
  #instances: readonly Instance[] | undefined;
  /** Null: it was not asked for yet. */
  #protection: Protection | undefined | null = null;

  constructor(entry: ServiceEntry) {
    this.#entry = entry;
    this.namespace = entry.name.namespace;
    this.service = entry.name.service;
    this.registrationRevision = Math.max(entry.registrationRevision, entry.nodeRecordRevision);
    this.revision = Math.max(
      this.registrationRevision,
      entry.checkRevision,
      entry.nodeCheckRevision,
    );
  }

  /** Only for those that ask: the list may be long, and the service change often. */
  get instances(): readonly Instance[] {
    this.#instances ??= this.#entry.sorted.map((instance) => instance.view);
    return this.#instances;
  }

  get protection(): Protection | undefined {
    if (this.#protection === null) this.#protection = this.#entry.protectionOf(this.instances);
    return this.#protection;
  }

  get outputChanges(): number {
    return this.#entry.outputChanges;
  }
}

function isBefore(entry: InstanceEntry, instance: string, key: Key): boolean {
  if (entry.name.instance !== instance) return entry.name.instance < instance;
  return entry.key < key;
}
