import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFrame } from '../../../src/api/consul/frame/frame.ts';
import { ConsulRefusal } from '../../../src/api/consul/frame/refusals.ts';
import { RouteTable } from '../../../src/api/consul/frame/route.ts';
import type { Route } from '../../../src/api/consul/frame/route.ts';
import type { Call } from '../../../src/api/consul/frame/call.ts';
import { createHttpHandler } from '../../../src/api/http/index.ts';
import { RegistryError } from '../../../src/base/errors.ts';
import { silentMetrics } from '../../../src/base/metrics.ts';
import { memoryLogger } from '../etcd/fake.ts';
import { ask } from './ask.ts';

let last: Call | undefined;
let fault: Error | undefined;
let hasLeader = true;
let leaderContactMs = 0;

const routes: readonly Route[] = [
  {
    path: '/v1/kv/{key}',
    methods: {
      GET: {
        about: 'reads',
        scope: 'index',
        needs: 'nothing',
        serve: (call) => {
          last = call;
          if (fault !== undefined) throw fault;
          return { json: [call.key('key')], index: 0 };
        },
      },
      PUT: {
        about: 'writes',
        scope: 'datacenter',
        needs: 'nothing',
        body: 'bytes',
        bodyBytesMax: 1000,
        serve: (call) => {
          last = call;
          return { json: true };
        },
      },
    },
  },
  {
    path: '/v1/agent/self',
    methods: {
      GET: {
        about: 'about us',
        scope: 'member',
        needs: 'nothing',
        serve: () => ({ json: { A: 'x'.repeat(2000) } }),
      },
    },
  },
  {
    path: '/v1/query/{query}/execute',
    methods: {
      GET: {
        about: 'executes',
        scope: 'member',
        needs: 'nothing',
        serve: (call) => ({ json: `execute ${call.part('query')}` }),
      },
    },
  },
  {
    path: '/v1/query/{query}',
    methods: {
      GET: {
        about: 'reads',
        scope: 'member',
        needs: 'nothing',
        serve: (call) => ({ json: `read ${call.part('query')}` }),
      },
      PUT: {
        about: 'writes',
        scope: 'member',
        needs: 'nothing',
        body: 'json',
        serve: (call) => ({ text: call.fields().text('Name') }),
      },
    },
  },
];

const logger = memoryLogger();
const page = createFrame({
  operations: {
    isAuthOn: () => false,
    anonymous: () => undefined,
    identify: () => undefined,
    rightsOf: () => undefined,
    whenIdentifiable: () => undefined,
  },
  table: new RouteTable(routes),
  datacenter: 'dc1',
  hasLeader: () => hasLeader,
  leaderContactMs: () => leaderContactMs,
  logger,
  metrics: silentMetrics,
});
const access = { corsOrigins: ['http://pages.example'], hostWhitelist: ['*'] };
const server = createServer(
  createHttpHandler({ routes: [], rawRoutes: [() => page], access, logger }),
);
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object') url = `http://127.0.0.1:${address?.port}`;
});

afterAll(() => server.close());

beforeEach(() => {
  last = undefined;
  fault = undefined;
  hasLeader = true;
  leaderContactMs = 0;
});

const withHeader = (value: string) => ask(url, '/v1/kv/x', { headers: { 'Cache-Control': value } });
const put = (body: string) => ask(url, '/v1/query/x', { method: 'PUT', body });

describe('paths', () => {
  test.each([
    ['/v1/kv/a//b', 'a//b'],
    ['/v1/kv//a', '/a'],
    ['/v1/kv/a/../b/.', 'a/../b/.'],
    ['/v1/kv/folder/', 'folder/'],
    ['/v1/kv/a+b', 'a+b'],
    ['/v1/kv/p%2Fq%2525%20s', 'p/q%25 s'],
    ['/v1/kv/', ''],
    ['/v1%2Fkv%2Fx', 'x'],
    ['/v1/kv/%C3%BC', Buffer.from('ü').toString('latin1')],
    ['/v1/kv/%ff', '\u00ff'],
    [`/v1/kv/${'/'.repeat(100)}`, '/'.repeat(100)],
  ])('%s is decoded once and not cleaned', async (path, key) => {
    const { status } = await ask(url, path);
    expect({ status, key: last?.key('key') }).toEqual({ status: 200, key });
  });

  test.each(['/v1/kv/a%00b', '/v1/kv/a%0a', '/v1/kv/a%zz', '/v1/kv/a%2', '/v1/kv/%E2%80%A8'])(
    '%s is refused without a text',
    async (path) => {
      const { status, text } = await ask(url, path);
      expect({ status, text }).toEqual({ status: 400, text: '' });
      expect(last).toBeUndefined();
    },
  );

  test('a parameter takes the rest of a path, up to what the pattern has behind it', async () => {
    expect((await ask(url, '/v1/query/a/b/execute')).json).toBe('execute a/b');
    expect((await ask(url, '/v1/query/a/b')).json).toBe('read a/b');
    expect((await ask(url, '/v1/query/execute')).json).toBe('read execute');
  });

  test('unknown paths are refused as Consul does', async () => {
    expect(await ask(url, '/v1/nothing')).toMatchObject({
      status: 404,
      text: 'Invalid URL path: not a recognized HTTP API endpoint',
    });
    for (const path of ['/foo', '/v1']) {
      expect(await ask(url, path)).toMatchObject({
        status: 404,
        text: "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'",
      });
    }
    expect((await ask(url, '/')).status).toBe(200);
  });

  test.each([
    ['/v1/kv?recurse', '/v1/kv/?recurse'],
    ['//v1//agent/./self?x=1', '/v1/agent/self?x=1'],
  ])('%s is redirected', async (path, location) => {
    const { status, headers } = await ask(url, path);
    expect({ status, location: headers['location'] }).toEqual({ status: 301, location });
  });
});

describe('methods', () => {
  test.each(['POST', 'PATCH', 'HEAD'])(
    '%s is not allowed, and the header says what is',
    async (method) => {
      const { status, headers, text } = await ask(url, '/v1/kv/x', { method });
      expect({ status, allow: headers['allow'] }).toEqual({
        status: 405,
        allow: 'OPTIONS,GET,PUT',
      });
      expect(text).toBe(method === 'HEAD' ? '' : `method ${method} not allowed`);
    },
  );

  test('OPTIONS lists them', async () => {
    const { status, headers, text } = await ask(url, '/v1/agent/self', { method: 'OPTIONS' });
    expect({ status, allow: headers['allow'], text }).toEqual({
      status: 200,
      allow: 'OPTIONS,GET',
      text: '',
    });
  });
});

describe('parameters', () => {
  test.each([
    ['index=a', 'Invalid index'],
    ['index=-1', 'Invalid index'],
    ['index=18446744073709551616', 'Invalid index'],
    ['wait=a', 'Invalid wait time'],
    ['wait=10', 'Invalid wait time'],
    ['max_stale=a', 'Invalid max_stale value "a"'],
    ['stale&consistent', 'Cannot specify ?stale with ?consistent, conflicting semantics.'],
    ['cached&consistent', 'Cannot specify ?cached with ?consistent, conflicting semantics.'],
    ['ns=foo', 'Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature'],
    [
      'partition=foo',
      'Invalid query parameter: "partition" - Partitions are a Consul Enterprise feature',
    ],
  ])('?%s is refused with its text, and without an index', async (query, expected) => {
    const { status, text, headers } = await ask(url, `/v1/kv/x?${query}`);
    expect({ status, text }).toEqual({ status: 400, text: expected });
    expect(headers['x-consul-index']).toBeUndefined();
  });

  test.each(['dc=nope', 'datacenter=nope', 'dc=dc1&datacenter=nope'])(
    '?%s has no path',
    async (query) => {
      for (const method of ['GET', 'PUT']) {
        const refused = await ask(url, `/v1/kv/x?${query}`, { method });
        expect(refused).toMatchObject({ status: 500, text: 'No path to datacenter' });
      }
      expect((await ask(url, `/v1/agent/self?${query}`)).status).toBe(200);
    },
  );

  test.each([
    ['', { index: 0, waitMs: 300_000, mode: 'default' }],
    ['index=7&wait=2s', { index: 7, waitMs: 2000 }],
    ['wait=-5s', { waitMs: 300_000 }],
    ['wait=1h', { waitMs: 600_000 }],
    ['wait=60000ms', { waitMs: 60_000 }],
    ['stale', { mode: 'stale' }],
    ['consistent', { mode: 'consistent' }],
    ['leader', { mode: 'default' }],
    ['dc=DC1&ns=default&partition=default&unknown=1', { mode: 'default' }],
  ])('?%s is read', async (query, expected) => {
    expect((await ask(url, `/v1/kv/x?${query}`)).status).toBe(200);
    expect(last?.query).toMatchObject(expected);
  });

  test('a header of caches is checked', async () => {
    expect(await withHeader('max-age=x')).toMatchObject({
      status: 400,
      text: 'Invalid Cache-Control header.',
    });
    for (const value of ['max-age=5, must-revalidate', 'no-cache', 'foo=1', 'stale-if-error=9']) {
      expect((await withHeader(value)).status).toBe(200);
    }
  });
});

describe('answers', () => {
  test('carry the headers of the index, which is never 0', async () => {
    const { headers } = await ask(url, '/v1/kv/x');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      vary: 'Accept-Encoding',
      'x-consul-default-acl-policy': 'allow',
      'x-consul-effective-consistency': 'leader',
      'x-consul-index': '1',
      'x-consul-knownleader': 'true',
      'x-consul-lastcontact': '0',
      'x-consul-query-backend': 'blocking-query',
    });
    hasLeader = false;
    const stale = await ask(url, '/v1/kv/x?stale');
    expect(stale.headers).toMatchObject({
      'x-consul-knownleader': 'false',
      'x-consul-effective-consistency': 'stale',
    });
  });

  test('a stale answer that is older than the caller takes comes from the leader', async () => {
    leaderContactMs = 5000;
    for (const [query, effective] of [
      ['?stale&max_stale=1s', 'leader'],
      ['?stale&max_stale=10s', 'stale'],
      ['?stale&max_stale=0s', 'stale'],
      ['?consistent&max_stale=1s', 'consistent'],
    ]) {
      const { headers } = await ask(url, `/v1/kv/x${query}`);
      expect(headers['x-consul-effective-consistency']).toBe(effective);
    }
  });

  test('tell how long ago the leader was heard of, unless it was asked just now', async () => {
    leaderContactMs = 1234.4;
    for (const [query, contact] of [
      ['?stale', '1234'],
      ['', '1234'],
      ['?consistent', '0'],
    ] as const) {
      const { headers } = await ask(url, `/v1/kv/x${query}`);
      expect(headers['x-consul-lastcontact']).toBe(contact);
    }
  });

  test('about this member have none', async () => {
    const { headers } = await ask(url, '/v1/agent/self');
    expect(Object.keys(headers).filter((name) => name.startsWith('x-consul-'))).toEqual([
      'x-consul-default-acl-policy',
    ]);
  });

  test('are pretty if asked for', async () => {
    expect((await ask(url, '/v1/kv/x')).text).toBe('["x"]');
    expect((await ask(url, '/v1/kv/x?pretty')).text).toBe('[\n    "x"\n]\n');
    expect((await ask(url, '/v1/kv/x?pretty=false')).text).toBe('[\n    "x"\n]\n');
  });

  test('are packed if they are long and the client takes it', async () => {
    const plain = await fetch(`${url}/v1/agent/self`, {
      headers: { 'Accept-Encoding': 'identity' },
    });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const packed = await ask(url, '/v1/agent/self', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    const response = await fetch(`${url}/v1/agent/self`, {
      headers: { 'Accept-Encoding': 'br, gzip;q=0.5' },
    });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.json()).toEqual(await plain.json());
    const refused = await ask(url, '/v1/agent/self', {
      headers: { 'Accept-Encoding': 'gzip;q=0' },
    });
    expect(refused.headers['content-encoding']).toBeUndefined();
    const short = await ask(url, '/v1/kv/x', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(short.headers['content-encoding']).toBeUndefined();
  });
});

describe('pages of an allowed origin', () => {
  test.each([
    ['/v1/agent/self', 'GET', 200],
    ['/v1/agent/self', 'OPTIONS', 200],
    ['/v1/kv/x', 'PATCH', 405],
    ['/v1/kv/x?index=none', 'GET', 400],
    ['/v1/unknown', 'GET', 404],
    ['/v1//agent/self', 'GET', 301],
    ['/v1/kv/%zz', 'GET', 400],
  ])('may read the answer to %s by %s', async (path, method, status) => {
    const origin = 'http://pages.example';
    const allowed = await ask(url, path, { method, headers: { Origin: origin } });
    expect({
      status: allowed.status,
      origin: allowed.headers['access-control-allow-origin'],
    }).toEqual({ status, origin });
    const other = await ask(url, path, { method, headers: { Origin: 'http://other.example' } });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('refusals', () => {
  test.each([
    [new ConsulRefusal(409, 'conflict'), 409, 'conflict'],
    [new RegistryError('no-leader', 'the cluster has no leader now'), 500, 'No cluster leader'],
    [new RegistryError('too-many-requests', 'come back later'), 429, 'come back later'],
    [
      new RegistryError('timeout', 'it may or may not have happened'),
      500,
      'it may or may not have happened',
    ],
    [new RegistryError('permission-denied', 'no'), 403, 'Permission denied'],
    [new RegistryError('request-too-large', 'too large'), 413, 'too large'],
  ])('%s is plain text', async (error, status, text) => {
    fault = error;
    const refused = await ask(url, '/v1/kv/x');
    expect(refused).toMatchObject({ status, text });
    expect(refused.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(refused.headers['x-consul-index']).toBe(status === 500 ? '1' : undefined);
    expect(refused.headers['x-consul-knownleader']).toBe(status === 500 ? 'false' : undefined);
  });

  test('a bug of ours is logged and hidden', async () => {
    fault = new TypeError('a bug');
    expect(await ask(url, '/v1/kv/x')).toMatchObject({
      status: 500,
      text: 'Internal Server Error\n',
    });
    expect(logger.lines).toContain('failed to answer an HTTP request');
  });

  test('bodies beyond the limit are refused, announced or not, and the connection stays usable', async () => {
    const text = 'Request body(2000 bytes) too large, max size: 1000 bytes.';
    const body = 'x'.repeat(2000);
    expect(await ask(url, '/v1/kv/x', { method: 'PUT', body })).toMatchObject({
      status: 413,
      text,
    });
    const headers = { 'Transfer-Encoding': 'chunked' };
    expect(await ask(url, '/v1/kv/x', { method: 'PUT', body, headers })).toMatchObject({
      status: 413,
      text,
    });
    const largest = 'x'.repeat(1000);
    expect((await ask(url, '/v1/kv/x', { method: 'PUT', body: largest })).text).toBe('true');
    expect(last?.body.length).toBe(1000);
  });

  test('a body that is no JSON, or of another type, is refused', async () => {
    expect(await put('{"name":"a","Bogus":[1]}')).toMatchObject({ status: 200, text: 'a' });
    expect((await put('{"name":')).text).toMatch(/^Request decode failed: /);
    expect(await put('{"Name":5}')).toMatchObject({
      status: 400,
      text: 'Request decode failed: Name must be a string, and is a number',
    });
  });
});
