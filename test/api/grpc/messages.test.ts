import { expect, test } from 'vitest';
import { MessageReader, messageHead, Unfinished } from '../../../src/api/grpc/messages.ts';

function message(bytes: number): Buffer {
  return Buffer.concat([messageHead(bytes), Buffer.alloc(bytes, 'x')]);
}

function readerOf(unfinished: Unfinished): MessageReader {
  return new MessageReader({ bytesMax: 10_000, encoding: undefined, unfinished });
}

/** A message has come, and its call is not listened to. */
function keep(reader: MessageReader): void {
  reader.add(message(995));
  reader.keep();
}

test('what came and is not listened to is bounded over all calls, complete or not', () => {
  const unfinished = new Unfinished({ bytesMax: 5000 });
  const readers = Array.from({ length: 5 }, () => readerOf(unfinished));
  for (const reader of readers) keep(reader);
  const further = readerOf(unfinished);
  expect(() => keep(further)).toThrow(expect.objectContaining({ code: 8 }));
  further.close();

  // What is read again, or belongs to a call that has ended, makes room.
  expect(readers[0]!.next()).toHaveLength(995);
  readers[1]!.close();
  keep(readerOf(unfinished));
  keep(readerOf(unfinished));
  expect(() => keep(readerOf(unfinished))).toThrow(expect.objectContaining({ code: 8 }));
});

test('a call that is not listened to does not hold on to what other calls were sent', () => {
  const reader = readerOf(new Unfinished({ bytesMax: 1 << 20 }));
  const piece = Buffer.concat([Buffer.alloc(60_000), message(10)]);
  reader.add(piece.subarray(60_000));
  reader.keep();
  piece.fill(0);
  expect(String(reader.next())).toBe('x'.repeat(10));
});
