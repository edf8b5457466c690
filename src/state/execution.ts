import { unreachable } from '../base/assert.ts';
import type { CommandResult } from './command.ts';
import { compareBytes } from './bytes.ts';
import type { KeyStore } from './key-store.ts';
import { newest } from './key-store.ts';
import type { KeyValue, LeaseId } from './key-value.ts';
import type { LeaseBook } from './lease-book.ts';
import { readRange } from './range.ts';
import type {
  Compare,
  DeleteRangeRequest,
  DeleteRangeResult,
  Operation,
  OperationResult,
  PutRequest,
  PutResult,
  RangeRequest,
  TxnRequest,
  TxnResult,
} from './requests.ts';

/** Why nothing was done. */
export type Refusal = CommandResult & { readonly kind: 'error' };

/** Which way a transaction goes, and each one nested in the branch it takes, in order. */
export interface Decision {
  readonly succeeded: boolean;
  readonly nested: readonly Decision[];
}

/**
 * Carries out requests on keys and leases. First everything is checked that could be refused, then everything is
 * done: a refused request leaves no trace.
 */
export class Execution {
  readonly #keys: KeyStore;
  readonly #leases: LeaseBook;

  constructor(keys: KeyStore, leases: LeaseBook) {
    this.#keys = keys;
    this.#leases = leases;
  }

  checkPut(request: PutRequest): Refusal | undefined {
    return this.#checkLease(request) ?? this.#checkKept(request);
  }

  put(request: PutRequest): PutResult {
    const { key, prevKv, ignoreValue, ignoreLease } = request;
    const previous = prevKv || ignoreValue ? this.#keys.get(key, newest) : undefined;
    const leaseBefore = this.#keys.leaseOf(key);
    const lease = ignoreLease ? leaseBefore : request.lease;
    this.#keys.put(key, ignoreValue ? (previous?.value ?? noBytes) : request.value, lease);
    this.#leases.move(key, leaseBefore, lease);
    return { kind: 'put', previous: prevKv ? previous : undefined };
  }

  deleteRange({ range, prevKv }: DeleteRangeRequest): DeleteRangeResult {
    const previous: KeyValue[] = [];
    if (prevKv) {
      const what = { range, revision: newest, values: true };
      this.#keys.visit(what, (kv) => previous.push(kv) > 0);
    }
    const keys = this.#keys.keysIn(range);
    for (const key of keys) {
      this.#leases.move(key, this.#keys.leaseOf(key), 0n);
      this.#keys.delete(key);
    }
    return { kind: 'delete-range', deleted: keys.length, previous };
  }

  /** Deletes the keys of a lease, and the lease. */
  revoke(id: LeaseId): Refusal | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return leaseNotFound(id);
    for (const key of lease.keys) this.#keys.delete(key);
    this.#leases.remove(id);
    return undefined;
  }

  /** All compares are judged before anything happens, nested ones too. */
  decide({ compares, success, failure }: TxnRequest): Decision {
    const succeeded = compares.every((compare) => this.#holds(compare));
    const nested: Decision[] = [];
    for (const operation of succeeded ? success : failure) {
      if (operation.kind === 'txn') nested.push(this.decide(operation.request));
    }
    return { succeeded, nested };
  }

  /** Why the branches that are to be taken cannot be. */
  checkTxn(txn: TxnRequest, decision: Decision): Refusal | undefined {
    return (
      this.#checkEach(txn, decision, (operation) =>
        // etcd looks at these two in the other order than for a put on its own.
        operation.kind === 'put'
          ? (this.#checkKept(operation.request) ?? this.#checkLease(operation.request))
          : undefined,
      ) ??
      this.#checkEach(txn, decision, (operation) =>
        operation.kind === 'range' ? this.#checkRange(operation.request) : undefined,
      )
    );
  }

  txn(request: TxnRequest, { succeeded, nested }: Decision): TxnResult {
    const inner = nested.values();
    const results = (succeeded ? request.success : request.failure).map((operation) =>
      this.#carryOut(operation, inner),
    );
    return { kind: 'txn', succeeded, results };
  }

  #carryOut(operation: Operation, nested: Iterator<Decision, undefined>): OperationResult {
    switch (operation.kind) {
      case 'range': {
        const { request } = operation;
        return readRange(this.#keys, request, request.revision > 0 ? request.revision : newest);
      }
      case 'put':
        return this.put(operation.request);
      case 'delete-range':
        return this.deleteRange(operation.request);
      case 'txn':
        return this.txn(operation.request, nested.next().value ?? noDecision);
      default:
        return unreachable(operation);
    }
  }

  #checkEach(
    txn: TxnRequest,
    { succeeded, nested }: Decision,
    check: (operation: Operation) => Refusal | undefined,
  ): Refusal | undefined {
    const inner = nested.values();
    for (const operation of succeeded ? txn.success : txn.failure) {
      const refusal =
        operation.kind === 'txn'
          ? this.#checkEach(operation.request, inner.next().value ?? noDecision, check)
          : check(operation);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #checkLease({ lease }: PutRequest): Refusal | undefined {
    return lease === 0n || this.#leases.has(lease) ? undefined : leaseNotFound(lease);
  }

  #checkKept({ key, ignoreValue, ignoreLease }: PutRequest): Refusal | undefined {
    if ((!ignoreValue && !ignoreLease) || this.#keys.has(key)) return undefined;
    const message = 'there is no such key whose value or lease could be kept';
    return { kind: 'error', code: 'key-not-found', message };
  }

  #checkRange({ revision }: RangeRequest): Refusal | undefined {
    return revision === 0 ? undefined : this.#keys.refusalToRead(revision);
  }

  #holds(compare: Compare): boolean {
    let isEmpty = true;
    let holds = true;
    const values = compare.against.target === 'value';
    this.#keys.visit({ range: compare.range, revision: newest, values }, (kv) => {
      isEmpty = false;
      holds = satisfies(compare, kv);
      return holds;
    });
    if (!isEmpty) return holds;
    // What is not there has no value to compare, and is 0 in everything else.
    return compare.against.target !== 'value' && satisfies(compare, nothing);
  }
}

const noDecision: Decision = { succeeded: false, nested: [] };
const noBytes = new Uint8Array();
const nothing: KeyValue = {
  key: '',
  value: noBytes,
  createRevision: 0,
  modRevision: 0,
  version: 0,
  lease: 0n,
};

function satisfies({ result, against }: Compare, kv: KeyValue): boolean {
  const order = orderOf(against, kv);
  switch (result) {
    case 'equal':
      return order === 0;
    case 'greater':
      return order > 0;
    case 'less':
      return order < 0;
    case 'not-equal':
      return order !== 0;
    default:
      return unreachable(result);
  }
}

/** Below, at or above 0 as what the key has is less than, equal to or greater than what was given. */
function orderOf(against: Compare['against'], kv: KeyValue): number {
  switch (against.target) {
    case 'version':
      return kv.version - against.value;
    case 'create':
      return kv.createRevision - against.value;
    case 'mod':
      return kv.modRevision - against.value;
    case 'lease':
      return kv.lease === against.value ? 0 : kv.lease < against.value ? -1 : 1;
    case 'value':
      return compareBytes(kv.value, against.value);
    default:
      return unreachable(against);
  }
}

function leaseNotFound(id: LeaseId): Refusal {
  const message = `there is no lease ${id.toString(16)}; it may have lapsed`;
  return { kind: 'error', code: 'lease-not-found', message };
}
