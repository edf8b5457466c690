import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { tcpEnds } from '../../lib/tcp-timers.ts';
import { assert } from '../../../src/base/assert.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import {
  ConnectionSlots,
  createHttp1Server,
  listenForClients,
} from '../../../src/api/port/index.ts';
import type { ListenOptions } from '../../../src/api/port/index.ts';

const forMetrics = { whom: 'metrics', flag: '--listen-metrics-urls', clock: systemClock() };

/** Listens, and records to which server each connection was handed, with its bytes. */
async function listen(url = 'http://127.0.0.1:0', options: Partial<ListenOptions> = {}) {
  const handed: { readonly to: 'http1' | 'http2'; said: string }[] = [];
  const changes = new EventTarget();
  const take = (to: 'http1' | 'http2') => (socket: Socket) => {
    const connection = { to, said: '' };
    handed.push(connection);
    socket.on('data', (bytes) => {
      connection.said += bytes.toString('latin1');
      changes.dispatchEvent(new Event('change'));
    });
    socket.on('error', () => {});
  };
  const [listening] = await listenForClients(
    [url],
    { http2: take('http2'), http1: take('http1') },
    { whom: 'clients', flag: '--listen-client-urls', clock: systemClock(), ...options },
  );
  assert(listening !== undefined, 'it listens');
  onTestFinished(() => listening.close());
  /** Waits until these bytes came on the first connection. */
  const says = async (text: string): Promise<void> => {
    while (handed[0]?.said !== text) await once(changes, 'change');
  };
  return { listening, handed, says };
}

async function dial(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.setNoDelay(true);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Each byte in a packet of its own, as far as the system lets it be. */
async function trickle(socket: Socket, text: string): Promise<void> {
  for (const byte of Buffer.from(text, 'latin1')) {
    socket.write(Buffer.of(byte));
    await turn();
    await turn();
  }
}

const http2 = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64';
const http1 = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a connection goes to the server of its protocol, with all of its bytes,', () => {
  test.each([
    ['HTTP/2', http2, 'http2'],
    ['HTTP/1.1', http1, 'http1'],
    ['HTTP/1.1 with a method that begins like HTTP/2', 'PROPFIND / HTTP/1.1\r\n\r\n', 'http1'],
    ['HTTP/1.1 with one letter of HTTP/2', 'P\r\n', 'http1'],
    ['something else', '\x16\x03\x01', 'http1'],
  ])('%s: at once, and byte by byte', async (_what, text, to) => {
    for (const send of [trickle, (socket: Socket, all: string) => socket.write(all, 'latin1')]) {
      const { listening, handed, says } = await listen();
      const socket = await dial(listening.url);
      await send(socket, text);
      await says(text);
      expect(handed).toEqual([{ to, said: text }]);
      socket.write('more');
      await says(`${text}more`);
    }
  });
});

test('connections with too few bytes to be recognized do not block others', async () => {
  const { listening, handed, says } = await listen();
  for (const text of ['', 'P', 'PR', 'PRI', 'P']) (await dial(listening.url)).write(text);
  const socket = await dial(listening.url);
  socket.write(http1);
  await says(http1);
  expect(handed).toEqual([{ to: 'http1', said: http1 }]);
});

test.each(['', 'P', 'PRI'])('a connection that sends "%s" and no more is closed', async (text) => {
  const { listening, handed } = await listen(undefined, { recognitionMaxMs: 20 });
  const socket = await dial(listening.url);
  socket.write(text);
  socket.resume();
  await once(socket, 'close');
  expect(handed).toEqual([]);
});

test('a head that comes byte by byte has no more time than one that does not come', async () => {
  const { listening, handed } = await listen(undefined, { recognitionMaxMs: 100 });
  const socket = await dial(listening.url);
  socket.resume();
  socket.write('GET /health HTTP/1.0\n');
  while (!socket.closed) {
    socket.write('x');
    await turn();
  }
  expect(handed).toEqual([]);
});

test('a connection that ends before it is recognized is closed', async () => {
  const { listening, handed } = await listen();
  const socket = await dial(listening.url);
  socket.resume();
  socket.end('PR');
  await once(socket, 'close');
  expect(handed).toEqual([]);
});

test('a recognized connection may be silent for any time', async () => {
  const { listening, says } = await listen(undefined, { recognitionMaxMs: 20 });
  const quiet = await dial(listening.url);
  quiet.write(http1);
  await says(http1);
  // A connection that is not recognized has been closed meanwhile.
  const unknown = await dial(listening.url);
  unknown.resume();
  await once(unknown, 'close');
  quiet.write('still here');
  await says(`${http1}still here`);
});

test('the error for a port in use names the flag to choose another', async () => {
  const { listening } = await listen();
  await expect(listen(listening.url)).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringMatching(/^cannot listen for clients on .* --listen-client-urls$/),
  });
  const nobody = { http1: () => {}, http2: () => {} };
  await expect(
    listenForClients(['http://127.0.0.1:0', listening.url], nobody, forMetrics),
  ).rejects.toThrow('--listen-metrics-urls');
});

test('a closed listener accepts no connection, and its port is free', async () => {
  const { listening } = await listen();
  listening.close();
  const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const again = await listen(listening.url);
  expect(again.listening.url).toBe(listening.url);
});

test('port 0 becomes a real port, and a Unix socket can be listened on', async () => {
  const { listening } = await listen();
  expect(listening.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-port-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'socket');
  const { listening: local, says } = await listen(`unix://${path}`);
  expect(local.url).toBe(`unix://${path}`);
  const socket = connect(path);
  socket.write(http1);
  await says(http1);
  socket.destroy();
});

test('plain HTTP is served, and its connections end when it is closed', async () => {
  const http = createHttp1Server((_request, response) => void response.end('page'), systemClock());
  const take = { http1: http.take, http2: () => {} };
  const [listening] = await listenForClients(['http://127.0.0.1:0'], take, forMetrics);
  assert(listening !== undefined, 'it listens');
  expect(await (await fetch(listening.url)).text()).toBe('page');
  const idle = await dial(listening.url);
  idle.resume();
  const closed = once(idle, 'close');
  listening.close();
  await http.close(0);
  await closed;
});

test.runIf(process.platform === 'linux')(
  'every connection is probed by the system while it is silent',
  async () => {
    const { listening } = await listen();
    const socket = await dial(listening.url);
    const accepted = () => tcpEnds().find(({ remotePort }) => remotePort === socket.localPort);
    await expect.poll(() => accepted()?.timer).toBe(2);
  },
);

describe('a request whose lines end without a carriage return', () => {
  test.each([
    ['GET /health HTTP/1.0\n\n', 'GET /health HTTP/1.0\r\n\r\n'],
    ['HEAD / HTTP/1.1\nHost: x\nA: b\n\n', 'HEAD / HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n'],
    ['GET / HTTP/1.0\n\nmore', 'GET / HTTP/1.0\r\n\r\nmore'],
  ])('is accepted if it has no body: %j', async (said, heard) => {
    const { listening, handed, says } = await listen();
    const socket = await dial(listening.url);
    // Line by line, as when it is typed.
    for (const line of said.split(/(?<=\n)/)) {
      socket.write(line);
      await turn();
      await turn();
    }
    await says(heard);
    expect(handed).toHaveLength(1);
  });

  test.each([
    'POST / HTTP/1.1\nHost: x\n\n',
    'GET / HTTP/1.1\nHost: x\ncontent-length : 5\n\n',
    'GET / HTTP/1.1\nTransfer-Encoding: chunked\n\n',
    'GET / HTTP/1.1\nHost: x\r\nA: b\n\n',
    'GET / HTTP/1.1\r\nHost: x\n\n',
    'GET  / HTTP/1.1\n\n',
    `GET / HTTP/1.1\n${'A: b\n'.repeat(4000)}`,
  ])('is otherwise handed on unchanged, for Node.js to refuse: %j', async (said) => {
    const { listening, says } = await listen();
    (await dial(listening.url)).write(said);
    await says(said);
  });
});

test('connections beyond the bound are closed, which is said once, until others close', async () => {
  const errors: string[] = [];
  const slots = new ConnectionSlots(2);
  const onError = ({ message }: Error): number => errors.push(message);
  const { listening, handed } = await listen(undefined, { slots, onError });
  const first = await dial(listening.url);
  const second = await dial(listening.url);
  for (const _ of [1, 2]) {
    const refused = connect(Number(new URL(listening.url).port), '127.0.0.1');
    refused.on('error', () => {});
    await once(refused, 'close');
  }
  expect(errors).toEqual(['2 are open, and no more may be']);

  first.destroy();
  await once(first, 'close');
  await vi.waitFor(async () => {
    const third = await dial(listening.url);
    third.write('GET / HTTP/1.1\r\n');
    await vi.waitFor(() => expect(handed).toHaveLength(1), 200);
  });
  second.destroy();
});
