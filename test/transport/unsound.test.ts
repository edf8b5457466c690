import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PeerMessage } from '../../src/replica/index.ts';
import {
  decodeBatch,
  decodeEcho,
  decodeSnapshotHeader,
  decodeValue,
  encodeValue,
} from '../../src/transport/codec.ts';
import { anyUnsound } from '../lib/unsound.ts';
import type { Mutation } from '../lib/unsound.ts';
import { anyMessage } from './arbitraries.ts';
import { encodeBatch } from './peers.ts';

const header = {
  term: 3,
  position: { index: 7, term: 2, configuration: { voters: ['1'], outgoing: [], learners: ['2'] } },
};
const heartbeat = { kind: 'heartbeat-request', from: '2', to: '1', term: 5 } as const;

/** A batch with this message before it is encoded. */
function packed(message: PeerMessage): unknown {
  return decodeValue(encodeBatch({ ping: 1, messages: [message] }));
}

/** A question of an older member does not say its term. */
function lacksItsTerm({ path, stranger }: Mutation): boolean {
  return path.join(' ') === '1 0 term' && stranger === undefined;
}

test('a message of any kind with a missing or invalid part is refused', () => {
  fc.assert(
    fc.property(
      anyMessage.chain((message) => anyUnsound(packed(message), lacksItsTerm)),
      (unsound) => {
        expect(() => decodeBatch(encodeValue(unsound))).toThrow(TypeError);
      },
    ),
    { numRuns: 2000 },
  );
});

test('of bytes that were changed anywhere, only sound messages are left, or none', () => {
  fc.assert(
    fc.property(anyMessage, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (message, changes) => {
      const bytes = encodeBatch({ ping: 1, messages: [message] });
      for (const [at, to] of changes) bytes[at % bytes.length] = to;
      let batch: ReturnType<typeof decodeBatch>;
      try {
        batch = decodeBatch(bytes);
      } catch {
        return;
      }
      expect(() => decodeBatch(encodeBatch(batch))).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['a heartbeat without a commit index', { kind: 'raft', message: { ...heartbeat, round: 0 } }],
  ['a change of membership without a body', question({ kind: 'change-membership' })],
  ['an unknown kind of message', { kind: 'gossip', id: 1 }],
  ['an unknown kind of message of raft', raft({ ...heartbeat, kind: 'coup' })],
  [
    'a snapshot that says it has arrived',
    raft({ kind: 'install-snapshot', from: '2', to: '1', ...header }),
  ],
  ['entries with a gap', append([5, 2, 0], [7, 2, 0])],
  ['entries whose terms go back', append([5, 3, 0], [6, 2, 0])],
  ['an entry of a term that has not begun', append([5, 9, 0])],
  ['an ordinary entry with a configuration', append([5, 3, 0, header.position.configuration])],
  ['a membership entry without voters', append([5, 3, 2, { ...noVoters(), learners: ['1'] }])],
  ['a voter that is named twice', append([5, 3, 2, { ...noVoters(), voters: ['1', '1'] }])],
])('%s is refused', (_what, message) => {
  expect(() => decodeBatch(encodeValue([0, [message]]))).toThrow(TypeError);
});

test('a question that only a newer member knows is taken as one that is not supported', () => {
  const asked = question({ kind: 'weather', where: 'here' });
  expect(decodeBatch(encodeValue([0, [asked]])).messages).toEqual([
    { kind: 'question', id: 1, term: 0, question: { kind: 'unsupported', asked: 'weather' } },
  ]);
});

test('a refusal for a reason that only a newer member knows is a refusal', () => {
  const answer = { kind: 'refused', code: 'too-rainy', message: 'come back later' };
  const [message] = decodeBatch(encodeValue([0, [{ kind: 'answer', id: 1, answer }]])).messages;
  expect(message).toMatchObject({ answer: { ...answer, code: 'not-supported' } });
});

test('the header of a snapshot, and an echo, are checked in the same way', () => {
  expect(decodeSnapshotHeader(encodeValue(header))).toEqual(header);
  expect(decodeEcho(encodeValue(7))).toBe(7);
  fc.assert(
    fc.property(anyUnsound(header), (unsound) => {
      expect(() => decodeSnapshotHeader(encodeValue(unsound))).toThrow(TypeError);
    }),
  );
  for (const echo of [-1, 'x', undefined, {}]) {
    expect(() => decodeEcho(encodeValue(echo))).toThrow(TypeError);
  }
});

function question(asked: object): object {
  return { kind: 'question', id: 1, question: asked };
}

function raft(message: object): object {
  return { kind: 'raft', message };
}

function noVoters() {
  return { voters: [], outgoing: [], learners: [] };
}

/** An append request of term 4, after entry 4 of term 2. */
function append(...entries: readonly (readonly unknown[])[]): readonly unknown[] {
  const packedEntries = entries.map(([index, term, kind, configuration]) => {
    const entry = [index, term, kind, Buffer.from('data')];
    return configuration === undefined ? entry : [...entry, configuration];
  });
  return ['2', '1', 4, 4, 2, 0, packedEntries];
}
