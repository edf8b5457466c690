import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask } from './ask.ts';
import type { Asked } from './ask.ts';
import { deleteKeys, putKey } from './keys.ts';

let member: EmbeddedMember;
let client: string;

beforeAll(async () => {
  member = await startServer({ name: 'm1' });
  await member.ready;
  [client = ''] = member.clientUrls;
});

afterAll(() => member.stop());

beforeEach(async () => {
  for (const prefix of ['/services/', '/checks/', '/heartbeats/', '/outputs/', '/consul/']) {
    await deleteKeys(client, prefix);
  }
});

const get = (path: string): Promise<Asked> => ask(client, `/v1/${path}`);
const put = (path: string, body?: object): Promise<Asked> =>
  ask(client, `/v1/${path}`, { method: 'PUT', ...(body !== undefined && { body }) });

async function rows(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { json } = await get(path);
  if (!Array.isArray(json)) throw new Error(`no list: ${JSON.stringify(json)}`);
  return json;
}

async function indexOf(path: string): Promise<number> {
  return Number((await get(path)).headers['x-consul-index']);
}

/** The ids of the instances of `web`. */
async function webIds(query: string): Promise<unknown[]> {
  const all = await rows(`health/service/web?${query}`);
  return all.map((row) => JSON.parse(JSON.stringify(row)).Service.ID);
}

async function checkIds(path: string): Promise<unknown[]> {
  return (await rows(path)).map((row) => row['CheckID']);
}

const web = (more: object): string => JSON.stringify({ address: '10.0.0.1', port: 80, ...more });

describe('catalog/service and health/service', () => {
  test('show instances that an etcd client has put, in the same order', async () => {
    await putKey(client, '/services/web/b', '10.0.0.2:80');
    await putKey(client, '/services/web/A', '10.0.0.1:80');
    await putKey(client, '/services/web/c', web({ node: 'Alpha', tags: ['x'], meta: { k: 'v' } }));
    await putKey(client, '/checks/web/c/http', { name: 'up', status: 'warning', notes: 'n' });
    await putKey(client, '/outputs/web/c/http', 'slow');
    const flat = await rows('catalog/service/WEB');
    const healthy = await rows('health/service/web');
    expect(flat.map((row) => row['ServiceID'])).toEqual(['c', 'A', 'b']);
    expect(healthy).toMatchObject([
      {
        Node: { Node: 'alpha', Address: '10.0.0.1', Datacenter: 'dc1' },
        Service: { ID: 'c', Service: 'web', Tags: ['x'], Meta: { k: 'v' }, Port: 80 },
        Checks: [
          {
            CheckID: 'http',
            Name: 'up',
            Status: 'warning',
            Notes: 'n',
            Output: 'slow',
            ServiceID: 'c',
          },
        ],
      },
      { Node: { Node: 'rollcall', Address: '10.0.0.1' }, Service: { ID: 'A' }, Checks: [] },
      { Node: { Node: 'rollcall', Address: '10.0.0.2' }, Service: { ID: 'b' } },
    ]);
  });

  test('select by tags, health and what is known of the node', async () => {
    await putKey(client, '/consul/nodes/n1/node', {
      name: 'N1',
      address: '10.1.1.1',
      meta: { z: 'a' },
    });
    await putKey(client, '/services/web/1', web({ tags: ['V2', 'canary'], node: 'N1' }));
    await putKey(client, '/services/web/2', web({ tags: ['v2'] }));
    await putKey(client, '/services/web/3', web({ publishNotReady: true }));
    await putKey(client, '/checks/web/2/c', { status: 'critical' });
    await putKey(client, '/checks/web/3/c', { status: 'critical' });
    expect(await webIds('')).toEqual(['1', '2', '3']);
    expect(await webIds('passing')).toEqual(['1', '3']);
    expect(await webIds('passing=false')).toEqual(['1', '2', '3']);
    expect(await webIds('tag=v2')).toEqual(['1', '2']);
    expect(await webIds('tag=v2&tag=Canary')).toEqual(['1']);
    expect(await webIds('tag=')).toEqual([]);
    expect(await webIds('node-meta=z:a')).toEqual(['1']);
    expect(await webIds('node-meta=z')).toEqual([]);
    expect(await webIds('node-meta=constructor:')).toEqual([]);
    expect(await get('health/service/web?passing=x')).toMatchObject({
      status: 400,
      text: 'Invalid value for ?passing',
    });
    expect((await get('catalog/service/')).text).toBe('Missing service name');
  });

  test('have an index that moves with what they show, and never falls', async () => {
    await putKey(client, '/services/web/1', '10.0.0.1:80');
    const before = await indexOf('health/service/web');
    expect(await indexOf('catalog/service/web')).toBe(before);
    await putKey(client, '/services/other/1', '10.0.0.1:80');
    expect(await indexOf('health/service/web')).toBe(before);
    await putKey(client, '/outputs/web/1/c', 'an output');
    expect(await indexOf('health/service/web')).toBe(before);
    await putKey(client, '/checks/web/1/c', { status: 'critical' });
    const checked = await indexOf('health/service/web');
    expect(checked).toBeGreaterThan(before);
    expect(await indexOf('catalog/service/web')).toBe(before);
    await deleteKeys(client, '/checks/');
    await deleteKeys(client, '/services/');
    expect((await get('health/service/web')).json).toEqual([]);
    expect(await indexOf('health/service/web')).toBeGreaterThan(checked);
    expect(await indexOf('health/service/never')).toBeGreaterThan(0);
  });

  test('wait for a change of the service that they are about, and no other', async () => {
    await putKey(client, '/services/web/1', '10.0.0.1:80');
    const index = await indexOf('health/service/web');
    const waiting = rows(`health/service/web?wait=60s&index=${index}`);
    await putKey(client, '/services/other/1', '10.0.0.1:80');
    await putKey(client, '/services/web/2', '10.0.0.2:80');
    expect(await waiting).toHaveLength(2);
  });

  test('show the members as the service consul, with a check of each that passes', async () => {
    const [own] = await rows('health/service/consul?passing');
    expect(own).toMatchObject({
      Node: { Node: 'm1', TaggedAddresses: { lan: '127.0.0.1', wan_ipv4: '127.0.0.1' } },
      Service: { ID: 'consul', Service: 'consul', Port: expect.any(Number) },
      Checks: [{ CheckID: 'serfHealth', Status: 'passing' }],
    });
    expect(await rows('catalog/service/consul')).toMatchObject([
      { Node: 'm1', ServiceID: 'consul' },
    ]);
    expect(await rows('health/node/m1')).toMatchObject([{ CheckID: 'serfHealth' }]);
  });

  test('take a namespace', async () => {
    await putKey(client, '/services/prod/web/1', '10.0.0.1:80');
    expect(await rows('health/service/web')).toEqual([]);
    expect(await rows('health/service/web?ns=prod')).toMatchObject([
      { Service: { ID: '1', Namespace: 'prod' } },
    ]);
    expect((await get('catalog/services?ns=prod')).json).toEqual({ web: [] });
    expect((await get('health/service/web?partition=p')).status).toBe(400);
  });

  test('take a namespace, and a state of checks, in any letter case', async () => {
    const anything: unknown = expect.anything();
    await putKey(client, '/services/Default/web/1', '10.0.0.1:80');
    await putKey(client, '/services/web/2', '10.0.0.2:80');
    await putKey(client, '/services/Prod/db/3', '10.0.0.3:80');
    expect(await rows('catalog/service/web')).toHaveLength(2);
    expect((await get('agent/services')).json).toEqual({ 1: anything, 2: anything });
    expect((await get('catalog/services')).json).toEqual({ consul: [], web: [] });
    expect((await get('catalog/services?ns=DEFAULT')).json).toEqual({ consul: [], web: [] });
    expect((await get('catalog/services?ns=prod')).json).toEqual({ db: [] });
    expect((await get('agent/services?ns=prod')).json).toEqual({ 3: anything });
    expect(await rows('health/state/Passing')).toMatchObject([{ CheckID: 'serfHealth' }]);
  });
});

async function registerThree(): Promise<void> {
  for (const id of ['1', '2', '3']) {
    await put('agent/service/register', {
      Name: 'web',
      ID: id,
      Port: 80,
      ProtectShare: 0.5,
      Check: { CheckID: id, TTL: '60s' },
    });
  }
}

describe('a service of which more fails than its registration allows', () => {
  const passing = 'health/service/web?passing';
  const protectedHeader = async (): Promise<unknown> =>
    (await get(passing)).headers['x-rollcall-protected'];

  test('is answered with all that was well, says so, and wakes those who wait', async () => {
    await registerThree();
    // None was well yet.
    expect(await webIds('passing')).toEqual([]);
    expect(await protectedHeader()).toBeUndefined();
    for (const id of ['1', '2', '3']) await put(`agent/check/pass/${id}`);
    await put('agent/check/fail/1');
    expect(await webIds('passing')).toEqual(['2', '3']);
    const index = await indexOf(passing);
    const waiting = get(`${passing}&wait=60s&index=${index}`);
    await put('agent/check/fail/2');
    expect(await waiting).toMatchObject({
      json: [{ Service: { ID: '1' } }, { Service: { ID: '2' } }, { Service: { ID: '3' } }],
      headers: { 'x-rollcall-protected': 'failed=2, of=3, share=0.5' },
    });
    expect(await indexOf(passing)).toBeGreaterThan(index);
    await put('agent/check/warn/1');
    expect(await webIds('passing')).toEqual(['3']);
    expect(await protectedHeader()).toBeUndefined();
  });

  test('does not bring back what an operator has taken out, nor what is gone', async () => {
    await registerThree();
    for (const id of ['1', '2', '3']) await put(`agent/check/pass/${id}`);
    for (const id of ['1', '2', '3']) await put(`agent/check/fail/${id}`);
    expect(await webIds('passing')).toEqual(['1', '2', '3']);
    await put('agent/service/hold/1?enable=true&reason=old');
    expect(await webIds('passing')).toEqual(['2', '3']);
    await put('agent/service/deregister/3');
    expect(await webIds('passing')).toEqual([]);
    expect(await protectedHeader()).toBeUndefined();
  });

  test('is answered so by prepared queries, too', async () => {
    await registerThree();
    for (const id of ['1', '2', '3']) await put(`agent/check/pass/${id}`);
    const query = { Name: 'q', Service: { Service: 'web', OnlyPassing: true } };
    await ask(client, '/v1/query', { method: 'POST', body: query });
    for (const id of ['1', '2']) await put(`agent/check/fail/${id}`);
    const { json, headers } = await get('query/q/execute');
    expect(JSON.parse(JSON.stringify(json)).Nodes).toHaveLength(3);
    expect(headers['x-rollcall-protected']).toBe('failed=2, of=3, share=0.5');
  });

  test('says it in numbers from 0 to below 1', async () => {
    const refused = await put('agent/service/register', { Name: 'web', ProtectShare: 1 });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.text).toContain('"protectShare" is no number from 0 (off) to below 1');
    const damping = await put('agent/service/register', { Name: 'web', FlapDamping: '5' });
    expect(damping.text).toContain('"flapDamping" is neither "off" nor');
  });
});

describe('the rest of the catalog', () => {
  test('has the names of services with all their tags', async () => {
    await putKey(client, '/services/web/1', web({ tags: ['b', 'a'] }));
    await putKey(client, '/services/web/2', web({ tags: ['a', 'c'] }));
    await putKey(client, '/services/db/1', web({ node: 'n9' }));
    expect((await get('catalog/services')).json).toEqual({
      consul: [],
      db: [],
      web: ['a', 'b', 'c'],
    });
    await putKey(client, '/consul/nodes/n9/node', { address: '10.1.1.1', meta: { z: 'a' } });
    expect((await get('catalog/services?node-meta=z:a')).json).toEqual({ db: [] });
    const ofMembers = await get('catalog/services?node-meta=consul-network-segment:');
    expect(ofMembers.json).toEqual({ consul: [] });
    await deleteKeys(client, '/services/db/');
    expect((await get('catalog/services')).json).toEqual({ consul: [], web: ['a', 'b', 'c'] });
  });

  test('has members and registered nodes, with an index of at least 2', async () => {
    expect(await rows('catalog/nodes')).toMatchObject([{ Node: 'm1', Address: '127.0.0.1' }]);
    expect(await indexOf('catalog/nodes')).toBeGreaterThanOrEqual(2);
    await putKey(client, '/consul/nodes/ext/node', { name: 'Ext', address: '10.1.1.1' });
    await putKey(client, '/services/web/1', web({ node: 'Ext' }));
    const [ext] = await rows('catalog/nodes');
    expect(ext).toMatchObject({
      Node: 'Ext',
      Address: '10.1.1.1',
      ID: expect.stringMatching(/-8/),
    });
    expect((await get('catalog/node/EXT')).json).toMatchObject({
      Node: { Node: 'Ext' },
      Services: { 1: { Service: 'web' } },
    });
    expect((await get('catalog/node-services/m1')).json).toMatchObject({
      Node: { Node: 'm1' },
      Services: [{ ID: 'consul' }],
    });
    expect((await get('catalog/node/nobody')).json).toBeNull();
    expect((await get('catalog/node-services/nobody')).json).toEqual({ Node: null, Services: [] });
  });

  test('has the checks of a state, of a node and of a service', async () => {
    await putKey(client, '/services/web/1', web({ tags: ['t'], node: 'ext' }));
    await putKey(client, '/checks/web/1/c', { status: 'warning' });
    await putKey(client, '/checks/web/gone/c', { status: 'warning' });
    await putKey(client, '/consul/node-checks/ext/disk', { status: 'passing', name: 'Disk' });
    expect(await checkIds('health/state/any')).toEqual(['c', 'disk', 'serfHealth']);
    expect(await checkIds('health/state/warning')).toEqual(['c']);
    expect(await checkIds('health/state/passing')).toEqual(['disk', 'serfHealth']);
    expect(await checkIds('health/state/bogus')).toEqual([]);
    expect(await checkIds('health/node/ext')).toEqual(['c', 'disk']);
    expect(await checkIds('health/checks/web')).toEqual(['c']);
    expect(await rows('health/checks/web')).toMatchObject([
      { Node: 'ext', ServiceID: '1', ServiceName: 'web', ServiceTags: ['t'], Definition: {} },
    ]);
    const index = await indexOf('health/state/any');
    await putKey(client, '/services/unchecked/1', '10.0.0.1:80');
    expect(await indexOf('health/state/any')).toBe(index);
  });
});

/** Looks at all combinations of three elements. */
function combinations(list: string): string {
  return `any ${list} as a { any ${list} as b { any ${list} as c { a == x } } }`;
}

test('a filter that takes too many steps for the rows is refused by each endpoint', async () => {
  const tags = Array.from({ length: 1000 }, (_, at) => `t${at}`);
  const node = { Node: 'n1', Address: '10.0.0.1' };
  const service = { ID: 'w1', Service: 'web', Tags: tags };
  const check = { Node: 'n1', CheckID: 'c1', Name: 'c', ServiceID: 'w1' };
  await put('catalog/register', { ...node, Service: service, Check: check });
  for (const [path, list] of [
    ['catalog/services', 'ServiceTags'],
    ['catalog/service/web', 'ServiceTags'],
    ['catalog/node/n1', 'Tags'],
    ['catalog/node-services/n1', 'Tags'],
    ['health/service/web', 'Service.Tags'],
    ['health/checks/web', 'ServiceTags'],
    ['health/node/n1', 'ServiceTags'],
    ['health/state/any', 'ServiceTags'],
  ] as const) {
    const { status, text } = await get(`${path}?filter=${encodeURIComponent(combinations(list))}`);
    expect([path, status, text]).toEqual([
      path,
      500,
      expect.stringContaining('it takes more than 2000000 steps for these rows'),
    ]);
  }
});
