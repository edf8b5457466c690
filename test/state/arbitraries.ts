import * as fc from 'fast-check';
import { prefixRange, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type {
  Command,
  Compare,
  DeleteRangeRequest,
  LeaseId,
  Operation,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '../../src/state/index.ts';
import type { KeyCommand } from './model.ts';
import { bytes } from './requests.ts';

/**
 * Random requests over so few keys, revisions and leases that they often meet. Keys hold the lowest and the highest
 * byte, and one is the beginning of another.
 */
const key = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom('a', 'a\0', 'ab', 'b', 'c', '\0', '\xff', 'k\xe9\n') },
  // Its length takes two bytes in a record, and three in a command.
  { weight: 1, arbitrary: fc.constant('a'.repeat(300)) },
);
const value = fc
  .oneof(
    {
      weight: 120,
      arbitrary: fc.constantFrom('', 'x', 'y', 'x\0', '\xff\xfe', 'long '.repeat(40)),
    },
    // Pieces of memory are shared up to 8 KiB.
    { weight: 1, arbitrary: fc.constantFrom(8176, 8192, 9000).map((length) => 'z'.repeat(length)) },
  )
  .map(bytes);
const revision = fc.integer({ min: 1, max: 16 });
const readRevision = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: revision },
  { weight: 1, arbitrary: fc.constantFrom(-1, -1, -2) },
);
const bound = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: revision },
);
export const leaseIds: readonly LeaseId[] = [1n, 77n, -5n, 0x7fff_ffff_ffff_ffffn];
const leaseId = fc.constantFrom(...leaseIds);
const anyLease = fc.oneof({ weight: 2, arbitrary: fc.constant(0n) }, leaseId);

const range: fc.Arbitrary<KeyRange> = fc.oneof(
  key.map(singleKey),
  key.map(prefixRange),
  fc.record({ start: key, end: fc.option(key, { nil: undefined }) }),
);

export const rangeRequest: fc.Arbitrary<RangeRequest> = fc.record({
  range,
  limit: fc.constantFrom(0, 0, 1, 2, 3),
  revision: readRevision,
  sortOrder: fc.constantFrom('none', 'none', 'ascend', 'descend'),
  sortTarget: fc.constantFrom('key', 'key', 'version', 'create', 'mod', 'value'),
  keysOnly: fc.boolean(),
  countOnly: fc.nat(5).map((number) => number === 0),
  minModRevision: bound,
  maxModRevision: bound,
  minCreateRevision: bound,
  maxCreateRevision: bound,
});

const putRequest: fc.Arbitrary<PutRequest> = fc
  .record({
    key,
    value,
    lease: anyLease,
    prevKv: fc.boolean(),
    ignoreValue: fc.nat(4).map((number) => number === 0),
    ignoreLease: fc.nat(4).map((number) => number === 0),
  })
  .map((request) => ({
    ...request,
    value: request.ignoreValue ? bytes('') : request.value,
    lease: request.ignoreLease ? 0n : request.lease,
  }));

const deleteRequest: fc.Arbitrary<DeleteRangeRequest> = fc.record({ range, prevKv: fc.boolean() });

const against: fc.Arbitrary<Compare['against']> = fc.oneof(
  fc.record({ target: fc.constant('version' as const), value: fc.nat(3) }),
  fc.record({ target: fc.constant('create' as const), value: fc.nat(10) }),
  fc.record({ target: fc.constant('mod' as const), value: fc.nat(10) }),
  fc.record({ target: fc.constant('lease' as const), value: anyLease }),
  fc.record({ target: fc.constant('value' as const), value }),
);

const compare: fc.Arbitrary<Compare> = fc.record({
  range,
  result: fc.constantFrom('equal', 'greater', 'less', 'not-equal'),
  against,
});

/** Not all of them are sensible: `validateTxn` refuses some. */
export const txnRequest: fc.Arbitrary<TxnRequest> = fc.letrec<{
  txn: TxnRequest;
  operation: Operation;
}>((tie) => ({
  txn: fc.record({
    compares: fc.array(compare, { maxLength: 2 }),
    success: fc.array(tie('operation'), { maxLength: 3 }),
    failure: fc.array(tie('operation'), { maxLength: 3 }),
  }),
  operation: fc.oneof(
    { maxDepth: 2 },
    { weight: 3, arbitrary: putRequest.map((request) => ({ kind: 'put', request }) as const) },
    { weight: 2, arbitrary: rangeRequest.map((request) => ({ kind: 'range', request }) as const) },
    {
      weight: 1,
      arbitrary: deleteRequest.map((request) => ({ kind: 'delete-range', request }) as const),
    },
    { weight: 2, arbitrary: tie('txn').map((request) => ({ kind: 'txn', request }) as const) },
  ),
})).txn;

export const keyCommand: fc.Arbitrary<KeyCommand> = fc.oneof(
  { weight: 6, arbitrary: putRequest.map((request) => ({ kind: 'put', request }) as const) },
  {
    weight: 2,
    arbitrary: deleteRequest.map((request) => ({ kind: 'delete-range', request }) as const),
  },
  { weight: 4, arbitrary: txnRequest.map((request) => ({ kind: 'txn', request }) as const) },
  { weight: 1, arbitrary: revision.map((at) => ({ kind: 'compact', revision: at }) as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lease-grant' as const),
      id: leaseId,
      ttlSeconds: fc.constantFrom(60, 9_000_000_000),
    }),
  },
  { weight: 1, arbitrary: leaseId.map((id) => ({ kind: 'lease-revoke', id }) as const) },
);

const memberId = fc.constantFrom('1', 'a0', 'ffffffffffffffff');
const urls = fc.constantFrom([], ['http://10.0.0.1:2380'], ['http://a:2380', 'http://b:2380']);

/** Commands that are not about keys. */
export const otherCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('lease-checkpoint' as const),
    leases: fc.array(fc.record({ id: leaseId, remainingSeconds: fc.nat(59) }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('alarm' as const),
    action: fc.constantFrom('activate' as const, 'deactivate' as const, 'deactivate' as const),
    memberId: fc.option(memberId, { nil: undefined }),
    type: fc.constantFrom('no-space' as const, 'corrupt' as const),
  }),
  fc.record({
    kind: fc.constant('member-add' as const),
    member: fc.record({
      id: memberId,
      name: fc.constantFrom('', 'one', 'zwölf'),
      peerUrls: urls,
      clientUrls: urls,
      isLearner: fc.boolean(),
    }),
  }),
  fc.record({ kind: fc.constant('member-remove' as const), id: memberId }),
  fc.record({ kind: fc.constant('member-promote' as const), id: memberId }),
  fc.record({ kind: fc.constant('member-update' as const), id: memberId, peerUrls: urls }),
  fc.record({
    kind: fc.constant('member-publish' as const),
    id: memberId,
    name: fc.constantFrom('', 'two'),
    clientUrls: urls,
  }),
  // The first level alone: where all members have a higher one, this release stops.
  fc.record({ kind: fc.constant('member-level' as const), id: memberId, level: fc.constant(1) }),
  fc.record({
    kind: fc.constant('cluster-version' as const),
    version: fc.constantFrom('3.6.0', '3.7.0'),
  }),
);
