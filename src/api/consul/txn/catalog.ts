import { unreachable } from '../../../base/assert.ts';
import { singleKey } from '../../../base/key.ts';
import type { Key } from '../../../base/key.ts';
import type { Compare, Operation } from '../../../operations/index.ts';
import {
  defaultNamespace,
  encodeCheck,
  encodeNode,
  encodeRegistration,
  folded,
  keyOfCheck,
  keyOfInstance,
  keyOfNode,
  nodeIdOf,
  recordOf,
  recordOfGiven,
  seatOf,
} from '../../../registry/index.ts';
import type { CatalogView, Check, Instance, Node, Seat, Subject } from '../../../registry/index.ts';
import { catalogCheckOf } from '../catalog/check-fields.ts';
import type { JsonFields } from '../frame/json-in.ts';
import { deleteOperation, putOperation } from '../frame/key-requests.ts';
import { pendingIndex } from '../kv/changes.ts';
import { ConsulRefusal } from '../frame/refusals.ts';
import { serviceOf } from '../catalog/service-fields.ts';
import type { NewInstance } from '../catalog/service-fields.ts';
import { checkRow, copyOf, nodeRow, serviceRow } from './operation.ts';
import type { CatalogOperation, CatalogRow } from './operation.ts';

/** What came of it: a row of the answer, none, or the reason why it cannot be. */
export type CatalogOutcome =
  | { readonly kind: 'done'; readonly row: CatalogRow | undefined }
  | { readonly kind: 'refused'; readonly why: string };

const tables = ['checks', 'heartbeats', 'outputs'] as const;

/** The catalog as a transaction sees it: as it was, and on top what its operations have done so far. */
export class CatalogChanges {
  readonly #catalog: CatalogView;
  readonly #nowMs: number;
  readonly #nodes = new Map<string, Node | undefined>();
  readonly #instances = new Map<Key, Instance | undefined>();
  readonly #checks = new Map<Key, Check | undefined>();
  readonly #reads = new Map<Key, number>();
  readonly #puts = new Map<Key, Uint8Array>();
  readonly #deletes = new Set<Key>();

  /** `nowMs`: since 1970. */
  constructor(catalog: CatalogView, nowMs: number) {
    this.#catalog = catalog;
    this.#nowMs = nowMs;
  }

  run(operation: CatalogOperation): CatalogOutcome {
    switch (operation.kind) {
      case 'Node':
        return this.#runNode(operation);
      case 'Service':
        return this.#runService(operation);
      case 'Check':
        return this.#runCheck(operation);
      default:
        return unreachable(operation.kind);
    }
  }

  compares(): readonly Compare[] {
    return [...this.#reads].map(([key, value]) => ({
      range: singleKey(key),
      result: 'equal',
      against: { target: 'mod', value },
    }));
  }

  writes(): readonly Operation[] {
    return [
      ...[...this.#deletes].map((key) => deleteOperation(singleKey(key))),
      ...[...this.#puts].map(([key, value]) => putOperation(key, value, 0n)),
    ];
  }

  // Nodes.

  #node(name: string): Node | undefined {
    const id = folded(name);
    if (this.#nodes.has(id)) return this.#nodes.get(id);
    const node = this.#catalog.node(name);
    this.#read(keyOfNode(name), node?.modRevision ?? 0);
    return node;
  }

  #runNode({ verb, node: name, fields }: CatalogOperation): CatalogOutcome {
    const before = this.#node(name);
    const what = `node ${JSON.stringify(name)}`;
    return this.#verb(verb, 'Node', {
      what,
      index: fields.uint64('ModifyIndex'),
      before,
      rowOf: nodeRow,
      set: () => this.#setNode(name, fields, before),
      delete: (node) => this.#deleteNode(node),
    });
  }

  #setNode(name: string, fields: JsonFields, before: Node | undefined): Node {
    // A member tells the others where it is.
    if (before?.isMember === true) return before;
    const record = {
      name,
      id: fields.text('ID'),
      address: fields.text('Address'),
      taggedAddresses: fields.textMap('TaggedAddresses'),
      meta: fields.textMap('Meta'),
    };
    const id = record.id === '' ? nodeIdOf(folded(name)) : record.id;
    const value = encodeNode(record);
    const isSame =
      before?.origin === 'registered' &&
      Buffer.from(
        encodeNode({ ...before, id: before.id === nodeIdOf(folded(name)) ? '' : before.id }),
      ).equals(value);
    if (isSame) return before;
    const node: Node = {
      ...(before ?? newNode),
      ...record,
      id,
      origin: 'registered',
      createRevision: before?.origin === 'registered' ? before.createRevision : pendingIndex,
      modRevision: pendingIndex,
    };
    this.#put(keyOfNode(name), value);
    this.#nodes.set(folded(name), node);
    return node;
  }

  #deleteNode(node: Node): void {
    for (const instance of this.#instancesOn(node.name)) this.#deleteInstance(instance);
    for (const check of node.checks) this.#deleteCheck(check);
    for (const check of this.#checks.values()) {
      const isOwn =
        check?.subject.kind === 'node' && folded(check.subject.node) === folded(node.name);
      if (check !== undefined && isOwn) this.#deleteCheck(check);
    }
    this.#delete(keyOfNode(node.name));
    this.#nodes.set(folded(node.name), undefined);
  }

  // Services.

  #instancesOn(node: string): readonly Instance[] {
    const known = this.#catalog.instancesOn(node).filter(({ key }) => !this.#instances.has(key));
    const changed = [...this.#instances.values()].flatMap((instance) => instance ?? []);
    return [...known, ...changed.filter((instance) => folded(instance.node.name) === folded(node))];
  }

  #instance(node: string, id: string): Instance | undefined {
    const found = this.#instancesOn(node).find((one) => folded(one.id) === folded(id));
    if (found !== undefined && found.modRevision !== pendingIndex)
      this.#read(found.key, found.modRevision);
    return found;
  }

  #runService({ verb, node, fields }: CatalogOperation): CatalogOutcome {
    const id = fields.text('ID') === '' ? fields.text('Service') : fields.text('ID');
    return this.#verb(verb, 'Service', {
      what: `service ${JSON.stringify(id)} on node ${JSON.stringify(node)}`,
      index: fields.uint64('ModifyIndex'),
      before: this.#instance(node, id),
      rowOf: serviceRow,
      set: () => this.#setInstance(node, fields),
      delete: (instance) => this.#deleteInstance(instance),
    });
  }

  #setInstance(nodeName: string, fields: JsonFields): Instance | string {
    const node = this.#node(nodeName);
    if (node === undefined) return 'Missing node registration';
    const asked = serviceOf(fields, {
      nameField: 'Service',
      namespace: defaultNamespace,
      node: node.name,
      address: '',
      tagsAddress: false,
    });
    const id = asked.name.instance;
    const { name, before: same, replaced } = this.#seatOf(asked);
    for (const other of replaced) this.#deleteInstance(other);
    const key = keyOfInstance(name);
    const own = name.instance === id ? '' : id;
    const registration = { ...asked.registration, id: own };
    const value = encodeRegistration(registration);
    if (same?.modRevision !== pendingIndex) this.#read(key, same?.modRevision ?? 0);
    const isSame =
      same !== undefined && Buffer.from(encodeRegistration(same.registration)).equals(value);
    if (isSame && same.lease === 0n) return same;
    const instance: Instance = {
      ...registration,
      ...name,
      id,
      key,
      node,
      checks: same?.checks ?? [],
      status: same?.status ?? 'passing',
      registration,
      lease: 0n,
      createRevision: same?.createRevision ?? pendingIndex,
      modRevision: pendingIndex,
    };
    this.#put(key, value);
    this.#instances.set(key, instance);
    return instance;
  }

  #seatOf({ name, registration: { node } }: NewInstance): Seat {
    const { namespace, service, instance: id } = name;
    return seatOf(
      { namespace, service, id, node, from: '' },
      {
        instancesCalled: (called) => [
          ...this.#catalog.instancesCalled(called).filter(({ key }) => !this.#instances.has(key)),
          ...[...this.#instances.values()].flatMap((one) =>
            one !== undefined && folded(one.id) === folded(called) ? [one] : [],
          ),
        ],
        node: (known) => this.#node(known),
        isTaken: (key) =>
          this.#instances.has(key)
            ? this.#instances.get(key) !== undefined
            : this.#catalog.isTaken(key),
      },
    );
  }

  #deleteInstance(instance: Instance): void {
    if (instance.modRevision !== pendingIndex) this.#read(instance.key, instance.modRevision);
    this.#delete(instance.key);
    const { namespace, service, instance: name } = instance;
    const subject: Subject = { kind: 'instance', name: { namespace, service, instance: name } };
    for (const check of this.#catalog.checksOf(subject)) this.#deleteCheck(check);
    for (const check of this.#checks.values()) {
      const isOwn =
        check?.subject.kind === 'instance' && keyOfInstance(check.subject.name) === instance.key;
      if (check !== undefined && isOwn) this.#deleteCheck(check);
    }
    this.#instances.set(instance.key, undefined);
  }

  // Checks.

  #check(node: string, id: string): Check | undefined {
    const ofNode = this.#catalog.node(node)?.checks ?? [];
    const ofInstances = this.#catalog.instancesOn(node).flatMap(({ checks }) => checks);
    const known = [...ofNode, ...ofInstances].filter(({ key }) => !this.#checks.has(key));
    const changed = [...this.#checks.values()].filter(
      (check) => check !== undefined && folded(this.#nodeOf(check)) === folded(node),
    );
    const found = [...known, ...changed].find(
      (check) => check !== undefined && folded(check.id) === folded(id),
    );
    if (found !== undefined && found.modRevision !== pendingIndex)
      this.#read(found.key, found.modRevision);
    return found;
  }

  #nodeOf({ subject }: Check): string {
    return subject.kind === 'node' ? subject.node : (this.#instanceOf(subject)?.node.name ?? '');
  }

  #instanceOf(subject: Subject): Instance | undefined {
    if (subject.kind === 'node') return undefined;
    const key = keyOfInstance(subject.name);
    if (this.#instances.has(key)) return this.#instances.get(key);
    return this.#catalog.registrationsOf(subject).find((one) => one.key === key);
  }

  #runCheck({ verb, node, fields }: CatalogOperation): CatalogOutcome {
    const id = fields.text('CheckID') === '' ? fields.text('Name') : fields.text('CheckID');
    return this.#verb(verb, 'Check', {
      what: `check ${JSON.stringify(id)} on node ${JSON.stringify(node)}`,
      index: fields.uint64('ModifyIndex'),
      before: this.#check(node, id),
      rowOf: (check: Check) =>
        checkRow(check, this.#nodeOf(check), this.#instanceOf(check.subject)),
      set: (before) => this.#setCheck(node, fields, before),
      delete: (check) => this.#deleteCheck(check),
    });
  }

  #setCheck(nodeName: string, fields: JsonFields, before: Check | undefined): Check | string {
    const node = this.#node(nodeName);
    if (node === undefined) return 'Missing node registration';
    const { id, serviceId, output = '', record } = catalogCheckOf(fields);
    const instance = serviceId === '' ? undefined : this.#instance(nodeName, serviceId);
    if (serviceId !== '' && instance === undefined) return 'Missing service registration';
    const subject: Subject =
      instance === undefined
        ? { kind: 'node', node: node.name }
        : {
            kind: 'instance',
            name: {
              namespace: instance.namespace,
              service: instance.service,
              instance: instance.instance,
            },
          };
    const key = keyOfCheck('checks', subject, id);
    if (before !== undefined && before.key !== key) this.#deleteCheck(before);
    const same = before?.key === key ? before : undefined;
    if (same === undefined) this.#read(key, 0);
    const status = record.status ?? 'critical';
    const now = same && recordOf(same);
    const made = recordOfGiven({ ...record, status }, now, this.#nowMs);
    const value = encodeCheck(made);
    const isSame =
      same !== undefined && now !== undefined && Buffer.from(encodeCheck(now)).equals(value);
    if (output !== (same?.output ?? ''))
      this.#put(keyOfCheck('outputs', subject, id), Buffer.from(output));
    if (isSame) return { ...copyOf(same), output };
    const check: Check = {
      ...made,
      id,
      subject,
      key,
      saidStatus: status,
      isHeard: false,
      heartbeatLease: 0n,
      createRevision: same?.createRevision ?? pendingIndex,
      modRevision: pendingIndex,
      output,
    };
    this.#put(key, value);
    this.#checks.set(key, check);
    return check;
  }

  #deleteCheck({ id, subject, key, modRevision }: Check): void {
    if (modRevision !== pendingIndex) this.#read(key, modRevision);
    for (const table of tables) this.#delete(keyOfCheck(table, subject, id));
    this.#checks.set(key, undefined);
  }

  // Verbs.

  #verb<T extends { readonly modRevision: number }>(
    verb: string,
    kind: string,
    { what, index, before, rowOf, set, delete: remove }: VerbsOf<T>,
  ): CatalogOutcome {
    const isStale = index !== BigInt(before?.modRevision ?? 0);
    switch (verb) {
      case 'get':
        return before === undefined ? refused(`${what} doesn't exist`) : done(rowOf(before));
      case 'cas':
        if (isStale) return refused(`failed to set ${what}, index is stale`);
        return this.#setAnd(set, before, rowOf);
      case 'set':
        return this.#setAnd(set, before, rowOf);
      case 'delete-cas':
        if (before === undefined || isStale)
          return refused(`failed to delete ${what}, index is stale`);
        remove(before);
        return done(undefined);
      case 'delete':
        if (before !== undefined) remove(before);
        return done(undefined);
      default:
        return refused(`unknown ${kind} verb ${JSON.stringify(verb)}`);
    }
  }

  #setAnd<T>(
    set: (before: T | undefined) => T | string,
    before: T | undefined,
    rowOf: (one: T) => CatalogRow,
  ): CatalogOutcome {
    try {
      const made = set(before);
      return typeof made === 'string' ? refused(made) : done(rowOf(made));
    } catch (error) {
      // The fields make no sense.
      if (error instanceof ConsulRefusal) return refused(error.message);
      throw error;
    }
  }

  /** The first look counts. */
  #read(key: Key, modRevision: number): void {
    if (!this.#reads.has(key)) this.#reads.set(key, modRevision);
  }

  #put(key: Key, value: Uint8Array): void {
    this.#deletes.delete(key);
    this.#puts.set(key, value);
  }

  #delete(key: Key): void {
    this.#puts.delete(key);
    this.#deletes.add(key);
  }
}

interface VerbsOf<T> {
  /** As refusals name it. */
  readonly what: string;
  readonly index: bigint;
  readonly before: T | undefined;
  readonly rowOf: (one: T) => CatalogRow;
  /** A text says why it cannot be set. */
  readonly set: (before: T | undefined) => T | string;
  readonly delete: (before: T) => void;
}

function done(row: CatalogRow | undefined): CatalogOutcome {
  return { kind: 'done', row };
}

function refused(why: string): CatalogOutcome {
  return { kind: 'refused', why };
}

const newNode: Node = {
  name: '',
  id: '',
  address: '',
  taggedAddresses: {},
  meta: {},
  checks: [],
  origin: 'registered',
  isMember: false,
  createRevision: pendingIndex,
  modRevision: pendingIndex,
  revision: 0,
};
