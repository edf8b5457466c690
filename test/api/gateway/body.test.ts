import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { firstMessage } from '../../../src/api/gateway/body.ts';
import { ByteBudget } from '../../../src/base/byte-budget.ts';

/** Bodies that may hold 100 bytes together. */
function bodies() {
  const limits = { bytesMax: 1000, unfinished: new ByteBudget({ bytesMax: 100 }) };
  return (): { readonly stream: PassThrough; readonly first: Promise<string> } => {
    const stream = new PassThrough();
    const first = firstMessage(stream, limits).then(String, (error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    return { stream, first };
  };
}

const half = `{"key":"${'a'.repeat(60)}`;
const tooMuch = 'the requests that are not complete hold too much memory together; try again later';

test('bodies that are not complete share one bound, and give back what they held', async () => {
  const open = bodies();
  const one = open();
  one.stream.write(half);
  await turn();
  const two = open();
  two.stream.write(half);
  expect(await two.first).toBe(tooMuch);
  // A value that comes whole holds nothing.
  const whole = open();
  whole.stream.end(`${half}"}`);
  expect(await whole.first).toBe(`${half}"}`);

  one.stream.end('"}');
  expect(await one.first).toBe(`${half}"}`);
  const gone = open();
  gone.stream.write(half);
  await turn();
  gone.stream.destroy();
  await turn();
  const last = open();
  last.stream.write(half);
  await turn();
  last.stream.end('"}');
  expect(await last.first).toBe(`${half}"}`);
});
