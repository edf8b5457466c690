import { singleKey } from '../../base/key.ts';
import type { KeyRange } from '../../base/key.ts';
import type { LeaseId } from '../key-value.ts';
import type {
  Compare,
  DeleteRangeRequest,
  Operation,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '../requests.ts';

/** The keys that a request reads and writes, whichever way it goes. A lease stands for all keys attached to it. */
export interface KeyUse {
  readonly reads: readonly KeyRange[];
  readonly writes: readonly KeyRange[];
  readonly readLeases: readonly LeaseId[] | 'all';
  readonly writtenLeases: readonly LeaseId[];
}

const unused: KeyUse = { reads: [], writes: [], readLeases: [], writtenLeases: [] };

export function useOf(use: Partial<KeyUse>): KeyUse {
  return { ...unused, ...use };
}

export function useOfRange({ range }: Pick<RangeRequest, 'range'>): KeyUse {
  return useOf({ reads: [range] });
}

export function useOfPut(request: PutRequest): KeyUse {
  return collect((gathered) => addPut(gathered, request));
}

export function useOfDelete(request: DeleteRangeRequest): KeyUse {
  return collect((gathered) => addDelete(gathered, request));
}

/** Of both branches, compares, and all that is nested: what it does is known only when it is applied. */
export function useOfTxn(request: TxnRequest): KeyUse {
  return collect((gathered) => addTxn(gathered, request));
}

interface Gathered {
  readonly reads: KeyRange[];
  readonly writes: KeyRange[];
  readonly writtenLeases: LeaseId[];
}

function collect(add: (gathered: Gathered) => void): KeyUse {
  const gathered: Gathered = { reads: [], writes: [], writtenLeases: [] };
  add(gathered);
  return { ...gathered, readLeases: [] };
}

/**
 * A key that is attached to a lease goes when the lease is revoked, and a user may revoke a lease only if it may write
 * all its keys: so it must not attach a key to a lease with keys of others.
 */
function addPut(gathered: Gathered, { key, lease, prevKv }: PutRequest): void {
  const range = singleKey(key);
  gathered.writes.push(range);
  if (prevKv) gathered.reads.push(range);
  if (lease !== 0n) gathered.writtenLeases.push(lease);
}

function addDelete(gathered: Gathered, { range, prevKv }: DeleteRangeRequest): void {
  gathered.writes.push(range);
  if (prevKv) gathered.reads.push(range);
}

function addTxn(gathered: Gathered, { compares, success, failure }: TxnRequest): void {
  // Whether a compare holds tells of the key.
  for (const { range } of compares satisfies readonly Compare[]) gathered.reads.push(range);
  for (const operation of success) addOperation(gathered, operation);
  for (const operation of failure) addOperation(gathered, operation);
}

function addOperation(gathered: Gathered, operation: Operation): void {
  switch (operation.kind) {
    case 'range':
      gathered.reads.push(operation.request.range);
      break;
    case 'put':
      addPut(gathered, operation.request);
      break;
    case 'delete-range':
      addDelete(gathered, operation.request);
      break;
    case 'txn':
      addTxn(gathered, operation.request);
      break;
  }
}
