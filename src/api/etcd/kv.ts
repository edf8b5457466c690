import { unreachable } from '../../base/assert.ts';
import { RegistryError } from '../../base/errors.ts';
import { keyOf } from '../../base/key.ts';
import { etcdserverpb as pb } from '../../gen/etcd.js';
import { checkKey, checkTxnSize, validatePut } from '../../operations/index.ts';
import type {
  Answered,
  Compare,
  DeleteRangeRequest,
  DeleteRangeResult,
  Operation,
  OperationResult,
  Operations,
  PutRequest,
  PutResult,
  RangeRequest,
  RangeResult,
  TxnRequest,
  TxnResult,
} from '../../operations/index.ts';
import { serverStream, unary } from '../methods.ts';
import type { Method } from '../methods.ts';
import { StatusError, statusCodes } from '../status.ts';
import { isLarge, largeResponse, packKvs } from './large-responses.ts';
import { encodedPut, encodedRange } from './small-responses.ts';
import { TxnRevisions } from './txn-revisions.ts';
import {
  bigintOf,
  headerOf,
  keyValueOf,
  keyValuesOf,
  numberOf,
  optionsOf,
  rangeOf,
} from './wire.ts';

/** Reading and writing keys: `etcdserverpb.KV`. */
export function kvMethods(
  operations: Operations,
  { maxTxnOps }: { readonly maxTxnOps: number },
): Method[] {
  const path = '/etcdserverpb.KV/';
  return [
    // No async functions for what clients call most often.
    unary(`${path}Range`, pb.RangeRequest, pb.RangeResponse, (request, context) =>
      operations
        .range(readRequest(request), optionsOf(operations, context), packKvs)
        .then((answer) =>
          isLarge(answer)
            ? operations.inSlices(largeResponse(answer))
            : encodedRange(answer.header, answer),
        ),
    ),
    serverStream(
      `${path}RangeStream`,
      pb.RangeRequest,
      pb.RangeStreamResponse,
      (request, context) =>
        streamed(operations.rangeStream(readRequest(request), optionsOf(operations, context))),
    ),
    unary(`${path}Put`, pb.PutRequest, pb.PutResponse, (request, context) =>
      operations
        .put(putRequest(request), optionsOf(operations, context))
        .then(({ header, previous }) => encodedPut(header, previous)),
    ),
    unary(
      `${path}DeleteRange`,
      pb.DeleteRangeRequest,
      pb.DeleteRangeResponse,
      async (request, context) => {
        const answer = await operations.deleteRange(
          deleteRequest(request),
          optionsOf(operations, context),
        );
        if (isLarge(answer)) return operations.inSlices(largeResponse(answer));
        return { header: headerOf(answer.header), ...deleteResponse(answer) };
      },
    ),
    unary(`${path}Txn`, pb.TxnRequest, pb.TxnResponse, async (request, context) => {
      const { compares, success, failure } = txnRequest(request, maxTxnOps);
      const asked = { compares, success, failure, serializable: isSerializable(request) };
      const answer = await operations.txn(asked, optionsOf(operations, context), packKvs);
      if (isLarge(answer)) return operations.inSlices(largeResponse(answer));
      const revisions = new TxnRevisions(answer, answer.header.revision);
      return { header: headerOf(answer.header), ...txnResponse(answer, revisions) };
    }),
    unary(
      `${path}Compact`,
      pb.CompactionRequest,
      pb.CompactionResponse,
      async (request, context) => {
        const { revision, physical } = request;
        const answer = await operations.compact(
          { revision: numberOf(revision), physical },
          optionsOf(operations, context),
        );
        return { header: headerOf(answer.header) };
      },
    ),
  ];
}

async function* streamed(
  pieces: AsyncIterable<Answered<RangeResult> & { readonly last: boolean }>,
): AsyncGenerator<pb.RangeStreamResponse.$Properties> {
  for await (const piece of pieces) {
    const range_response = piece.last
      ? { header: headerOf(piece.header), ...rangeResponse(piece) }
      : { kvs: keyValuesOf(piece.kvs) };
    yield { range_response };
  }
}

const sortOrders = ['none', 'ascend', 'descend'] as const;
const sortTargets = ['key', 'version', 'create', 'mod', 'value'] as const;

function rangeRequest(request: pb.RangeRequest): RangeRequest {
  checkKey(keyOf(request.key));
  const sortOrder = sortOrders[request.sort_order];
  const sortTarget = sortTargets[request.sort_target];
  if (sortOrder === undefined || sortTarget === undefined) {
    throw new StatusError(statusCodes.invalidArgument, 'etcdserver: invalid sort option');
  }
  return {
    range: rangeOf(request.key, request.range_end),
    limit: Math.max(0, numberOf(request.limit)),
    revision: numberOf(request.revision),
    sortOrder,
    sortTarget,
    keysOnly: request.keys_only,
    countOnly: request.count_only,
    minModRevision: numberOf(request.min_mod_revision),
    maxModRevision: numberOf(request.max_mod_revision),
    minCreateRevision: numberOf(request.min_create_revision),
    maxCreateRevision: numberOf(request.max_create_revision),
  };
}

/** Not spread: that takes V8 microseconds for each read, and the code behind it meets ever new shapes. */
function readRequest(request: pb.RangeRequest): RangeRequest & { readonly serializable: boolean } {
  const asked = rangeRequest(request);
  return {
    range: asked.range,
    limit: asked.limit,
    revision: asked.revision,
    sortOrder: asked.sortOrder,
    sortTarget: asked.sortTarget,
    keysOnly: asked.keysOnly,
    countOnly: asked.countOnly,
    minModRevision: asked.minModRevision,
    maxModRevision: asked.maxModRevision,
    minCreateRevision: asked.minCreateRevision,
    maxCreateRevision: asked.maxCreateRevision,
    serializable: request.serializable,
  };
}

function rangeResponse({ kvs, more, count }: RangeResult): pb.RangeResponse.$Properties {
  return { kvs: keyValuesOf(kvs), more, count };
}

function putRequest(request: pb.PutRequest): PutRequest {
  return {
    key: keyOf(request.key),
    value: request.value,
    lease: bigintOf(request.lease),
    prevKv: request.prev_kv,
    ignoreValue: request.ignore_value,
    ignoreLease: request.ignore_lease,
  };
}

function putResponse({ previous }: PutResult): pb.PutResponse.$Properties {
  return previous === undefined ? {} : { prev_kv: keyValueOf(previous) };
}

function deleteRequest(request: pb.DeleteRangeRequest): DeleteRangeRequest {
  return { range: rangeOf(request.key, request.range_end), prevKv: request.prev_kv };
}

function deleteResponse({
  deleted,
  previous,
}: DeleteRangeResult): pb.DeleteRangeResponse.$Properties {
  return { deleted, prev_kvs: keyValuesOf(previous) };
}

/** Checks each part as it is converted: of a request with several faults, etcd reports the first. */
function txnRequest(request: pb.TxnRequest, operationsMax: number): TxnRequest {
  const { compare: compares, success, failure } = request;
  const left = checkTxnSize({ compares, success, failure }, operationsMax);
  for (const { key } of compares) checkKey(keyOf(key ?? noBytes));
  return {
    compares: compares.map((compare) => compareOf(new pb.Compare(compare))),
    success: success.map((op) => operationOf(new pb.RequestOp(op), left)),
    failure: failure.map((op) => operationOf(new pb.RequestOp(op), left)),
  };
}

const noBytes = new Uint8Array();

function operationOf(op: pb.RequestOp, operationsMax: number): Operation {
  if (op.request_range) {
    return { kind: 'range', request: rangeRequest(new pb.RangeRequest(op.request_range)) };
  }
  if (op.request_put) {
    const request = putRequest(new pb.PutRequest(op.request_put));
    validatePut(request);
    return { kind: 'put', request };
  }
  if (op.request_delete_range) {
    const request = deleteRequest(new pb.DeleteRangeRequest(op.request_delete_range));
    checkKey(request.range.start);
    return { kind: 'delete-range', request };
  }
  if (op.request_txn) {
    return { kind: 'txn', request: txnRequest(new pb.TxnRequest(op.request_txn), operationsMax) };
  }
  throw new RegistryError('key-not-found', 'an operation of the transaction is empty');
}

const compareResults = ['equal', 'greater', 'less', 'not-equal'] as const;

function compareOf(compare: pb.Compare): Compare {
  const range = rangeOf(compare.key, compare.range_end);
  const result = compareResults[compare.result];
  const against = againstOf(compare);
  if (result !== undefined && against !== undefined) return { range, result, against };
  return { range, ...unknownCompare(compare, result) };
}

/**
 * As in etcd, an unknown target compares as equal, and an unknown result always holds; but a compare of values never holds
 * where there is no key. Versions begin at 1 and are 0 where there is no key, so a compare of versions can stand for each.
 */
function unknownCompare(
  { target }: pb.Compare,
  result: Compare['result'] | undefined,
): Pick<Compare, 'result' | 'against'> {
  const isValue = target === pb.Compare.CompareTarget.VALUE;
  if (isValue) return { result: 'greater', against: { target: 'version', value: 0 } };
  const holds = result === undefined || result === 'equal';
  return { result: holds ? 'not-equal' : 'equal', against: { target: 'version', value: -1 } };
}

/** Undefined for a target that does not exist. */
function againstOf(compare: pb.Compare): Compare['against'] | undefined {
  switch (compare.target) {
    case pb.Compare.CompareTarget.VERSION:
      return { target: 'version', value: numberOf(compare.version ?? 0) };
    case pb.Compare.CompareTarget.CREATE:
      return { target: 'create', value: numberOf(compare.create_revision ?? 0) };
    case pb.Compare.CompareTarget.MOD:
      return { target: 'mod', value: numberOf(compare.mod_revision ?? 0) };
    case pb.Compare.CompareTarget.VALUE:
      return { target: 'value', value: compare.value ?? noBytes };
    case pb.Compare.CompareTarget.LEASE:
      return { target: 'lease', value: bigintOf(compare.lease ?? 0) };
    default:
      return undefined;
  }
}

/** True if every range of the transaction, at any depth, is serializable. */
function isSerializable({ success, failure }: pb.TxnRequest): boolean {
  return [...(success ?? []), ...(failure ?? [])].every((op) => {
    if (op.request_txn) return isSerializable(new pb.TxnRequest(op.request_txn));
    return op.request_range?.serializable === true;
  });
}

function txnResponse(
  { succeeded, results }: TxnResult,
  revisions: TxnRevisions,
): pb.TxnResponse.$Properties {
  return { succeeded, responses: results.map((result) => resultOf(result, revisions)) };
}

/** The header of a nested response has only the revision; that of a nested transaction has nothing. */
function resultOf(result: OperationResult, revisions: TxnRevisions): pb.ResponseOp.$Properties {
  if (result.kind === 'txn') {
    return { response_txn: { header: {}, ...txnResponse(result, revisions) } };
  }
  const header = { revision: revisions.next(result) };
  switch (result.kind) {
    case 'range':
      return { response_range: { header, ...rangeResponse(result) } };
    case 'put':
      return { response_put: { header, ...putResponse(result) } };
    case 'delete-range':
      return { response_delete_range: { header, ...deleteResponse(result) } };
    default:
      return unreachable(result);
  }
}
