import { expect, test, vi } from 'vitest';
import { ByteBudget } from '../../../src/base/byte-budget.ts';
import { MessageReader, messageHead } from '../../../src/http2/index.ts';

function message(bytes: number): Buffer {
  return Buffer.concat([messageHead(bytes), Buffer.alloc(bytes, 'x')]);
}

function readerOf(unread: ByteBudget): MessageReader {
  return new MessageReader({ bytesMax: 10_000, encoding: undefined, unread });
}

/** A message has come, and its call is not listened to. */
function keep(reader: MessageReader): void {
  reader.add(message(995));
  reader.keep();
}

test('unread bytes of all calls are bounded, whether their messages are complete or not', () => {
  const unread = new ByteBudget({ bytesMax: 5000 });
  const readers = Array.from({ length: 5 }, () => readerOf(unread));
  for (const reader of readers) keep(reader);
  const further = readerOf(unread);
  expect(() => keep(further)).toThrow(expect.objectContaining({ code: 8 }));
  further.close();

  // Bytes that are read, or whose call has ended, do not count any more.
  expect(readers[0]!.next()).toHaveLength(995);
  readers[1]!.close();
  keep(readerOf(unread));
  keep(readerOf(unread));
  expect(() => keep(readerOf(unread))).toThrow(expect.objectContaining({ code: 8 }));
});

test('a paused call does not keep the bytes of other calls in memory', () => {
  const reader = readerOf(new ByteBudget({ bytesMax: 1 << 20 }));
  const piece = Buffer.concat([Buffer.alloc(60_000), message(10)]);
  reader.add(piece.subarray(60_000));
  reader.keep();
  piece.fill(0);
  expect(String(reader.next())).toBe('x'.repeat(10));
});

test.each([
  ['a stranger', 0, 8 * 100],
  ['a peer', 5000, 4005],
  ['a peer that claims too much', 3000, 3000],
])('memory for the message of %s does not exceed what is trusted', (_, trustedBytes, bytes) => {
  const readerWithin = (bytesMax: number): MessageReader =>
    new MessageReader({
      bytesMax: 10_000,
      trustedBytes,
      encoding: undefined,
      unread: new ByteBudget({ bytesMax }),
    });
  const reader = readerWithin(bytes);
  const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow');
  const whole = message(4000);
  reader.add(whole.subarray(0, 100));
  expect(reader.next()).toBeUndefined();
  expect(allocate.mock.calls).toEqual([[bytes]]);
  allocate.mockRestore();
  reader.add(whole.subarray(100));
  expect(String(reader.next())).toBe('x'.repeat(4000));

  // The memory counts as unread, not only what has come.
  const further = readerWithin(bytes - 1);
  further.add(whole.subarray(0, 100));
  expect(() => further.next()).toThrow(expect.objectContaining({ code: 8 }));
});
