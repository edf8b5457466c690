import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PeerMessage } from '../../src/replica/index.ts';
import { decodeBatch, encodeBatch } from '../../src/transport/codec.ts';

const anyCount = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const anyBytes = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));
const anyId = fc.constantFrom('1', 'c0ffee', 'ffffffffffffffff');
const configuration = { voters: ['1', '2'], outgoing: [], learners: ['3'] };
const envelope = { from: anyId, to: anyId, term: anyCount };

const anyAppend: fc.Arbitrary<PeerMessage> = fc
  .tuple(
    fc.record({ ...envelope, previousIndex: fc.nat(), previousTerm: anyCount, commit: anyCount }),
    fc.array(fc.record({ term: anyCount, data: anyBytes, isMembership: fc.boolean() })),
  )
  .map(([head, bodies]) => ({
    kind: 'raft' as const,
    message: {
      kind: 'append-request' as const,
      ...head,
      entries: bodies.map(({ term, data, isMembership }, at) => {
        const entry = { index: head.previousIndex + 1 + at, term, data };
        return isMembership
          ? { ...entry, kind: 'membership' as const, configuration }
          : { ...entry, kind: data.length === 0 ? ('empty' as const) : ('command' as const) };
      }),
    },
  }));

const anyMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  anyAppend,
  fc
    .record({
      kind: fc.constant('heartbeat-request' as const),
      ...envelope,
      commit: anyCount,
      round: anyCount,
    })
    .map((message) => ({ kind: 'raft' as const, message })),
  fc
    .record({ kind: fc.constant('pre-vote-response' as const), ...envelope, granted: fc.boolean() })
    .map((message) => ({ kind: 'raft' as const, message })),
  fc.record({
    kind: fc.constant('question' as const),
    id: anyCount,
    question: fc.oneof(
      fc.record({ kind: fc.constant('propose' as const), commands: fc.array(anyBytes) }),
      fc.record({
        kind: fc.constant('lease-keep-alive' as const),
        ids: fc.array(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n })),
      }),
    ),
  }),
  fc.record({
    kind: fc.constant('answer' as const),
    id: anyCount,
    answer: fc.record({
      kind: fc.constant('refused' as const),
      code: fc.constant('not-leader' as const),
      message: fc.string(),
    }),
  }),
);

test('what members say to each other survives the wire, to the last bit of 64', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(anyMessage, { maxLength: 5 }), (ping, messages) => {
      expect(decodeBatch(encodeBatch({ ping, messages }))).toEqual({ ping, messages });
    }),
  );
});

test('what arrived does not hold on to the bytes that it came in', () => {
  const data = Buffer.from('data of an entry');
  const entries = [{ index: 1, term: 1, kind: 'command' as const, data }];
  const head = { from: '1', to: '2', term: 1, previousIndex: 0, previousTerm: 0, commit: 0 };
  const bytes = encodeBatch({
    ping: 0,
    messages: [
      { kind: 'raft', message: { kind: 'append-request', ...head, entries } },
      { kind: 'question', id: 1, question: { kind: 'propose', commands: [data] } },
    ],
  });
  const { messages } = decodeBatch(bytes);
  bytes.fill(0);
  const [append, question] = messages;
  expect(append).toMatchObject({ message: { entries } });
  expect(question).toMatchObject({ question: { commands: [data] } });
});
