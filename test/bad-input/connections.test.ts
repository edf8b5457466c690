import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EtcdClient } from '../cluster/etcd-client.ts';
import type { Answer } from '../cluster/etcd-client.ts';
import { eventually } from '../cluster/processes.ts';
import { Victim } from './member.ts';

let victim: Victim;
beforeAll(async () => {
  victim = await Victim.start();
});
afterAll(() => victim[Symbol.asyncDispose]());

function dial(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}

/** Sends bytes to the client port, and returns the response until the connection closes. */
async function say(bytes: string | Buffer): Promise<string> {
  const socket = dial(victim.clientPort);
  socket.write(bytes);
  return text(socket).catch(() => '');
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** An empty SETTINGS frame, the first one of both sides (RFC 9113, section 3.4). */
const settings = Buffer.from('000000040000000000', 'hex');

const frameHeadBytes = 9;
const goAway = 7;

/** True if one of these frames is a GOAWAY (RFC 9113, section 6.8). */
function saysGoodbye(frames: Buffer): boolean {
  for (let at = 0; at + frameHeadBytes <= frames.length;) {
    if (frames[at + 3] === goAway) return true;
    at += frameHeadBytes + frames.readUIntBE(at, 3);
  }
  return false;
}

describe('on the port of clients,', () => {
  test.each([
    ['a request of no protocol', 'MAKE COFFEE\r\n\r\n', 400],
    ['a request of an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400],
    ['a header that is none', 'GET /health HTTP/1.1\r\nHost x\r\n\r\n', 400],
    [
      'a body of two lengths',
      'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
    ['a length that is none', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400],
    ['enormous headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(1 << 20)}\r\n\r\n`, 431],
    ['a record of TLS', Buffer.from('16030100050100000100', 'hex'), 400],
  ])('%s gets its status, and is cut off', async (_what, bytes, code) => {
    expect(await say(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${code} `));
    await victim.goesOn();
  });

  test.each([
    ['a preface that goes wrong in the middle', 'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'],
    ['a preface followed by text', `${preface}and then something else entirely`],
    ['a preface followed by chance', Buffer.concat([Buffer.from(preface), randomBytes(4096)])],
    [
      'a frame that is too large',
      Buffer.concat([Buffer.from(preface), settings, Buffer.from('ffffff000000000001', 'hex')]),
    ],
    [
      'a stream with an even number',
      Buffer.concat([Buffer.from(preface), settings, Buffer.from('000000010400000002', 'hex')]),
    ],
    [
      'header bytes that do not unpack',
      Buffer.concat([Buffer.from(preface), settings, Buffer.from('000002010500000001ffff', 'hex')]),
    ],
  ])('%s is answered with the end of the connection', async (_what, bytes) => {
    const socket = dial(victim.clientPort);
    let answer = Buffer.alloc(0);
    socket.on('data', (more) => (answer = Buffer.concat([answer, more])));
    socket.write(bytes);
    await Promise.race([
      once(socket, 'close'),
      eventually('a farewell', () => Promise.resolve(saysGoodbye(answer) || undefined)),
    ]);
    socket.destroy();
    await victim.goesOn();
  });

  test('half-open and silent connections do no harm', async () => {
    const sockets = Array.from({ length: 200 }, (_, at) => {
      const socket = dial(victim.clientPort);
      if (at % 4 === 1) socket.write('P');
      if (at % 4 === 2) socket.write('GET /hea');
      if (at % 4 === 3) socket.end('PRI * HT');
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await victim.goesOn();
    for (const socket of sockets) socket.destroy();
    await victim.goesOn();
  });
});

async function withSession(use: (session: ClientHttp2Session) => Promise<void>): Promise<void> {
  const session = connectHttp2(victim.member.clientUrl);
  session.on('error', () => {});
  await once(session, 'connect');
  await use(session);
  session.destroy();
}

const post = {
  ':method': 'POST',
  ':path': '/etcdserverpb.KV/Range',
  'content-type': 'application/grpc',
  te: 'trailers',
};

/** Opens up to `count` streams; returns how many were open when the member closed the connection. */
async function openAndReset(count: number): Promise<number> {
  let opened = 0;
  await withSession(async (session) => {
    for (; opened < count && !session.destroyed; opened++) {
      const stream = session.request(post);
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_CANCEL);
      if (opened % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
  return opened;
}

describe('over HTTP/2,', () => {
  test('10,000 streams that are opened and reset at once do no harm', async () => {
    // A member may close the connection of such a client, which then reconnects.
    for (let opened = 0; opened < 10_000;) opened += await openAndReset(10_000 - opened);
    await victim.goesOn();
  });

  test('10,000 streams that are opened and left do not keep others out', async () => {
    await withSession(async (session) => {
      for (let at = 0; at < 10_000; at++) session.request(post).on('error', () => {});
      await victim.goesOn();
    });
    await victim.goesOn();
  });

  test.each([
    ['one of 1 MiB', { 'x-large': 'x'.repeat(1 << 20) }],
    [
      'ten thousand of them',
      Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`x-${at}`, 'x'])),
    ],
  ])('enormous headers (%s) are refused', async (_what, headers) => {
    await withSession(async (session) => {
      const stream = session.request({ ...post, ...headers });
      const answers: unknown[] = [];
      stream.on('response', ({ ':status': httpStatus }) => answers.push(httpStatus));
      stream.on('error', () => {});
      stream.end();
      stream.resume();
      await once(stream, 'close').catch(() => {});
      expect(answers).not.toContain(200);
    });
    await victim.goesOn();
  });

  test.each([
    ['another kind of gRPC', 415, { 'content-type': 'application/grpc-web' }],
    // The content type decides: these are requests for pages that do not exist.
    ['another content type', 404, { 'content-type': 'text/plain' }],
    ['no content type', 404, { 'content-type': '' }],
  ])('a call that is none, by %s, is refused with %d', async (_what, expected, headers) => {
    await withSession(async (session) => {
      const stream = session.request({ ...post, ...headers }, { endStream: true });
      stream.on('error', () => {});
      const [{ ':status': httpStatus }] = await once(stream, 'response');
      expect(httpStatus).toBe(expected);
      stream.destroy();
    });
    await victim.goesOn();
  });

  test('a message that is cut off, or longer than it says, is refused', async () => {
    for (const hex of ['000000', '0000000005aa', '00000000010a0b', '0100000001ff', 'ff00000000']) {
      await withSession(async (session) => {
        const stream = session.request(post);
        stream.on('error', () => {});
        stream.resume();
        stream.end(Buffer.from(hex, 'hex'));
        await once(stream, 'close').catch(() => {});
      });
    }
    await victim.goesOn();
  });
});

function watchSlow(by: EtcdClient) {
  const stream = by.stream('Watch', 'Watch');
  stream.on('error', () => {});
  stream.write({ create_request: { key: Buffer.from('slow/'), range_end: Buffer.from('slow0') } });
  return stream;
}

function eventsIn({ events }: Answer): number {
  return Array.isArray(events) ? events.length : 0;
}

test('a watcher that does not read delays no other, and gets everything when it reads again', async () => {
  const { client } = victim.member;
  const slowClient = new EtcdClient(`127.0.0.1:${victim.clientPort}`);
  const [slow, quick] = [watchSlow(slowClient), watchSlow(client)];
  // Both have begun before the first write.
  for (const stream of [slow, quick]) {
    await once(stream, 'data');
    stream.pause();
  }
  let quickSaw = 0;
  quick.on('data', (answer: Answer) => (quickSaw += eventsIn(answer)));
  quick.resume();

  const writes = 400;
  const value = 'v'.repeat(50_000);
  for (let at = 0; at < writes; at++) await client.put(`slow/${at}`, value);
  await eventually('the quick watcher seeing everything', () =>
    Promise.resolve(quickSaw === writes ? true : undefined),
  );

  let slowSaw = 0;
  slow.on('data', (answer: Answer) => (slowSaw += eventsIn(answer)));
  slow.resume();
  await eventually('the slow watcher seeing everything', () =>
    Promise.resolve(slowSaw >= writes ? true : undefined),
  );
  expect(slowSaw).toBe(writes);
  slow.cancel();
  slowClient.close();
  quick.cancel();
  await victim.goesOn();
});
