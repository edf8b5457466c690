import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PeerMessage } from '../../src/replica/index.ts';
import { decodeBatch } from '../../src/transport/codec.ts';
import { anyMessage } from './arbitraries.ts';
import { encodeBatch } from './peers.ts';

test('messages between members survive encoding, to the last bit of 64', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(anyMessage, { maxLength: 5 }), (ping, messages) => {
      expect(decodeBatch(encodeBatch({ ping, messages }))).toEqual({ ping, messages });
    }),
  );
});

test('decoded entries do not keep the received buffer in memory', () => {
  const data = Buffer.from('data of an entry');
  const entries = [{ index: 1, term: 1, kind: 'command' as const, data }];
  const head = { from: '1', to: '2', term: 1, previousIndex: 0, previousTerm: 0, commit: 0 };
  const bytes = encodeBatch({
    ping: 0,
    messages: [
      { kind: 'raft', message: { kind: 'append-request', ...head, entries } },
      { kind: 'question', id: 1, term: 0, question: { kind: 'propose', commands: [data] } },
    ],
  });
  const { messages } = decodeBatch(bytes);
  bytes.fill(0);
  const [append, question] = messages;
  expect(append).toMatchObject({ message: { entries } });
  expect(question).toMatchObject({ question: { commands: [data] } });
});

test('decoded entries and commands that are nearly all of their message are views of it', () => {
  const entries = [1, 2, 3].map((index) => ({
    index,
    term: 1,
    kind: 'command' as const,
    data: Buffer.alloc(4096, index),
  }));
  const head = { from: '1', to: '2', term: 1, previousIndex: 0, previousTerm: 0, commit: 0 };
  const encoded = encodeBatch({
    ping: 0,
    messages: [{ kind: 'raft', message: { kind: 'append-request', ...head, entries } }],
  });
  const decoded = (bytes: Buffer): readonly { readonly data: Uint8Array }[] => {
    const [first] = decodeBatch(bytes).messages;
    if (first?.kind !== 'raft' || first.message.kind !== 'append-request') throw new Error();
    expect(first.message.entries).toEqual(entries);
    return first.message.entries;
  };
  const whole = Buffer.allocUnsafeSlow(encoded.length);
  encoded.copy(whole);
  for (const { data } of decoded(whole)) expect(data.buffer).toBe(whole.buffer);
  // The same in a buffer that has much else.
  const piece = Buffer.allocUnsafeSlow(2 * encoded.length).subarray(0, encoded.length);
  encoded.copy(piece);
  for (const { data } of decoded(piece)) expect(data.buffer).not.toBe(piece.buffer);

  const commands = entries.map(({ data }) => data);
  const asked = Buffer.allocUnsafeSlow(3 * 4096 + 200);
  const question = { kind: 'propose' as const, commands };
  const length = encodeBatch({
    ping: 0,
    messages: [{ kind: 'question', id: 1, term: 0, question }],
  }).copy(asked);
  const [request] = decodeBatch(asked.subarray(0, length)).messages;
  if (request?.kind !== 'question' || request.question.kind !== 'propose') throw new Error();
  expect(request.question.commands).toEqual(commands);
  for (const { buffer } of request.question.commands) expect(buffer).toBe(asked.buffer);
});

test('a batch of several append requests that has little else is kept as a whole', () => {
  const messages = [1, 2].map((index): PeerMessage => {
    const entry = { index, term: 1, kind: 'command' as const, data: Buffer.alloc(4096, index) };
    const head = { from: '1', to: '2', term: 1, previousIndex: index - 1, previousTerm: 0 };
    const message = { kind: 'append-request' as const, ...head, commit: 0, entries: [entry] };
    return { kind: 'raft', message };
  });
  const encoded = encodeBatch({ ping: 0, messages });
  const whole = Buffer.allocUnsafeSlow(encoded.length);
  encoded.copy(whole);
  const decoded = decodeBatch(whole).messages;
  expect(decoded).toEqual(messages);
  for (const one of decoded) {
    if (one.kind !== 'raft' || one.message.kind !== 'append-request') throw new Error();
    expect(one.message.entries[0]?.data.buffer).toBe(whole.buffer);
  }
});
