import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { unary } from '../../../src/api/methods.ts';
import type { CallContext, Method } from '../../../src/api/methods.ts';
import { gatewayRoutes as routes } from '../../../src/api/etcd/gateway-routes.ts';
import { etcdserverpb as pb } from '../../../src/gen/etcd.js';
import { schema } from '../../../src/gen/schema.ts';
import { etcdHandler, fakeOperations, fakeOptions, memoryLogger } from './fake.ts';
import type { FakeOptions } from './fake.ts';
import { responseTo, serve } from './serve.ts';

type Put = (request: pb.PutRequest, context: CallContext) => Promise<pb.PutResponse.$Properties>;

/** Serves a gateway whose puts are answered like this. */
function serveGateway(put: Put, otherwise: Partial<FakeOptions> = {}): Promise<string> {
  const method = unary('/etcdserverpb.KV/Put', pb.PutRequest, pb.PutResponse, put);
  const methods = new Map<string, Method>([[method.path, method]]);
  return serve(etcdHandler(fakeOptions(fakeOperations(), { methods, ...otherwise })));
}

function post(
  base: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${base}/v3/kv/put`, { method: 'POST', body: text, headers });
}

const nothing: Put = async () => ({});

test('a call gets its message, and its response is compact JSON', async () => {
  const asked: object[] = [];
  const base = await serveGateway(async (put) => {
    asked.push(put);
    return { header: { revision: 7 }, prev_kv: { key: Buffer.from('é'), version: 2 } };
  });

  const response = await post(base, { key: 'w6k=', value: '/w==', lease: '-1', prevKv: true });

  expect(asked).toMatchObject([
    { key: Buffer.from('é'), value: Buffer.from([0xff]), prev_kv: true },
  ]);
  expect(String(Reflect.get(asked[0]!, 'lease'))).toBe('-1');
  expect(await response.text()).toBe(
    '{"header":{"revision":"7"},"prev_kv":{"key":"w6k=","version":"2"}}',
  );
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json',
    'grpc-metadata-content-type': 'application/grpc',
    'access-control-allow-origin': '*',
  });
});

test('a call sees the headers that are meant for it, and no others', async () => {
  const names = ['hasleader', 'token', 'authorization', 'user-agent'];
  const seen: (string | undefined)[][] = [];
  const base = await serveGateway(async (_put, context) => {
    seen.push(names.map((name) => context.metadata(name)));
    return {};
  });

  await post(base, {}, { 'Grpc-Metadata-Hasleader': 'true', 'Grpc-Metadata-Token': 't' });
  await post(base, {}, { Authorization: 'Bearer t', 'User-Agent': 'somebody', Token: 'x' });

  expect(seen).toEqual([
    ['true', 't', undefined, undefined],
    [undefined, undefined, 'Bearer t', undefined],
  ]);
});

test('the first object is the request, even if the body goes on', async () => {
  const base = await serveGateway(nothing);

  const answer = await new Promise((resolve, reject) => {
    const asked = request(`${base}/v3/kv/put`, { method: 'POST' }, (response) => {
      resolve(response.statusCode);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.write('{"key":"YQ=='); // It never ends the body.
    asked.write('"} {');
  });

  expect(answer).toBe(200);
});

test('a caller that disconnects aborts the signal of its call', async () => {
  let arrived: (signal: AbortSignal) => void;
  const signalOfCall = new Promise<AbortSignal>((resolve) => {
    arrived = resolve;
  });
  const base = await serveGateway((_put, { signal }) => {
    arrived(signal);
    return new Promise(() => {});
  });
  const caller = new AbortController();

  const asked = fetch(`${base}/v3/kv/put`, { method: 'POST', body: '{}', signal: caller.signal });
  const signal = await signalOfCall;
  expect(signal.aborted).toBe(false);
  const gone = new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
  });
  caller.abort();

  await expect(asked).rejects.toThrow('abort');
  await gone;
});

describe('a request that is too large', () => {
  const messageBytesMax = 1000 + 512 * 1024;

  test.each([
    ['as a message', 'A'.repeat(4 * Math.ceil(messageBytesMax / 3))],
    ['as JSON', 'A'.repeat(2 * messageBytesMax)],
  ])('%s is refused, and its connection stays', async (_what, value) => {
    let calls = 0;
    const count: Put = async () => {
      calls += 1;
      return {};
    };
    const base = await serveGateway(count, { messageBytesMax });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const ask = async (
      body: string,
    ): Promise<{ response: IncomingMessage; text: string; again: boolean }> => {
      const asked = request(`${base}/v3/kv/put`, { method: 'POST', agent });
      const answered = responseTo(asked);
      asked.end(body);
      const response = await answered;
      let text = '';
      for await (const part of response) text += String(part);
      return { response, text, again: asked.reusedSocket };
    };

    const refused = await ask(JSON.stringify({ value }));
    const next = await ask('{}');

    expect(refused.response.statusCode).toBe(429);
    expect(JSON.parse(refused.text)).toEqual({
      code: 8,
      message: expect.stringContaining('received message larger than max'),
    });
    expect(next.response.statusCode).toBe(200);
    expect(next.again).toBe(true);
    expect(calls).toBe(1);
  });

  test('may be as large as the limit, with what base64 adds', async () => {
    const base = await serveGateway(nothing, { messageBytesMax });
    const value = Buffer.alloc(messageBytesMax - 10).toString('base64');

    expect((await post(base, { value })).status).toBe(200);
  });
});

describe('a refusal', () => {
  test.each([
    ['key-not-provided', 400, 3],
    ['lease-not-found', 404, 5],
    ['permission-denied', 403, 7],
    ['no-space', 429, 8],
    ['lease-exists', 400, 9],
    ['revision-compacted', 400, 11],
    ['no-leader', 503, 14],
    ['timeout', 503, 14],
    ['election-no-leader', 500, 2],
    ['deadline-exceeded', 504, 4],
    ['canceled', 499, 1],
    ['cluster-corrupt', 500, 15],
  ] as const)('%s has the status %i', async (code, status, number) => {
    const base = await serveGateway(() => Promise.reject(new RegistryError(code, 'why')));

    const response = await post(base, {});

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ code: number, message: expect.any(String) });
  });

  test('of an unexpected error is sent, and logged', async () => {
    const logger = memoryLogger();
    const base = await serveGateway(() => Promise.reject(new TypeError('a bug')), { logger });

    const response = await post(base, {});

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 13 });
    expect(logger.lines).toEqual(['a call failed unexpectedly']);
  });

  test('of JSON that does not fit comes before any call, and is not logged', async () => {
    const logger = memoryLogger();
    const base = await serveGateway(() => Promise.reject(new Error('called')), { logger });

    for (const body of ['xx', '[]', '{"key":', '{"key":5}', '{"lease":1.5}']) {
      const response = await post(base, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 3 });
    }
    expect(logger.lines).toEqual([]);
  });

  test('of a message that is nested too deeply is that of bad JSON', async () => {
    const method = unary('/etcdserverpb.KV/Txn', pb.TxnRequest, pb.TxnResponse, async () => ({}));
    const base = await serveGateway(nothing, { methods: new Map([[method.path, method]]) });
    let txn = {};
    for (let depth = 0; depth < 200; depth++) txn = { success: [{ request_txn: txn }] };

    const response = await fetch(`${base}/v3/kv/txn`, {
      method: 'POST',
      body: JSON.stringify(txn),
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ code: 3, message: 'proto: max depth exceeded' });
  });
});

describe('paths', () => {
  test('that are unknown, and methods other than POST, are refused in JSON', async () => {
    const base = await serveGateway(nothing);

    for (const path of ['/v3/', '/v3/nope', '/v3/kv/put/', '/v3beta/', '/v3/toString']) {
      const response = await fetch(base + path, { method: 'POST', body: '{}' });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ code: 5, message: 'Not Found' });
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(`${base}/v3/kv/put`, { method });
      expect(response.status).toBe(501);
      expect(await response.json()).toEqual({ code: 12, message: 'Method Not Allowed' });
    }
    expect((await fetch(`${base}/v3beta/kv/put`, { method: 'POST' })).status).toBe(200);
  });

  test('are not found when the gateway is off', async () => {
    const base = await serveGateway(nothing, { enableGrpcGateway: false });

    const response = await post(base, {});

    expect(response.status).toBe(404);
    expect(await response.text()).toBe('404 page not found\n');
  });

  test('all have methods whose message types are known', () => {
    for (const call of Object.values(routes)) {
      expect(schema.calls[`/${call}`], call).toHaveLength(2);
    }
  });
});
