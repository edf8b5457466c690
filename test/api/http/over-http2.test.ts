import { once } from 'node:events';
import { connect } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openClientListeners } from '../../../src/api/index.ts';
import type { HttpRequest, HttpResponse } from '../../../src/api/http/index.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';

interface Response {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number };
  readonly text: string;
}

function session(url: string): ClientHttp2Session {
  const opened = connect(url);
  opened.on('error', () => {});
  onTestFinished(() => opened.destroy());
  return opened;
}

async function responseTo(stream: ClientHttp2Stream): Promise<Response> {
  const [headers] = await once(stream, 'response');
  stream.setEncoding('utf8');
  let text = '';
  for await (const piece of stream) text += piece;
  return { headers, text };
}

function ask(
  client: ClientHttp2Session,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const method = body === undefined ? 'GET' : 'POST';
  const stream = client.request(
    { ':method': method, ':path': path, ...headers },
    { endStream: body === undefined },
  );
  if (body !== undefined) stream.end(body);
  return responseTo(stream);
}

describe('a member, over HTTP/2 without TLS', () => {
  let member: EmbeddedMember;
  beforeAll(async () => {
    member = await startServer({
      listenMetricsUrls: ['http://127.0.0.1:0'],
      consulListen: ['127.0.0.1:0'],
    });
    await member.ready;
    return () => member.stop();
  });

  test('serves its pages, with the headers that HTTP/1.1 has', async () => {
    const client = session(member.clientUrls[0]!);
    const { headers, text } = await ask(client, '/health');
    expect(text).toBe('{"health":"true","reason":""}');
    const before = await fetch(`${member.clientUrls[0]}/health`);
    expect(headers).toMatchObject({
      ':status': 200,
      'content-type': before.headers.get('content-type'),
      'content-length': before.headers.get('content-length'),
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('connection');
    expect(Date.parse(headers.date ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect((await ask(client, '/nothing')).headers[':status']).toBe(404);
    expect((await ask(client, '//health')).headers).toMatchObject({
      ':status': 307,
      location: '/health',
    });
  });

  test('serves the JSON gateway: many requests on one connection', async () => {
    const client = session(member.clientUrls[0]!);
    const put = async (at: number): Promise<Response> =>
      ask(client, '/v3/kv/put', JSON.stringify({ key: btoa(`k${at}`), value: btoa(`${at}`) }));
    const all = await Promise.all(Array.from({ length: 50 }, (_, at) => put(at)));
    expect(all.map(({ headers }) => headers[':status'])).toEqual(all.map(() => 200));
    const range = await ask(client, '/v3/kv/range', JSON.stringify({ key: btoa('k7') }));
    expect(JSON.parse(range.text)).toMatchObject({ kvs: [{ value: btoa('7') }] });
    const bad = await ask(client, '/v3/kv/range', '{"key":');
    expect(bad.headers[':status']).toBe(400);
  });

  test('streams a watch, and ends it when its client leaves', async () => {
    const client = session(member.clientUrls[0]!);
    const watch = client.request({ ':method': 'POST', ':path': '/v3/watch' });
    watch.setEncoding('utf8');
    let text = '';
    watch.on('data', (piece: string) => (text += piece));
    watch.write(JSON.stringify({ create_request: { key: btoa('watched') } }));
    await expect.poll(() => text).toContain('"created":true');
    await ask(client, '/v3/kv/put', JSON.stringify({ key: btoa('watched'), value: btoa('x') }));
    await expect.poll(() => text).toContain('"events"');
    const watchers = async (): Promise<string | undefined> =>
      /^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec((await ask(client, '/metrics')).text)?.[1];
    const before = Number(await watchers());
    watch.close();
    await expect.poll(async () => Number(await watchers())).toBe(before - 1);
  });

  test('carries large bodies both ways, through their windows', async () => {
    const client = session(member.clientUrls[0]!);
    const value = 'v'.repeat(1_200_000);
    const put = await ask(
      client,
      '/v3/kv/put',
      JSON.stringify({ key: btoa('large'), value: btoa(value) }),
    );
    expect(put.headers[':status']).toBe(200);
    const { text } = await ask(client, '/v3/kv/range', JSON.stringify({ key: btoa('large') }));
    expect(JSON.parse(text).kvs[0].value).toBe(btoa(value));
    const tooLarge = await ask(
      client,
      '/v3/kv/put',
      JSON.stringify({ key: btoa('k'), value: 'A'.repeat(6 << 20) }),
    );
    expect(tooLarge.headers[':status']).toBe(429);
  });

  test('answers HEAD without a body', async () => {
    const client = session(member.clientUrls[0]!);
    const { headers, text } = await responseTo(
      client.request({ ':method': 'HEAD', ':path': '/v1/status/leader' }),
    );
    expect(headers[':status']).toBe(405);
    expect(text).toBe('');
    expect((await ask(client, '/health')).headers[':status']).toBe(200);
  });

  test('serves gRPC beside them on the same connection', async () => {
    const client = session(member.clientUrls[0]!);
    const call = client.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.end(Buffer.alloc(5));
    const [trailers] = await once(call.resume(), 'trailers');
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
    expect((await ask(client, '/health')).headers[':status']).toBe(200);
  });

  test("serves the ports of metrics and of Consul's API", async () => {
    const metrics = await ask(session(member.metricsUrls[0]!), '/metrics');
    expect(metrics.text).toContain('etcd_server_has_leader 1');
    const consul = await ask(session(member.consulUrls[0]!), '/v1/status/leader');
    expect(consul.text).toBe('"localhost:2380"');
  });
});

/** Listens with one page. */
async function serving(page: (request: HttpRequest, response: HttpResponse) => void) {
  const listeners = await openClientListeners({
    clock: systemClock(),
    wallTimeMs: () => 0,
    logger: silentLogger,
    apis: [],
    clientUrls: [],
    httpPorts: [
      {
        name: 'page',
        flag: '--page',
        urls: ['http://127.0.0.1:0'],
        routes: [() => page],
        servesUntilEnd: false,
      },
    ],
    access: { corsOrigins: [], hostWhitelist: [] },
    messageBytesMax: 1 << 20,
    streamsMax: Infinity,
    pingsMinTimeMs: 0,
    keepaliveIntervalMs: 0,
    keepaliveTimeoutMs: 1000,
  });
  onTestFinished(() => listeners.close(0));
  return session(listeners.httpUrls.get('page')?.[0] ?? '');
}

describe('a page', () => {
  test('sees the name of the host, repeated headers and cookies as over HTTP/1.1', async () => {
    const seen: unknown[] = [];
    const client = await serving(({ method, url, headers, socket }, response) => {
      const { host, cookie, accept } = headers;
      seen.push({ method, url, host, cookie, accept, address: socket.remoteAddress });
      response.end();
    });
    const stream = client.request({
      ':path': '/a?b=c',
      ':authority': 'x.test:1',
      cookie: ['a=1', 'b=2'],
      accept: ['one', 'two'],
    });
    const { headers } = await responseTo(stream);
    expect(headers).toMatchObject({ ':status': 200, date: 'Thu, 01 Jan 1970 00:00:00 GMT' });
    expect(seen).toEqual([
      {
        method: 'GET',
        url: '/a?b=c',
        host: 'x.test:1',
        cookie: 'a=1; b=2',
        accept: 'one, two',
        address: '127.0.0.1',
      },
    ]);
  });

  test('that breaks off shows its client an error, and the connection goes on', async () => {
    let breaks = true;
    const client = await serving((_request, response) => {
      response.write('some');
      if (breaks) response.destroy();
      else response.end();
    });
    const broken = client.request({ ':path': '/' });
    await expect(once(broken.resume(), 'end')).rejects.toMatchObject({
      message: expect.stringContaining('INTERNAL_ERROR'),
    });
    breaks = false;
    expect((await ask(client, '/')).text).toBe('some');
  });

  test('with a body larger than windows waits for its reader', async () => {
    let written = 0;
    const client = await serving((_request, response) => {
      const more = (): void => {
        while (written < 100) {
          written++;
          if (!response.write(Buffer.alloc(64 << 10))) break;
        }
        if (written === 100) response.end();
      };
      response.on('drain', more);
      more();
    });
    const stream = client.request({ ':path': '/' });
    await once(stream, 'response');
    // Nothing is read, so it stays at the client's window and what is buffered.
    await expect.poll(() => written).toBeGreaterThan(0);
    expect(written).toBeLessThan(20);
    let bytes = 0;
    for await (const piece of stream) bytes += piece.length;
    expect(bytes).toBe(100 * (64 << 10));
  });

  test('is told when its client leaves, and not when it was answered', async () => {
    const ends: string[] = [];
    const client = await serving((request, response) => {
      response.once('close', () => ends.push(`${request.url} ${response.writableFinished}`));
      if (request.url === '/fast') response.end('x');
    });
    await ask(client, '/fast');
    await expect.poll(() => ends).toEqual(['/fast true']);
    const slow = client.request({ ':path': '/slow' });
    slow.on('error', () => {});
    await new Promise((resolve) => client.ping(Buffer.alloc(8), resolve));
    slow.close(8);
    await expect.poll(() => ends).toEqual(['/fast true', '/slow false']);
  });

  test('cannot send a header with a line end', async () => {
    const client = await serving((_request, response) => {
      response.writeHead(200, { location: 'a\r\nb' });
    });
    expect((await ask(client, '/')).headers[':status']).toBe(500);
  });
});
