import { unreachable } from '../base/assert.ts';
import { etcdserverpb as pb, mvccpb } from '../gen/etcd.js';
import { bytesOf, wireRange, type Bytes, type Keys } from './bytes.ts';
import {
  KeyValue,
  type Compare,
  type DeleteOptions,
  type DeleteResult,
  type Op,
  type OpResult,
  type PutOptions,
  type PutResult,
  type RangeOptions,
  type RangeResult,
  type TxnResult,
} from './key-value.ts';
import { bigintOf, int64, numberOf } from './numbers.ts';
import type { TxnPlan } from './txn.ts';
import type { DeleteEvent, PutEvent } from './watcher.ts';
import {
  type DeleteRangeRequest,
  type DeleteRangeResponse,
  type PutRequest,
  type PutResponse,
  type RangeRequest,
  type RangeResponse,
  type RequestOp,
  type ResponseOp,
  type TxnRequest,
  type TxnResponse,
  type WireCompare,
  type WireEvent,
  type WireKeyValue,
} from './wire.ts';

const noBytes = new Uint8Array();

const sortTargets = {
  key: pb.RangeRequest.SortTarget.KEY,
  version: pb.RangeRequest.SortTarget.VERSION,
  'create-revision': pb.RangeRequest.SortTarget.CREATE,
  'mod-revision': pb.RangeRequest.SortTarget.MOD,
  value: pb.RangeRequest.SortTarget.VALUE,
} as const;

const compareResults = {
  '=': pb.Compare.CompareResult.EQUAL,
  '!=': pb.Compare.CompareResult.NOT_EQUAL,
  '<': pb.Compare.CompareResult.LESS,
  '>': pb.Compare.CompareResult.GREATER,
} as const;

export function rangeRequest(keys: Keys, options: RangeOptions): RangeRequest {
  const sorted = options.sortBy !== undefined || options.order !== undefined;
  const order =
    options.order === 'descending'
      ? pb.RangeRequest.SortOrder.DESCEND
      : pb.RangeRequest.SortOrder.ASCEND;
  return {
    ...wireRange(keys),
    revision: int64(options.revision ?? 0),
    limit: int64(options.limit ?? 0),
    sort_order: sorted ? order : pb.RangeRequest.SortOrder.NONE,
    sort_target: sortTargets[options.sortBy ?? 'key'],
    serializable: options.serializable === true,
    keys_only: options.keysOnly === true,
    count_only: options.countOnly === true,
    min_mod_revision: int64(options.modRevisionMin ?? 0),
    max_mod_revision: int64(options.modRevisionMax ?? 0),
    min_create_revision: int64(options.createRevisionMin ?? 0),
    max_create_revision: int64(options.createRevisionMax ?? 0),
  };
}

export function rangeResultOf(response: RangeResponse): RangeResult {
  return {
    kvs: (response.kvs ?? []).map(keyValueOf),
    count: numberOf(response.count),
    more: response.more === true,
    revision: numberOf(response.header?.revision),
  };
}

export function putRequest(key: Bytes, value: Bytes, options: PutOptions): PutRequest {
  return {
    key: bytesOf(key),
    value: bytesOf(value),
    lease: int64(options.lease ?? 0),
    prev_kv: options.prevKv === true,
    ignore_value: options.ignoreValue === true,
    ignore_lease: options.ignoreLease === true,
  };
}

export function putResultOf(response: PutResponse): PutResult {
  const { prev_kv: before } = response;
  return {
    revision: numberOf(response.header?.revision),
    prevKv: before ? keyValueOf(before) : undefined,
  };
}

export function deleteRequest(keys: Keys, options: DeleteOptions): DeleteRangeRequest {
  return { ...wireRange(keys), prev_kv: options.prevKv === true };
}

export function deleteResultOf(response: DeleteRangeResponse): DeleteResult {
  return {
    revision: numberOf(response.header?.revision),
    deleted: numberOf(response.deleted),
    prevKvs: (response.prev_kvs ?? []).map(keyValueOf),
  };
}

export function txnRequest(plan: TxnPlan): TxnRequest {
  return {
    compare: plan.compares.map(wireCompare),
    success: plan.success.map(requestOp),
    failure: plan.failure.map(requestOp),
  };
}

export function txnResultOf(response: TxnResponse): TxnResult {
  const revision = numberOf(response.header?.revision);
  return {
    succeeded: response.succeeded === true,
    revision,
    results: (response.responses ?? []).map((one) => opResultOf(one, revision)),
  };
}

export function keyValueOf(wire: WireKeyValue): KeyValue {
  return new KeyValue({
    keyBytes: wire.key ?? noBytes,
    valueBytes: wire.value ?? noBytes,
    createRevision: numberOf(wire.create_revision),
    modRevision: numberOf(wire.mod_revision),
    version: numberOf(wire.version),
    lease: bigintOf(wire.lease),
  });
}

/** The events of one answer, which holds whole revisions. */
export function eventsOf(wire: readonly WireEvent[]): (PutEvent | DeleteEvent)[] {
  const revisions = wire.map((event) => numberOf(event.kv?.mod_revision));
  return wire.map((event, index) => ({
    type: event.type === mvccpb.Event.EventType.DELETE ? 'delete' : 'put',
    kv: keyValueOf(event.kv ?? {}),
    prevKv: event.prev_kv ? keyValueOf(event.prev_kv) : undefined,
    revision: revisions[index] ?? 0,
    endsRevision: revisions[index] !== revisions[index + 1],
  }));
}

function requestOp(op: Op): RequestOp {
  switch (op.kind) {
    case 'put':
      return { request_put: putRequest(op.key, op.value, op.options) };
    case 'get':
      return { request_range: rangeRequest(op.keys, op.options) };
    case 'delete':
      return { request_delete_range: deleteRequest(op.keys, op.options) };
    case 'txn':
      return { request_txn: txnRequest(op) };
    default:
      return unreachable(op);
  }
}

/** Steps carry no revision of their own: it is that of the whole transaction. */
function opResultOf(response: ResponseOp, revision: number): OpResult {
  if (response.response_put) {
    return { kind: 'put', ...putResultOf(response.response_put), revision };
  }
  if (response.response_delete_range) {
    return { kind: 'delete', ...deleteResultOf(response.response_delete_range), revision };
  }
  if (response.response_txn) {
    return { kind: 'txn', ...txnResultOf(response.response_txn), revision };
  }
  return { kind: 'get', ...rangeResultOf(response.response_range ?? {}), revision };
}

function wireCompare(compare: Compare): WireCompare {
  const common = { ...wireRange(compare.keys), result: compareResults[compare.sign] };
  const { operand } = compare;
  if (typeof operand === 'string' || operand instanceof Uint8Array) {
    return { ...common, target: pb.Compare.CompareTarget.VALUE, value: bytesOf(operand) };
  }
  const number = int64(operand);
  switch (compare.target) {
    case 'version':
      return { ...common, target: pb.Compare.CompareTarget.VERSION, version: number };
    case 'create-revision':
      return { ...common, target: pb.Compare.CompareTarget.CREATE, create_revision: number };
    case 'mod-revision':
      return { ...common, target: pb.Compare.CompareTarget.MOD, mod_revision: number };
    case 'lease':
      return { ...common, target: pb.Compare.CompareTarget.LEASE, lease: number };
    case 'value':
      return { ...common, target: pb.Compare.CompareTarget.VALUE, value: bytesOf(String(operand)) };
    default:
      return unreachable(compare.target);
  }
}
