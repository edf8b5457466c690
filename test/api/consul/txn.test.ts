import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask, at, textAt } from './ask.ts';

let member: EmbeddedMember;
let url: string;

beforeAll(async () => {
  member = await startServer({ consulListen: ['127.0.0.1:0'], name: 'm1' });
  await member.ready;
  url = member.consulUrls[0] ?? '';
});

afterAll(() => member.stop());

beforeEach(async () => {
  await ask(url, '/v1/kv/?recurse', { method: 'DELETE' });
});

const txn = (body: string | object, query = '') =>
  ask(url, `/v1/txn${query}`, { method: 'PUT', body });
const kv = (Verb: string, Key: string, more: object = {}) => ({ KV: { Verb, Key, ...more } });
const value = (text: string) => ({ Value: Buffer.from(text).toString('base64') });
const rawOf = async (key: string) => (await ask(url, `/v1/kv/${key}?raw`)).text;
const newSession = async () => {
  const body = { NodeChecks: [], LockDelay: '0s' };
  return textAt((await ask(url, '/v1/session/create', { method: 'PUT', body })).json, 'ID');
};

describe('a transaction', () => {
  test('writes all at one revision, and answers in the order of its operations', async () => {
    const { status, text, json } = await txn(
      '[{"KV":{"Verb":"set","Key":"a","Value":"MQ==","Flags":16210313421097356768}},{"kv":{"verb":"set","key":"b","value":"Mg=="}},{"KV":{"Verb":"get","Key":"a"}},{}]',
    );
    expect(status).toBe(200);
    const index = at(json, 'Results', 0, 'KV', 'ModifyIndex');
    const row = { LockIndex: 0, Flags: 0, CreateIndex: index, ModifyIndex: index };
    const flags = Number(16_210_313_421_097_356_768n);
    expect(json).toEqual({
      Results: [
        { KV: { ...row, Key: 'a', Flags: flags, Value: null } },
        { KV: { ...row, Key: 'b', Value: null } },
        { KV: { ...row, Key: 'a', Flags: flags, Value: 'MQ==' } },
      ],
      Errors: null,
    });
    expect(text).toContain('"Flags":16210313421097356768,');
    expect(await rawOf('b')).toBe('2');
  });

  test('that only reads is a read', async () => {
    await txn([kv('set', 'a', value('1'))]);
    for (const query of ['', '?stale', '?consistent']) {
      const { status, json, headers } = await txn([kv('get', 'a'), kv('get-tree', 'a')], query);
      expect(status).toBe(200);
      expect(json).toMatchObject({ Errors: null, Index: 1, LastContact: 0, KnownLeader: true });
      expect(json).toMatchObject({ ConsistencyLevel: '', ResultsFilteredByACLs: false });
      expect(Object(at(json, 'Results'))).toHaveLength(2);
      expect(headers).toMatchObject({
        'x-consul-knownleader': 'true',
        'x-consul-lastcontact': '0',
      });
      expect(headers['x-consul-index']).toBeUndefined();
    }
    expect((await txn([])).json).toMatchObject({ Results: [], Errors: null });
  });

  test('writes nothing if one operation fails, and names all faults', async () => {
    await txn([kv('set', 'a', value('1'))]);
    const index = at((await ask(url, '/v1/kv/a')).json, 0, 'ModifyIndex');
    const { status, json } = await txn([
      kv('set', 'b', value('never')),
      kv('cas', 'a', { ...value('3'), Index: 1 }),
      kv('get', 'nope'),
      kv('delete-cas', 'a', { Index: 3 }),
      kv('lock', 'a', { Session: 'x' }),
      kv('lock', 'a', { Session: '' }),
      kv('unlock', 'a', { Session: 'x' }),
      kv('check-index', 'a', { Index: 1 }),
      kv('check-session', 'a', { Session: 's' }),
      kv('check-not-exists', 'a'),
      kv('check-index', 'nope', { Index: 1 }),
      kv('check-session', 'nope', { Session: 's' }),
      kv('bogus', 'a'),
    ]);
    expect(status).toBe(409);
    const texts = [
      [1, 'failed to set key "a", index is stale'],
      [2, `key "nope" doesn't exist`],
      [3, 'failed to delete key "a", index is stale'],
      [4, 'invalid session "x"'],
      [5, 'missing session'],
      [6, `failed to unlock key "a", lock isn't held, or is held by another session`],
      [7, `failed index check for key "a", current modify index ${String(index)} != 1`],
      [8, 'failed session check for key "a", current session "" != "s"'],
      [9, 'key "a" exists'],
      [10, `failed to check index, key "nope" doesn't exist`],
      [11, `failed to check session, key "nope" doesn't exist`],
      [12, 'unknown KV verb "bogus"'],
    ];
    expect(json).toEqual({
      Results: null,
      Errors: texts.map(([OpIndex, What]) => ({ OpIndex, What })),
    });
    expect((await ask(url, '/v1/kv/b')).status).toBe(404);
  });

  test('sees what its own operations did before', async () => {
    const first = await txn([
      kv('cas', 'n', { ...value('1'), Index: 0 }),
      kv('cas', 'n', { ...value('2'), Index: 0 }),
    ]);
    expect(at(first.json, 'Errors')).toEqual([
      { OpIndex: 1, What: 'failed to set key "n", index is stale' },
    ]);
    const session = await newSession();
    const second = await txn([
      kv('set', 't/a', value('1')),
      kv('lock', 't/b', { ...value('2'), Session: session }),
      kv('check-session', 't/b', { Session: session }),
      kv('get-tree', 't/'),
      kv('delete', 't/a'),
      kv('check-not-exists', 't/a'),
      kv('unlock', 't/b', { ...value('3'), Session: session }),
      kv('get', 't/b'),
    ]);
    expect(second.status).toBe(200);
    const rows = Array.from(Object(at(second.json, 'Results')), (row) => [
      at(row, 'KV', 'Key'),
      at(row, 'KV', 'Value'),
    ]);
    expect(rows).toEqual([
      ['t/a', null],
      ['t/b', null],
      ['t/b', 'Mg=='],
      ['t/a', 'MQ=='],
      ['t/b', 'Mg=='],
      ['t/b', null],
      ['t/b', 'Mw=='],
    ]);
    expect((await ask(url, '/v1/kv/?keys')).json).toEqual(['t/b']);
  });

  test('deletes trees, and gives an empty row for a key that may be missing', async () => {
    await txn(['x/a', 'x/b', 'y'].map((key) => kv('set', key)));
    const { json } = await txn([
      kv('delete-tree', 'x/'),
      kv('get-tree', 'x/'),
      kv('get-or-empty', 'x/a'),
      kv('get-or-empty', 'y'),
    ]);
    expect(json).toMatchObject({
      Results: [{ KV: { Key: 'x/a', CreateIndex: 0 } }, { KV: { Key: 'y' } }],
    });
    expect((await ask(url, '/v1/kv/?keys')).json).toEqual(['y']);
  });

  test('of many clients loses no write', async () => {
    await txn([kv('set', 'sum', value('0'))]);
    const add = async (): Promise<void> => {
      for (;;) {
        const { json } = await txn([kv('get', 'sum')]);
        const read = at(json, 'Results', 0, 'KV');
        const sum = Number(Buffer.from(textAt(read, 'Value'), 'base64').toString());
        const Index = at(read, 'ModifyIndex');
        const tried = await txn([
          kv('check-index', 'sum', { Index }),
          kv('set', 'sum', value(String(sum + 1))),
        ]);
        if (tried.status === 200) return;
      }
    };
    await Promise.all(Array.from({ length: 10 }, add));
    expect(await rawOf('sum')).toBe('10');
  });

  test.each([
    ['x', /^Failed to parse body: /],
    ['', 'Failed to parse body: EOF'],
    ['{}', /^Failed to parse body: /],
    [
      '[{"KV":{"Verb":"set","Key":"a","Value":"!!"}}]',
      'Failed to parse body: illegal base64 data in a value',
    ],
    [
      '[{"KV":{"Verb":"set","Key":"a","Value":5}}]',
      /^Failed to parse body: \[0\]\.KV\.Value must be a string/,
    ],
    ['[{"Session":{"Verb":"delete"}}]', /^operations on sessions and intentions are not supported/],
    ['[{"KV":5}]', /^Failed to parse body: \[0\]\.KV must be an object/],
  ])('with the body %j is refused', async (body, text) => {
    const refused = await txn(body);
    expect(refused.status).toBe(400);
    expect(refused.text).toMatch(text);
  });

  test('has bounds on its size, and names a key in each operation', async () => {
    const many = Array.from({ length: 1025 }, () => kv('get', 'a'));
    expect(await txn(many)).toMatchObject({
      status: 413,
      text: 'Transaction contains too many operations (1025 > 1024)',
    });
    expect((await txn(many.slice(0, 1024).map((_, n) => kv('get-or-empty', `a${n}`)))).status).toBe(
      200,
    );
    expect((await txn(` ${' '.repeat(512 << 10)}[]`)).status).toBe(413);
    const unnamed = await txn([kv('set', 'a'), kv('set', '')]);
    expect(unnamed.status).toBe(409);
    expect(at(unnamed.json, 'Errors')).toEqual([{ OpIndex: 1, What: 'Must provide key' }]);
  });
});

const node = (Verb: string, fields: object) => ({ Node: { Verb, Node: fields } });
const service = (Verb: string, Node: string, fields: object) => ({
  Service: { Verb, Node, Service: fields },
});
const check = (Verb: string, fields: object) => ({ Check: { Verb, Check: fields } });
const web = { ID: 'web-1', Service: 'web', Port: 80 };
const alive = {
  Node: 'ext',
  CheckID: 'alive',
  Name: 'alive',
  Status: 'passing',
  ServiceID: 'web-1',
};
const healthOf = async (name = 'web') => (await ask(url, `/v1/health/service/${name}`)).json;

describe('a transaction on the catalog', () => {
  test('writes a node, a service, a check and an entry at one revision', async () => {
    const { status, json } = await txn([
      node('set', { Node: 'ext', Address: '10.0.0.9', Meta: { rack: 'r1' } }),
      service('set', 'ext', web),
      check('set', { ...alive, Output: 'fine' }),
      kv('set', 'beside', value('x')),
      node('get', { Node: 'EXT' }),
      service('get', 'ext', web),
      check('get', { Node: 'ext', CheckID: 'alive' }),
    ]);
    expect(status).toBe(200);
    const index = at(json, 'Results', 0, 'Node', 'ModifyIndex');
    const same = { CreateIndex: index, ModifyIndex: index };
    expect(json).toMatchObject({
      Results: [
        { Node: { Node: 'ext', Address: '10.0.0.9', Meta: { rack: 'r1' }, ...same } },
        { Service: { ID: 'web-1', Service: 'web', Port: 80, ...same } },
        {
          Check: {
            CheckID: 'alive',
            ServiceID: 'web-1',
            ServiceName: 'web',
            Output: 'fine',
            ...same,
          },
        },
        { KV: { Key: 'beside', ...same } },
        { Node: { Node: 'ext' } },
        { Service: { ID: 'web-1' } },
        { Check: { CheckID: 'alive', Node: 'ext' } },
      ],
      Errors: null,
    });
    expect(await healthOf()).toMatchObject([
      {
        Node: { Node: 'ext' },
        Service: { ID: 'web-1', ...same },
        Checks: [{ Status: 'passing', ...same }],
      },
    ]);
    // What is there already is not written again.
    const again = await txn([
      node('set', { Node: 'ext', Address: '10.0.0.9', Meta: { rack: 'r1' } }),
      service('set', 'ext', web),
      check('set', { ...alive, Output: 'fine' }),
    ]);
    expect(at(again.json, 'Results', 2, 'Check', 'ModifyIndex')).toBe(index);
    expect((await txn([service('get', 'ext', web)])).json).toMatchObject({
      KnownLeader: true,
      Index: 1,
    });
  });

  test('keeps one ID on several nodes apart', async () => {
    const row = { ID: 'same', Service: 'txn-same', Port: 1 };
    const { status } = await txn([
      node('set', { Node: 'a1', Address: '10.0.1.1' }),
      node('set', { Node: 'a2', Address: '10.0.1.2' }),
      service('set', 'a1', row),
      service('set', 'a2', row),
      check('set', { ...alive, Node: 'a2', ServiceID: 'same' }),
    ]);
    expect(status).toBe(200);
    expect(await healthOf('txn-same')).toMatchObject([
      { Node: { Node: 'a1' }, Service: { ID: 'same' }, Checks: [] },
      { Node: { Node: 'a2' }, Service: { ID: 'same' }, Checks: [{ CheckID: 'alive' }] },
    ]);
    await txn([service('set', 'a2', { ...row, Port: 2 }), service('delete', 'a1', row)]);
    expect(await healthOf('txn-same')).toMatchObject([
      { Node: { Node: 'a2' }, Service: { Port: 2 } },
    ]);
    await txn([node('delete', { Node: 'a1' }), node('delete', { Node: 'a2' })]);
    expect(await healthOf('txn-same')).toEqual([]);
  });

  test('writes at the index that it names, and nothing if one operation fails', async () => {
    const index = at(await healthOf(), 0, 'Service', 'ModifyIndex');
    const { status, json } = await txn([
      node('cas', { Node: 'ext', Address: '1.1.1.1', ModifyIndex: 1 }),
      service('cas', 'ext', { ...web, Port: 81, ModifyIndex: 1 }),
      check('cas', { ...alive, ModifyIndex: 1 }),
      node('delete-cas', { Node: 'ext', ModifyIndex: 1 }),
      service('delete-cas', 'ext', { ...web, ModifyIndex: 1 }),
      check('delete-cas', { ...alive, ModifyIndex: 1 }),
      node('delete-cas', { Node: 'q' }),
      node('get', { Node: 'q' }),
      service('get', 'q', { ID: 's1', Service: 'web' }),
      check('get', { Node: 'q', CheckID: 'c1' }),
      node('bogus', { Node: 'q' }),
      service('set', 'q', web),
      check('set', { Node: 'q', CheckID: 'c1' }),
      check('set', { ...alive, ServiceID: 'zz', CheckID: 'c2' }),
      service('set', 'ext', { ...web, Port: 82 }),
      kv('set', 'never', value('x')),
    ]);
    expect(status).toBe(409);
    const texts = [
      'failed to set node "ext", index is stale',
      'failed to set service "web-1" on node "ext", index is stale',
      'failed to set check "alive" on node "ext", index is stale',
      'failed to delete node "ext", index is stale',
      'failed to delete service "web-1" on node "ext", index is stale',
      'failed to delete check "alive" on node "ext", index is stale',
      'failed to delete node "q", index is stale',
      `node "q" doesn't exist`,
      `service "s1" on node "q" doesn't exist`,
      `check "c1" on node "q" doesn't exist`,
      'unknown Node verb "bogus"',
      'Missing node registration',
      'Missing node registration',
      'Missing service registration',
    ];
    expect(at(json, 'Errors')).toEqual(texts.map((What, OpIndex) => ({ OpIndex, What })));
    expect(at(await healthOf(), 0, 'Service')).toMatchObject({ Port: 80, ModifyIndex: index });
    expect((await ask(url, '/v1/kv/never')).status).toBe(404);
    const cas = await txn([service('cas', 'ext', { ...web, Port: 83, ModifyIndex: index })]);
    expect(at(cas.json, 'Results', 0, 'Service')).toMatchObject({ Port: 83, CreateIndex: index });
  });

  test.each([
    [node('set', { Node: '' }), 'Must provide node'],
    [service('set', 'ext', { ID: 'x' }), 'Must provide service name with ID'],
    [service('set', 'ext', { Service: 'w', Address: '0.0.0.0' }), 'Invalid service address'],
  ])('%j is refused', async (operation, What) => {
    expect(at((await txn([operation])).json, 'Errors')).toEqual([{ OpIndex: 0, What }]);
  });

  test('deletes a check, a service with its checks, and a node with all that is on it', async () => {
    await txn([
      service('set', 'ext', { ID: 'other', Service: 'other' }),
      check('set', { Node: 'ext', CheckID: 'disk' }),
    ]);
    const gone = await txn([
      check('delete', { Node: 'ext', CheckID: 'alive' }),
      service('delete', 'ext', web),
    ]);
    expect(gone.json).toEqual({ Results: [], Errors: null });
    expect(await healthOf()).toEqual([]);
    expect((await ask(url, '/v1/catalog/service/other')).text).toContain('"other"');
    await txn([
      service('set', 'ext', { ID: 'late', Service: 'other' }),
      node('delete', { Node: 'ext' }),
      node('delete', { Node: 'ext' }),
    ]);
    expect((await ask(url, '/v1/catalog/service/other')).json).toEqual([]);
    expect((await ask(url, '/v1/catalog/nodes')).text).not.toContain('"ext"');
    expect((await ask(url, '/v1/health/node/ext')).json).toEqual([]);
  });
});
