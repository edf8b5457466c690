import type { Operation, PutRequest, TxnRequest } from '../state/index.ts';

/** Bytes that a put adds to the data at most, as etcd counts them: a fixed part, and those of key and value. */
export function putCost({ key, value }: Pick<PutRequest, 'key' | 'value'>): number {
  return 256 + key.length + value.length;
}

/** Bytes that a lease adds. */
export const leaseCost = 64;

/** Bytes that a transaction adds at most: those of the larger branch, nested transactions included. */
export function txnCost({ success, failure }: TxnRequest): number {
  return Math.max(operationsCost(success), operationsCost(failure));
}

function operationsCost(operations: readonly Operation[]): number {
  let cost = 0;
  for (const operation of operations) {
    if (operation.kind === 'put') cost += putCost(operation.request);
    else if (operation.kind === 'txn') cost += txnCost(operation.request);
  }
  return cost;
}
