import { unreachable } from '../../src/base/assert.ts';
import { rangeHolds } from '../../src/base/key.ts';
import type { Key, KeyRange } from '../../src/base/key.ts';
import type {
  Command,
  Compare,
  DeleteRangeRequest,
  KeyEvent,
  KeyValue,
  LeaseId,
  Operation,
  OperationResult,
  PutRequest,
  RangeRequest,
  RevisionEvents,
  TxnRequest,
} from '../../src/state/index.ts';

/** The commands that the model knows. */
export type KeyCommand = Extract<
  Command,
  { readonly kind: 'put' | 'delete-range' | 'txn' | 'compact' | 'lease-grant' | 'lease-revoke' }
>;
type Contents = ReadonlyMap<Key, KeyValue>;
type Outcome = OperationResult | { readonly kind: 'done' | 'lease-granted' };

/** etcd's name of the reason; thrown before anything is changed. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * The state in its simplest form: the full content of the store at every revision. Only keys, compactions and leases.
 */
export class Model {
  /** The content of the store at each revision. */
  #past: Contents[] = [new Map(), new Map()];
  #events: KeyEvent[][] = [[], []];
  readonly leases: Map<LeaseId, number> = new Map();
  /** -1: nothing was ever compacted. */
  #compacted = -1;

  /** The contents and events of the command under way. */
  #now = new Map<Key, KeyValue>();
  #happened: KeyEvent[] = [];

  get revision(): number {
    return this.#past.length - 1;
  }

  get compactedRevision(): number {
    return Math.max(this.#compacted, 0);
  }

  apply(command: KeyCommand): { outcome: Outcome; events: readonly KeyEvent[] } {
    this.#now = new Map(this.#past[this.revision]);
    this.#happened = [];
    const outcome = this.#carryOut(command);
    if (this.#happened.length > 0) {
      this.#past.push(this.#now);
      this.#events.push(this.#happened);
    }
    return { outcome, events: this.#happened };
  }

  range(request: RangeRequest): OperationResult {
    if (request.revision > 0) this.#checkRevision(request.revision);
    this.#now = new Map(this.#past[this.revision]);
    return this.#range(request);
  }

  readTxn(request: TxnRequest): OperationResult {
    return this.#txn(request, new Map(this.#past[this.revision]));
  }

  eventsFrom(revision: number): RevisionEvents[] {
    return this.#events
      .map((events, at) => ({ revision: at, events }))
      .filter(({ revision: at, events }) => at >= revision && events.length > 0);
  }

  at(key: Key, revision: number): KeyValue | undefined {
    return this.#past[revision]?.get(key);
  }

  keysOf(lease: LeaseId): Key[] {
    const now = [...(this.#past[this.revision] ?? [])];
    return now.flatMap(([key, kv]) => (kv.lease === lease ? [key] : [])).toSorted();
  }

  #carryOut(command: KeyCommand): Outcome {
    switch (command.kind) {
      case 'put':
        this.#checkLease(command.request);
        this.#checkKept(command.request, this.#now);
        return this.#put(command.request);
      case 'delete-range':
        return this.#delete(command.request);
      case 'txn':
        return this.#txn(command.request, new Map(this.#now));
      case 'compact':
        if (command.revision > this.revision) throw new Refused('revision-in-future');
        if (command.revision <= this.#compacted) throw new Refused('revision-compacted');
        this.#compacted = command.revision;
        return { kind: 'done' };
      case 'lease-grant':
        if (this.leases.has(command.id)) throw new Refused('lease-exists');
        this.leases.set(command.id, command.ttlSeconds);
        return { kind: 'lease-granted' };
      case 'lease-revoke':
        if (!this.leases.delete(command.id)) throw new Refused('lease-not-found');
        for (const key of this.keysOf(command.id)) this.#deleteKey(key);
        return { kind: 'done' };
      default:
        return unreachable(command);
    }
  }

  #put(request: PutRequest): OperationResult {
    const { key, ignoreValue, ignoreLease, prevKv } = request;
    const before = this.#now.get(key);
    const modRevision = this.revision + 1;
    const kv = {
      key,
      value: ignoreValue ? before!.value : request.value,
      createRevision: before?.createRevision ?? modRevision,
      modRevision,
      version: (before?.version ?? 0) + 1,
      lease: ignoreLease ? before!.lease : request.lease,
    };
    this.#now.set(key, kv);
    this.#happened.push({ kind: 'put', kv });
    return { kind: 'put', previous: prevKv ? before : undefined };
  }

  #delete({ range, prevKv }: DeleteRangeRequest): OperationResult {
    const found = inOrder(this.#now, range);
    for (const { key } of found) this.#deleteKey(key);
    return { kind: 'delete-range', deleted: found.length, previous: prevKv ? found : [] };
  }

  #deleteKey(key: Key): void {
    this.#now.delete(key);
    const value = new Uint8Array();
    const modRevision = this.revision + 1;
    const kv = { key, value, createRevision: 0, modRevision, version: 0, lease: 0n };
    this.#happened.push({ kind: 'delete', kv });
  }

  #range(request: RangeRequest): OperationResult {
    const contents = request.revision > 0 ? this.#past[request.revision]! : this.#now;
    const all = inOrder(contents, request.range);
    const count = all.length;
    if (request.countOnly) return { kind: 'range', kvs: [], more: false, count };
    const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
    const isFiltered = minModRevision + maxModRevision + minCreateRevision + maxCreateRevision > 0;
    const limit = request.limit === 0 ? Infinity : request.limit;
    const looksAtAll = request.sortOrder !== 'none' || isFiltered;
    let kvs = (looksAtAll ? all : all.slice(0, limit + 1)).filter(
      (kv) =>
        kv.modRevision >= minModRevision &&
        kv.createRevision >= minCreateRevision &&
        kv.modRevision <= (maxModRevision || Infinity) &&
        kv.createRevision <= (maxCreateRevision || Infinity),
    );
    const sign = request.sortOrder === 'descend' ? -1 : 1;
    kvs.sort((a, b) => sign * compared(sortKey(request, a), sortKey(request, b)));
    const more = kvs.length > limit;
    kvs = kvs.slice(0, limit);
    if (request.keysOnly) kvs = kvs.map((kv) => ({ ...kv, value: new Uint8Array() }));
    return { kind: 'range', kvs, more, count };
  }

  /** Compares see the content `before` the transaction; operations see that after the operations before them. */
  #txn(request: TxnRequest, before: Contents): OperationResult {
    const taken = takenBy(request, before);
    for (const { kind, request: one } of taken.flat) {
      if (kind === 'put') {
        this.#checkLease(one);
        this.#checkKept(one, before);
      } else if (kind === 'range' && one.revision !== 0) this.#checkRevision(one.revision);
    }
    this.#now = new Map(before);
    return this.#results(request, before);
  }

  #results(request: TxnRequest, before: Contents): OperationResult {
    const { succeeded, operations } = takenBy(request, before);
    const results = operations.map((operation): OperationResult => {
      switch (operation.kind) {
        case 'range':
          return this.#range(operation.request);
        case 'put':
          return this.#put(operation.request);
        case 'delete-range':
          return this.#delete(operation.request);
        case 'txn':
          return this.#results(operation.request, before);
        default:
          return unreachable(operation);
      }
    });
    return { kind: 'txn', succeeded, results };
  }

  #checkLease({ lease }: PutRequest): void {
    if (lease !== 0n && !this.leases.has(lease)) throw new Refused('lease-not-found');
  }

  #checkKept({ key, ignoreValue, ignoreLease }: PutRequest, contents: Contents): void {
    if ((ignoreValue || ignoreLease) && !contents.has(key)) throw new Refused('key-not-found');
  }

  #checkRevision(revision: number): void {
    if (revision > this.revision) throw new Refused('revision-in-future');
    if (revision < this.#compacted) throw new Refused('revision-compacted');
  }
}

/** The branch a transaction takes; `flat` has the operations of nested ones in their place. */
function takenBy(
  request: TxnRequest,
  before: Contents,
): { succeeded: boolean; operations: readonly Operation[]; flat: Operation[] } {
  const succeeded = request.compares.every((compare) => holds(compare, before));
  const operations = succeeded ? request.success : request.failure;
  const flat = operations.flatMap((operation) =>
    operation.kind === 'txn' ? takenBy(operation.request, before).flat : [operation],
  );
  return { succeeded, operations, flat };
}

function holds({ range, result, against }: Compare, contents: Contents): boolean {
  const found: (number | bigint | Uint8Array)[] = inOrder(contents, range).map(
    (kv) =>
      ({
        version: kv.version,
        create: kv.createRevision,
        mod: kv.modRevision,
        lease: kv.lease,
        value: kv.value,
      })[against.target],
  );
  if (found.length === 0) {
    if (against.target === 'value') return false;
    found.push(against.target === 'lease' ? 0n : 0);
  }
  return found.every((one) => {
    const order = compared(one, against.value);
    if (result === 'equal') return order === 0;
    if (result === 'not-equal') return order !== 0;
    return result === 'less' ? order < 0 : order > 0;
  });
}

function inOrder(contents: Contents, range: KeyRange): KeyValue[] {
  return [...contents.values()]
    .filter(({ key }) => rangeHolds(range, key))
    .toSorted((a, b) => compared(a.key, b.key));
}

function sortKey({ sortTarget }: RangeRequest, kv: KeyValue): string | number | Uint8Array {
  return {
    key: kv.key,
    version: kv.version,
    create: kv.createRevision,
    mod: kv.modRevision,
    value: kv.value,
  }[sortTarget];
}

type Comparable = string | number | bigint | Uint8Array;

function compared(a: Comparable, b: Comparable): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
