import type { Operation, PutRequest, TxnRequest } from '../state/index.ts';

/** What a put adds to the data at most, as etcd counts it: a fixed part for the record, and its bytes. */
export function putCost({ key, value }: Pick<PutRequest, 'key' | 'value'>): number {
  return 256 + key.length + value.length;
}

/** What a lease adds. */
export const leaseCost = 64;

/** The dearer of the two branches, with what is nested in them. */
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
