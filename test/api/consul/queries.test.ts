import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall } from '../../../src/client/index.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask, at, textAt } from './ask.ts';
import type { AskOptions } from './ask.ts';

let member: EmbeddedMember;
let etcd: Rollcall;
let url: string;

const instance = (address: string, tags: string[], meta = {}) =>
  JSON.stringify({ address, port: 80, tags, meta, node: 'm1' });
const check = (status: string) =>
  JSON.stringify({ name: 'c', status, notes: '', type: 'http', definition: {} });

beforeAll(async () => {
  member = await startServer({ consulListen: ['127.0.0.1:0'], name: 'm1' });
  await member.ready;
  url = member.consulUrls[0] ?? '';
  etcd = new Rollcall({ endpoints: [...member.clientUrls] });
  await etcd.put('/services/web/w1', instance('10.0.0.1', ['A', 'v1'], { env: 'prod' }));
  await etcd.put('/services/web/w2', instance('10.0.0.2', ['a', 'v2']));
  await etcd.put('/services/web/w3', instance('10.0.0.3', []));
  await etcd.put('/checks/web/w2/alive', check('warning'));
  await etcd.put('/checks/web/w3/alive', check('critical'));
  const early = { address: '10.0.0.4', port: 80, publishNotReady: true };
  await etcd.put('/services/early/e1', JSON.stringify(early));
  await etcd.put('/checks/early/e1/alive', check('critical'));
});

afterAll(async () => {
  etcd.close();
  await member.stop();
});

const get = (path: string) => ask(url, `/v1/${path}`);
const send = (method: string, path: string, body?: AskOptions['body']) =>
  ask(url, `/v1/${path}`, { method, ...(body === undefined ? {} : { body }) });
const create = async (query: object): Promise<string> =>
  textAt((await send('POST', 'query', query)).json, 'ID');

async function executed(query: string): Promise<string[]> {
  const { json } = await get(`query/${query}/execute`);
  return Array.from(Object(at(json, 'Nodes')), (row) => textAt(row, 'Service', 'ID')).toSorted();
}

describe('prepared queries', () => {
  test('come back as they were put, and are replaced and deleted', async () => {
    const query = {
      Name: 'whole',
      Session: '',
      Token: '',
      Template: { Type: '', Regexp: '', RemoveEmptyTags: false },
      Service: {
        Service: 'web',
        Failover: { NearestN: 2, Datacenters: ['dc2'], Targets: [{ Peer: 'p', Datacenter: '' }] },
        OnlyPassing: true,
        IgnoreCheckIDs: ['z'],
        Near: '_agent',
        Tags: ['a', '!b'],
        NodeMeta: { x: 'y' },
        ServiceMeta: { e: 'f' },
        Connect: false,
      },
      DNS: { TTL: '10s' },
    };
    const id = await create(query);
    const { json, headers } = await get(`query/${id}`);
    const index = Number(headers['x-consul-index']);
    expect(json).toEqual([{ ID: id, ...query, CreateIndex: index, ModifyIndex: index }]);
    expect((await get('query')).json).toEqual(json);
    const replaced = await send('PUT', `query/${id}`, {
      Name: 'less',
      Service: { Service: 'web' },
    });
    expect(replaced).toMatchObject({ status: 200, text: '' });
    expect(at((await get(`query/${id}`)).json, 0)).toMatchObject({
      Name: 'less',
      Service: { Tags: null, NodeMeta: null, Failover: { NearestN: 0, Datacenters: null } },
      CreateIndex: index,
    });
    expect((await send('DELETE', `query/${id}`)).status).toBe(200);
    expect(await send('DELETE', `query/${id}`)).toMatchObject({
      status: 500,
      text: `Cannot modify non-existent prepared query: '${id}'`,
    });
    expect(await get(`query/${id}`)).toMatchObject({ status: 404, text: 'Query not found' });
  });

  test.each([
    [{}, 'w1 w2'],
    [{ OnlyPassing: true }, 'w1'],
    [{ OnlyPassing: true, IgnoreCheckIDs: ['alive'] }, 'w1 w2 w3'],
    [{ Tags: ['A'] }, 'w1 w2'],
    [{ Tags: ['a', '!v2'] }, 'w1'],
    [{ ServiceMeta: { env: 'prod' } }, 'w1'],
    [{ NodeMeta: { rack: 'r' } }, ''],
    [{ Service: 'nothing' }, ''],
    [{ Service: 'early' }, 'e1'],
    [{ Service: 'early', OnlyPassing: true }, 'e1'],
  ])('with %j give %s', async (service, ids) => {
    const id = await create({ Name: 'some', Service: { Service: 'web', ...service } });
    expect((await executed(id)).join(' ')).toBe(ids);
    expect((await executed('SOME')).join(' ')).toBe(ids);
    await send('DELETE', `query/${id}`);
  });

  test('are cut to a limit, and spread over all instances', async () => {
    const id = await create({ Name: 'any', Service: { Service: 'web' } });
    const firsts = new Set<string>();
    for (let round = 0; round < 64; round++) {
      const { json } = await get('query/any/execute?limit=1');
      expect(Object(at(json, 'Nodes'))).toHaveLength(1);
      firsts.add(textAt(json, 'Nodes', 0, 'Service', 'ID'));
    }
    expect([...firsts].toSorted()).toEqual(['w1', 'w2']);
    expect((await get('query/any/execute?limit=x')).text).toBe(
      'Bad limit: strconv.Atoi: parsing "x": invalid syntax',
    );
    const { json } = await get('query/any/execute');
    expect(json).toMatchObject({
      Service: 'web',
      Datacenter: 'dc1',
      Failovers: 0,
      DNS: { TTL: '' },
    });
    await send('DELETE', `query/${id}`);
  });

  test('of templates stand for the names that begin with theirs, the longest first', async () => {
    const template = { Type: 'name_prefix_match', Regexp: '^tp-(.*?)-([^-]+)$' };
    const long = await create({
      Name: 'tp-',
      Template: template,
      Service: { Service: '${match(1)}', Tags: ['${match(2)}', '!${name.full}'] },
    });
    const all = await create({
      Name: '',
      Template: { Type: 'name_prefix_match', RemoveEmptyTags: true },
      Service: { Service: '${name.suffix}', Tags: ['${match(1)}', '!$${x}'] },
    });
    expect(await executed('tp-web-v2')).toEqual(['w2']);
    expect((await get('query/tp-web-v2/explain')).json).toMatchObject({
      Query: { ID: long, Name: 'tp-', Service: { Service: 'web', Tags: ['v2', '!tp-web-v2'] } },
    });
    expect(await executed('web')).toEqual(['w1', 'w2']);
    expect(at((await get('query/web/explain')).json, 'Query', 'Service', 'Tags')).toEqual([
      '!${x}',
    ]);
    for (const id of [long, all]) await send('DELETE', `query/${id}`);
    for (const what of ['execute', 'explain']) {
      expect(await get(`query/web/${what}`)).toMatchObject({
        status: 404,
        text: 'Query not found',
      });
    }
  });

  test.each([
    [{ Service: { Service: 'web' } }, 'Invalid prepared query: Must be bound to a session'],
    [{ Name: 'x', Service: {} }, 'Invalid prepared query: Must provide a Service name to query'],
    [
      { ID: 'x', Name: 'x', Service: { Service: 'w' } },
      'ID must be empty when creating a new prepared query',
    ],
    [
      { Name: 'x', Service: { Service: 'w' }, DNS: { TTL: 'abc' } },
      `Invalid prepared query: Bad DNS TTL 'abc': time: invalid duration "abc"`,
    ],
    [
      { Name: 'x', Service: { Service: 'w' }, DNS: { TTL: '-5s' } },
      "Invalid prepared query: DNS TTL '-5000000000', must be >=0",
    ],
    [{ Name: 'x', Session: 'nope', Service: { Service: 'w' } }, 'invalid session "nope"'],
    [
      { Name: 'x', Template: { Type: 'bogus' }, Service: { Service: 'w' } },
      "failed compiling template: Bad Template.Type 'bogus'",
    ],
    [
      {
        Name: 'x',
        Template: { Type: 'name_prefix_match', Regexp: '[' },
        Service: { Service: 'w' },
      },
      'failed compiling template: Bad Regexp: error parsing regexp: missing closing ]: `[`',
    ],
    [
      { Name: 'x', Template: { Type: 'name_prefix_match' }, Service: { Service: '${nope}' } },
      "failed compiling template: Bad evaluation for '${nope}' in Service.Service: 1:3: unknown variable accessed: nope",
    ],
  ])('%j is refused', async (query, text) => {
    expect(await send('POST', 'query', query)).toMatchObject({ status: 500, text });
  });

  test('have names of their own, and go with their session', async () => {
    const id = await create({ Name: 'one', Service: { Service: 'web' } });
    expect((await send('POST', 'query', { Name: 'One', Service: { Service: 'web' } })).text).toBe(
      "name 'One' aliases an existing query name",
    );
    await send('DELETE', `query/${id}`);
    const session = textAt((await send('PUT', 'session/create', { NodeChecks: [] })).json, 'ID');
    const bound = await create({ Session: session, Service: { Service: 'web' } });
    await send('PUT', `session/destroy/${session}`);
    expect((await get(`query/${bound}`)).status).toBe(404);
  });
});

describe('events', () => {
  test('are fired, listed and waited for', async () => {
    expect((await get('event/list')).headers['x-consul-index']).toBe('1');
    const first = await send('PUT', 'event/fire/deploy?node=n&service=web&tag=x', 'hello');
    expect(first.json).toEqual({
      ID: expect.stringMatching(/^[\da-f-]{36}$/),
      Name: 'deploy',
      Payload: 'aGVsbG8=',
      NodeFilter: 'n',
      ServiceFilter: 'web',
      TagFilter: 'x',
      Version: 1,
      LTime: 0,
    });
    const listed = await get('event/list');
    expect(listed.json).toEqual([{ ...Object(first.json), LTime: 1 }]);
    const waiting = get(`event/list?index=${listed.headers['x-consul-index']}&wait=10s`);
    await send('POST', 'event/fire/other');
    expect(at((await waiting).json, 1)).toMatchObject({ Name: 'other', Payload: null, LTime: 2 });
    expect((await get('events?name=other')).text).toContain('"other"');
    expect((await get('event/list?name=none')).json).toEqual([]);
    expect((await get('event/list?service=web')).text).toContain('deploy');
  });

  test('are kept up to 256, however many fire at once', async () => {
    for (let round = 0; round < 27; round++) {
      const fired = Array.from({ length: 10 }, (_, n) => send('PUT', `event/fire/e${round}-${n}`));
      expect((await Promise.all(fired)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    }
    const { json } = await get('event/list');
    const times = Array.from(Object(json), (event) => Number(at(event, 'LTime')));
    expect(times).toEqual(Array.from({ length: 256 }, (_, n) => (times[0] ?? 0) + n));
  });

  test.each([
    ['event/fire/', 400, 'Missing name'],
    ['event/fire/x?tag=t', 500, 'Cannot provide tag filter without service filter'],
    ['event/fire/x?node=%5B', 500, 'error parsing regexp: missing closing ]: `[`'],
  ])('PUT %s is refused', async (path, status, text) => {
    expect(await send('PUT', path)).toMatchObject({ status, text });
    expect((await send('PUT', 'event/fire/x', 'x'.repeat(8193))).status).toBe(413);
  });
});

const saved = async (): Promise<Buffer> =>
  Buffer.from(await (await fetch(`${url}/v1/snapshot`)).arrayBuffer());

describe('a snapshot', () => {
  test('puts back what was there, and only writes what differs', async () => {
    await send('PUT', 'kv/kept?flags=7', 'same');
    await send('PUT', 'kv/changed', 'before');
    const index = at((await get('kv/kept')).json, 0, 'ModifyIndex');
    const file = await saved();
    await send('PUT', 'kv/changed', 'after');
    await send('PUT', 'kv/new', 'x');
    await etcd.delete('/services/web/w1');
    expect(await send('PUT', 'snapshot', file)).toMatchObject({ status: 200, text: '' });
    expect((await get('kv/changed?raw')).text).toBe('before');
    expect((await get('kv/new')).status).toBe(404);
    expect(at((await get('kv/kept')).json, 0)).toMatchObject({ Flags: 7, ModifyIndex: index });
    expect((await etcd.get('/services/web/w1'))?.value).toContain('10.0.0.1');
  });

  test('of more than a transaction holds is put back in several', async () => {
    for (let n = 0; n < 6; n++) await send('PUT', `kv/big/${n}`, String(n).repeat(300_000));
    const file = await saved();
    await send('DELETE', 'kv/big/?recurse');
    expect((await send('PUT', 'snapshot', file)).status).toBe(200);
    expect((await get('kv/big/5?raw')).text).toBe('5'.repeat(300_000));
    await send('DELETE', 'kv/big/?recurse');
  });

  test.each([
    ['xyz', /^failed to decompress snapshot: .*; nothing was restored$/],
    [
      gzipSync('{"format":"other","keys":0}'),
      /^this is no snapshot of this API, and nothing was restored/,
    ],
    [gzipSync('no json'), /^this is no snapshot/],
  ])('%o is none', async (body, text) => {
    const refused = await send('PUT', 'snapshot', body);
    expect(refused.status).toBe(500);
    expect(refused.text).toMatch(text);
  });

  test('that is cut, or has other keys in it, is refused as a whole', async () => {
    await send('PUT', 'kv/kept', 'now');
    const [header = '', ...lines] = gunzipSync(await saved())
      .toString()
      .trimEnd()
      .split('\n');
    const cut = gzipSync([header, ...lines.slice(1)].join('\n'));
    expect((await send('PUT', 'snapshot', cut)).text).toBe(
      'the snapshot is not whole; nothing was restored',
    );
    const foreign = JSON.stringify([Buffer.from('/other').toString('base64'), '']);
    const mixed = gzipSync([header, ...lines.slice(1), foreign].join('\n'));
    expect((await send('PUT', 'snapshot', mixed)).text).toMatch(/^this is no snapshot/);
    expect((await get('kv/kept?raw')).text).toBe('now');
  });
});
