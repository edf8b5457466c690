import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gatewayRoutes } from '../../../src/api/etcd/gateway-routes.ts';
import { startServer } from '../../../src/server/index.ts';
import { EtcdClient } from '../../cluster/etcd-client.ts';
import { eventually } from '../../cluster/processes.ts';
import { freePorts } from '../../ports.ts';

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

type Call = (path: string, body: object, token?: string) => Promise<string>;

/** A stream does not end by itself. */
function isStream(path: string): boolean {
  return ['watch', 'lease/keepalive', 'maintenance/snapshot'].includes(path);
}

/** Through the JSON gateway. Gives the body of the answer. */
function overJson(url: string): Call {
  return async (path, body, token) => {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: token };
    const over = new AbortController();
    const response = await fetch(`${url}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
      signal: over.signal,
    });
    if (!isStream(path)) return response.text();
    const { value } = (await response.body?.getReader().read()) ?? {};
    over.abort();
    return Buffer.from(value ?? []).toString();
  };
}

/** The same calls over gRPC, with answers in the shape of the gateway's. */
function overGrpc(url: string): Call {
  const client = new EtcdClient(url.replace('http://', ''));
  onTestFinished(() => client.close());
  return async (path, body, token) => {
    const [service = '', method = ''] =
      gatewayRoutes[`/v3/${path}`]?.split('.').at(-1)?.split('/') ?? [];
    const metadata: Record<string, string> = token === undefined ? {} : { token };
    try {
      if (!isStream(path)) {
        return JSON.stringify(await client.call(service, method, body, 10_000, metadata));
      }
      const stream =
        path === 'maintenance/snapshot'
          ? client.listen(service, method, body, metadata)
          : client.stream(service, method, metadata);
      if (stream instanceof Duplex) stream.write(body);
      stream.on('error', () => {});
      const [answer] = await once(stream, 'data');
      stream.cancel();
      return JSON.stringify(answer, Object.keys(answer));
    } catch (error) {
      const details = error instanceof Error && 'details' in error ? error.details : undefined;
      return JSON.stringify({ message: details ?? String(error) });
    }
  };
}

/** The program of an etcd that the table is compared with, instead of a member of ours: how it was recorded. */
const etcd = process.env['ROLLCALL_RIGHTS_OF'];

async function openedUrl(): Promise<string> {
  if (etcd !== undefined) return openedEtcd(etcd);
  const member = await startServer({ name: 'm1', bcryptCost: 4 });
  onTestFinished(() => member.stop());
  await member.ready;
  return member.clientUrls[0] ?? '';
}

async function openedEtcd(program: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-rights-'));
  const [url, peerUrl] = (await freePorts(2)).map((port) => `http://127.0.0.1:${port}`);
  const flags = {
    'data-dir': folder,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `default=${peerUrl}`,
    'bcrypt-cost': 4,
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(program, words, { stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  });
  await eventually('an answer of etcd', async () => (await fetch(`${url}/health`)).ok || undefined);
  return url ?? '';
}

/** A member with users, and their tokens. */
async function openMember(carrier: (url: string) => Call) {
  const call = carrier(await openedUrl());
  const own = { key: b('own/'), range_end: b('own0') };
  const steps: readonly (readonly [string, object])[] = [
    ['auth/user/add', { name: 'root', password: 'root' }],
    ['auth/role/add', { name: 'root' }],
    ['auth/user/grant', { user: 'root', role: 'root' }],
    ['auth/user/add', { name: 'nil', password: 'nil' }],
    ...(
      [
        ['ann', { permType: 'READWRITE', ...own }],
        ['rd', { permType: 'READ', key: b('own/a') }],
        ['wr', { permType: 'WRITE', ...own }],
      ] as const
    ).flatMap(([name, perm]) => [
      ['auth/user/add', { name, password: name }] as const,
      ['auth/role/add', { name }] as const,
      ['auth/role/grant', { name, perm }] as const,
      ['auth/user/grant', { user: name, role: name }] as const,
    ]),
    ['kv/put', { key: b('own/a'), value: b('v') }],
    ...[7, 8, 9].map((ID) => ['lease/grant', { ID, TTL: 600 }] as const),
    ['kv/put', { key: b('own/l7'), value: b('v'), lease: 7 }],
    ['kv/put', { key: b('x'), value: b('secret'), lease: 8 }],
    ['auth/enable', {}],
  ];
  for (const [path, body] of steps) expect(await call(path, body)).not.toContain('"message"');
  const tokens = new Map([['bad', 'abcdefghijklmnop.3']]);
  for (const name of ['nil', 'rd', 'wr', 'ann', 'root']) {
    const { token } = JSON.parse(await call('auth/authenticate', { name, password: name }));
    tokens.set(name, token);
  }
  /** The refusal, in the words of the table. */
  const told = async (path: string, body: object, caller: string): Promise<string> => {
    const text = await call(path, body, tokens.get(caller));
    const refusal = /"(?:message|cancel_reason)":"((?:[^"\\]|\\.)+)"/.exec(text)?.[1] ?? 'ok';
    return refusal
      .replace(/^.* desc = /, '')
      .replace('etcdserver: ', '')
      .replaceAll('\\"', '"');
  };
  return { call, told, tokens };
}

const withoutLogin: readonly (readonly [path: string, body: object])[] = [
  ['maintenance/alarm', {}],
  ['maintenance/status', {}],
  ['maintenance/hashkv', {}],
  ['maintenance/snapshot', {}],
  ['maintenance/defragment', {}],
  ['lease/grant', { TTL: 60 }],
  ['lease/revoke', { ID: 8 }],
  ['lease/keepalive', { ID: 8 }],
  ['lease/timetolive', { ID: 8 }],
  ['lease/leases', {}],
];

/** A request in a transaction in a transaction. */
const nested = (request: object): object => ({
  success: [{ request_txn: { success: [request], failure: [] } }],
});
const denied = 'permission denied';

describe.each([
  ['JSON', overJson],
  ['gRPC', overGrpc],
] as const)('over %s', (_name, carrier) => {
  test('each caller is told by each method what etcd tells it', async () => {
    const { told } = await openMember(carrier);
    const differences: unknown[] = [];
    for (const [path, body, answers] of table) {
      for (const [at, caller] of callers.entries()) {
        const short = typeof answers === 'string' ? answers : (answers[at] ?? '');
        const expected = texts[short] ?? short;
        const found = await told(path, body, caller);
        if (found !== expected) differences.push([path, body, caller, found, expected]);
      }
    }
    expect(differences).toEqual([]);
  });

  test('what etcd had forgotten to ask is asked', async () => {
    const { told } = await openMember(carrier);
    const secret = { key: b('x') };
    const cases: readonly (readonly [caller: string, path: string, body: object, told: string])[] =
      [
        // CVE-2026-33343: a nested transaction did what its user may not do.
        ['ann', 'kv/txn', nested({ request_put: secret }), denied],
        ['ann', 'kv/txn', nested({ request_range: secret }), denied],
        ['ann', 'kv/txn', nested({ request_delete_range: secret }), denied],
        [
          'ann',
          'kv/txn',
          { failure: [{ request_txn: { failure: [{ request_put: secret }] } }] },
          denied,
        ],
        ['ann', 'kv/txn', nested({ request_put: { key: b('own/b') } }), 'ok'],
        // Previous values, and keys attached to a lease, for a user that may only write.
        ['wr', 'kv/put', { key: b('own/a'), prev_kv: true }, denied],
        ['wr', 'kv/deleterange', { key: b('own/a'), prev_kv: true }, denied],
        ['wr', 'kv/txn', nested({ request_put: { key: b('own/a'), prev_kv: true } }), denied],
        [
          'wr',
          'kv/txn',
          nested({ request_delete_range: { key: b('own/a'), prev_kv: true } }),
          denied,
        ],
        ['wr', 'kv/txn', nested({ request_put: { key: b('own/a'), lease: 8 } }), denied],
        ['wr', 'lease/timetolive', { ID: 8, keys: true }, denied],
        ['wr', 'lease/leases', {}, denied],
        ['wr', 'kv/txn', nested({ request_put: { key: b('own/a') } }), 'ok'],
        // CVE-2026-33413: maintenance and leases without a login.
        ...withoutLogin.map(([path, body]) => ['none', path, body, 'user name is empty'] as const),
        // GHSA-xg4h-6gfc-h4m8: a watch with the right to one key saw the tail behind it.
        ['rd', 'watch', { create_request: { key: b('own/a'), range_end: b('\0') } }, denied],
        ['rd', 'watch', { create_request: { key: b('own/a') } }, 'ok'],
      ];
    for (const [caller, path, body, expected] of cases) {
      expect([caller, path, body, await told(path, body, caller)]).toEqual([
        caller,
        path,
        body,
        expected,
      ]);
    }
  });

  test('the reason of a refused watcher is the whole error of gRPC, as in etcd', async () => {
    const { call, tokens } = await openMember(carrier);
    const create_request = { key: b('own/a'), range_end: b('\0') };
    const answer = JSON.parse(await call('watch', { create_request }, tokens.get('rd')));
    expect(answer.result ?? answer).toMatchObject({
      watch_id: '-1',
      created: true,
      canceled: true,
      cancel_reason: 'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
    });
  });
});
