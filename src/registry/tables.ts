import type { Key } from '../base/key.ts';
import { directoryOf } from '../operations/index.ts';
import type { KeyEvent, KeyValue } from '../operations/index.ts';
import { checkRecordOf, isMaintenance, nodeRecordOf } from './check.ts';
import type { CheckStatus } from './check.ts';
import { departureOf, outputThenMax } from './departure.ts';
import type { CheckThen, DepartureRecord } from './departure.ts';
import { InstanceEntry, namelessNode, NodeEntry, ServiceEntry, SubjectEntry } from './entries.ts';
import type { MemberNode, ServiceSettings } from './entries.ts';

export type { MemberNode } from './entries.ts';
import type { Journal, JournalStep, SubjectState } from './history.ts';
import { registrationOf } from './instance.ts';
import { folded, instanceIdOf, placeOf, placeOfDirectory, serviceIdOf } from './keys.ts';
import type { CheckTable, InstanceName, ServiceName, Subject } from './keys.ts';
import { topics } from './topics.ts';
import type { Topic } from './topics.ts';

/** A key that could not be read, and is in no answer. */
export interface BadKey {
  readonly key: Key;
  readonly revision: number;
  /** For the log: what is wrong with it. */
  readonly problem: string;
}

/** An instance that has left through one of our own APIs. */
export interface Departure extends DepartureRecord {
  readonly name: InstanceName;
  readonly revision: number;
}

/** The tables of a catalog. Keys go in; what has changed by them comes out as topics. */
export class Tables {
  readonly services: Map<string, ServiceEntry> = new Map();
  /** Instances with their checks; those of nodes are with their node. */
  readonly subjects: Map<string, SubjectEntry> = new Map();
  readonly nodes: Map<string, NodeEntry> = new Map();
  /** By their IDs, and by the name of the service, where that is the ID that their hosts know. */
  readonly instancesCalled: Map<string, Set<InstanceEntry>> = new Map();
  readonly checksById: Map<string, Set<SubjectEntry>> = new Map();
  /** Keys that are left out, with what is wrong with them, so that their deletion or repair is noticed. */
  readonly bad: Map<Key, string> = new Map();
  /** By service and instance. */
  readonly departures: Map<string, Map<string, Departure>> = new Map();
  departureCount = 0;
  /** Is told of each change to an instance or node; undefined: nobody is, as while all keys are read. */
  journal: Journal | undefined;
  /** The newest revision of each kind of change. */
  readonly newest: { services: number; checks: number; nodes: number } = {
    services: 0,
    checks: 0,
    nodes: 0,
  };
  /** Instances and nodes whose registration, checks or heartbeats have changed since it was emptied. */
  readonly changedSubjects: Map<string, Subject> = new Map();
  readonly #onBadKey: (bad: BadKey) => void;
  readonly #settings: ServiceSettings;

  constructor(onBadKey: (bad: BadKey) => void, protectShare = 0) {
    this.#onBadKey = onBadKey;
    this.#settings = { protectShare, toJudge: new Set() };
  }

  /** Services that have changed since this was emptied, and that may be protected; see `Protection`. */
  get toJudge(): Set<ServiceEntry> {
    return this.#settings.toJudge;
  }

  /** Takes one change, and adds the topics that it concerns. */
  take(event: KeyEvent, changed: Set<Topic>): void {
    const { kv } = event;
    this.bad.delete(kv.key);
    // Also a key that cannot be read counts in its directory: deletions are known by directory only.
    const directory = directoryOf(kv.key);
    if (directory !== undefined) this.touch(directory, kv.modRevision, changed);
    const place = placeOf(kv.key);
    if (place === undefined) {
      if (event.kind === 'put') this.#leaveOut(kv, wrongKey);
      return;
    }
    switch (place.table) {
      case 'services':
        this.#takeInstance(place.name, event, changed);
        return;
      case 'nodes':
        this.#takeNode(place.node, event);
        return;
      case 'departures':
        this.#takeDeparture(place.name, event);
        return;
      case 'checks':
      case 'heartbeats':
      case 'outputs':
        this.#takeOfCheck(place.table, place, event);
    }
  }

  /** A key in a directory was put or deleted in a revision. */
  touch(directory: Key, revision: number, changed: Set<Topic>): void {
    const place = placeOfDirectory(directory);
    if (place === undefined) return;
    switch (place.table) {
      case 'services': {
        const entry = this.#service(place.service);
        entry.registrationRevision = Math.max(entry.registrationRevision, revision);
        this.newest.services = Math.max(this.newest.services, revision);
        entry.changed();
        changed.add(topics.services);
        this.#changedService(entry, changed);
        return;
      }
      case 'checks': {
        const entry = this.#service(place.service);
        entry.checkRevision = Math.max(entry.checkRevision, revision);
        this.newest.checks = Math.max(this.newest.checks, revision);
        entry.changed();
        changed.add(topics.checks);
        changed.add(topics.health(entry.name));
        return;
      }
      case 'nodes': {
        const node = this.node(place.node);
        node.recordRevision = Math.max(node.recordRevision, revision);
        this.newest.nodes = Math.max(this.newest.nodes, revision);
        changed.add(topics.nodes);
        this.#changedNode(node, changed, true);
        return;
      }
      case 'node-checks': {
        const node = this.node(place.node);
        node.checkRevision = Math.max(node.checkRevision, revision);
        this.newest.checks = Math.max(this.newest.checks, revision);
        changed.add(topics.checks);
        this.#changedNode(node, changed, false);
      }
    }
  }

  /** Makes these the only members. */
  nameMembers(members: readonly MemberNode[]): void {
    const byId = new Map(members.map((member) => [folded(member.name), member]));
    for (const { name } of members) this.node(name);
    for (const [id, node] of this.nodes) {
      const member = byId.get(id);
      if (isSameMember(member, node.member)) continue;
      node.member = member;
      this.#changedNode(node, new Set(), true);
    }
  }

  /** Forgets services and nodes of which only revisions are left, up to `revision`. */
  prune(revision: number): void {
    for (const [id, { sorted, registrationRevision, checkRevision }] of this.services) {
      if (sorted.length === 0 && Math.max(registrationRevision, checkRevision) <= revision) {
        this.services.delete(id);
      }
    }
    for (const [id, { isThere, recordRevision, checkRevision }] of this.nodes) {
      if (!isThere && Math.max(recordRevision, checkRevision) <= revision) this.nodes.delete(id);
    }
  }

  node(name: string): NodeEntry {
    const id = folded(name);
    return entryIn(this.nodes, id, () => new NodeEntry(id));
  }

  #service(name: ServiceName): ServiceEntry {
    return entryIn(this.services, serviceIdOf(name), () => new ServiceEntry(name, this.#settings));
  }

  #changedSubject(subject: Subject): void {
    const id =
      subject.kind === 'node' ? folded(subject.node) : `${instanceIdOf(subject.name)}/instance`;
    this.changedSubjects.set(id, subject);
  }

  #subject(subject: Subject): SubjectEntry {
    if (subject.kind === 'node') return this.node(subject.node).checks;
    return entryIn(this.subjects, instanceIdOf(subject.name), () => new SubjectEntry(subject));
  }

  #changedService(entry: ServiceEntry, changed: Set<Topic>): void {
    changed.add(topics.registrations(entry.name));
    changed.add(topics.health(entry.name));
  }

  /** Its instances show it, too. */
  #changedNode(node: NodeEntry, changed: Set<Topic>, isRecord: boolean): void {
    node.changed();
    changed.add(topics.node(node.id));
    for (const service of node.services.keys()) {
      service.noteNode(node);
      for (const instance of service.sorted) if (instance.node === node) instance.changed();
      if (isRecord) changed.add(topics.registrations(service.name));
      changed.add(topics.health(service.name));
    }
  }

  #takeInstance(name: InstanceName, { kind, kv }: KeyEvent, changed: Set<Topic>): void {
    const subject: Subject = { kind: 'instance', name };
    this.#changedSubject(subject);
    const before = this.journal && this.#stateOf(subject);
    const worst = this.journal && kind === 'delete' ? this.#worstOf(name) : undefined;
    const service = this.#service(name);
    const known = service.find(name, kv.key);
    if (known !== undefined) changed.add(topics.node(known.node.id));
    const registration = kind === 'delete' ? undefined : registrationOf(kv.value);
    if (registration === undefined) {
      if (known !== undefined) this.#removeInstance(known);
      const lease = known?.lease ?? 0n;
      this.#journalInstance(subject, kv, before, { kind: 'gone', lease, worst });
      return;
    }
    if (typeof registration === 'string') {
      if (known !== undefined) this.#removeInstance(known);
      this.#leaveOut(kv, registration);
      this.#journalInstance(subject, kv, before, { kind: 'unreadable' });
      return;
    }
    const { createRevision, modRevision, lease } = kv;
    const node = this.node(registration.node === '' ? namelessNode : registration.node);
    const entry = new InstanceEntry({
      name,
      key: kv.key,
      service,
      node,
      checks: this.#subject(subject),
      registration,
      revisions: { createRevision, modRevision, lease },
    });
    if (known === undefined) service.add(entry);
    else {
      service.replace(known, entry);
      for (const id of known.calledBy) removeFrom(this.instancesCalled, id, known);
    }
    changed.add(topics.node(node.id));
    for (const id of entry.calledBy) setOf(this.instancesCalled, id).add(entry);
    const isNew = before === 'absent';
    this.#journalInstance(subject, kv, before, {
      kind: isNew ? 'registered' : 'registered-again',
    });
  }

  #removeInstance(entry: InstanceEntry): void {
    entry.service.remove(entry);
    for (const id of entry.calledBy) removeFrom(this.instancesCalled, id, entry);
    this.#forgetIfEmpty(entry.checks);
  }

  #takeNode(name: string, { kind, kv }: KeyEvent): void {
    const entry = this.node(name);
    const record = kind === 'delete' ? undefined : nodeRecordOf(kv.value);
    if (typeof record === 'string') this.#leaveOut(kv, record);
    entry.registered =
      record === undefined || typeof record === 'string'
        ? undefined
        : { record, key: kv.key, createRevision: kv.createRevision, modRevision: kv.modRevision };
    this.#changedNode(entry, new Set(), true);
  }

  #takeOfCheck(
    table: CheckTable,
    { subject, check }: { readonly subject: Subject; readonly check: string },
    { kind, kv }: KeyEvent,
  ): void {
    const entry = this.#subject(subject);
    if (table === 'outputs') {
      if (kind === 'put') entry.outputs.set(check, Buffer.from(kv.value).toString());
      else entry.outputs.delete(check);
      if (kind === 'put') {
        this.journal?.output(subject, kv.modRevision, check, entry.outputs.get(check) ?? '');
      }
      for (const { service } of entry.instances) service.outputChanges++;
      if (subject.kind === 'node') {
        for (const service of this.node(subject.node).services.keys()) service.outputChanges++;
      }
    } else {
      const was = this.journal && { state: this.#stateOf(subject), status: entry.statusOf(check) };
      if (table === 'checks') this.#takeCheck(entry, check, { kind, kv });
      else if (kind === 'put') entry.heartbeats.set(check, kv.lease);
      else entry.heartbeats.delete(check);
      entry.changed();
      for (const instance of entry.instances) instance.changed();
      if (was !== undefined) this.#journalCheck(entry, check, kv.modRevision, was);
      this.#changedSubject(subject);
      if (subject.kind === 'node') this.#changedNode(this.node(subject.node), new Set(), false);
    }
    this.#forgetIfEmpty(entry);
  }

  #takeDeparture(name: InstanceName, { kind, kv }: KeyEvent): void {
    const record = kind === 'delete' ? undefined : departureOf(kv.value);
    if (typeof record === 'string') this.#leaveOut(kv, record);
    const service = serviceIdOf(name);
    const known = this.departures.get(service);
    if (known?.delete(instanceIdOf(name)) === true) this.departureCount--;
    if (known?.size === 0) this.departures.delete(service);
    if (record === undefined || typeof record === 'string') return;
    const revision = kv.modRevision;
    entryIn(this.departures, service, () => new Map<string, Departure>()).set(instanceIdOf(name), {
      ...record,
      name,
      revision,
    });
    this.departureCount++;
    const subject: Subject = { kind: 'instance', name };
    // The key of the instance went in the same transaction, before this one came.
    const to = this.#stateOf(subject);
    const cause = { kind: 'departure', record } as const;
    this.journal?.changed(subject, { revision, from: to, to, cause });
  }

  /** How an instance or a node is, by its own checks. */
  #stateOf(subject: Subject): SubjectState {
    if (subject.kind === 'node') return this.#subject(subject).health;
    const entry = this.subjects.get(instanceIdOf(subject.name));
    return entry === undefined || entry.instances.size === 0 ? 'absent' : entry.health;
  }

  /** The check of an instance that is worst, unless all are well. */
  #worstOf(name: InstanceName): CheckThen | undefined {
    const entry = this.subjects.get(instanceIdOf(name));
    let worst: CheckThen | undefined;
    for (const id of entry?.checks.keys() ?? []) {
      const status = entry?.statusOf(id) ?? 'passing';
      if (status === 'passing' || (worst !== undefined && status !== 'critical')) continue;
      const output = (entry?.outputs.get(id) ?? '').slice(0, outputThenMax);
      if (worst?.status !== 'critical') worst = { id, status, output };
    }
    return worst;
  }

  #journalInstance(
    subject: Subject,
    { modRevision: revision }: KeyValue,
    from: SubjectState | undefined,
    cause: JournalStep['cause'],
  ): void {
    const to = this.#stateOf(subject);
    if (from === undefined || (from === 'absent' && to === 'absent')) return;
    this.journal?.changed(subject, { revision, from, to, cause });
  }

  #journalCheck(
    entry: SubjectEntry,
    id: string,
    revision: number,
    was: { readonly state: SubjectState; readonly status: CheckStatus | undefined },
  ): void {
    const status = entry.statusOf(id);
    const to = this.#stateOf(entry.subject);
    if (status === was.status || (was.state === 'absent' && to === 'absent')) return;
    const record = entry.checks.get(id)?.record;
    const check = {
      id,
      status: status ?? 'removed',
      output: (entry.outputs.get(id) ?? '').slice(0, outputThenMax),
      notes: isMaintenance(id) ? (record?.notes ?? '') : '',
      isLate: record?.type === 'ttl' && !entry.heartbeats.has(id),
    } as const;
    const cause = { kind: 'check', check } as const;
    this.journal?.changed(entry.subject, { revision, from: was.state, to, cause });
  }

  #takeCheck(entry: SubjectEntry, id: string, { kind, kv }: KeyEvent): void {
    const record = kind === 'delete' ? undefined : checkRecordOf(kv.value, id);
    if (typeof record === 'string') this.#leaveOut(kv, record);
    if (record === undefined || typeof record === 'string') {
      entry.checks.delete(id);
      removeFrom(this.checksById, folded(id), entry);
      return;
    }
    const { key, createRevision, modRevision } = kv;
    entry.checks.set(id, { key, record, createRevision, modRevision });
    setOf(this.checksById, folded(id)).add(entry);
  }

  /** Instances come and go under new names for ever; services and nodes are far fewer. */
  #forgetIfEmpty(entry: SubjectEntry): void {
    if (entry.subject.kind === 'instance' && entry.isEmpty) {
      this.subjects.delete(instanceIdOf(entry.subject.name));
    }
  }

  #leaveOut({ key, modRevision }: KeyValue, problem: string): void {
    this.bad.set(key, problem);
    this.#onBadKey({ key, revision: modRevision, problem });
  }
}

const wrongKey =
  'its key does not name an instance, a check or a node: /services/<service>/<instance>, /services/<namespace>/<service>/<instance>, or as docs/registry.md says';

function entryIn<T>(map: Map<string, T>, id: string, make: () => T): T {
  let entry = map.get(id);
  if (entry === undefined) map.set(id, (entry = make()));
  return entry;
}

function setOf<T>(map: Map<string, Set<T>>, id: string): Set<T> {
  return entryIn(map, id, () => new Set<T>());
}

function removeFrom<T>(map: Map<string, Set<T>>, id: string, one: T): void {
  const set = map.get(id);
  set?.delete(one);
  if (set?.size === 0) map.delete(id);
}

function isSameMember(a: MemberNode | undefined, b: MemberNode | undefined): boolean {
  return a?.name === b?.name && a?.address === b?.address && a?.id === b?.id && a?.meta === b?.meta;
}
