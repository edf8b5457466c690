import { unreachable } from '../base/assert.ts';
import { finish, workOf } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import { decide } from './compare.ts';
import type { Decision } from './compare.ts';
import { KeyOrder } from './key-order.ts';
import type { KeyStore } from './key-store.ts';
import { newest } from './key-store.ts';
import type { KeyValue, LeaseId } from './key-value.ts';
import type { LeaseTable } from './lease-table.ts';
import { ReadProgress } from './read-progress.ts';
import { readRange } from './range.ts';
import type { Refusal } from './refusal.ts';
import type {
  DeleteRangeRequest,
  DeleteRangeResult,
  Operation,
  OperationResult,
  PutRequest,
  PutResult,
  RangeRequest,
  RangeResult,
  TxnRequest,
  TxnResult,
} from './requests.ts';

/** Options of the execution of a transaction. */
export interface TxnMode {
  /** The revision to read at; `newest` for a transaction that writes. */
  readonly at: number;
  /** False: no caller on this member needs the result, so data that it would show is not read. Writes are the same. */
  readonly isWanted: boolean;
}

/**
 * Executes requests on keys and leases. All checks come before the first change, so a refused request changes
 * nothing.
 */
export class Execution {
  readonly #keys: KeyStore;
  readonly #leases: LeaseTable;

  readonly #keysPerStep: number;

  constructor(keys: KeyStore, leases: LeaseTable, keysPerStep: number) {
    this.#keysPerStep = keysPerStep;
    this.#keys = keys;
    this.#leases = leases;
  }

  checkPut(request: PutRequest): Refusal | undefined {
    return this.#checkLease(request) ?? this.#checkKept(request);
  }

  put(request: PutRequest, isWanted: boolean): PutResult {
    const { key, ignoreValue, ignoreLease } = request;
    const prevKv = request.prevKv && isWanted;
    const previous = prevKv || ignoreValue ? this.#keys.get(key, newest) : undefined;
    const leaseBefore = this.#keys.leaseOf(key);
    const lease = ignoreLease ? leaseBefore : request.lease;
    this.#keys.put(key, ignoreValue ? (previous?.value ?? noBytes) : request.value, lease);
    this.#leases.move(key, leaseBefore, lease);
    return { kind: 'put', previous: prevKv ? previous : undefined };
  }

  /** Reads run at the revision before, so they see nothing of the command until it ends. */
  *deleteRange({ range, prevKv }: DeleteRangeRequest, isWanted: boolean): Steps<DeleteRangeResult> {
    const previous: KeyValue[] = [];
    let deleted = 0;
    let { start } = range;
    for (;;) {
      const { keys, slots } = this.#keys.take({ start, end: range.end }, this.#keysPerStep);
      let bytes = 0;
      for (const [at, key] of keys.entries()) {
        const lease = this.#keys.leaseIn(slots[at] ?? 0);
        if (lease === undefined) continue;
        const kv = prevKv && isWanted ? this.#keys.get(key, newest) : undefined;
        if (kv !== undefined) {
          previous.push(kv);
          bytes += kv.value.length;
        }
        this.#leases.move(key, lease, 0n);
        this.#keys.delete(key);
        deleted++;
      }
      if (keys.length < this.#keysPerStep) break;
      start = `${keys.at(-1)}\0`;
      yield workOf(keys.length, bytes);
    }
    return { kind: 'delete-range', deleted, previous };
  }

  /** Deletes the keys of a lease, in order, and then the lease. */
  *revoke(id: LeaseId): Steps<Refusal | undefined> {
    const lease = this.#leases.get(id);
    if (lease === undefined) return leaseNotFound(id);
    const order = new KeyOrder();
    let count = 0;
    for (const key of lease.attached) {
      order.add(key);
      count++;
      // Collecting a key costs a fraction of deleting one.
      if (count % this.#keysPerStep === 0) yield this.#keysPerStep / 16;
    }
    for (const { keys } of order.inOrder(this.#keysPerStep)) {
      for (const key of keys) this.#keys.delete(key);
      yield keys.length;
    }
    this.#leases.remove(id);
    return undefined;
  }

  decide(txn: TxnRequest, at: number): Decision {
    return finish(decide(this.#keys, txn, at));
  }

  /** The first refusal among the operations of the branches that are taken, in the order in which they are written. */
  checkTxn(txn: TxnRequest, { succeeded, nested }: Decision): Refusal | undefined {
    const inner = nested.values();
    for (const operation of succeeded ? txn.success : txn.failure) {
      const refusal = this.#check(operation, inner);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #check(operation: Operation, nested: Iterator<Decision, undefined>): Refusal | undefined {
    switch (operation.kind) {
      case 'range':
        return this.#checkRange(operation.request);
      case 'put':
        return this.checkPut(operation.request);
      case 'delete-range':
        return undefined;
      case 'txn':
        return this.checkTxn(operation.request, nested.next().value ?? noDecision);
      default:
        return unreachable(operation);
    }
  }

  *txn(request: TxnRequest, { succeeded, nested }: Decision, mode: TxnMode): Steps<TxnResult> {
    const inner = nested.values();
    const results: OperationResult[] = [];
    for (const operation of succeeded ? request.success : request.failure) {
      // Most operations are puts, and entering a generator for each takes V8 longer than the rest of it.
      const isPut = operation.kind === 'put';
      results.push(
        isPut
          ? this.put(operation.request, mode.isWanted)
          : yield* this.#carryOut(operation, inner, mode),
      );
    }
    return { kind: 'txn', succeeded, results };
  }

  *#carryOut(
    operation: Exclude<Operation, { readonly kind: 'put' }>,
    nested: Iterator<Decision, undefined>,
    mode: TxnMode,
  ): Steps<OperationResult> {
    switch (operation.kind) {
      case 'range': {
        if (!mode.isWanted) return nothingRead;
        const { request } = operation;
        const revision = request.revision > 0 ? request.revision : mode.at;
        return yield* readRange(this.#keys, request, revision, new ReadProgress());
      }
      case 'delete-range':
        return yield* this.deleteRange(operation.request, mode.isWanted);
      case 'txn':
        return yield* this.txn(operation.request, nested.next().value ?? noDecision, mode);
      default:
        return unreachable(operation);
    }
  }

  #checkLease({ lease }: PutRequest): Refusal | undefined {
    return lease === 0n || this.#leases.has(lease) ? undefined : leaseNotFound(lease);
  }

  #checkKept({ key, ignoreValue, ignoreLease }: PutRequest): Refusal | undefined {
    if ((!ignoreValue && !ignoreLease) || this.#keys.has(key)) return undefined;
    const message = 'the key does not exist, so there is no value or lease to keep';
    return { kind: 'error', code: 'key-not-found', message };
  }

  #checkRange({ revision }: RangeRequest): Refusal | undefined {
    return revision === 0 ? undefined : this.#keys.refusalToRead(revision);
  }
}

/** The result of a range that no caller on this member needs. */
const nothingRead: RangeResult = { kind: 'range', kvs: [], more: false, count: 0 };
const noDecision: Decision = { succeeded: false, nested: [] };
const noBytes = new Uint8Array();

function leaseNotFound(id: LeaseId): Refusal {
  const message = `there is no lease ${id.toString(16)}; it may have expired`;
  return { kind: 'error', code: 'lease-not-found', message };
}
