import { unreachable } from '../base/assert.ts';
import { bytesOf } from '../base/fields.ts';
import { bytesOfKey, keyOf } from '../base/key.ts';
import type { KeyRange } from '../base/key.ts';
import {
  checkFlags,
  checkLength,
  checkRow,
  leaseOf,
  nameAt,
  packLease,
  unknownKind,
  UnknownCommand,
  wholeOf,
} from './command-fields.ts';
import type { PackedLease } from './command-fields.ts';
import type { LeaseId } from './key-value.ts';
import { flagsOf, ignoreLeaseFlag, ignoreValueFlag, prevKvFlag, putFlags } from './puts-codec.ts';
import type {
  Compare,
  DeleteRangeRequest,
  Operation,
  PutRequest,
  RangeRequest,
  SortOrder,
  SortTarget,
  TxnRequest,
} from './requests.ts';

/** How puts, deletions and transactions lie in rows of commands. Bound for ever; see `command-codec.ts`. */

const sortTargets: readonly SortTarget[] = ['key', 'version', 'create', 'mod', 'value'];
const sortOrders: readonly SortOrder[] = ['none', 'ascend', 'descend'];
const compareResults = ['equal', 'greater', 'less', 'not-equal'] as const;
const compareTargets = ['version', 'create', 'mod', 'lease', 'value'] as const;

const keysOnlyFlag = 1;
const countOnlyFlag = 2;
const rangeFlags = keysOnlyFlag | countOnlyFlag;

const operationLengths: Readonly<Record<OperationRow[0], number>> = { 0: 12, 1: 5, 2: 4, 3: 4 };
const compareLength = 5;
export type PutFields = readonly [
  key: Uint8Array,
  value: Uint8Array,
  lease: PackedLease,
  /** prevKv 1, ignoreValue 2, ignoreLease 4. */
  flags: number,
];
export type DeleteFields = readonly [start: Uint8Array, end: PackedEnd, prevKv: 0 | 1];
export type TxnFields = readonly [
  compares: readonly CompareRow[],
  success: readonly OperationRow[],
  failure: readonly OperationRow[],
];
type CompareRow = readonly [
  start: Uint8Array,
  end: PackedEnd,
  result: number,
  target: number,
  value: number | LeaseId | Uint8Array,
];
type OperationRow =
  | readonly [kind: 0, ...RangeFields]
  | readonly [kind: 1, ...PutFields]
  | readonly [kind: 2, ...DeleteFields]
  | readonly [kind: 3, ...TxnFields];
type RangeFields = readonly [
  start: Uint8Array,
  end: PackedEnd,
  limit: number,
  revision: number,
  order: number,
  target: number,
  /** keysOnly 1, countOnly 2. */
  flags: number,
  minModRevision: number,
  maxModRevision: number,
  minCreateRevision: number,
  maxCreateRevision: number,
];

/** The end of a range: null is "none", 0 is "this key only". */
export type PackedEnd = Uint8Array | null | 0;

export function putFields(request: PutRequest): PutFields {
  return [bytesOfKey(request.key), request.value, packLease(request.lease), flagsOf(request)];
}

export function putOf(...[key, value, lease, flags]: PutFields): PutRequest {
  checkFlags(flags, putFlags);
  return {
    key: keyOf(bytesOf(key, 'key')),
    value: bytesOf(value, 'value'),
    lease: leaseOf(lease),
    prevKv: (flags & prevKvFlag) !== 0,
    ignoreValue: (flags & ignoreValueFlag) !== 0,
    ignoreLease: (flags & ignoreLeaseFlag) !== 0,
  };
}

export function deleteFields({ range, prevKv }: DeleteRangeRequest): DeleteFields {
  return [bytesOfKey(range.start), packEnd(range), prevKv ? 1 : 0];
}

export function deleteOf(...[start, end, prevKv]: DeleteFields): DeleteRangeRequest {
  checkFlags(prevKv, prevKvFlag);
  return { range: rangeFrom(start, end), prevKv: prevKv === 1 };
}

export function txnFields({ compares, success, failure }: TxnRequest): TxnFields {
  return [compares.map(compareRow), success.map(operationRow), failure.map(operationRow)];
}

export function txnOf(...[compares, success, failure]: TxnFields): TxnRequest {
  return {
    compares: compares.map(compareOf),
    success: success.map(operationOf),
    failure: failure.map(operationOf),
  };
}

function compareRow({ range, result, against }: Compare): CompareRow {
  return [
    bytesOfKey(range.start),
    packEnd(range),
    compareResults.indexOf(result),
    compareTargets.indexOf(against.target),
    against.target === 'lease' ? packLease(against.value) : against.value,
  ];
}

function compareOf(row: CompareRow): Compare {
  checkLength(row, compareLength);
  const [start, end, result, target, value] = row;
  return {
    range: rangeFrom(start, end),
    result: nameAt(compareResults, result),
    against: againstOf(nameAt(compareTargets, target), value),
  };
}

function againstOf(target: Compare['against']['target'], value: CompareRow[4]): Compare['against'] {
  if (value instanceof Uint8Array) {
    if (target === 'value') return { target, value };
  } else if (target === 'lease') return { target, value: leaseOf(value) };
  else if (target !== 'value') {
    return { target, value: wholeOf(typeof value === 'bigint' ? Number(value) : value) };
  }
  throw new UnknownCommand(`the log holds a comparison of ${target} with something else`);
}

function operationRow(operation: Operation): OperationRow {
  switch (operation.kind) {
    case 'range':
      return [0, ...rangeFields(operation.request)];
    case 'put':
      return [1, ...putFields(operation.request)];
    case 'delete-range':
      return [2, ...deleteFields(operation.request)];
    case 'txn':
      return [3, ...txnFields(operation.request)];
    default:
      return unreachable(operation);
  }
}

function operationOf(row: OperationRow): Operation {
  checkRow(row, operationLengths);
  switch (row[0]) {
    case 0: {
      const [, ...fields] = row;
      return { kind: 'range', request: rangeOf(...fields) };
    }
    case 1:
      return { kind: 'put', request: putOf(row[1], row[2], row[3], row[4]) };
    case 2:
      return { kind: 'delete-range', request: deleteOf(row[1], row[2], row[3]) };
    case 3:
      return { kind: 'txn', request: txnOf(row[1], row[2], row[3]) };
    default:
      throw unknownKind(row);
  }
}

function rangeFields(request: RangeRequest): RangeFields {
  return [
    bytesOfKey(request.range.start),
    packEnd(request.range),
    request.limit,
    request.revision,
    sortOrders.indexOf(request.sortOrder),
    sortTargets.indexOf(request.sortTarget),
    (request.keysOnly ? keysOnlyFlag : 0) | (request.countOnly ? countOnlyFlag : 0),
    request.minModRevision,
    request.maxModRevision,
    request.minCreateRevision,
    request.maxCreateRevision,
  ];
}

function rangeOf(...fields: RangeFields): RangeRequest {
  const [start, end, limit, revision, order, target, flags, ...bounds] = fields;
  const [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision] = bounds;
  checkFlags(flags, rangeFlags);
  return {
    range: rangeFrom(start, end),
    limit: wholeOf(limit),
    revision: wholeOf(revision),
    sortOrder: nameAt(sortOrders, order),
    sortTarget: nameAt(sortTargets, target),
    keysOnly: (flags & keysOnlyFlag) !== 0,
    countOnly: (flags & countOnlyFlag) !== 0,
    minModRevision: wholeOf(minModRevision),
    maxModRevision: wholeOf(maxModRevision),
    minCreateRevision: wholeOf(minCreateRevision),
    maxCreateRevision: wholeOf(maxCreateRevision),
  };
}

export function packEnd({ start, end }: KeyRange): PackedEnd {
  if (end === undefined) return null;
  return end === `${start}\0` ? 0 : bytesOfKey(end);
}

export function rangeFrom(start: Uint8Array, end: PackedEnd): KeyRange {
  const first = keyOf(bytesOf(start, 'key'));
  if (end === null) return { start: first, end: undefined };
  return { start: first, end: end === 0 ? `${first}\0` : keyOf(bytesOf(end, 'end of a range')) };
}
