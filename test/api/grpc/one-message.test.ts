import { expect, test } from 'vitest';
import { acceptGrpc } from '../../../src/api/grpc/index.ts';
import { ByteBudget } from '../../../src/base/byte-budget.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { FrameReader } from '../../../src/http2/frame-reader.ts';
import { Connection, messageHead, wholeMessage } from '../../../src/http2/index.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { FakeSocket } from '../../fuzz/fake-socket.ts';
import {
  begun,
  data,
  endStream,
  literal,
  preface,
  settings,
  types,
  windows,
  windowUpdate,
} from '../../http2/frames.ts';
import { unaryMethod } from './server.ts';

const bytesMax = 1000;

function message(text: string): Buffer {
  return Buffer.concat([messageHead(text.length), Buffer.from(text)]);
}

const headers = Buffer.concat([
  Buffer.from([0x83, 0x86]),
  literal(':path', '/s.S/Echo'),
  literal('content-type', 'application/grpc'),
]);

/** The body of the response to a call whose body comes in these frames of data. */
function echoOf(...pieces: readonly Buffer[]): Promise<string> {
  return bodyAfter(
    settings(),
    begun(1, headers),
    ...pieces.map((piece) => data(1, piece)),
    data(1, '', endStream),
  );
}

/** The body of the response behind these frames, which must end. */
async function bodyAfter(...frames: readonly Buffer[]): Promise<string> {
  const echo = unaryMethod('/s.S/Echo', (request) => request);
  const clock = systemClock();
  const socket = new FakeSocket();
  const connection = new Connection(socket.asSocket, {
    accept: acceptGrpc({
      clock,
      logger: silentLogger,
      messageBytesMax: bytesMax,
      methods: new Map([[echo.path, echo]]),
    }),
    clock,
    streamsMax: 10,
    pending: new ByteBudget({ bytesMax: 1 << 20 }),
    pingsMinTimeMs: 0,
    keepaliveIntervalMs: 0,
    keepaliveTimeoutMs: 1000,
    onClose() {},
    onBug: (error) => expect.unreachable(String(error)),
  });
  socket.deliver(preface);
  for (const bytes of frames) {
    socket.deliver(bytes);
    await new Promise((resolve) => setImmediate(resolve));
  }
  connection.destroy();
  const reader = new FrameReader({ hasPreface: false });
  reader.add(Buffer.concat(socket.written));
  let body = '';
  let isEnded = false;
  for (let seen = reader.next(); seen !== undefined; seen = reader.next()) {
    if (seen.type === types.data) body += seen.content.toString();
    isEnded ||= seen.type === types.headers && (seen.flags & endStream) !== 0;
  }
  expect(isEnded).toBe(true);
  return body;
}

const whole = message('hello');

test.each([
  ['in one piece', [whole]],
  ['cut in its head', [whole.subarray(0, 3), whole.subarray(3)]],
  ['cut in its content', [whole.subarray(0, 7), whole.subarray(7)]],
  ['in single bytes', [...whole].map((byte) => Buffer.from([byte]))],
])('a request %s is answered', async (_how, pieces) => {
  expect(await echoOf(...pieces)).toBe(whole.toString());
});

test.each([
  ['two messages in one piece', [Buffer.concat([whole, whole])]],
  ['two messages in two pieces', [whole, whole]],
  ['a message and the beginning of another', [whole, whole.subarray(0, 4)]],
  ['a message and a byte, in one piece', [Buffer.concat([whole, Buffer.from([0])])]],
  ['half a message', [whole.subarray(0, 7)]],
  ['no message', []],
  ['a message that is too large', [message('x'.repeat(bytesMax + 1))]],
])('%s is refused', async (_what, pieces) => {
  expect(await echoOf(...pieces)).toBe('');
});

test('a response waits for the window of its stream', async () => {
  const call = [begun(1, headers), data(1, whole, endStream)];
  expect(await bodyAfter(windows(whole.length - 1), ...call, windowUpdate(1, 1))).toBe(
    whole.toString(),
  );
  await expect(bodyAfter(windows(whole.length - 1), ...call)).rejects.toThrow('to be true');
});

test('only bytes that are exactly one plain message are taken as one', () => {
  expect(wholeMessage(whole, bytesMax)?.toString()).toBe('hello');
  expect(wholeMessage(message(''), bytesMax)?.toString()).toBe('');
  expect(wholeMessage(message('x'.repeat(bytesMax)), bytesMax)).toHaveLength(bytesMax);
  const compressed = Buffer.from(whole);
  compressed[0] = 1;
  for (const other of [
    compressed,
    Buffer.alloc(4),
    whole.subarray(0, 9),
    Buffer.concat([whole, whole]),
    message('x'.repeat(bytesMax + 1)),
  ]) {
    expect(wholeMessage(other, bytesMax)).toBeUndefined();
  }
});
