import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';

const b = (text: string): string => Buffer.from(text).toString('base64');

const callers = ['none', 'bad', 'nil', 'rd', 'ann', 'root'] as const;
/** Shorthands in the table. */
const texts: Readonly<Record<string, string>> = {
  E: 'user name is empty',
  T: 'invalid auth token',
  D: 'permission denied',
};

/**
 * Calls in their order, and what each caller is told; one text stands for all callers. Measured with etcd 3.7.3. `nil` has no
 * roles, `rd` may read `own/a`, `ann` may read and write what begins with `own/`. Lease 7 has a key of `own/`, lease 8 has
 * another one.
 */
const table: readonly (readonly [path: string, body: object, told: string | readonly string[]])[] =
  [
    ['kv/range', { key: b('own/a') }, ['E', 'T', 'D', 'ok', 'ok', 'ok']],
    ['kv/range', { key: b('own/a'), range_end: b('\0') }, ['E', 'T', 'D', 'D', 'D', 'ok']],
    ['kv/range', { key: b('own/a'), range_end: b('own/') }, ['E', 'T', 'D', 'ok', 'ok', 'ok']],
    ['kv/range', { key: '' }, 'key is not provided'],
    ['kv/range', { key: b('own/a'), sort_order: 9 }, 'invalid sort option'],
    ['kv/range', { key: b('own/a'), serializable: true }, ['E', 'T', 'D', 'ok', 'ok', 'ok']],
    [
      'kv/range',
      { key: b('own/a'), revision: 999 },
      [
        'E',
        'T',
        'D',
        'mvcc: required revision is a future revision',
        'mvcc: required revision is a future revision',
        'mvcc: required revision is a future revision',
      ],
    ],
    ['kv/put', { key: b('own/a'), value: b('v') }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['kv/put', { key: b('own/a'), value: b('v'), prev_kv: true }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['kv/put', { key: b('own/a'), lease: 8 }, ['E', 'T', 'D', 'D', 'D', 'ok']],
    ['kv/put', { key: b('own/a'), lease: 7 }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    [
      'kv/put',
      { key: b('own/a'), lease: 99 },
      ['E', 'T', 'D', 'D', 'requested lease not found', 'requested lease not found'],
    ],
    ['kv/put', { key: '' }, 'key is not provided'],
    ['kv/put', { key: b('own/a'), value: b('x'), ignore_value: true }, 'value is provided'],
    ['kv/deleterange', { key: b('own/z') }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['kv/deleterange', { key: '' }, 'key is not provided'],
    [
      'kv/txn',
      { compare: [{ key: b('x'), target: 'VERSION', version: 1 }], success: [] },
      ['E', 'T', 'D', 'D', 'D', 'ok'],
    ],
    [
      'kv/txn',
      { success: [{ request_txn: { success: [{ request_put: { key: b('x') } }] } }] },
      ['E', 'T', 'D', 'D', 'D', 'ok'],
    ],
    [
      'kv/txn',
      { success: [{ request_put: { key: b('own/q'), lease: 8 } }] },
      ['E', 'T', 'D', 'D', 'ok', 'ok'],
    ],
    [
      'kv/compaction',
      { revision: 999 },
      ['E', 'T', 'D', 'D', 'D', 'mvcc: required revision is a future revision'],
    ],
    [
      'lease/grant',
      { TTL: 99999999999 },
      [
        'E',
        'T',
        'too large lease TTL',
        'too large lease TTL',
        'too large lease TTL',
        'too large lease TTL',
      ],
    ],
    ['lease/grant', { TTL: 60 }, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    [
      'lease/revoke',
      { ID: 99 },
      [
        'E',
        'T',
        'requested lease not found',
        'requested lease not found',
        'requested lease not found',
        'requested lease not found',
      ],
    ],
    ['lease/revoke', { ID: 8 }, ['E', 'T', 'D', 'D', 'ok', 'requested lease not found']],
    ['lease/keepalive', { ID: 99 }, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    ['lease/keepalive', { ID: 8 }, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    ['lease/keepalive', { ID: 7 }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['lease/timetolive', { ID: 8, keys: true }, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    ['lease/timetolive', { ID: 8 }, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    ['lease/timetolive', { ID: 99, keys: true }, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    ['lease/leases', {}, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['watch', { create_request: { key: b('own/a') } }, ['E', 'T', 'D', 'ok', 'ok', 'ok']],
    [
      'watch',
      { create_request: { key: b('own/a'), range_end: b('\0') } },
      ['E', 'T', 'D', 'D', 'D', 'ok'],
    ],
    [
      'watch',
      { create_request: { key: b('own/b'), range_end: b('own/a') } },
      ['E', 'T', 'D', 'D', 'mvcc: watcher range is empty', 'mvcc: watcher range is empty'],
    ],
    ['cluster/member/list', {}, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    ['cluster/member/add', { peerURLs: [] }, 'given member URLs are invalid'],
    ['cluster/member/add', { peerURLs: ['x'] }, 'given member URLs are invalid'],
    ['cluster/member/remove', { ID: 1 }, ['E', 'T', 'D', 'D', 'D', 'member not found']],
    [
      'cluster/member/update',
      { ID: 1, peerURLs: ['http://a:1'] },
      ['E', 'T', 'D', 'D', 'D', 'member not found'],
    ],
    ['cluster/member/promote', { ID: 1 }, ['E', 'T', 'D', 'D', 'D', 'member not found']],
    ['maintenance/alarm', {}, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    [
      'maintenance/alarm',
      { action: 'DEACTIVATE', alarm: 'NOSPACE' },
      ['E', 'T', 'D', 'D', 'D', 'ok'],
    ],
    ['maintenance/status', {}, ['E', 'T', 'ok', 'ok', 'ok', 'ok']],
    ['maintenance/defragment', {}, ['E', 'T', 'D', 'D', 'D', 'ok']],
    ['maintenance/hash', {}, ['E', 'T', 'D', 'D', 'D', 'ok']],
    ['maintenance/hashkv', {}, ['E', 'T', 'D', 'D', 'D', 'ok']],
    ['maintenance/snapshot', {}, ['E', 'T', 'D', 'D', 'D', 'ok']],
    [
      'maintenance/transfer-leadership',
      { targetID: 1 },
      ['E', 'T', 'D', 'D', 'D', 'bad leader transferee'],
    ],
    [
      'maintenance/downgrade',
      { action: 'VALIDATE', version: '3.6.0' },
      ['E', 'T', 'D', 'D', 'D', 'ok'],
    ],
    ['lock/lock', { name: b('own/x'), lease: 9 }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['lock/unlock', { key: b('own/x/9') }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['election/campaign', { name: b('own/e'), lease: 9 }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['election/leader', { name: b('own/e') }, ['E', 'T', 'D', 'D', 'ok', 'ok']],
    ['election/proclaim', {}, '"leader" field must be provided'],
    [
      'election/resign',
      { leader: { name: b('x'), key: b('x'), rev: 3, lease: 9 } },
      ['E', 'T', 'D', 'D', 'D', 'ok'],
    ],
  ];

let member: EmbeddedMember;
let client: string;
const tokens = new Map<string, string>();

async function call(path: string, body: object, token?: string): Promise<string> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: token };
  const over = new AbortController();
  const response = await fetch(`${client}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers,
    signal: over.signal,
  });
  // A stream does not end by itself.
  const isStream =
    path === 'watch' || path === 'lease/keepalive' || path === 'maintenance/snapshot';
  if (!isStream) return response.text();
  const { value } = (await response.body?.getReader().read()) ?? {};
  over.abort();
  return Buffer.from(value ?? []).toString();
}

beforeAll(async () => {
  member = await startServer({ name: 'm1', bcryptCost: 4 });
  await member.ready;
  [client = ''] = member.clientUrls;
  const own = { key: b('own/'), range_end: b('own0') };
  const steps: readonly (readonly [string, object])[] = [
    ['auth/user/add', { name: 'root', password: 'root' }],
    ['auth/role/add', { name: 'root' }],
    ['auth/user/grant', { user: 'root', role: 'root' }],
    ['auth/user/add', { name: 'nil', password: 'nil' }],
    ['auth/user/add', { name: 'ann', password: 'ann' }],
    ['auth/role/add', { name: 'ann' }],
    ['auth/role/grant', { name: 'ann', perm: { permType: 'READWRITE', ...own } }],
    ['auth/user/grant', { user: 'ann', role: 'ann' }],
    ['auth/user/add', { name: 'rd', password: 'rd' }],
    ['auth/role/add', { name: 'rd' }],
    ['auth/role/grant', { name: 'rd', perm: { permType: 'READ', key: b('own/a') } }],
    ['auth/user/grant', { user: 'rd', role: 'rd' }],
    ['kv/put', { key: b('own/a'), value: b('v') }],
    ...[7, 8, 9].map((ID) => ['lease/grant', { ID, TTL: 600 }] as const),
    ['kv/put', { key: b('own/l7'), value: b('v'), lease: 7 }],
    ['kv/put', { key: b('x'), value: b('v'), lease: 8 }],
    ['auth/enable', {}],
  ];
  for (const [path, body] of steps) expect(await call(path, body)).not.toContain('error');
  for (const name of ['nil', 'rd', 'ann', 'root']) {
    tokens.set(name, JSON.parse(await call('auth/authenticate', { name, password: name })).token);
  }
  tokens.set('bad', 'abcdefghijklmnop.3');
});

afterAll(() => member.stop());

test('each caller is told by each method what etcd tells it', async () => {
  for (const [path, body, told] of table) {
    const each = typeof told === 'string' ? callers.map(() => told) : told;
    for (const [at, caller] of callers.entries()) {
      const text = await call(path, body, tokens.get(caller));
      const expected = each[at] ?? '';
      const refusal = /"(?:message|cancel_reason)":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? 'ok';
      const plain = refusal.replace(/^.* desc = /, '').replace('etcdserver: ', '');
      expect([path, body, caller, plain.replaceAll('\\"', '"')]).toEqual([
        path,
        body,
        caller,
        texts[expected] ?? expected,
      ]);
    }
  }
});

test('the reason of a refused watcher is the whole error of gRPC, as in etcd', async () => {
  const create_request = { key: b('own/a'), range_end: b('\0') };
  const text = await call('watch', { create_request }, tokens.get('rd'));
  expect(JSON.parse(text).result).toMatchObject({
    watch_id: '-1',
    created: true,
    canceled: true,
    cancel_reason: 'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
  });
});
