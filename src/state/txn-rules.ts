import { RegistryError } from '../base/errors.ts';
import { rangeHolds } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Operation, PutRequest, TxnRequest } from './requests.ts';

/**
 * Checks what does not depend on data: size, empty keys, keys written twice. `operationsMax` bounds the compares and
 * the operations of each branch; nested transactions get what is left of it.
 */
export function validateTxn(txn: TxnRequest, operationsMax: number): void {
  checkShape(txn, operationsMax);
  checkWrites(txn.success);
  checkWrites(txn.failure);
}

/** Checks what does not depend on data. */
export function validatePut({ key, value, lease, ignoreValue, ignoreLease }: PutRequest): void {
  checkKey(key);
  if (ignoreValue && value.length > 0) {
    throw new RegistryError('value-provided', 'a value makes no sense with ignore_value');
  }
  if (ignoreLease && lease !== 0n) {
    throw new RegistryError('lease-provided', 'a lease makes no sense with ignore_lease');
  }
}

/** True if the transaction writes nothing, whichever way its compares go. */
export function isReadOnly({ success, failure }: TxnRequest): boolean {
  return !hasOperation(success, isWrite) && !hasOperation(failure, isWrite);
}

/** True if the transaction could make the data grow. */
export function hasPut({ success, failure }: TxnRequest): boolean {
  return hasOperation(success, isPut) || hasOperation(failure, isPut);
}

function isWrite({ kind }: Operation): boolean {
  return kind === 'put' || kind === 'delete-range';
}

function isPut({ kind }: Operation): boolean {
  return kind === 'put';
}

function hasOperation(
  operations: readonly Operation[],
  wanted: (operation: Operation) => boolean,
): boolean {
  return operations.some((operation) =>
    operation.kind === 'txn'
      ? hasOperation(operation.request.success, wanted) ||
        hasOperation(operation.request.failure, wanted)
      : wanted(operation),
  );
}

/** Throws for the empty key. */
export function checkKey(key: Key): void {
  if (key === '') throw new RegistryError('key-not-provided', 'the key is empty; give one');
}

/** Throws for a transaction that is too large. Returns the operations that are left for transactions nested in it. */
export function checkTxnSize(
  txn: Readonly<Record<'compares' | 'success' | 'failure', { readonly length: number }>>,
  operationsMax: number,
): number {
  const size = Math.max(txn.compares.length, txn.success.length, txn.failure.length);
  if (size > operationsMax) {
    throw new RegistryError(
      'too-many-operations',
      `the transaction has ${size} compares or operations where ${operationsMax} are left`,
    );
  }
  return operationsMax - size;
}

function checkShape(txn: TxnRequest, operationsMax: number): void {
  const { compares, success, failure } = txn;
  const left = checkTxnSize(txn, operationsMax);
  for (const { range } of compares) checkKey(range.start);
  for (const operation of success) checkOperation(operation, left);
  for (const operation of failure) checkOperation(operation, left);
}

function checkOperation(operation: Operation, operationsMax: number): void {
  switch (operation.kind) {
    case 'range':
    case 'delete-range':
      checkKey(operation.request.range.start);
      break;
    case 'put':
      validatePut(operation.request);
      break;
    case 'txn':
      checkShape(operation.request, operationsMax);
      break;
  }
}

/** The writes of one branch, nested transactions included. */
interface Writes {
  readonly puts: Set<Key>;
  readonly deletes: KeyRange[];
}

/**
 * A transaction is one revision, and a key has one version in it: no key may be put twice, or put and deleted. The
 * branches of a nested transaction exclude each other, so both may put the same key. As in etcd, nested transactions
 * are checked first, in order, and a delete in one does not conflict with a put in an earlier one.
 */
function checkWrites(operations: readonly Operation[]): Writes {
  const puts = new Set<Key>();
  const deletes: KeyRange[] = [];
  for (const operation of operations) {
    if (operation.kind === 'delete-range') deletes.push(operation.request.range);
  }
  const add = (key: Key, mayRepeat?: ReadonlySet<Key>): void => {
    const isRepeated = puts.has(key) && mayRepeat?.has(key) !== true;
    if (isRepeated || deletes.some((range) => rangeHolds(range, key))) {
      throw new RegistryError('duplicate-key', 'the transaction writes the same key twice');
    }
    puts.add(key);
  };
  for (const operation of operations) {
    if (operation.kind !== 'txn') continue;
    const success = checkWrites(operation.request.success);
    const failure = checkWrites(operation.request.failure);
    for (const key of success.puts) add(key);
    for (const key of failure.puts) add(key, success.puts);
    deletes.push(...success.deletes, ...failure.deletes);
  }
  for (const operation of operations) {
    if (operation.kind === 'put') add(operation.request.key);
  }
  return { puts, deletes };
}
