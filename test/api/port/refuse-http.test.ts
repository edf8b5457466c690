import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { refuseHttp } from '../../../src/api/port/index.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A connection to an HTTP server, which answers good requests like this; and the server's end of it. */
async function dial(handler: RequestListener): Promise<{ socket: Socket; servers: Socket }> {
  const server = createServer(handler)
    .on('clientError', (error, ended: Socket) => refuseHttp(error, ended, systemClock()))
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const accepted = once(server, 'connection');
  const socket = connect(address.port, '127.0.0.1');
  ends.push(() => void socket.destroy());
  const [servers]: Socket[] = await accepted;
  if (servers === undefined) throw new Error('no connection');
  return { socket, servers };
}

test('a client that sends too much still reads the refusal', async () => {
  const { socket, servers } = await dial((_request, response) => void response.end());
  const answered = Promise.race([once(servers, 'finish'), once(servers, 'close')]);
  socket.on('error', () => {});
  socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(8 << 20)}\r\n\r\n`);
  // It reads only now, when a connection that was closed over unread bytes would have nothing left to read.
  await answered;
  expect(await text(socket).catch(() => 'cut off')).toMatch(/^HTTP\/1\.1 431 /);
});

test('no status is sent in the middle of another response', async () => {
  const { socket } = await dial((_request, response) => void response.write('the first part'));
  let read = '';
  socket.on('data', (bytes: Buffer) => (read += bytes.toString()));
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  while (!read.includes('the first part')) await once(socket, 'data');
  socket.write('and this is no request\r\n\r\n');
  await once(socket, 'close');
  expect(read.match(/HTTP\/1\.1/g)).toHaveLength(1);
});
