import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/raft/index.ts';
import type { PeerMessage } from '../../src/replica/index.ts';
import { BatchEncoder } from '../../src/transport/batch-encoder.ts';
import { entryKinds } from '../../src/transport/decode.ts';
import { anyMessage } from './arbitraries.ts';
import { largeOf } from './peers.ts';

/** The library that members of earlier releases encode with. */
const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'bigint' });

function packed(message: PeerMessage): unknown {
  if (message.kind !== 'raft' || message.message.kind !== 'append-request') return message;
  const { from, to, term, previousIndex, previousTerm, commit, entries, isUnanswered } =
    message.message;
  const flags = isUnanswered === true ? [true] : [];
  const list = entries.map(({ index, term: of, kind, data, configuration }) => [
    index,
    of,
    entryKinds.indexOf(kind),
    data,
    ...(configuration === undefined ? [] : [configuration]),
  ]);
  return [from, to, term, previousIndex, previousTerm, commit, list, ...flags];
}

function appendOf(to: string, entries: readonly Entry[]): PeerMessage {
  const head = { from: 'm1', term: 9, previousIndex: 0, previousTerm: 0, commit: 0 };
  return { kind: 'raft', message: { kind: 'append-request', to, ...head, entries } };
}

function entryOf(index: number, term: number): Entry {
  return { index, term, kind: 'command', data: Buffer.from(`${index} of ${term}`) };
}

test('a batch is encoded as members of earlier releases encode it, byte by byte', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      fc.array(anyMessage, { maxLength: 20 }),
      (ping, messages) => {
        const encoded = Buffer.concat(new BatchEncoder().encode(ping, messages));
        expect(encoded.toString('hex')).toBe(
          packr.pack([ping, messages.map(packed)]).toString('hex'),
        );
      },
    ),
  );
});

test.each([0, 255, 256, 65_535, 65_536])('an entry of %s bytes is encoded so, too', (bytes) => {
  const messages = [largeOf(70_000, bytes)];
  const encoded = Buffer.concat(new BatchEncoder().encode(0, messages));
  expect(encoded.equals(packr.pack([0, messages.map(packed)]))).toBe(true);
});

test.each([
  [0, 0],
  [15, 255],
  [16, 256],
  [2, 65_536],
  [70_000, 1],
])('%s proposed commands of %s bytes are encoded so, too', (count, bytes) => {
  const commands = Array.from({ length: count }, (_, at) => Buffer.alloc(bytes, at));
  const messages: PeerMessage[] = [
    { kind: 'question', id: 70_000, term: 300, question: { kind: 'propose', commands } },
    { kind: 'question', id: 3, term: 1, question: { kind: 'propose', commands: [] } },
  ];
  const encoded = Buffer.concat(new BatchEncoder().encode(9, messages));
  expect(encoded.equals(packr.pack([9, messages]))).toBe(true);
});

test('entries that several peers get are encoded once, and other entries anew', () => {
  const [one, two, other] = [entryOf(1, 1), entryOf(2, 1), entryOf(2, 2)];
  const encoder = new BatchEncoder();
  const encoded = (to: string, entries: readonly Entry[]) =>
    encoder.encode(0, [appendOf(to, entries)]).at(-1)!;
  const first = encoded('m2', [one, two]);
  expect(encoded('m3', [one, two])).toBe(first);
  for (const entries of [[one, other], [two], [one], [one, two]]) {
    const part = encoded('m3', entries);
    expect(part).not.toBe(first);
    for (const { data } of entries) expect(part.includes(Buffer.from(data))).toBe(true);
  }
});
