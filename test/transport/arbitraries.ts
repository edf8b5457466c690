import * as fc from 'fast-check';
import type { Entry } from '../../src/raft/index.ts';
import type { PeerMessage } from '../../src/replica/index.ts';

/** Every kind of message that members send each other. */

/** Around the numbers and lengths at which MessagePack takes another layout. */
const edges = [0x0f, 0x10, 0x1f, 0x20, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000];
const largeEdges = [0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER - 100];
const anyCount = fc.oneof(
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom(...edges, ...largeEdges),
);
const anyIndex = fc.oneof(fc.nat(), fc.constantFrom(...edges, ...largeEdges));
const anyBytes = fc
  .oneof(
    { weight: 29, arbitrary: fc.uint8Array({ maxLength: 20 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...edges).map((length) => new Uint8Array(length).fill(length)),
    },
  )
  .map((bytes) => Buffer.from(bytes));
const anyId = fc.constantFrom('1', 'c0ffee', 'ffffffffffffffff');
const anyLease = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const urls = fc.constantFrom([], ['http://127.0.0.1:2380'], ['http://a:1', 'http://b:2']);
const configuration = { voters: ['1', '2'], outgoing: [], learners: ['3'] };
const envelope = { from: anyId, to: anyId, term: anyCount };
const endOfLog = { lastIndex: anyCount, lastTerm: anyCount };

const anyEntry: fc.Arbitrary<Omit<Entry, 'index' | 'term'>> = fc.oneof(
  anyBytes.map((data) => ({ kind: 'command' as const, data })),
  fc.constant({ kind: 'empty' as const, data: Buffer.alloc(0) }),
  anyBytes.map((data) => ({ kind: 'membership' as const, data, configuration })),
);

const anyAppend = fc
  .tuple(
    fc.record({ from: anyId, to: anyId, previousIndex: anyIndex, commit: anyCount }),
    anyIndex,
    fc.array(fc.tuple(fc.nat({ max: 3 }), anyEntry), { maxLength: 20 }),
    fc.boolean(),
  )
  .map(([head, previousTerm, bodies, isUnanswered]) => {
    let term = previousTerm;
    const entries = bodies.map(([later, body], at) => {
      term += later;
      return { index: head.previousIndex + 1 + at, term, ...body };
    });
    return {
      kind: 'append-request' as const,
      ...head,
      previousTerm,
      term: term + 1,
      entries,
      ...(isUnanswered && { isUnanswered }),
    };
  });

const raftMessages = [
  anyAppend,
  fc.record({ kind: fc.constant('pre-vote-request' as const), ...envelope, ...endOfLog }),
  fc.record({
    kind: fc.constant('pre-vote-response' as const),
    ...envelope,
    granted: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('vote-request' as const),
    ...envelope,
    ...endOfLog,
    transfer: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('vote-response' as const), ...envelope, granted: fc.boolean() }),
  fc.record({
    kind: fc.constant('append-response' as const),
    ...envelope,
    success: fc.boolean(),
    index: anyCount,
    conflictTerm: anyCount,
    conflictIndex: anyCount,
  }),
  fc.record({
    kind: fc.constant('heartbeat-request' as const),
    ...envelope,
    commit: anyCount,
    round: anyCount,
  }),
  fc.record({ kind: fc.constant('heartbeat-response' as const), ...envelope, round: anyCount }),
  fc.record({ kind: fc.constant('timeout-now' as const), ...envelope }),
];

const questions = [
  fc.record({ kind: fc.constant('propose' as const), commands: fc.array(anyBytes) }),
  fc.constant({ kind: 'read-index' as const }),
  fc.record({ kind: fc.constant('lease-keep-alive' as const), ids: fc.array(anyLease) }),
  fc.record({ kind: fc.constant('lease-time-to-live' as const), id: anyLease }),
  fc.record({ kind: fc.constant('hash' as const), revision: anyCount }),
  fc.record({
    kind: fc.constant('change-membership' as const),
    request: fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        member: fc.record({
          id: anyId,
          name: fc.string(),
          peerUrls: urls,
          clientUrls: urls,
          isLearner: fc.boolean(),
        }),
      }),
      fc.record({ kind: fc.constant('remove' as const), id: anyId }),
      fc.record({ kind: fc.constant('promote' as const), id: anyId }),
    ),
  }),
];

const answers = [
  fc.record({ kind: fc.constant('proposed' as const), index: anyCount, term: anyCount }),
  fc.record({ kind: fc.constant('read-index' as const), index: anyCount }),
  fc.record({
    kind: fc.constant('lease-keep-alive' as const),
    ttlSeconds: fc.array(anyCount),
  }),
  fc.record({
    kind: fc.constant('lease-time-to-live' as const),
    ttlSeconds: fc.oneof(fc.constant(-1), anyCount),
    grantedSeconds: anyCount,
  }),
  fc.record({
    kind: fc.constant('hash' as const),
    hash: anyCount,
    compactRevision: fc.oneof(fc.constant(-1), anyCount),
    hashRevision: anyCount,
    revision: anyCount,
  }),
  fc.record({
    kind: fc.constant('refused' as const),
    code: fc.constantFrom('not-leader' as const, 'too-many-requests' as const),
    message: fc.string(),
  }),
];

export const anyMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.oneof(...raftMessages).map((message) => ({ kind: 'raft' as const, message })),
  fc
    .tuple(anyCount, anyCount, fc.oneof(...questions))
    .map(([id, term, question]) => ({ kind: 'question' as const, id, term, question })),
  fc
    .tuple(anyCount, fc.oneof(...answers))
    .map(([id, answer]) => ({ kind: 'answer' as const, id, answer })),
);
