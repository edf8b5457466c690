import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ClientConnection, requestHeaders } from '../../src/http2/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import {
  ack,
  codes,
  data,
  endHeaders,
  endStream,
  frame,
  literal,
  newest,
  number,
  padded,
  ping,
  preface,
  remembered,
  reset,
  settings,
  types,
  windowMax,
  windows,
  windowUpdate,
} from './frames.ts';

const patience = { timeout: 10_000, interval: 5 };
const ok = Buffer.from([0x88]);
const window = 100_000;

interface Seen {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly content: Buffer;
}

function until(isSo: () => boolean): Promise<unknown> {
  return vi.waitFor(() => expect(isSo()).toBe(true), patience);
}

/** A client's connection, and the server's end of it, which is written by hand. */
async function open() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const told: string[] = [];
  const mistakes: unknown[] = [];
  const client = new ClientConnection(connect(port, '127.0.0.1'), {
    clock: systemClock(),
    headers: requestHeaders({ path: '/a/B', authority: 'x:1', isEncrypted: false, metadata: [] }),
    streamWindow: window,
    frameBytesMax: 64 << 10,
    onBug: (error) => void mistakes.push(error),
    listener: {
      headers: (fields) =>
        void told.push(fields.map(({ name, value }) => `${name}=${value}`).join(' ')),
      data: (bytes) => void told.push(`${bytes.length} bytes`),
      drained: () => void told.push('drained'),
      closed: (problem) => void told.push(`closed: ${problem}`),
    },
  });
  const socket = await accepted;
  onTestFinished(() => {
    client.cancel();
    socket.destroy();
    server.close();
    expect(mistakes).toEqual([]);
  });
  const frames: Seen[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let awaitsPreface = true;
  socket.on('error', () => {});
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    if (awaitsPreface && rest.length >= preface.length) {
      expect(rest.subarray(0, preface.length)).toEqual(preface);
      rest = rest.subarray(preface.length);
      awaitsPreface = false;
    }
    if (awaitsPreface) return;
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      const [type = 0, flags = 0] = [rest[3], rest[4]];
      frames.push({ type, flags, id: rest.readUInt32BE(5), content: rest.subarray(9, end) });
      rest = rest.subarray(end);
    }
  });
  return {
    client,
    socket,
    frames,
    told,
    write: (...parts: readonly Buffer[]) => void socket.write(Buffer.concat(parts)),
    sentBytes: () =>
      frames
        .filter(({ type }) => type === types.data)
        .reduce((sum, { content }) => sum + content.length, 0),
    ended: () => until(() => told.some((line) => line.startsWith('closed'))),
  };
}

function headers(block: Buffer, flags = 0): Buffer {
  return frame(types.headers, endHeaders | flags, 1, block);
}

function goAway(lastId: number, text: string): Buffer {
  return frame(types.goAway, 0, 0, Buffer.concat([number(lastId), number(0), Buffer.from(text)]));
}

test('a request is greeted, sent and answered', async () => {
  const { client, frames, told, write, ended } = await open();
  client.write([Buffer.from('ques'), Buffer.from('tion')]);
  client.finish();
  await until(() => frames.some(({ type, flags }) => type === types.data && flags === endStream));
  expect(frames.map(({ type, id }) => [type, id])).toEqual([
    [types.settings, 0],
    [types.windowUpdate, 0],
    [types.headers, 1],
    [types.data, 1],
    [types.data, 1],
  ]);
  expect(frames[3]?.content.toString()).toBe('question');
  write(settings(), headers(ok), data(1, 'answer'));
  write(headers(literal('grpc-status', '0'), endStream));
  await ended();
  expect(told).toEqual([':status=200', '6 bytes', 'grpc-status=0', 'closed: undefined']);
});

test('no more is sent than the windows allow, of the connection and of the stream', async () => {
  const { client, told, write, sentBytes } = await open();
  expect(client.write([Buffer.alloc(300_000)])).toBe(false);
  await until(() => sentBytes() === 65_535);
  write(settings(), windowUpdate(1, 1000));
  write(windowUpdate(0, 100_000), ping());
  await until(() => sentBytes() === 66_535);
  expect(client.waitingBytes).toBe(300_000 - 66_535);
  write(windowUpdate(1, windowMax - 100_000));
  await until(() => sentBytes() === 165_535);
  expect(told).toEqual([]);
  write(windowUpdate(0, 300_000));
  await until(() => sentBytes() === 300_000);
  await until(() => told.includes('drained'));
});

test('a setting resizes the window of the stream, and the size of frames', async () => {
  const { client, frames, write, sentBytes } = await open();
  write(windows(10), windowUpdate(0, 1 << 20));
  await until(() => frames.some(({ type, flags }) => type === types.settings && flags === ack));
  client.write([Buffer.alloc(200_000)]);
  await until(() => sentBytes() === 10);
  write(settings([4, 100_000], [5, 50_000]));
  await until(() => sentBytes() === 100_000);
  const lengths = frames.filter(({ type }) => type === types.data);
  expect(Math.max(...lengths.map(({ content }) => content.length))).toBe(50_000);
});

test('what the server may send is widened as it is consumed', async () => {
  const { client, frames, told, write, ended } = await open();
  const piece = data(1, Buffer.alloc(50_000));
  write(settings(), headers(ok), piece, piece);
  // Data comes as it is cut by the socket.
  const bytes = (): number => told.reduce((sum, text) => sum + (Number.parseInt(text, 10) || 0), 0);
  await until(() => bytes() === 100_000);
  expect(frames.some(({ type, id }) => type === types.windowUpdate && id === 1)).toBe(false);
  client.consumed(50_000);
  await until(() => frames.some(({ type, id }) => type === types.windowUpdate && id === 1));
  write(piece, data(1, 'x'));
  await ended();
  expect(told.at(-1)).toBe('closed: more data than the window allows');
  await until(() => frames.some(({ type }) => type === types.goAway));
});

test('a ping is answered, padding is dropped, and headers may refer to earlier ones', async () => {
  const { frames, told, write } = await open();
  write(settings(), ping('are you?'), headers(Buffer.concat([ok, remembered('a', 'b')])));
  write(frame(types.data, padded, 1, Buffer.from('\u0003text...')), headers(newest));
  await until(() => told.length === 3);
  expect(told).toEqual([':status=200 a=b', '4 bytes', 'a=b']);
  const pong = frames.find(({ type }) => type === types.ping);
  expect([pong?.flags, pong?.content.toString()]).toEqual([ack, 'are you?']);
});

test('a server that stops answers the request that it has, or says that it will not', async () => {
  const one = await open();
  one.write(settings(), goAway(1, 'stopping'), headers(ok), headers(ok, endStream));
  await one.ended();
  expect(one.told.at(-1)).toBe('closed: undefined');
  const two = await open();
  two.write(settings(), goAway(0, 'too late'));
  await two.ended();
  expect(two.told).toEqual(['closed: too late']);
  const three = await open();
  three.write(settings(), goAway(1, 'stopping'));
  three.socket.end();
  await three.ended();
  expect(three.told).toEqual(['closed: the other side closed the connection']);
});

test.each([
  ['something else than HTTP/2', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['no settings first', ping()],
  ['a stream that was not opened', Buffer.concat([settings(), data(3, 'x')])],
  ['a push', Buffer.concat([settings(), frame(types.pushPromise, endHeaders, 1, number(2))])],
  ['a window that overflows', Buffer.concat([settings(), windowUpdate(0, windowMax)])],
  ['a window of a stream that overflows', Buffer.concat([settings(), windowUpdate(1, windowMax)])],
  ['a window that is not widened', Buffer.concat([settings(), windowUpdate(1, 0)])],
  ['headers that cannot be decoded', Buffer.concat([settings(), headers(Buffer.from([0xff]))])],
  ['a frame that is too large', Buffer.concat([settings(), data(1, Buffer.alloc(65_537))])],
])('a server that sends %s is disconnected, once', async (_, bytes) => {
  const { told, write, ended, socket } = await open();
  write(bytes, bytes);
  await ended();
  write(headers(ok, endStream));
  await until(() => socket.readableEnded);
  expect(told).toEqual([expect.stringMatching(/^closed: (?!undefined)/)]);
});

test('a reset and a connection that breaks are told with what is known', async () => {
  const one = await open();
  one.write(settings(), reset(1, codes.refused));
  await one.ended();
  expect(one.told).toEqual(['closed: the other side reset the call, with code 7']);
  const two = await open();
  two.socket.resetAndDestroy();
  await two.ended();
  expect(two.told).toEqual([expect.stringMatching(/^closed: .*ECONNRESET/)]);
});

test('a request that is canceled resets its stream, and nothing is told after that', async () => {
  const { client, frames, told, write, socket } = await open();
  client.write([Buffer.from('part')]);
  client.cancel();
  client.cancel();
  await until(() => frames.some(({ type }) => type === types.rstStream));
  write(settings(), headers(ok), data(1, 'late'));
  await until(() => socket.readableEnded);
  expect(told).toEqual(['closed: canceled']);
});
