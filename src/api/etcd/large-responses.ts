import { unreachable } from '../../base/assert.ts';
import { workOf } from '../../base/steps.ts';
import type { Steps } from '../../base/steps.ts';
import { etcdserverpb as pb } from '../../gen/etcd.js';
import type {
  Answered,
  DeleteRangeResult,
  KeyValue,
  OperationResult,
  RangeResult,
  TxnResult,
} from '../../operations/index.ts';
import { LargeMessage } from '../large-message.ts';
import type { Part } from '../large-message.ts';
import { keyValueFields } from './key-value-fields.ts';
import { TxnRevisions } from './txn-revisions.ts';
import { headerOf, keyValueOf } from './wire.ts';

/** The most that is encoded in one slice. */
const smallKeys = 128;
const smallBytes = 256 << 10;

/** Fields of the responses that hold key-values. */
const kvsField = 2;
const prevKvsField = 3;
const responsesField = 3;

/** The key-values of a `RangeResponse`, encoded, without its other fields. */
export function packKvs(kvs: readonly KeyValue[]): Uint8Array {
  return keyValueFields(kvsField, kvs);
}

/** Whether a response is encoded in slices. */
export function isLarge(result: OperationResult): boolean {
  return keysOf(result) > smallKeys || bytesOf(result) > smallBytes;
}

function keysOf(result: OperationResult): number {
  switch (result.kind) {
    case 'range':
      return result.parts === undefined ? result.kvs.length : Infinity;
    case 'delete-range':
      return result.previous.length;
    case 'put':
      return 1;
    case 'txn':
      return result.results.reduce((keys, inner) => keys + keysOf(inner), 0);
    default:
      return unreachable(result);
  }
}

function bytesOf(result: OperationResult): number {
  switch (result.kind) {
    case 'range':
      return bytesOfAll(result.kvs);
    case 'delete-range':
      return bytesOfAll(result.previous);
    case 'put':
      return result.previous?.value.length ?? 0;
    case 'txn':
      return result.results.reduce((bytes, inner) => bytes + bytesOf(inner), 0);
    default:
      return unreachable(result);
  }
}

function bytesOfAll(kvs: readonly KeyValue[]): number {
  let bytes = 0;
  for (const kv of kvs) bytes += kv.value.length;
  return bytes;
}

/** The response to a range, a delete or a transaction. */
export function* largeResponse(
  answer: Answered<RangeResult | DeleteRangeResult | TxnResult>,
): Steps<LargeMessage> {
  // All three have their header in the first field.
  const header = pb.RangeResponse.encode({ header: headerOf(answer.header) }).finish();
  const parts: Part[] = [header];
  if (answer.kind === 'txn') {
    yield* addTxn(parts, answer, new TxnRevisions(answer, answer.header.revision));
  } else if (answer.kind === 'range') yield* addRange(parts, answer);
  else yield* addDelete(parts, answer);
  return new LargeMessage(parts, answer.release);
}

function* addRange(parts: Part[], { parts: packed, kvs, more, count }: RangeResult): Steps<void> {
  for (const part of packed ?? []) parts.push(part);
  yield* addKeyValues(parts, kvsField, kvs);
  parts.push(pb.RangeResponse.encode({ more, count }).finish());
}

function* addDelete(parts: Part[], { deleted, previous }: DeleteRangeResult): Steps<void> {
  parts.push(pb.DeleteRangeResponse.encode({ deleted }).finish());
  yield* addKeyValues(parts, prevKvsField, previous);
}

function* addTxn(
  parts: Part[],
  { succeeded, results }: TxnResult,
  revisions: TxnRevisions,
): Steps<void> {
  parts.push(pb.TxnResponse.encode({ succeeded }).finish());
  for (const result of results) {
    const operation = yield* operationPart(result, revisions);
    parts.push({ field: responsesField, name: 'responses', repeated: true, parts: [operation] });
  }
}

/** A `ResponseOp`. The header of a nested response has only the revision; that of a nested transaction has nothing. */
function* operationPart(result: OperationResult, revisions: TxnRevisions): Steps<Part> {
  const header = result.kind === 'txn' ? {} : { revision: revisions.next(result) };
  const parts: Part[] = [pb.RangeResponse.encode({ header }).finish()];
  switch (result.kind) {
    case 'range':
      yield* addRange(parts, result);
      return { field: 1, name: 'response_range', repeated: false, parts };
    case 'put': {
      const { previous } = result;
      if (previous !== undefined) {
        parts.push(pb.PutResponse.encode({ prev_kv: keyValueOf(previous) }).finish());
      }
      return { field: 2, name: 'response_put', repeated: false, parts };
    }
    case 'delete-range':
      yield* addDelete(parts, result);
      return { field: 3, name: 'response_delete_range', repeated: false, parts };
    case 'txn':
      yield* addTxn(parts, result, revisions);
      return { field: 4, name: 'response_txn', repeated: false, parts };
    default:
      return unreachable(result);
  }
}

function* addKeyValues(parts: Part[], field: number, kvs: readonly KeyValue[]): Steps<void> {
  let from = 0;
  let bytes = 0;
  for (const [at, kv] of kvs.entries()) {
    bytes += kv.value.length;
    const isFull = at + 1 - from >= smallKeys || bytes >= smallBytes;
    if (!isFull && at + 1 < kvs.length) continue;
    parts.push(keyValueFields(field, kvs.slice(from, at + 1)));
    yield workOf(at + 1 - from, bytes);
    from = at + 1;
    bytes = 0;
  }
}

/** A message whose only long field is a list of small things; `encode` encodes some of them, and nothing else. */
export function* largeList<T>(
  head: Uint8Array,
  items: readonly T[],
  encode: (items: readonly T[]) => Uint8Array,
): Steps<LargeMessage> {
  const parts: Part[] = [head];
  for (let at = 0; at < items.length; at += smallKeys) {
    const part = encode(items.slice(at, at + smallKeys));
    parts.push(part);
    yield workOf(smallKeys, part.length);
  }
  return new LargeMessage(parts);
}

export function isLongList(items: readonly unknown[]): boolean {
  return items.length > smallKeys;
}
