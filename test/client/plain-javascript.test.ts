import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall, RollcallError } from '../../src/client/index.ts';
import { freePorts } from '../ports.ts';
import { startCluster, type TestCluster } from './server.ts';

/** A value that types forbid and a program in JavaScript may pass. */
// oxlint-disable-next-line typescript/no-explicit-any
type Anything = any;

describe('invalid arguments', () => {
  // Nothing listens there: a call that were sent would fail as unavailable.
  const client = new Rollcall({ endpoints: ['127.0.0.1:1'], waitForServer: false });
  const any: Anything = client;
  const anyRollcall: Anything = Rollcall;
  afterAll(() => client.close());

  const nonsense: Record<string, () => Promise<unknown>> = {
    'lease(-1)': () => client.lease(-1),
    'lease(0)': () => client.lease(0),
    'lease(0.5)': () => client.lease(0.5),
    'lease(NaN)': () => client.lease(NaN),
    "lease('5')": () => any.lease('5'),
    'lease()': () => any.lease(),
    'lock with a ttl of 0.5': () => client.lock('l', { ttlSeconds: 0.5 }),
    'campaign with a ttl of NaN': () => client.election('e').campaign('x', { ttlSeconds: NaN }),
    'leases.grant(1.5)': () => client.leases.grant(1.5),
    'leases.revoke of a text': () => any.leases.revoke('abc'),
    'get of a number': () => any.get(5),
    'put of an object': () => any.put('k', { a: 1 }),
    'delete of undefined': () => any.delete(undefined),
    'range of {}': () => any.range({}),
    'range with half a revision': () => client.range('k', { revision: 1.5 }),
    'range with a limit of NaN': () => client.range('k', { limit: NaN }),
    'a time-out of NaN': () => client.get('k', { timeoutMs: NaN }),
    'a time-out below zero': () => client.get('k', { timeoutMs: -1 }),
    'members.remove of a number': () => any.members.remove(5),
    'compaction of NaN': () => client.maintenance.compact(NaN),
    'a watch from revision 0.5': async () => client.watch('k', { fromRevision: 0.5 }),
    'a watch of nothing': async () => any.watch(undefined),
    'a buffer of NaN': async () => client.watch('k', { bufferMax: NaN }),
    'no options': async () => new anyRollcall(),
    'endpoints that are a text': async () => new anyRollcall({ endpoints: 'abc' }),
    'no endpoints': async () => new Rollcall({ endpoints: [] }),
    'an address without a port': () => client.registerInstance('svc', 'i1', 'hostonly'),
    'an address with a path': () => client.registerInstance('svc', 'i1', 'http://a:80/x'),
    'an address that is empty': () => client.registerInstance('svc', 'i1', ''),
    'port 0': () => client.registerInstance('svc', 'i1', '10.0.0.1:0'),
    'port 65536': () => client.registerInstance('svc', 'i1', '10.0.0.1:65536'),
    'IPv6 without brackets': () => client.registerInstance('svc', 'i1', 'fe80::1:80'),
    'the address of nobody': () => client.registerInstance('svc', 'i1', '0.0.0.0:80'),
    'the IPv6 address of nobody': () => client.registerInstance('svc', 'i1', '[::]:80'),
    'an id with a slash': () => client.registerInstance('svc', 'a/b', '10.0.0.1:80'),
    'an empty id': () => client.registerInstance('svc', '', '10.0.0.1:80'),
    'an id with a line break': () => client.registerInstance('svc', 'a\n', '10.0.0.1:80'),
    'an empty service': () => client.registerInstance('', 'i1', '10.0.0.1:80'),
    'a service three levels deep': () => client.registerInstance('a/b/c', 'i1', '10.0.0.1:80'),
    'a service that ends with a slash': () => client.instances('a/'),
    'tags that are a text': () => any.registerInstance('svc', 'i', 'h:80', { tags: 'a,b' }),
    'meta with a number': () => any.registerInstance('svc', 'i', 'h:80', { meta: { a: 1 } }),
    'a weight of 0': () => client.registerInstance('svc', 'i', 'h:80', { weight: 0 }),
    'a weight of 1.5': () => client.registerInstance('svc', 'i', 'h:80', { weight: 1.5 }),
    'a ttl of 0': () => client.registerInstance('svc', 'i', 'h:80', { ttlSeconds: 0 }),
  };
  test.each(Object.entries(nonsense))('%s is refused before anything is sent', async (_, call) => {
    const error: unknown = await call().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(RollcallError);
    expect(error).toMatchObject({ code: 'invalid-request' });
  });

  test('a watch of instances refuses a bad name, too', async () => {
    await expect(client.watchInstances('a//b').next()).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});

describe('with a member', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test('an instance is found with the data that it was registered with', async () => {
    await using client = new Rollcall({ endpoints: cluster.endpoints });
    const given = { tags: ['v2'], meta: { zone: 'a' }, weight: 3 };
    await client.registerInstance('shop', 'plain', 'host.example:80');
    await client.registerInstance('shop', 'rich', '10.0.0.1:80', given);
    await client.registerInstance('shop', 'six', '[fe80::1]:8080', { tags: [] });
    await client.registerInstance('team/shop', 'other', '10.0.0.2:80');

    const nothing = { tags: [], meta: {}, weight: 1 };
    expect(await client.instances('shop')).toEqual([
      { service: 'shop', name: 'plain', address: 'host.example:80', ...nothing },
      { service: 'shop', name: 'rich', address: '10.0.0.1:80', ...given },
      { service: 'shop', name: 'six', address: '[fe80::1]:8080', ...nothing },
    ]);
    expect(await client.instances('team/shop')).toHaveLength(1);
    expect(await client.instances('team')).toEqual([]);
    expect((await client.get('/services/shop/rich'))?.value).toBe(
      '{"address":"10.0.0.1","port":80,"tags":["v2"],"meta":{"zone":"a"},"weights":{"passing":3}}',
    );
  });

  test('console.log shows the content of objects', async () => {
    await using client = new Rollcall({ endpoints: cluster.endpoints });
    await client.put('/shown', 'text');
    await client.put('/bytes', Uint8Array.of(0xff, 0x41));
    const lease = await client.lease(60);
    await lease.put('/leased', 'x');
    const lock = await client.lock('/shown-lock');

    expect(inspect(await client.get('/shown'))).toMatch(
      /^KeyValue \{\n? *key: '\/shown',\s+value: 'text',\s+createRevision: \d+/,
    );
    expect(inspect(await client.get('/bytes'))).toMatch(/value: .*\[?(?:255|ff)/);
    expect(inspect(lease).replaceAll(/\s+/g, ' ')).toBe(
      `Lease { id: '${lease.id.toString(16)}', ttlSeconds: 60, isHeld: true, keys: [ '/leased' ] }`,
    );
    expect(inspect(lock)).toContain(`key: '${lock.key}'`);
    expect(inspect(client)).toContain(cluster.endpoints[0]);
    expect(inspect(client.watch('/shown'))).toContain("keys: '/shown'");
    expect(inspect({ deep: { deeper: { deepest: lease } } })).toContain('[Lease]');
    await lock.release();
  });

  test('closing a client ends the loops over its watches without an error', async () => {
    const client = new Rollcall({ endpoints: cluster.endpoints });
    const watcher = client.watchPrefix('/closing');
    const loops = [
      collect(watcher),
      collect(client.watchInstances('closing')),
      collect(client.election('/closing').observe()),
    ];
    await watcher.ready;
    await client.instances('closing');

    client.close();

    expect(await Promise.all(loops)).toEqual([[], [[]], []]);
    await expect(collect(client.watch('/closing'))).rejects.toMatchObject({ code: 'closed' });
    await expect(client.get('/closing')).rejects.toMatchObject({ code: 'closed' });
  });

  test('a watch that replaces a canceled one at the same moment works', async () => {
    await using client = new Rollcall({ endpoints: cluster.endpoints });
    for (let round = 0; round < 5; round++) {
      void client.watch('/again').return();
      const watcher = client.watch('/again');
      await watcher.ready;
      await client.put('/again', String(round));
      expect(await watcher.next()).toMatchObject({ value: { kv: { value: String(round) } } });
      await watcher.return();
    }
  });
});

describe('a program ends when it waits for nothing any more', () => {
  const client = join(import.meta.dirname, '../../src/client/index.ts');

  /** Half of the time that a call may take; what does not heed the signal takes all of it, or goes on for ever. */
  const soonMs = 5000;

  /** Runs a program that is told to stop after 200 ms; gives how long it lived on after that. */
  async function lifeAfterStop(endpoint: string, body: string): Promise<number> {
    const program = `
      import { Rollcall } from ${JSON.stringify(client)};
      const client = new Rollcall({ endpoints: [${JSON.stringify(endpoint)}] });
      const stop = new AbortController();
      const { signal } = stop;
      let stoppedMs;
      setTimeout(() => { stoppedMs = performance.now(); stop.abort(); }, 200);
      process.on('exit', () => console.log(performance.now() - stoppedMs));
      ${body}`;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { stdio: ['ignore', 'pipe', 'pipe'], timeout: 25_000 },
    );
    const [, stdout, stderr] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    expect({ exitCode: child.exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return Number(stdout);
  }

  const waits = {
    watch: `for await (const event of client.watchPrefix('/', { signal })) console.log(event);`,
    'watch of instances': `for await (const found of client.watchInstances('x', { signal })) console.log(found);`,
    observation: `for await (const leader of client.election('x').observe({ signal })) console.log(leader);`,
    read: `await client.get('x', { signal }).catch(() => {});`,
    renewal: `await client.leases.renew(5n, { signal }).catch(() => {});`,
    lease: `await client.lease(5, { signal }).catch(() => {});`,
    lock: `await client.lock('x', { signal }).catch(() => {});`,
  };

  test.each(Object.entries(waits))('%s, from a server that is not there', async (_, body) => {
    const [port] = await freePorts(1);
    expect(await lifeAfterStop(`127.0.0.1:${port}`, body)).toBeLessThan(soonMs);
  });

  test.each(Object.entries(waits))('%s, from a server that says nothing', async (_, body) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      expect(await lifeAfterStop(`127.0.0.1:${port}`, body)).toBeLessThan(soonMs);
    } finally {
      server.close();
    }
  });
});

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
