import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listenForMessages } from '../../../src/api/port/index.ts';
import type { MessagePort, Respond } from '../../../src/api/port/index.ts';
import { systemClock } from '../../../src/platform/index.ts';

let turns = 0;
const clock = {
  ...systemClock(),
  after: (delayMs: number, callback: () => void) => {
    turns++;
    return systemClock().after(delayMs, callback);
  },
};

async function open(respond: Respond, port = 0): Promise<MessagePort> {
  const opened = await listenForMessages({
    host: '127.0.0.1',
    port,
    whom: 'tests',
    flag: '--test',
    respond,
    clock,
    onError: () => {},
  });
  onTestFinished(() => opened.close());
  return opened;
}

async function connected({ port }: MessagePort): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return socket;
}

function framed(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

const echo: Respond = (message, transport) => Buffer.from(`${transport} ${message.toString()}`);

test('a message is answered over UDP and over TCP at the same port', async () => {
  const port = await open(echo);
  const udp = createSocket('udp4');
  onTestFinished(() => void udp.close());
  udp.send('hello', port.port, '127.0.0.1');
  const [datagram] = await once(udp, 'message');
  expect(String(datagram)).toBe('udp hello');
  const tcp = await connected(port);
  tcp.write(framed('hello'));
  const [bytes] = await once(tcp, 'data');
  expect(String(bytes)).toBe(framed('tcp hello').toString());
});

test('a connection with many messages is answered a part in each turn', async () => {
  const port = await open(echo);
  const socket = await connected(port);
  turns = 0;
  const texts = Array.from({ length: 500 }, (_, at) => `message ${at}`);
  socket.write(Buffer.concat(texts.map(framed)));
  const expected = Buffer.concat(texts.map((text) => framed(`tcp ${text}`)));
  let got = Buffer.alloc(0);
  while (got.length < expected.length) {
    const [piece] = await once(socket, 'data');
    got = Buffer.concat([got, piece]);
  }
  expect(got.equals(expected)).toBe(true);
  expect(turns).toBeGreaterThanOrEqual(500 / 32 - 1);
});

test('a client that does not read is not answered further', async () => {
  let answered = 0;
  const large = Buffer.alloc(60_000);
  const port = await open(() => {
    answered++;
    return large;
  });
  const socket = await connected(port);
  socket.pause();
  const count = 2000;
  socket.write(Buffer.concat(Array.from({ length: count }, () => framed('more'))));
  // Every turn goes on until the buffers of both ends are full: some megabytes, and not 120.
  let before = -1;
  while (before !== answered) {
    before = answered;
    await new Promise((resolve) => systemClock().after(200, () => resolve(undefined)));
  }
  expect(answered).toBeLessThan(count / 2);
  socket.resume();
  let bytes = 0;
  while (bytes < count * (2 + large.length)) {
    const [piece] = await once(socket, 'data');
    bytes += piece.length;
  }
  expect(answered).toBe(count);
});

test('a message without a response ends its connection', async () => {
  const port = await open((message) => (message.toString() === 'bad' ? undefined : message));
  const socket = await connected(port);
  socket.write(Buffer.concat([framed('good'), framed('bad'), framed('late')]));
  let got = '';
  socket.on('data', (bytes: Buffer) => (got += bytes.toString()));
  await once(socket, 'close');
  expect(got).not.toContain('late');
});

test('a port in use is refused with the flag that chooses it', async () => {
  const { port } = await open(echo);
  await expect(open(echo, port)).rejects.toThrow(
    /^cannot listen for tests on 127\.0\.0\.1:\d+: .*EADDRINUSE.*; choose another with --test$/,
  );
});

test('responses that come later go to their connection when they are there, and it waits for some', async () => {
  const waiting = new Map<string, (response: Buffer) => void>();
  const port = await open(
    (message) => new Promise((resolve) => waiting.set(message.toString(), resolve)),
  );
  const socket = await connected(port);
  const texts = Array.from({ length: 50 }, (_, at) => `m${at}`);
  socket.write(Buffer.concat(texts.map(framed)));
  await until(() => waiting.size === 32);
  // No further one is begun before one of these is answered.
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  expect(waiting.size).toBe(32);
  let got = '';
  socket.on('data', (bytes: Buffer) => (got += bytes.toString()));
  waiting.get('m7')?.(Buffer.from('seven'));
  await until(() => got.includes('seven') && waiting.size === 33);
  for (const [text, answer] of waiting) if (text !== 'm7') answer(Buffer.from(text));
  await until(() => waiting.size === 50);
  for (const [text, answer] of waiting) if (text !== 'm7') answer(Buffer.from(text));
  await until(() => texts.every((text) => text === 'm7' || got.includes(text)));
});

test('a client that has said all is answered to the end, and then its connection is closed', async () => {
  const later: (() => void)[] = [];
  const port = await open((message) => {
    if (!message.toString().startsWith('later')) return message;
    return new Promise((resolve) => later.push(() => resolve(message)));
  });
  const socket = await connected(port);
  const texts = Array.from({ length: 100 }, (_, at) => `m${at}`);
  socket.end(Buffer.concat([...texts, 'later'].map(framed)));
  let got = '';
  socket.on('data', (bytes: Buffer) => (got += bytes.toString()));
  await until(() => later.length === 1);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  later[0]?.();
  await once(socket, 'close');
  expect(got).toBe(Buffer.concat([...texts, 'later'].map(framed)).toString());
});

test('a client that asks without end does not keep others waiting', async () => {
  let greedy = 0;
  const port = await open((message) => {
    if (message.toString() === 'more') greedy++;
    return message;
  });
  const busy = await connected(port);
  busy.resume();
  busy.write(Buffer.concat(Array.from({ length: 20_000 }, () => framed('more'))));
  await until(() => greedy > 0);
  const other = await connected(port);
  other.write(framed('mine'));
  const [bytes] = await once(other, 'data');
  expect(String(bytes)).toBe(framed('mine').toString());
  expect(greedy).toBeLessThan(20_000);
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
