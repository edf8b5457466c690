import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask } from './ask.ts';
import type { Asked, AskOptions } from './ask.ts';

/** Names and values that no caller without the right may find in any answer. */
const secret = 'planted-secret';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const prefix = (key: string): object => ({
  key: base64(key),
  range_end: base64(`${key.slice(0, -1)}0`),
});

let member: EmbeddedMember;
let client: string;
const tokens = { root: '', ann: '' };

beforeAll(async () => {
  member = await startServer({ name: 'm1', bcryptCost: 4 });
  await member.ready;
  [client = ''] = member.clientUrls;
  await put('agent/service/register', undefined, { Name: 'web', ID: 'w1', Port: 80 });
  await put('agent/service/register', undefined, {
    Name: secret,
    ID: `${secret}-1`,
    Address: '10.9.9.9',
    Check: { CheckID: `${secret}-check`, TTL: '60s' },
  });
  await put('catalog/register', undefined, {
    Node: `${secret}-node`,
    Address: '10.9.9.8',
    Check: { Name: `${secret}-node-check`, Status: 'passing' },
  });
  await put('kv/a/1', undefined, 'open');
  await put(`kv/${secret}/1`, undefined, secret);
  await put('session/create', undefined, { Name: `${secret}-session` });
  await put('query', undefined, { Name: `${secret}-query`, Service: { Service: secret } });
  await put(`event/fire/${secret}-event`);
  await auth('user/add', { name: 'root', password: 'r' });
  await auth('role/add', { name: 'root' });
  await auth('user/grant', { user: 'root', role: 'root' });
  await auth('user/add', { name: 'ann', password: 'a' });
  await auth('role/add', { name: 'ann' });
  for (const table of ['services', 'checks', 'heartbeats', 'outputs']) {
    const perm = { permType: 'READWRITE', ...prefix(`/${table}/web/`) };
    await auth('role/grant', { name: 'ann', perm });
  }
  for (const table of ['kv', 'kv-meta', 'locks']) {
    const perm = { permType: 'READWRITE', ...prefix(`/consul/${table}/a/`) };
    await auth('role/grant', { name: 'ann', perm });
  }
  await auth('user/grant', { user: 'ann', role: 'ann' });
  await auth('enable', {});
  tokens.root = await tokenOf('root', 'r');
  tokens.ann = await tokenOf('ann', 'a');
});

afterAll(() => member.stop());

async function auth(path: string, body: object, token?: string): Promise<Asked> {
  const headers = token === undefined ? {} : { Authorization: token };
  const asked = await ask(client, `/v3/auth/${path}`, { method: 'POST', body, headers });
  if (asked.status !== 200) throw new Error(`${path}: ${asked.text}`);
  return asked;
}

async function tokenOf(name: string, password: string): Promise<string> {
  const { text } = await auth('authenticate', { name, password });
  return JSON.parse(text).token;
}

type Who = keyof typeof tokens | undefined;

function call(path: string, who: Who, options: AskOptions = {}): Promise<Asked> {
  const headers: Record<string, string> =
    who === undefined ? {} : { 'X-Consul-Token': tokens[who] };
  return ask(client, `/v1/${path}`, { ...options, headers });
}

function get(path: string, who?: Who): Promise<Asked> {
  return call(path, who);
}

function put(path: string, who?: Who, body?: AskOptions['body']): Promise<Asked> {
  return call(path, who, { method: 'PUT', ...(body !== undefined && { body }) });
}

const filtered = 'x-consul-results-filtered-by-acls';

describe('a token', () => {
  test('is taken from the parameter, the header and as bearer, and no other is taken', async () => {
    const token = tokens.ann;
    const ways: [string, Record<string, string>][] = [
      [`?token=${token}`, {}],
      ['', { 'X-Consul-Token': token }],
      ['', { Authorization: `Bearer ${token}` }],
    ];
    for (const [query, headers] of ways) {
      expect(await ask(client, `/v1/kv/a/1${query}`, { headers })).toMatchObject({ status: 200 });
    }
    for (const path of ['kv/a/1', 'health/service/web', 'agent/services', 'acl/token/self']) {
      const headers = { 'X-Consul-Token': 'abcdefghijklmnop.7' };
      const { status, text } = await ask(client, `/v1/${path}`, { headers });
      expect([path, status, text]).toEqual([path, 403, 'ACL not found']);
    }
    const { headers } = await get('status/leader');
    expect(headers['x-consul-default-acl-policy']).toBe('deny');
  });

  test('tells its own user, without the secret', async () => {
    const { text } = await get('acl/token/self', 'ann');
    expect(JSON.parse(text)).toMatchObject({
      Description: 'the user ann',
      Policies: [{ Name: 'ann' }],
    });
    expect(text).not.toContain(tokens.ann);
    expect(await put('acl/bootstrap')).toMatchObject({
      status: 403,
      text: 'Permission denied: ACL bootstrap no longer allowed',
    });
  });
});

/** Every path that can be read, with names that are there. */
function readablePaths(document: string): readonly string[] {
  const { paths }: { readonly paths: Record<string, Record<string, unknown>> } =
    JSON.parse(document);
  const names: readonly (readonly [RegExp, string])[] = [
    [/\{(service|name)\}/, secret],
    [/\{node\}/, `${secret}-node`],
    [/\{key\}/, `${secret}/1`],
    [/\{id\}/, `${secret}-1`],
    [/\{check\}/, `${secret}-check`],
    [/\{state\}/, 'any'],
    [/\{query\}/, `${secret}-query`],
    [/\{\w+\}/, secret],
  ];
  return Object.entries(paths)
    .filter(([path, methods]) => 'get' in methods && !path.includes('monitor'))
    .map(([path]) => names.reduce((filled, [name, value]) => filled.replace(name, value), path));
}

/** Paths that change something although they are read. */
const changes =
  /\/agent\/(?:check|service)\/\w+\/|\/agent\/(?:leave|reload|force-leave|maintenance)/;

test('no answer shows what its caller may not read, on any path', async () => {
  const document = await get('openapi.json');
  const paths = readablePaths(document.text).flatMap((path) =>
    path.startsWith('/v1/kv/')
      ? [path, '/v1/kv/?recurse', '/v1/kv/?keys', `/v1/kv/${secret}?recurse`]
      : [path],
  );
  expect(paths.length).toBeGreaterThan(50);
  const shownToRoot: string[] = [];
  for (const path of paths) {
    for (const who of [undefined, 'ann', 'root'] as const) {
      if (who === 'root' && changes.test(path)) continue;
      const { status, text } = await call(path.slice('/v1/'.length), who);
      // A refusal repeats the names that it was asked for.
      const asked = path.split(/[/?]/).filter((part) => part.startsWith(secret));
      const rest = asked.reduce((left, part) => left.replaceAll(part, ''), text);
      const isShown =
        /10\.9\.9|planted-secret-(?:1|check|node|session|query|event)|cGxhbnRlZC1zZWNyZXQ/.test(
          rest,
        );
      if (who === 'root' && isShown) shownToRoot.push(path);
      else if (who !== 'root')
        expect([who, path, status, isShown && text]).toEqual([who, path, status, false]);
    }
  }
  expect(shownToRoot.length).toBeGreaterThan(12);
});

test('answers leave out what a user may not read, and say so', async () => {
  const services = await get('catalog/services', 'ann');
  expect(services.json).toEqual({ web: [] });
  expect(services.headers[filtered]).toBe('true');
  const web = await get('health/service/web', 'ann');
  expect(web.json).toMatchObject([{ Service: { ID: 'w1' } }]);
  expect(web.headers[filtered]).toBeUndefined();
  const hidden = await get(`health/service/${secret}`, 'ann');
  expect([hidden.status, hidden.json, hidden.headers[filtered]]).toEqual([200, [], 'true']);
  const keys = await get('kv/?keys', 'ann');
  expect([keys.json, keys.headers[filtered]]).toEqual([['a/1'], 'true']);
  expect(await get(`kv/${secret}/1`, 'ann')).toMatchObject({
    status: 403,
    text: 'Permission denied',
  });
  expect(Object.keys(Object((await get('agent/services', 'ann')).json))).toEqual(['w1']);
});

test('writes need the right to write', async () => {
  const outcomes: Record<string, unknown> = {};
  for (const who of [undefined, 'ann', 'root'] as const) {
    const told: unknown[] = [];
    for (const asked of [
      await put('kv/a/2', who, 'v'),
      await put('kv/b', who, 'v'),
      await put('agent/service/register', who, { Name: 'web', ID: `w-${who}`, Port: 1 }),
      await put('agent/service/register', who, { Name: 'other', ID: `o-${who}`, Port: 1 }),
      await put(`agent/service/deregister/w-${who}`, who),
      await put(`catalog/deregister`, who, { Node: `${secret}-nobody` }),
      await get('agent/self', who),
      await get('operator/raft/configuration', who),
    ]) {
      told.push(asked.status);
    }
    outcomes[String(who)] = told.join(' ');
  }
  expect(outcomes).toEqual({
    undefined: '403 403 403 403 404 403 403 403',
    ann: '200 403 200 403 200 403 403 403',
    root: '200 200 200 200 200 200 200 200',
  });
});

test('callers without a login have the rights of the role anonymous, from the moment it is granted', async () => {
  expect((await get('kv/a/1')).status).toBe(403);
  await auth('role/add', { name: 'anonymous' }, tokens.root);
  for (const table of ['kv', 'kv-meta', 'locks']) {
    const key = base64(`/consul/${table}/a/1`);
    await auth('role/grant', { name: 'anonymous', perm: { permType: 'READ', key } }, tokens.root);
  }
  expect((await get('kv/a/1')).status).toBe(200);
  expect((await put('kv/a/1', undefined, 'v')).status).toBe(403);
  const listed = await get('kv/?keys');
  expect([listed.json, listed.headers[filtered]]).toEqual([['a/1'], undefined]);
  // Only Consul's API and DNS serve such callers.
  const body = { key: base64('/consul/kv/a/1') };
  const refused = await ask(client, '/v3/kv/range', { method: 'POST', body });
  expect(refused.text).toContain('etcdserver: user name is empty');
  await auth('role/delete', { role: 'anonymous' }, tokens.root);
  expect((await get('kv/a/1')).status).toBe(403);
});

test('a query that waits shows nothing that was taken from its caller meanwhile', async () => {
  const first = await get('health/service/web', 'ann');
  const index = String(first.headers['x-consul-index']);
  const waiting = get(`health/service/web?index=${index}&wait=1s`, 'ann');
  await auth('user/revoke', { name: 'ann', role: 'ann' }, tokens.root);
  await put('agent/service/register', 'root', { Name: 'web', ID: 'w9', Port: 9 });
  expect((await waiting).json).toEqual([]);
  await auth('user/grant', { user: 'ann', role: 'ann' }, tokens.root);
});
