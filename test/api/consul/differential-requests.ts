/** Requests that a real Consul and a member are asked in the same order. */
export interface Request {
  readonly method: string;
  /** Below `/v1/`; `{id}` stands for what `keep` of an earlier request has kept. */
  readonly path: string;
  readonly body?: string;
  /** The name for the `ID` in the answer. */
  readonly keep?: string;
}

const get = (path: string): Request => ({ method: 'GET', path });
const put = (path: string, body: string | object = ''): Request => ({
  method: 'PUT',
  path,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const erase = (path: string): Request => ({ method: 'DELETE', path });
const create = (path: string, keep: string, body: object): Request => ({
  method: path === 'query' ? 'POST' : 'PUT',
  path,
  body: JSON.stringify(body),
  keep,
});
const txn = (...operations: readonly object[]): Request => put('txn', operations);
const kv = (Verb: string, Key: string, more: object = {}): object => ({
  KV: { Verb, Key, ...more },
});

const frame: readonly Request[] = [
  get('nothing'),
  get(''),
  { method: 'POST', path: 'kv/x' },
  { method: 'PATCH', path: 'txn' },
  { method: 'HEAD', path: 'kv/x' },
  { method: 'OPTIONS', path: 'kv/x' },
  { method: 'OPTIONS', path: 'session/create' },
  get('kv/zz?index=a'),
  get('kv/zz?wait=a'),
  get('kv/zz?max_stale=a'),
  get('kv/zz?stale&consistent'),
  get('kv/zz?cached&consistent'),
  get('kv/zz?ns=foo'),
  get('kv/zz?partition=foo'),
  get('session/list?dc=nope'),
  get('status/leader?dc=nope'),
  get('catalog/datacenters'),
  get('kv/a%00b'),
];

const entries: readonly Request[] = [
  get('kv/'),
  get('kv/?keys'),
  get('kv/?recurse'),
  put('kv/', 'x'),
  put('kv/t/a?flags=42', '1'),
  put('kv/t/b/c', '2'),
  put('kv/t/b/d', ''),
  put('kv/t/e/'),
  put('kv/t/big?flags=16210313421097356768', 'x'),
  put('kv/t/p%2Fq+r%2525%20s', 'x y'),
  get('kv/t/a'),
  get('kv/t/a?raw'),
  get('kv/t/b/d?raw'),
  get('kv/t/nope'),
  get('kv/t/nope?keys'),
  get('kv/t/nope?recurse'),
  get('kv/t?recurse'),
  get('kv/t?keys'),
  get('kv/t/?keys&separator=/'),
  get('kv/t?keys&separator=/'),
  get('kv/t/b/?keys&separator=zz'),
  put('kv/t/a?flags=q', 'x'),
  put('kv/t/a?cas=q', 'x'),
  put('kv/t/a?cas=1&acquire=z', 'x'),
  put('kv/t/a?acquire=z&release=y', 'x'),
  put('kv/t/a?acquire=z', 'x'),
  put('kv/t/a?acquire=', 'x'),
  put('kv/t/a?release=z', 'x'),
  put('kv/t/a?cas=1', 'x'),
  put('kv/t/a?cas=0', 'x'),
  put('kv/t/new?cas=5', 'x'),
  put('kv/t/new?cas=0', 'x'),
  erase('kv/t/new?cas=1'),
  erase('kv/t/nope?cas=3'),
  erase('kv/t/a?recurse&cas=3'),
  erase('kv/t/a'),
  erase('kv/t/nope'),
  erase('kv/'),
];

const sessions: readonly Request[] = [
  create('session/create', 'one', { Name: 's1', TTL: '10s', LockDelay: '0s' }),
  create('session/create', 'two', { NodeChecks: [], LockDelay: 5, Behavior: 'delete' }),
  put('kv/l/a?acquire={one}', 'mine'),
  get('kv/l/a'),
  put('kv/l/a?acquire={one}', 'mine'),
  put('kv/l/a?acquire={two}', 'x'),
  put('kv/l/a?release={two}', 'x'),
  put('kv/l/a?release={one}&flags=7', 'free'),
  get('kv/l/a'),
  put('kv/l/a?acquire={two}', 'held'),
  put('kv/l/b?acquire={one}', 'held'),
  get('kv/l?recurse'),
  get('session/info/{one}'),
  get('session/info/nope'),
  get('session/info/'),
  get('session/node/nowhere'),
  get('session/list'),
  put('session/renew/{one}'),
  put('session/renew/00000000-0000-0000-0000-000000000000'),
  put('session/destroy/{two}'),
  put('session/destroy/{one}'),
  put('session/destroy/00000000-0000-0000-0000-000000000000'),
  put('session/destroy/'),
  get('kv/l?recurse'),
  get('session/list'),
  put('session/create', { TTL: '5s' }),
  put('session/create', { TTL: 'abc' }),
  put('session/create', { Behavior: 'x' }),
  put('session/create', { Node: 'nowhere' }),
  put('session/create', { Checks: ['zz'] }),
];

const transactions: readonly Request[] = [
  txn(kv('set', 'x/a', { Value: 'MQ==', Flags: 7 }), kv('get', 'x/a')),
  txn(kv('get', 'x/a')),
  txn(kv('get', 'x/nope')),
  txn(kv('get-tree', 'x/nope')),
  txn(
    kv('cas', 'x/a', { Value: 'Mw==', Index: 1 }),
    kv('get', 'x/nope'),
    kv('delete-cas', 'x/a', { Index: 3 }),
    kv('lock', 'x/a', { Session: 'x' }),
    kv('lock', 'x/a', { Session: '' }),
    kv('unlock', 'x/a', { Session: 'x' }),
    kv('check-session', 'x/a', { Session: 's' }),
    kv('check-not-exists', 'x/a'),
    kv('check-index', 'x/nope', { Index: 1 }),
    kv('check-session', 'x/nope', { Session: 's' }),
  ),
  txn(kv('bogus', 'x/a')),
  txn(kv('set', '', { Value: 'MQ==' })),
  txn(kv('delete', 'x/nope'), kv('delete-tree', 'x/b')),
  txn(kv('cas', 'x/n', { Value: 'Mw==', Index: 0 }), kv('cas', 'x/n', { Value: 'NA==', Index: 0 })),
  txn(kv('set', 'x/e')),
  txn(),
  txn({}),
  put('txn', ''),
];

const events: readonly Request[] = [
  put('event/fire/dep?tag=x'),
  put('event/fire/'),
  put('event/fire/dep?service=web&tag=x', 'hello'),
];

const queries: readonly Request[] = [
  create('query', 'query', {
    Name: 'q1',
    Service: {
      Service: 'nothing',
      Tags: ['a', '!b'],
      OnlyPassing: true,
      Near: '_agent',
      NodeMeta: { x: 'y' },
      ServiceMeta: { e: 'f' },
      Failover: { NearestN: 2, Datacenters: ['dc2'] },
      IgnoreCheckIDs: ['z'],
    },
    DNS: { TTL: '10s' },
  }),
  { method: 'POST', path: 'query', body: '{"Service":{"Service":"web"}}' },
  { method: 'POST', path: 'query', body: '{"Name":"q1","Service":{"Service":"web"}}' },
  { method: 'POST', path: 'query', body: '{"Name":"x","Service":{}}' },
  { method: 'POST', path: 'query', body: '{"ID":"x","Name":"x","Service":{"Service":"w"}}' },
  {
    method: 'POST',
    path: 'query',
    body: '{"Name":"x","Service":{"Service":"w"},"DNS":{"TTL":"abc"}}',
  },
  {
    method: 'POST',
    path: 'query',
    body: '{"Name":"x","Service":{"Service":"w"},"DNS":{"TTL":"-5s"}}',
  },
  {
    method: 'POST',
    path: 'query',
    body: '{"Name":"x","Session":"nope","Service":{"Service":"w"}}',
  },
  get('query/{query}'),
  get('query/00000000-0000-0000-0000-000000000000'),
  get('query/Q1/execute'),
  get('query/q1/execute?limit=x'),
  get('query/nope/execute'),
  get('query/q1/explain'),
  put('query/{query}', { Name: 'q2', Service: { Service: 'web' } }),
  get('query'),
  put('query/00000000-0000-0000-0000-000000000000', { Name: 'q3', Service: { Service: 'web' } }),
  erase('query/{query}'),
  erase('query/{query}'),
];

const others: readonly Request[] = [
  get('acl/tokens'),
  get('acl/nothing'),
  put('acl/bootstrap'),
  put('acl/login', {}),
  put('agent/reload'),
  get('coordinate/node/nowhere'),
  get('config/service-defaults/nope'),
  { method: 'DELETE', path: 'operator/raft/peer?address=127.0.0.1:1' },
];

export const requests: readonly Request[] = [
  ...frame,
  ...entries,
  ...sessions,
  ...transactions,
  ...events,
  ...queries,
  ...others,
];
