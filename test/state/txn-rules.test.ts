import { expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { hasPut, isReadOnly, validatePut, validateTxn } from '../../src/state/index.ts';
import type { Compare, Operation, TxnRequest } from '../../src/state/index.ts';
import { del, get, one, put, putRequest, txn } from './requests.ts';

function refusalOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
}

function refusal(...operations: Operation[]): string | undefined {
  return refusalOf(() => validateTxn({ compares: [], success: operations, failure: [] }, 128));
}

function check(request: TxnRequest, operationsMax: number): string | undefined {
  return refusalOf(() => validateTxn(request, operationsMax));
}

function compareOf(key: string): Compare {
  return { range: one(key), result: 'equal', against: { target: 'version', value: 0 } };
}

test('every part of a transaction needs a key', () => {
  expect(refusalOf(() => validateTxn(txn([compareOf('')], []).request, 128))).toBe(
    'key-not-provided',
  );
  for (const operation of [put('', 'x'), get(one('')), del(one(''))]) {
    expect(refusal(operation)).toBe('key-not-provided');
    expect(refusal(txn([], [], [operation]))).toBe('key-not-provided');
  }
  expect(refusalOf(() => validatePut(putRequest('', 'x')))).toBe('key-not-provided');
});

test('a put that keeps the value or the lease may not bring one', () => {
  const withValue = putRequest('a', 'x', { ignoreValue: true });
  const withLease = putRequest('a', 'x', { ignoreLease: true, lease: 5n });
  expect(refusalOf(() => validatePut(withValue))).toBe('value-provided');
  expect(refusalOf(() => validatePut(withLease))).toBe('lease-provided');
  expect(refusal({ kind: 'put', request: withValue })).toBe('value-provided');
  expect(refusal(txn([], [{ kind: 'put', request: withLease }]))).toBe('lease-provided');
  const withBoth = putRequest('a', '', { ignoreValue: true, ignoreLease: true });
  expect(refusalOf(() => validatePut(withBoth))).toBeUndefined();
});

test('compares and both branches count, and the largest is subtracted for nested transactions', () => {
  const five = Array.from({ length: 5 }, () => get(one('a')));
  const compares = Array.from({ length: 5 }, () => compareOf('a'));
  expect(check(txn([], five).request, 5)).toBeUndefined();
  expect(check(txn([], five).request, 4)).toBe('too-many-operations');
  expect(check(txn([], [], five).request, 4)).toBe('too-many-operations');
  expect(check(txn(compares, []).request, 4)).toBe('too-many-operations');
  const nested = txn(compares.slice(2), [txn([], five)]).request;
  expect(check(nested, 8)).toBeUndefined();
  expect(check(nested, 7)).toBe('too-many-operations');
});

test('no key is written twice, at any nesting', () => {
  const range = { start: 'a', end: 'c' };
  expect(refusal(put('a', '1'), put('a', '1'))).toBe('duplicate-key');
  expect(refusal(put('a', '1'), txn([], [], [put('a', '1')]))).toBe('duplicate-key');
  expect(refusal(txn([], [put('a', '1')]), txn([], [], [put('a', '1')]))).toBe('duplicate-key');
  expect(refusal(del(range), put('b', '1'))).toBe('duplicate-key');
  expect(refusal(put('b', '1'), del(range))).toBe('duplicate-key');
  expect(refusal(put('b', '1'), txn([], [del(range)]))).toBe('duplicate-key');
  expect(refusal(txn([], [], [put('b', '1')]), del(range))).toBe('duplicate-key');
  expect(refusal(txn([], [del(range)]), txn([], [put('b', '1')]))).toBe('duplicate-key');
  expect(refusal(put('x', '1'), del({ start: 'a', end: undefined }))).toBe('duplicate-key');
  expect(refusal(txn([], [], [put('a', '1'), put('a', '1')]))).toBe('duplicate-key');
});

test('branches that exclude each other may write the same key', () => {
  const range = { start: 'a', end: 'c' };
  expect(refusal(txn([], [put('a', '1')], [put('a', '2')]))).toBeUndefined();
  expect(refusal(txn([], [put('a', '1')], [del(range)]))).toBeUndefined();
  expect(refusal(put('c', '1'), del(range))).toBeUndefined();
  expect(refusal(del(range), del(range), txn([], [del(range)]))).toBeUndefined();
  const branches = txn([], [put('a', '1')], [put('a', '2')]).request;
  expect(refusalOf(() => validateTxn(branches, 128))).toBeUndefined();
  // As in etcd, which looks at nested transactions in order.
  expect(refusal(txn([], [put('a', '1')]), txn([], [del(range)]))).toBeUndefined();
});

test('writes, and puts that let the data grow, are found at every depth', () => {
  const reads = txn([], [get(one('a'))], [txn([], [get(one('b'))])]).request;
  const deletes = txn([], [], [txn([], [del(one('a'))])]).request;
  const puts = txn([], [], [txn([], [], [put('a', '1')])]).request;
  expect([reads, deletes, puts].map(isReadOnly)).toEqual([true, false, false]);
  expect([reads, deletes, puts].map(hasPut)).toEqual([false, false, true]);
});
