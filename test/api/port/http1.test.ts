import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { createHttp1Server } from '../../../src/api/port/index.ts';

/** One connection to an HTTP/1.1 server, with what the server side of it is. */
interface Exchange {
  readonly http: ReturnType<typeof createHttp1Server>;
  readonly client: Socket;
  readonly accepted: Socket;
  /** Waits until so much was read. */
  readonly reads: (pattern: RegExp) => Promise<string>;
}

async function open(handler: RequestListener): Promise<Exchange> {
  const http = createHttp1Server(handler, systemClock());
  const server = createServer((socket) => http.take(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const taken = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect(address.port, '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  let text = '';
  client.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const reads = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(text)) await once(client, 'data');
    return text;
  };
  return { http, client, accepted: await taken, reads };
}

const hello: RequestListener = (_request, response) => void response.end('hello');

test('an idle connection is kept for an hour, and no header announces its end', async () => {
  const { client, accepted, reads } = await open(hello);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const answer = await reads(/hello/);
  expect(answer).not.toMatch(/^(keep-alive|connection):/im);
  // Node.js adds a second of its own to what it is told in later releases.
  expect(accepted.timeout).toBeGreaterThanOrEqual(60 * 60_000);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await reads(/hello.*hello/s);
});

test('HTTP/1.0 clients that ask for keep-alive get it confirmed', async () => {
  const { client, reads } = await open(hello);
  client.write('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
  const answer = await reads(/hello/);
  expect(answer).toMatch(/^Connection: keep-alive\r$/m);
  expect(answer).not.toMatch(/^keep-alive:/im);
});

test('the headers of a request may have 60 KiB, and not 65', async () => {
  for (const [kib, status] of [
    [60, 200],
    [65, 431],
  ] as const) {
    const { client, reads } = await open(hello);
    client.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(kib << 10)}\r\n\r\n`);
    expect(await reads(/\r\n\r\n/)).toContain(`HTTP/1.1 ${status} `);
  }
});

/** Keeps what it is asked until the test answers. */
function held(): {
  readonly handler: RequestListener;
  readonly next: () => Promise<ServerResponse>;
} {
  const asked: ServerResponse[] = [];
  const changes = new EventTarget();
  return {
    handler: (_request: IncomingMessage, response) => {
      asked.push(response);
      changes.dispatchEvent(new Event('asked'));
    },
    next: async () => {
      while (asked.length === 0) await once(changes, 'asked');
      return asked.shift()!;
    },
  };
}

test('when it closes, an idle connection ends at once and no new one is accepted', async () => {
  const { http, client, accepted, reads } = await open(hello);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await reads(/hello/);
  const ended = once(client, 'end');
  await http.close(60_000);
  await ended;
  expect(accepted.destroyed).toBe(true);

  const other = connect(1);
  other.on('error', () => {});
  http.take(other);
  expect(other.destroyed).toBe(true);
});

test('when it closes, a response under way is finished with Connection: close', async () => {
  const { handler, next } = held();
  const { http, client, reads } = await open(handler);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const response = await next();
  const ended = once(client, 'end');
  const closed = http.close(60_000);
  response.end('in time');
  expect(await reads(/in time/)).toMatch(/^Connection: close\r$/m);
  await ended;
  await closed;
});

test('when it closes, a stream that ends in time is closed in order, another is cut off', async () => {
  const { handler, next } = held();
  const { http, client, reads } = await open(handler);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const response = await next();
  response.write('a line\n');
  await reads(/a line/);
  const closed = http.close(60_000);
  response.end('the last line\n');
  await reads(/the last line\n\r\n0\r\n\r\n$/);
  await closed;

  const other = held();
  const endless = await open(other.handler);
  endless.client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  (await other.next()).write('a line\n');
  await endless.reads(/a line/);
  await endless.http.close(0);
  expect(endless.accepted.destroyed).toBe(true);
});
