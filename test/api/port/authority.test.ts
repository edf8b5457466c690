import { once } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mendAuthority } from '../../../src/api/port/authority.ts';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const noSettings = frame(4, 0, Buffer.alloc(0));
const someSettings = frame(4, 0, Buffer.from([0, 4, 0, 1, 0, 0]));
const ack = frame(4, 1, Buffer.alloc(0));

function frame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, type === 1 ? 1 : 0]);
  return Buffer.concat([head, payload]);
}

/** A request for "/", which ends with its headers; `:authority` is a literal that goes into the table. */
function request(authority: Buffer): Buffer {
  const fields = Buffer.concat([Buffer.from([0x82, 0x84, 0x86, 0x41]), authority]);
  return frame(1, 0x4 | 0x1, fields);
}

function plain(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

/** Codes of RFC 7541, appendix B, for the letters used here. */
const codes: Readonly<Record<string, string>> = {
  h: '100111',
  t: '01001',
  p: '101011',
  ':': '1011100',
  '/': '011000',
  a: '00011',
  '1': '00001',
};

function huffman(text: string): Buffer {
  const bits = text.replaceAll(/./g, (letter) => codes[letter] ?? '');
  const bytes = (bits + '1111111').match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

let seen: IncomingHttpHeaders[] = [];
let client: Socket;
let close = (): void => {};

beforeEach(async () => {
  seen = [];
  const http2 = createHttp2Server((incoming, outgoing) => {
    seen.push(incoming.headers);
    outgoing.end();
  });
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    mendAuthority(socket, (mended) => http2.emit('connection', mended));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  client = connect(address.port, '127.0.0.1');
  await once(client, 'connect');
  close = () => {
    client.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  };
});
afterEach(() => close());

/** Waits until the server has answered the request on stream 1 with its headers. */
async function answered(): Promise<void> {
  for await (const chunk of client) {
    const bytes: Buffer = chunk;
    for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
      if (bytes[at + 3] === 1 && bytes.readUInt32BE(at + 5) === 1) return;
    }
  }
  throw new Error('the server hung up');
}

/** Waits for the first settings of the server. */
async function settings(): Promise<void> {
  const [bytes]: Buffer[] = await once(client, 'data');
  expect(bytes?.[3]).toBe(4);
  client.pause();
}

const spellings: readonly [how: string, spell: (text: string) => Buffer][] = [
  ['plainly', plain],
  ['in Huffman code', huffman],
];
test.each(spellings)(
  'a URL written %s for the authority, by a client that waits for settings, loses its slashes',
  async (_how, spell) => {
    client.write(Buffer.concat([preface, noSettings]));
    await settings();
    client.write(Buffer.concat([ack, request(spell('http://a:1'))]));
    await answered();
    expect(seen.map((headers) => headers[':authority'])).toEqual(['http:--a:1']);
  },
);

test('a request that comes with the first bytes is mended, too', async () => {
  client.write(Buffer.concat([preface, noSettings, request(huffman('http://a:1'))]));
  await answered();
  expect(seen.map((headers) => headers[':authority'])).toEqual(['http:--a:1']);
});

test('settings may be acknowledged after the request', async () => {
  client.write(Buffer.concat([preface, noSettings]));
  await settings();
  client.write(request(plain('http://a:1')));
  client.write(ack);
  await answered();
  expect(seen.map((headers) => headers[':authority'])).toEqual(['http:--a:1']);
});

test('bytes may come one by one', async () => {
  client.setNoDelay();
  for (const byte of Buffer.concat([preface, noSettings])) client.write(Buffer.from([byte]));
  await settings();
  for (const byte of Buffer.concat([ack, request(huffman('http://a:1'))])) {
    client.write(Buffer.from([byte]));
  }
  await answered();
  expect(seen.map((headers) => headers[':authority'])).toEqual(['http:--a:1']);
});

test.each(spellings)('an authority as it should be, written %s, stays', async (_how, spell) => {
  client.write(Buffer.concat([preface, noSettings]));
  await settings();
  client.write(Buffer.concat([ack, request(spell('a:1'))]));
  await answered();
  expect(seen.map((headers) => headers[':authority'])).toEqual(['a:1']);
});

test('other clients are handed on untouched', async () => {
  client.write(Buffer.concat([preface, someSettings]));
  await settings();
  client.write(Buffer.concat([ack, request(plain('a:1'))]));
  await answered();
  expect(seen).toHaveLength(1);
});
