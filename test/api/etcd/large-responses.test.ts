import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLarge, largeResponse, packKvs } from '../../../src/api/etcd/large-responses.ts';
import { TxnRevisions } from '../../../src/api/etcd/txn-revisions.ts';
import { keyValueOf } from '../../../src/api/etcd/wire.ts';
import { callTypes } from '../../../src/api/etcd/message-types.ts';
import { jsonOf } from '../../../src/api/gateway/message-json.ts';
import { largeJson } from '../../../src/api/gateway/large-json.ts';
import { unreachable } from '../../../src/base/assert.ts';
import { finish } from '../../../src/base/steps.ts';
import { etcdserverpb as pb } from '../../../src/gen/etcd.js';
import type {
  DeleteRangeResult,
  KeyValue,
  OperationResult,
  RangeResult,
  TxnResult,
} from '../../../src/operations/index.ts';

const header = { clusterId: 'a1', memberId: 'b2', revision: 77, raftTerm: 3 };

const keyValue: fc.Arbitrary<KeyValue> = fc.record({
  key: fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  }),
  value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  createRevision: fc.nat(Number.MAX_SAFE_INTEGER),
  modRevision: fc.nat(Number.MAX_SAFE_INTEGER),
  version: fc.nat(1000),
  lease: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
});
const keyValues = fc.array(keyValue, { maxLength: 300, size: 'max' });

const range: fc.Arbitrary<RangeResult> = fc
  .record({ packed: fc.array(keyValues, { maxLength: 3 }), kvs: keyValues, more: fc.boolean() })
  .map(({ packed, kvs, more }) => ({
    kind: 'range',
    parts: packed.map(packKvs),
    kvs,
    more,
    count: kvs.length,
    all: [...packed.flat(), ...kvs],
  }));
const deletion: fc.Arbitrary<DeleteRangeResult> = keyValues.map((previous) => ({
  kind: 'delete-range',
  deleted: previous.length,
  previous,
}));
const put = fc
  .option(keyValue, { nil: undefined })
  .map((previous) => ({ kind: 'put', previous }) as const);
const flat = fc.array(fc.oneof(range, deletion, put), { maxLength: 4 });
const txn: fc.Arbitrary<TxnResult> = fc
  .record({ succeeded: fc.boolean(), first: flat, inner: flat, last: flat })
  .map(({ succeeded, first, inner, last }) => {
    const nested: TxnResult = { kind: 'txn', succeeded: !succeeded, results: inner };
    return { kind: 'txn', succeeded, results: [...first, nested, ...last] };
  });

/** The answer as the general codec would be given it. */
function plainOf(result: OperationResult, revisions?: TxnRevisions): object {
  switch (result.kind) {
    case 'range': {
      const all: readonly KeyValue[] = Reflect.get(result, 'all');
      return { kvs: all.map(keyValueOf), more: result.more, count: result.count };
    }
    case 'delete-range':
      return { deleted: result.deleted, prev_kvs: result.previous.map(keyValueOf) };
    case 'put':
      return result.previous === undefined ? {} : { prev_kv: keyValueOf(result.previous) };
    case 'txn': {
      const inner = revisions ?? new TxnRevisions(result, header.revision);
      const responses = result.results.map((one) => operationOf(one, inner));
      return { succeeded: result.succeeded, responses };
    }
    default:
      return unreachable(result);
  }
}

function operationOf(result: OperationResult, revisions: TxnRevisions): object {
  const told = result.kind === 'txn' ? {} : { revision: revisions.next(result) };
  const inner = { header: told, ...plainOf(result, revisions) };
  return { [`response_${result.kind.replace('-', '_')}`]: inner };
}

const messages = {
  range: [pb.RangeResponse, '/etcdserverpb.KV/Range'],
  'delete-range': [pb.DeleteRangeResponse, '/etcdserverpb.KV/DeleteRange'],
  txn: [pb.TxnResponse, '/etcdserverpb.KV/Txn'],
} as const;

test('a large response in parts is the message that the general codec makes, also as JSON', () => {
  fc.assert(
    fc.property(fc.oneof(range, deletion, txn), (result) => {
      const [message, path] = messages[result.kind];
      const large = finish(largeResponse({ ...result, header }));
      const bytes = Buffer.concat(large.buffers());
      expect(large.length).toBe(bytes.length);
      const expected = message.encode({
        header: { cluster_id: 0xa1, member_id: 0xb2, revision: 77, raft_term: 3 },
        ...plainOf(result),
      });
      const decoded = message.decode(expected.finish());
      expect(message.decode(bytes)).toEqual(decoded);
      const json = (part: Uint8Array): Record<string, unknown> =>
        jsonOf(callTypes(path).response, message.decode(part));
      const text = [...largeJson(large, json)].join('');
      expect(JSON.parse(text)).toEqual(jsonOf(callTypes(path).response, decoded));
    }),
    { numRuns: 30 },
  );
});

test('no step of encoding takes more than a few hundred keys or bytes', () => {
  const kv = { key: 'k', createRevision: 1, modRevision: 1, version: 1, lease: 0n };
  const small = Array.from({ length: 10_000 }, () => ({ ...kv, value: Buffer.alloc(10) }));
  const big = Array.from({ length: 100 }, () => ({ ...kv, value: Buffer.alloc(100_000) }));
  for (const previous of [small, big]) {
    const result = { kind: 'delete-range', deleted: previous.length, previous } as const;
    expect(isLarge(result)).toBe(true);
    const steps = largeResponse({ ...result, header });
    let count = 0;
    for (let next = steps.next(); next.done !== true; next = steps.next()) {
      count++;
      expect(next.value).toBeLessThan(500);
    }
    expect(count).toBeGreaterThan(30);
  }
});
