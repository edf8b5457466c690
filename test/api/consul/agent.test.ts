import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask, at } from './ask.ts';
import type { Asked } from './ask.ts';
import { deleteKeys, keysOf, putKey } from './keys.ts';

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
const put = (path: string, body?: object | string): Promise<Asked> =>
  ask(client, `/v1/${path}`, { method: 'PUT', ...(body !== undefined && { body }) });

async function register(body: object, query = ''): Promise<void> {
  expect(await put(`agent/service/register${query}`, body)).toMatchObject({
    status: 200,
    text: '',
  });
}

async function checks(): Promise<Readonly<Record<string, { Status: string; Output: string }>>> {
  return JSON.parse((await get('agent/checks')).text);
}

describe('agent/service/register', () => {
  test('makes keys that an etcd client can read, and nothing for what is as by default', async () => {
    await register({ Name: 'web', ID: 'w1', Address: '10.0.0.1', Port: 80, Tags: ['a'] });
    const keys = await keysOf(client, '/services/');
    expect(Object.keys(keys)).toEqual(['/services/web/w1']);
    expect(JSON.parse(keys['/services/web/w1'] ?? '')).toEqual({
      address: '10.0.0.1',
      port: 80,
      tags: ['a'],
      taggedAddresses: {
        lan_ipv4: { address: '10.0.0.1', port: 80 },
        wan_ipv4: { address: '10.0.0.1', port: 80 },
      },
      node: 'm1',
    });
  });

  test('takes names of fields in any letter case and with underscores, and unknown ones', async () => {
    await register({
      name: 'web',
      id: 'w1',
      enable_tag_override: true,
      tagged_addresses: { wan: { address: '1.2.3.4', port: 5 } },
      meta: { zone: 'a' },
      weights: { passing: 7, warning: 2 },
      check: { ttl: '10s', deregister_critical_service_after: '90m' },
      bogus: { of: 'a newer client' },
    });
    expect((await get('agent/service/w1')).json).toEqual({
      ID: 'w1',
      Service: 'web',
      Tags: [],
      Meta: { zone: 'a' },
      Port: 0,
      Address: '',
      TaggedAddresses: { wan: { Address: '1.2.3.4', Port: 5 } },
      Weights: { Passing: 7, Warning: 2 },
      EnableTagOverride: true,
      ContentHash: expect.stringMatching(/^[\da-f]{16}$/),
      Datacenter: 'dc1',
    });
    const [value = ''] = Object.values(await keysOf(client, '/checks/'));
    expect(JSON.parse(value)).toMatchObject({
      type: 'ttl',
      status: 'critical',
      definition: { TTL: '10s', DeregisterCriticalServiceAfter: '1h30m0s' },
    });
  });

  test('keeps fields that nothing here looks at, and ports by name', async () => {
    await register({
      Name: 'web',
      Kind: 'mesh-gateway',
      Proxy: { Config: { big: 9_007_199_254_740_993n.toString() } },
      Ports: [
        { Name: 'http', Port: 80, Default: true },
        { Name: 'admin', Port: 81 },
      ],
    });
    expect((await get('health/service/web')).json).toMatchObject([
      {
        Service: {
          Kind: 'mesh-gateway',
          Port: 80,
          Ports: [
            { Name: 'http', Port: 80, Default: true },
            { Name: 'admin', Port: 81, Default: false },
          ],
        },
      },
    ]);
  });

  test('numbers the checks, and keeps their status when the service is registered again', async () => {
    const body = {
      Name: 'web',
      ID: 'w1',
      Checks: [{ TTL: '30s' }, { TTL: '30s', CheckID: 'own' }],
    };
    await register(body);
    expect(Object.keys(await checks())).toEqual(['own', 'service:w1:1']);
    await put('agent/check/pass/own?note=fine');
    await register({ ...body, Tags: ['new'] });
    expect((await checks())['own']).toMatchObject({ Status: 'passing', Output: 'fine' });
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '30s' } });
    expect(Object.keys(await checks())).toEqual(['own', 'service:w1', 'service:w1:1']);
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '30s' } }, '?replace-existing-checks=no');
    expect(Object.keys(await checks())).toHaveLength(3);
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '30s' } }, '?replace-existing-checks');
    expect(Object.keys(await checks())).toEqual(['service:w1']);
  });

  test('leaves a check that is there as it is, also if it is to begin as passing', async () => {
    const body = { Name: 'web', ID: 'w1', Check: { TTL: '30s', Status: 'passing' } };
    await register(body);
    await put('agent/check/fail/service:w1?note=ill');
    await register({ ...body, Tags: ['new'] });
    expect((await checks())['service:w1']).toMatchObject({ Status: 'critical', Output: 'ill' });
    const check = { ID: 'service:w1', Name: 'own', ServiceID: 'w1', TTL: '20s', Status: 'passing' };
    await put('agent/check/register', check);
    expect((await checks())['service:w1']).toMatchObject({ Status: 'critical', Output: 'ill' });
  });

  test('of checks with one ID the last one counts, as in Consul', async () => {
    const both = [
      { TTL: '30s', Status: 'passing' },
      { TTL: '40s', CheckID: 'SERVICE:w1:1' },
    ];
    await register({ Name: 'web', ID: 'w1', Checks: both });
    expect(Object.values(await checks())).toMatchObject([{ Status: 'critical' }]);
  });

  test('finds a name again that holds half of a character', async () => {
    for (const Port of [1, 2]) await register({ Name: 'web\ud800', Address: '10.0.0.1', Port });
    const keys = await keysOf(client, '/services/');
    expect(Object.keys(keys)).toEqual(['/services/web\ufffd/web\ufffd']);
  });

  test('takes a TTL that is longer than any lease', async () => {
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '2562047h', Status: 'passing' } });
    expect((await checks())['service:w1']).toMatchObject({ Status: 'passing' });
  });

  test('writes nothing when nothing changes', async () => {
    const body = { Name: 'web', ID: 'w1', Check: { TTL: '30s', Status: 'passing' } };
    await register(body);
    const before = (await get('health/service/web')).headers['x-consul-index'];
    await register(body);
    await put('agent/check/pass/service:w1');
    expect((await get('health/service/web')).headers['x-consul-index']).toBe(before);
  });

  test('moves an instance of the same id from another service', async () => {
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '30s' } });
    await register({ Name: 'api', ID: 'w1' });
    expect((await get('health/service/web')).json).toEqual([]);
    expect((await get('health/service/api')).json).toHaveLength(1);
    // As in Consul: what was ill before is ill there.
    expect(await checks()).toMatchObject({ 'service:w1': { Status: 'critical' } });
  });

  test.each([
    [{}, 'Missing service name'],
    [{ Name: 'a', Address: '[::]' }, 'Invalid service address'],
    [{ Name: 'a', Address: 'a b' }, 'Invalid service: "address" is neither an IP'],
    [{ Name: 'a', Port: 70_000 }, 'Invalid service: "port" is no number from 0 to 65535'],
    [{ Name: 'a', Port: 'x' }, 'Request decode failed: Port must be a whole number'],
    [{ Name: 'a', Weights: { Passing: 0 } }, 'Invalid Weights: Passing must be greater than 0'],
    [{ Name: 'a', Weights: { Passing: 70_000 } }, 'Invalid Weights: DNS Weight must be between'],
    [{ Name: 'a', Meta: { 'consul-x': '' } }, "Invalid Service Meta: Couldn't load metadata pair"],
    [{ Name: 'a', Meta: { a: 'x'.repeat(513) } }, 'Value is too long (limit: 512 characters)'],
    [{ Name: 'a', Check: { TTL: '1s', Interval: '1s' } }, 'Invalid check: Interval and TTL cannot'],
    [{ Name: 'a', Check: { HTTP: 'http://x' } }, 'Invalid check: Interval must be > 0'],
    [{ Name: 'a', Check: { Name: 'x' } }, 'Invalid check: TTL must be > 0 for TTL checks'],
    [{ Name: 'a', Check: { TTL: 'x' } }, 'Request decode failed: time: invalid duration "x"'],
    [{ Name: 'a', Check: { TTL: '1s', Status: 'x' } }, "Status for checks must 'passing'"],
    [{ Name: 'a', Check: { DockerContainerID: 'x' } }, 'DockerContainerID is not supported'],
    [{ Name: 'a', Ports: [{ Name: 'x', Port: 1 }] }, 'exactly one of Ports must be the default'],
    ['nope', 'Request decode failed'],
    ['[]', 'Request decode failed: the body must be an object, and is a list'],
  ])('refuses %j', async (body, text) => {
    const refused = await put('agent/service/register', body);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(text);
    expect(await keysOf(client, '/services/')).toEqual({});
  });

  test('refuses checks that run a program', async () => {
    const body = { Name: 'a', Check: { Args: ['true'], Interval: '10s' } };
    expect((await put('agent/service/register', body)).status).toBe(500);
    expect((await put('agent/service/register', body)).text).toMatch(/^Scripts are disabled/);
  });
});

describe('agent/service and agent/check', () => {
  test('remove an instance with all that is of it, also with GET as old clients do', async () => {
    await register({ Name: 'web', ID: 'a/b', Check: { TTL: '30s', Status: 'passing' } });
    await register({ Name: 'web', ID: 'w2' });
    expect((await put('agent/service/deregister/a%2Fb')).status).toBe(200);
    expect((await get('agent/service/deregister/w2')).status).toBe(200);
    for (const prefix of ['/services/', '/checks/', '/heartbeats/', '/outputs/']) {
      expect(await keysOf(client, prefix)).toEqual({});
    }
    expect(await put('agent/service/deregister/w2')).toMatchObject({
      status: 404,
      text: 'Unknown service ID "w2". Ensure that the service ID is passed, not the service name.',
    });
  });

  test('take a status for a check with a TTL, and for no other', async () => {
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '30s' } });
    expect((await get('agent/check/warn/service:w1?note=slow')).status).toBe(200);
    expect((await checks())['service:w1']).toMatchObject({ Status: 'warning', Output: 'slow' });
    const long = 'x'.repeat(5000);
    await put('agent/check/update/service:w1', { Status: 'critical', Output: long });
    const { Status, Output } = (await checks())['service:w1'] ?? { Status: '', Output: '' };
    expect(Status).toBe('critical');
    expect(Output).toBe(`Captured 4096 of 5000 bytes\n...\n${'x'.repeat(4096)}`);
    expect(await put('agent/check/update/service:w1', { Status: 'x' })).toMatchObject({
      status: 400,
      text: "Invalid check status: 'x'",
    });
    expect(await put('agent/check/pass/none')).toMatchObject({
      status: 404,
      text: 'Unknown check ID "none". Ensure that the check ID is passed, not the check name.',
    });
    await put('agent/check/register', { Name: 'disk', HTTP: 'http://127.0.0.1:1', Interval: '1h' });
    expect(await put('agent/check/pass/disk')).toMatchObject({
      status: 500,
      text: 'CheckID "disk" does not have associated TTL',
    });
  });

  test('add a check to an instance, and to the node of this member', async () => {
    await register({ Name: 'web', ID: 'w1' });
    expect((await put('agent/check/register', { Name: 'c', TTL: '9s' })).status).toBe(200);
    await put('agent/check/register', { ID: 'i', Name: 'd', ServiceID: 'w1', TTL: '9s' });
    expect(await checks()).toMatchObject({
      c: { Node: 'm1', ServiceID: '' },
      i: { Node: 'm1', Name: 'd', ServiceID: 'w1', ServiceName: 'web' },
    });
    expect(
      await put('agent/check/register', { Name: 'c', ServiceID: 'x', TTL: '9s' }),
    ).toMatchObject({ status: 404, text: 'ServiceID "x" does not exist' });
    expect((await put('agent/check/register', { TTL: '9s' })).text).toBe('Missing check name');
    expect((await put('agent/check/deregister/c')).status).toBe(200);
    expect((await put('agent/check/deregister/c')).status).toBe(404);
  });

  test('answer the health of an instance and of a service as a status, too', async () => {
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '30s', Status: 'passing' } });
    await register({ Name: 'web', ID: 'w2', Check: { TTL: '30s', Status: 'warning' } });
    expect((await get('agent/health/service/id/w1?format=text')).text).toBe('passing');
    expect((await get('agent/health/service/name/web')).status).toBe(429);
    await put('agent/service/maintenance/w1?enable=true&reason=why');
    const stopped = await get('agent/health/service/id/w1');
    expect(stopped.status).toBe(503);
    expect(stopped.headers['x-consul-reason']).toBe('maintenance');
    expect(stopped.json).toMatchObject({
      AggregatedStatus: 'maintenance',
      Service: { ID: 'w1' },
      Checks: [{ CheckID: '_service_maintenance:w1', Notes: 'why' }, { CheckID: 'service:w1' }],
    });
    const unknown = await get('agent/health/service/id/x');
    expect(unknown.status).toBe(404);
    expect(unknown.json).toEqual({ AggregatedStatus: 'critical', Service: null, Checks: null });
    expect((await get('agent/health/service/name/x?format=text')).text).toBe(
      'ServiceName x Not Found',
    );
  });

  test('put an instance or the node into maintenance, and back', async () => {
    await register({ Name: 'web', ID: 'w1' });
    expect((await put('agent/maintenance')).text).toBe('Missing value for enable');
    expect((await put('agent/maintenance?enable=x')).text).toBe('Invalid value for enable: "x"');
    await put('agent/maintenance?enable=true');
    expect((await get('health/service/web?passing')).json).toEqual([]);
    await register({ Name: 'web', ID: 'w1' }, '?replace-existing-checks');
    expect((await get('health/service/web?passing')).json).toEqual([]);
    await put('agent/maintenance?enable=false');
    expect((await get('health/service/web?passing')).json).toHaveLength(1);
    expect((await put('agent/service/maintenance/x?enable=true')).status).toBe(404);
  });

  test('wait for another hash of an instance', async () => {
    await register({ Name: 'web', ID: 'w1', Check: { TTL: '30s' } });
    const first = await get('agent/service/w1');
    const hash = first.headers['x-consul-contenthash'];
    const waiting = get(`agent/service/w1?hash=${hash}&wait=60s`);
    await put('agent/check/pass/service:w1');
    await register({ Name: 'web', ID: 'w1', Tags: ['t'] });
    expect((await waiting).json).toMatchObject({ Tags: ['t'] });
    expect(await get('agent/service/x')).toMatchObject({
      status: 404,
      text: 'unknown service ID: x',
    });
  });

  test('show instances of etcd clients, and none on nodes of the catalog', async () => {
    await putKey(client, '/services/web/e1', '10.0.0.1:80');
    await put('catalog/register', { Node: 'x', Address: '10.1.1.1', Service: { Service: 'db' } });
    await register({ Name: 'web', ID: 'w1' });
    expect(Object.keys(JSON.parse((await get('agent/services')).text))).toEqual(['e1', 'w1']);
  });
});

describe('catalog/register and catalog/deregister', () => {
  const body = {
    Node: 'Ext',
    Address: '10.1.1.1',
    NodeMeta: { zone: 'a' },
    Service: { ID: 's1', Service: 'db', Port: 5432 },
    Checks: [
      { Name: 'ping', Status: 'passing', Output: 'pong' },
      {
        CheckID: 'sql',
        ServiceID: 's1',
        Status: 'warning',
        Definition: { HTTP: 'http://x', Interval: '5s' },
      },
    ],
  };

  test('put a node, an instance on it, and checks that nobody here runs', async () => {
    expect(await put('catalog/register', body)).toMatchObject({ status: 200, text: 'true' });
    expect((await get('health/service/db')).json).toMatchObject([
      {
        Node: { Node: 'Ext', Address: '10.1.1.1', Meta: { zone: 'a' } },
        Service: { ID: 's1', Address: '', Port: 5432 },
        Checks: [
          { CheckID: 'ping', Output: 'pong', ServiceID: '', Definition: {} },
          {
            CheckID: 'sql',
            Status: 'warning',
            Type: 'http',
            Interval: '',
            Definition: { HTTP: 'http://x', Interval: '5s' },
          },
        ],
      },
    ]);
    const index = (await get('health/service/db')).headers['x-consul-index'];
    await put('catalog/register', body);
    expect((await get('health/service/db')).headers['x-consul-index']).toBe(index);
    await put('catalog/register', { Node: 'ext', SkipNodeUpdate: true, Check: { Name: 'ping' } });
    expect((await get('health/node/EXT')).json).toMatchObject([{ Status: 'critical' }, {}]);
  });

  test('remove an instance, a check, and a node with all that is on it', async () => {
    await put('catalog/register', body);
    await put('catalog/deregister', { Node: 'other', ServiceID: 's1' });
    expect((await get('health/service/db')).json).toHaveLength(1);
    await put('catalog/deregister', { Node: 'ext', CheckID: 'ping' });
    expect((await get('health/node/ext')).json).toMatchObject([{ CheckID: 'sql' }]);
    await put('catalog/deregister', { Node: 'ext', ServiceID: 's1', CheckID: 'ignored' });
    expect((await get('health/node/ext')).json).toEqual([]);
    expect(await put('catalog/deregister', { Node: 'ext' })).toMatchObject({ text: 'true' });
    expect((await get('catalog/node/ext')).json).toBeNull();
    expect((await put('catalog/deregister', { Node: 'ext' })).text).toBe('true');
  });

  test('keep one ID on several nodes apart, in all answers and when one goes', async () => {
    const on = (node: string, more: object = {}): Promise<Asked> =>
      put('catalog/register', {
        Node: node,
        Address: `10.1.1.${node.slice(1)}`,
        Service: { ID: 's1', Service: 'db', Port: 5432, ...more },
        Check: { CheckID: 'sql', Name: 'sql', ServiceID: 's1', Status: 'passing' },
      });
    for (const node of ['n1', 'n2', 'n3']) expect((await on(node)).text).toBe('true');
    const index = (await get('health/service/db')).headers['x-consul-index'];
    await on('n2');
    expect((await get('health/service/db')).headers['x-consul-index']).toBe(index);
    expect((await get('health/service/db')).json).toMatchObject(
      ['n1', 'n2', 'n3'].map((node) => ({
        Node: { Node: node },
        Service: { ID: 's1' },
        Checks: [{ Node: node, CheckID: 'sql', ServiceID: 's1' }],
      })),
    );
    expect(Object.keys(await keysOf(client, '/services/'))).toEqual([
      '/services/db/s1',
      '/services/db/s1@n2',
      '/services/db/s1@n3',
    ]);
    expect((await get('catalog/node/n3')).json).toMatchObject({ Services: { s1: { ID: 's1' } } });
    // An agent's instance of this ID lives beside them, and is the one that agents mean.
    await register({ Name: 'db', ID: 's1', Port: 1 });
    expect((await get('agent/service/s1')).json).toMatchObject({ ID: 's1', Port: 1 });
    expect((await put('agent/service/deregister/s1')).status).toBe(200);
    const nodes = async (): Promise<unknown> => {
      const rows = z
        .array(z.object({ Node: z.string() }))
        .parse((await get('catalog/service/db')).json);
      return rows.map(({ Node }) => Node);
    };
    expect(await nodes()).toEqual(['n1', 'n2', 'n3']);
    expect(await put('agent/service/deregister/s1')).toMatchObject({
      status: 409,
      text: expect.stringContaining('"s1" on node n1, "s1" on node n2'),
    });
    // Another service on the same node moves; those on other nodes stay.
    await on('n2', { Service: 'sql' });
    expect(await nodes()).toEqual(['n1', 'n3']);
    await put('catalog/deregister', { Node: 'n1', ServiceID: 's1' });
    expect(await nodes()).toEqual(['n3']);
    await put('catalog/deregister', { Node: 'n3', CheckID: 'sql' });
    expect((await get('health/checks/db')).json).toEqual([]);
    expect((await get('health/checks/sql')).json).toHaveLength(1);
    await on('n1');
    expect(await nodes()).toEqual(['n1', 'n3']);
  });

  test('rename a node that comes with the ID of another one, and let a member have its own', async () => {
    const ID = '11111111-1111-1111-1111-1111111111aa';
    await put('catalog/register', { ...body, ID, Checks: [] });
    await put('catalog/register', { Node: 'new', ID: ID.toUpperCase(), Address: '10.1.1.1' });
    expect((await get('catalog/node/ext')).json).toBeNull();
    expect((await get('catalog/service/db')).json).toEqual([]);
    expect((await get('catalog/node/new')).json).toMatchObject({ Node: { Address: '10.1.1.1' } });
    const { ID: own } = z
      .object({ ID: z.string() })
      .parse(at((await get('catalog/node/m1')).json, 'Node'));
    expect(await put('catalog/register', { Node: 'n', ID: own, Address: 'a' })).toMatchObject({
      status: 500,
      text: expect.stringContaining('is that of the member "m1"'),
    });
  });

  test('put the instances of a node, or of the caller, first', async () => {
    for (const [node, address] of [
      ['n1', '10.1.1.1'],
      ['n2', '10.1.1.2'],
      ['n3', '127.0.0.1'],
    ]) {
      const service = { ID: 's1', Service: 'db' };
      await put('catalog/register', { Node: node, Address: address, Service: service });
    }
    for (const [near, order] of [
      ['N2', ['n2', 'n1', 'n3']],
      ['_agent', ['n3', 'n1', 'n2']],
      ['nobody', ['n1', 'n2', 'n3']],
      ['', ['n1', 'n2', 'n3']],
    ] as const) {
      const { json } = await get(`catalog/service/db?near=${near}`);
      expect(json).toMatchObject(order.map((Node) => ({ Node })));
      const health = await get(`health/service/db?near=${near}`);
      expect(health.json).toMatchObject(order.map((Node) => ({ Node: { Node } })));
    }
  });

  test.each([
    [0, 0],
    [0, 3],
    [65_536, 1],
    [5, -1],
  ])('take weights of %j and %j as none, as Go clients send zeros', async (Passing, Warning) => {
    const service = { Service: 'db', Weights: { Passing, Warning } };
    const registered = await put('catalog/register', { ...body, Service: service, Checks: [] });
    expect(registered.text).toBe('true');
    expect((await get('catalog/service/db')).json).toMatchObject([
      { ServiceWeights: { Passing: 1, Warning: 1 } },
    ]);
  });

  test('have the checks of the node before the instance, which is never well on a node that fails', async () => {
    const Checks = [{ CheckID: 'alive', Status: 'critical' }];
    const both = { Node: 'ill', Address: '10.0.0.9', Service: { Service: 'db' }, Checks };
    await put('catalog/register', both);
    const { json } = await get('health/service/db');
    const [check, service] = [at(json, 0, 'Checks', 0), at(json, 0, 'Service')];
    expect(Number(at(check, 'CreateIndex'))).toBeLessThan(Number(at(service, 'CreateIndex')));
    expect(check).toMatchObject({ CheckID: 'alive' });
  });

  test('leave a member where it is', async () => {
    await put('catalog/register', { Node: 'm1', Address: '10.9.9.9' });
    expect((await get('catalog/node/m1')).json).toMatchObject({ Node: { Address: '127.0.0.1' } });
  });

  test.each([
    [{}, 'Must provide node'],
    [{ Node: 'n' }, 'Must provide address if SkipNodeUpdate is not set'],
    [{ Node: 'n', Address: 'a', ID: 'x' }, 'Bad node ID: it is no UUID'],
    [{ Node: 'n', Address: 'a', Service: { ID: 'x' } }, 'Must provide service name with ID'],
    [{ Node: 'n', Address: 'a', Datacenter: 'zz' }, 'No path to datacenter'],
    [
      { Node: 'n', Address: 'a', Check: { Name: 'c', ServiceID: 'zz' } },
      "Unknown service ID 'zz' for check ID 'c'",
    ],
    [
      { Node: 'n', Address: 'a', Check: { Name: 'c', Node: 'm' } },
      "Node 'm' for check 'c' doesn't match register request node 'n'",
    ],
  ])('refuses %j, and writes nothing', async (request, text) => {
    expect(await put('catalog/register', request)).toMatchObject({ status: 500, text });
    expect(await keysOf(client, '/consul/')).toEqual({});
  });
});
