import { RegistryError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import type { Answered, CallOptions, Operations, TxnResult } from '../operations/index.ts';
import { newestOf } from './catalog.ts';
import type { Catalog } from './catalog.ts';
import {
  drainType,
  encodeCheck,
  encodeNode,
  isMaintenance,
  recordOfGiven,
  withStatus,
} from './check.ts';
import type { CheckStatus, NodeRecord } from './check.ts';
import { checkCount, draftHeartbeat, moveChecks, namesOfChecks } from './draft-checks.ts';
import type { NewCheck } from './draft-checks.ts';
import { ttlSecondsOf } from './definition.ts';
import type { DepartureReason } from './departure.ts';
import { DepartureLeases } from './departure-leases.ts';
import { Draft, draftOperationsMax } from './draft.ts';
import type { FollowedCatalog } from './follow-catalog.ts';
import { encodeRegistration } from './instance.ts';
import type { Registration } from './instance.ts';
import { isUsualId, seatOf } from './identity.ts';
import type { Seat } from './identity.ts';
import {
  catalogRanges,
  folded,
  keyOfCheck,
  keyOfDeparture,
  keyOfInstance,
  keyOfNode,
} from './keys.ts';
import type { InstanceName, Subject } from './keys.ts';
import { Outputs } from './outputs.ts';
import { isSpared } from './protection.ts';
import { draftOfNode, removeCheck, removeInstance } from './removal.ts';
import type { Leaving } from './removal.ts';
import { recordOf } from './views.ts';
import type { Check, Instance } from './views.ts';

export interface RegisterRequest {
  /** With the ID as the name of the instance. */
  readonly name: InstanceName;
  /** The host that registers with an agent; undefined: on a node, in the catalog. */
  readonly host?: string;
  readonly registration: Registration;
  readonly checks: readonly NewCheck[];
  /** Checks of an earlier registration that are not among `checks` are removed, except those of operators. */
  readonly replacesChecks: boolean;
}

/** What is said about a check. */
export interface CheckReport {
  readonly status: CheckStatus;
  readonly output: string;
}

export interface RegistrarOptions {
  readonly operations: Operations;
  readonly followed: FollowedCatalog;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly wallTimeMs: () => number;
  /** Of this member. */
  readonly memberName: string;
}

/** How often a change is decided anew because another one came first. */
const triesMax = 16;
/**
 * Writes what the catalog is made of. Each method is one transaction: it is decided on the catalog, and takes effect only
 * if nothing that it was decided on has changed meanwhile; otherwise it is decided anew. What changes nothing writes
 * nothing. When a method resolves, its change is durable, and in this member's catalog. Throws RegistryError.
 *
 * A method that finds nothing to change, because there is no such instance or check, answers false or undefined: then the
 * catalog that it looked at was not stale.
 */
export class Registrar {
  readonly #operations: Operations;
  readonly #followed: FollowedCatalog;
  readonly #outputs: Outputs;
  readonly #leases: DepartureLeases;
  readonly #wallTimeMs: () => number;
  readonly #memberName: string;

  constructor({ operations, followed, nowMs, wallTimeMs, memberName }: RegistrarOptions) {
    this.#operations = operations;
    this.#followed = followed;
    this.#outputs = new Outputs(nowMs);
    this.#leases = new DepartureLeases(operations, wallTimeMs);
    this.#wallTimeMs = wallTimeMs;
    this.#memberName = memberName;
  }

  /** Registers an instance with its checks, in the place of those that its ID means. Returns these. */
  async register(request: RegisterRequest, options: CallOptions): Promise<readonly Instance[]> {
    const { checks, replacesChecks } = request;
    let former: readonly Instance[] = [];
    await this.#change(options, (catalog) => {
      const draft = new Draft();
      const { name, before: same, replaced, registration } = seatIn(catalog, request);
      const key = keyOfInstance(name);
      const subject: Subject = { kind: 'instance', name };
      former = [...(same === undefined ? [] : [same]), ...replaced];
      const leaving = this.leaving('moved', options);
      const moved: Check[] = [];
      for (const other of replaced) {
        removeInstance(draft, catalog, other, leaving);
        moved.push(...moveChecks(draft, catalog, other, subject));
      }
      if (catalog.departure(name) !== undefined) draft.delete(keyOfDeparture(name));
      draft.read(key, same?.modRevision ?? 0);
      const value = encodeRegistration(registration);
      // An instance with a lease was put by an etcd client; from now on it stays until it is deregistered.
      if (
        same === undefined ||
        same.lease !== 0n ||
        !isEqual(encodeRegistration(same.registration), value)
      ) {
        draft.put(key, value);
      }
      this.#draftChecks(draft, catalog, { subject, moved }, checks);
      if (replacesChecks) {
        const before = [...catalog.checksOf(subject), ...moved];
        const ids = new Set(checks.map(({ id }) => id).map(namesOfChecks(before)));
        for (const check of before) {
          if (!ids.has(check.id) && !isOfOperator(check.id)) removeCheck(draft, check);
        }
      }
      return draft;
    });
    return former;
  }

  /** Removes instances with their checks. False: `find` finds none. */
  async deregister(find: FindInstances, options: CallOptions): Promise<boolean> {
    return this.#change(options, (catalog) => {
      const known = find(catalog);
      if (known.length === 0) return undefined;
      const draft = new Draft();
      const leaving = this.leaving('deregistered', options);
      for (const one of known) removeInstance(draft, catalog, one, leaving);
      return draft;
    });
  }

  /**
   * Removes the instance of a check that is critical, since `criticalMs`, and of a drain that is over. False: it is neither,
   * or gone, or its service fails as a whole and keeps its instances for now.
   */
  async deregisterCritical(
    check: Check,
    criticalMs: number,
    options: CallOptions,
  ): Promise<boolean> {
    return this.#change(options, (catalog) => {
      const now = catalog.checksOf(check.subject).find(({ id }) => id === check.id);
      if (now?.status !== 'critical') return undefined;
      if (now.type === drainType ? now.isHeard : isSpared(catalog, now, criticalMs)) {
        return undefined;
      }
      const draft = new Draft();
      draft.read(now.key, now.modRevision);
      const leaving = this.leaving(now.type === drainType ? 'drained' : 'reaped', options);
      for (const instance of catalog.registrationsOf(check.subject)) {
        removeInstance(draft, catalog, instance, leaving);
      }
      return draft;
    });
  }

  /** Registers checks of an instance or a node. False: there is no such instance. */
  async registerChecks(
    subject: Subject,
    checks: readonly NewCheck[],
    options: CallOptions,
  ): Promise<boolean> {
    return this.#change(options, (catalog) => {
      const draft = new Draft();
      if (subject.kind === 'instance') {
        const key = keyOfInstance(subject.name);
        const instance = catalog.registrationsOf(subject).find((one) => one.key === key);
        if (instance === undefined) return undefined;
        draft.read(key, instance.modRevision);
      }
      this.#draftChecks(draft, catalog, { subject, moved: [] }, checks);
      return draft;
    });
  }

  /** Removes a check. False: `find` finds none. */
  async deregisterCheck(find: FindCheck, options: CallOptions): Promise<boolean> {
    return this.#change(options, (catalog) => {
      const check = find(catalog);
      if (check === undefined) return undefined;
      const draft = new Draft();
      removeCheck(draft, check);
      return draft;
    });
  }

  /**
   * Takes what is said about a check: a new status at once, a new output with it or a few minutes after the last one. A
   * check with a TTL is heard by this. Returns the check as it was; undefined: `find` finds none.
   */
  async report(
    find: FindCheck,
    report: CheckReport,
    options: CallOptions,
  ): Promise<Check | undefined> {
    let found: Check | undefined;
    const renewed = await this.#renew(find, options);
    await this.#change(options, (catalog) => {
      found = find(catalog);
      if (found === undefined) return undefined;
      const draft = new Draft();
      this.#draftReport(draft, found, report, renewed);
      return draft;
    });
    return found;
  }

  /** Takes an instance or a node out of service, or puts it back. False: there is no such instance. */
  async setMaintenance(
    { subject, id, record }: NewCheck & { readonly subject: Subject },
    isOn: boolean,
    options: CallOptions,
  ): Promise<boolean> {
    if (isOn) return this.registerChecks(subject, [{ id, record }], options);
    return this.#change(options, (catalog) => {
      const draft = new Draft();
      const check = catalog.checksOf(subject).find((one) => one.id === id);
      if (check !== undefined) removeCheck(draft, check);
      return draft;
    });
  }

  /** Registers a node, or changes it. */
  async registerNode(record: NodeRecord, options: CallOptions): Promise<void> {
    await this.#change(options, (catalog) => {
      const draft = new Draft();
      const node = catalog.node(record.name);
      const isRegistered = node?.origin === 'registered';
      const key = keyOfNode(record.name);
      draft.read(key, isRegistered ? node.modRevision : 0);
      const value = encodeNode(record);
      const { name, id, address, taggedAddresses, meta } = node ?? record;
      const now = encodeNode({
        name,
        id: record.id === '' ? '' : id,
        address,
        taggedAddresses,
        meta,
      });
      if (!isRegistered || !isEqual(now, value)) draft.put(key, value);
      return draft;
    });
  }

  /**
   * Removes a node that was registered, with its checks and all instances on it; those of many instances in several
   * transactions, and the node in the last. False: there is no such node.
   */
  async deregisterNode(name: string, options: CallOptions): Promise<boolean> {
    for (;;) {
      const step = { isLast: true };
      const leaving = this.leaving('node-deregistered', options);
      const isKnown = await this.#change(options, (catalog) =>
        draftOfNode(catalog, name, step, leaving),
      );
      if (!isKnown || step.isLast) return isKnown;
    }
  }

  /** For an instance that leaves by a call. */
  leaving(reason: DepartureReason, { caller }: CallOptions): Leaving {
    const actor = {
      api: caller.api,
      address: caller.address ?? '',
      member: this.#memberName,
    };
    return { reason, actor, timeMs: this.#wallTimeMs() };
  }

  /** Decides on the catalog and writes, until nothing came in between. False: `decide` found nothing to change. */
  async #change(
    options: CallOptions,
    decide: (catalog: Catalog) => Draft | undefined,
  ): Promise<boolean> {
    const leases = new Map<Key, bigint>();
    for (let tries = 0; tries < triesMax; tries++) {
      const draft = decide(await this.#catalog()) ?? decide(await this.#freshCatalog(options));
      if (draft === undefined) return false;
      if (draft.isEmpty) return true;
      for (const { key, ttlSeconds } of draft.puts) {
        if (ttlSeconds === undefined || leases.has(key)) continue;
        const granted = await this.#operations.leaseGrant({ id: 0n, ttlSeconds }, options);
        leases.set(key, granted.id);
      }
      const { succeeded, header } = await this.#write(draft, leases, options);
      await this.#followed.whenAt(header.revision);
      if (!succeeded) continue;
      for (const { key } of draft.puts) if (key.includes('outputs/')) this.#outputs.written(key);
      return true;
    }
    throw new RegistryError(
      'too-many-requests',
      `${triesMax} other changes of the same registration came first; try again`,
    );
  }

  /** With the keys of departures, if there can be any now: an instance leaves in any case. */
  async #write(
    draft: Draft,
    leases: ReadonlyMap<Key, bigint>,
    options: CallOptions,
  ): Promise<Answered<TxnResult>> {
    const leaseOf = (key: Key): bigint => leases.get(key) ?? 0n;
    const write = (departures?: bigint): Promise<Answered<TxnResult>> => {
      const compares = draft.compares();
      const success = draft.operations(leaseOf, departures);
      return this.#operations.txn(
        {
          compares,
          success,
          failure: [],
          serializable: false,
          operationsMax: draftOperationsMax,
        },
        options,
      );
    };
    const lease = draft.hasDepartures ? await this.#leases.current(options) : undefined;
    if (lease === undefined) return write();
    try {
      return await write(lease);
    } catch (error) {
      const code = error instanceof RegistryError ? error.code : undefined;
      // Refused as a whole, so that nothing has happened. A user may not write departures, which are of all services: what it
      // changes is not remembered.
      const isDenied = code === 'permission-denied';
      if (code !== 'lease-not-found' && code !== 'no-space' && !isDenied) throw error;
      if (isDenied) return write();
      this.#leases.forget();
      const isRevoked = code === 'lease-not-found';
      return write(isRevoked ? await this.#leases.current(options) : undefined);
    }
  }

  async #catalog(): Promise<Catalog> {
    const { catalog } = this.#followed;
    if (catalog !== undefined) return catalog;
    throw new RegistryError('stopped', notLoaded);
  }

  /** The catalog as it is after all changes that were acknowledged anywhere. */
  async #freshCatalog(options: CallOptions): Promise<Catalog> {
    const { header } = await this.#operations.discover(
      { ranges: catalogRanges, consistency: 'consistent' },
      options,
    );
    await this.#followed.whenAt(header.revision);
    return this.#catalog();
  }

  /** `moved`: checks that come to the subject with this change. */
  #draftChecks(
    draft: Draft,
    catalog: Catalog,
    { subject, moved }: { readonly subject: Subject; readonly moved: readonly Check[] },
    checks: readonly NewCheck[],
  ): void {
    const before = [...catalog.checksOf(subject), ...moved];
    const nameOf = namesOfChecks(before);
    checkCount(before, new Set(checks.map(({ id }) => id).map(nameOf)));
    for (const { id: given, record: all, output, keepsStatus = false } of checks) {
      const id = nameOf(given);
      const known = before.find((check) => check.id === id);
      const record = keepsStatus && known !== undefined ? { ...all, status: undefined } : all;
      const key = keyOfCheck('checks', subject, id);
      draft.read(key, known?.modRevision ?? 0);
      const now = known && recordOf(known);
      const value = encodeCheck(recordOfGiven(record, now, this.#wallTimeMs()));
      if (now === undefined || !isEqual(encodeCheck(now), value)) draft.put(key, value);
      if (output !== undefined && output !== known?.output) {
        draft.put(keyOfCheck('outputs', subject, id), Buffer.from(output));
      }
      draftHeartbeat(draft, subject, { id, record, known });
    }
  }

  #draftReport(
    draft: Draft,
    check: Check,
    { status, output }: CheckReport,
    isRenewed: boolean,
  ): void {
    const { subject, id } = check;
    const isNew = status !== check.status;
    draft.read(check.key, check.modRevision);
    if (status !== check.saidStatus) {
      draft.put(check.key, encodeCheck(withStatus(recordOf(check), status, this.#wallTimeMs())));
    }
    const outputKey = keyOfCheck('outputs', subject, id);
    if (output !== check.output && (isNew || this.#outputs.isDue(outputKey))) {
      draft.put(outputKey, Buffer.from(output));
    }
    if (check.type === 'ttl' && !(check.isHeard && isRenewed)) {
      draft.putLeased(keyOfCheck('heartbeats', subject, id), ttlSecondsOf(check.definition));
    }
  }

  /** Renews the lease of a check's heartbeat. False: it has none that could be renewed. */
  async #renew(find: FindCheck, options: CallOptions): Promise<boolean> {
    const lease = find(await this.#catalog())?.heartbeatLease ?? 0n;
    if (lease === 0n) return false;
    const { ttlSeconds } = await this.#operations.leaseKeepAlive(lease, options);
    return ttlSeconds > 0;
  }
}

/** Looks for a check; called again whenever the catalog may have changed. */
export type FindCheck = (catalog: Catalog) => Check | undefined;
export type FindInstances = (catalog: Catalog) => readonly Instance[];

const notLoaded = 'this member has not read its registrations yet; ask another one, or try again';

/** Checks that operators have added, which a registration of their instance does not take away. */
export function isOfOperator(id: string): boolean {
  return isMaintenance(id) || folded(id).startsWith('_');
}

/** Where an instance is registered, and as what. One that agents know stays on the node of the member that took it first. */
function seatIn(
  catalog: Catalog,
  { name: { namespace, service, instance: id }, host, registration }: RegisterRequest,
): Seat & { readonly registration: Registration } {
  const from = host !== undefined && isUsualId({ service, id }) ? host : '';
  const seat = seatOf(
    { namespace, service, id, node: registration.node, from },
    {
      instancesCalled: (called) => catalog.instancesCalled(called),
      node: (name) => catalog.node(name),
      isTaken: (key) => catalog.isTaken(key),
    },
  );
  const { name, before, replaced } = seat;
  const known = before ?? newestOf(replaced);
  const node =
    host !== undefined && known?.node.isMember === true ? known.node.name : registration.node;
  // The ID of an instance that its host calls by the name of the service is the name in its key.
  const own = from !== '' || name.instance === id ? '' : id;
  return { ...seat, registration: { ...registration, node, id: own, from } };
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
