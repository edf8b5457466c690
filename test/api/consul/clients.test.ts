import { Agent, createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Consul from 'consul';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ClusterOfProcesses, eventually } from '../../cluster/processes.ts';
import { Running } from '../../compatibility/programs.ts';
import { freePorts } from '../../ports.ts';
import { outputOf, testWith } from '../dns/outside.ts';
import { putKey } from './keys.ts';

/** Clients of Consul, each against three members in processes. */

let cluster: ClusterOfProcesses;
let dnsPort: number;
let health: Server;
let isWell = true;

beforeAll(async () => {
  [dnsPort = 0] = await freePorts(1);
  cluster = await ClusterOfProcesses.prepare(3);
  const flags = ['--initial-cluster', cluster.initialCluster];
  for (const [at, member] of cluster.members.entries()) {
    member.start(at === 2 ? [...flags, '--dns-listen', `127.0.0.1:${dnsPort}`] : flags);
  }
  await cluster.ready();
  health = createServer((_, response) => response.writeHead(isWell ? 200 : 503).end('checked'));
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
}, 60_000);

afterAll(async () => {
  await cluster.end();
  await new Promise((resolve) => health.close(resolve));
});

const urlOf = (at: number): URL => new URL(cluster.members[at]?.clientUrl ?? '');

/** A client that calls from a loopback address, which tells hosts apart where members have loopback addresses, too. */
function consulOf(at: number, localAddress = '127.0.0.1'): Consul {
  const { hostname, port } = urlOf(at);
  return new Consul({ host: hostname, port: Number(port), agent: new Agent({ localAddress }) });
}

function healthUrl(): string {
  const address = health.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/health`;
}

async function addressesOf(name: string): Promise<readonly string[]> {
  const options = [`@127.0.0.1`, '-p', String(dnsPort), '+short', '+timeout=2', '+tries=1'];
  const found = await outputOf('dig', [...options, name, 'A']);
  return found.trim().split('\n').filter(Boolean);
}

/** `etcdctl watch` at another member. */
function watchOf(prefix: string): Running {
  const endpoints = `--endpoints=${urlOf(1).host}`;
  return new Running('etcdctl', [endpoints, 'watch', '--prefix', prefix], { ETCDCTL_API: '3' });
}

/** Until a change shows: the watch was created. */
async function watchOn(prefix: string): Promise<Running> {
  const watch = watchOf(prefix);
  let isOn = false;
  const first = watch.lines(3).then(() => (isOn = true));
  await eventually('the watch', async () => {
    await putKey(urlOf(1).href, `${prefix}probe/1`, 'none');
    return isOn ? true : undefined;
  });
  await first;
  return watch;
}

/** The next key of a watch that begins so. */
async function nextKey(watch: Running, beginning: string): Promise<string> {
  for (;;) {
    const [line = ''] = await watch.lines(1);
    if (line.startsWith(beginning)) return line;
  }
}

const dig = { command: 'dig', args: ['-v'], install: 'bind9-dnsutils' };

testWith(dig, "npm's consul registers, finds, waits and is found by everybody", async () => {
  const watch = await watchOn('/services/npm-');
  const [first, second, third] = [consulOf(0), consulOf(1), consulOf(2)];
  await first.agent.service.register({
    name: 'npm-web',
    id: 'npm-1',
    address: '10.1.0.1',
    port: 80,
    tags: ['blue'],
    meta: { zone: 'a' },
    check: { name: 'alive', http: healthUrl(), interval: '1s', timeout: '1s' },
  });
  expect(await nextKey(watch, '/services/npm-web')).toBe('/services/npm-web/npm-1');
  await watch.stop();
  const [passing] = await eventually('a passing instance', async () => {
    const all: unknown[] = await third.health.service({ service: 'npm-web', passing: true });
    return all.length === 1 ? all : undefined;
  });
  expect(passing).toMatchObject({
    Node: { Node: 'm1', Datacenter: 'dc1' },
    Service: { ID: 'npm-1', Address: '10.1.0.1', Port: 80, Tags: ['blue'], Meta: { zone: 'a' } },
    Checks: [
      { CheckID: 'serfHealth' },
      { CheckID: 'service:npm-1', Status: 'passing', Type: 'http' },
    ],
  });
  await eventually('DNS has it', async () => {
    const found = await addressesOf('blue.npm-web.service.consul');
    return found.includes('10.1.0.1') ? true : undefined;
  });
  await eventually('another member lists it', async () => {
    const listed: Record<string, unknown> = await second.catalog.service.list();
    return listed['npm-web'];
  });
  expect(await second.agent.services()).toMatchObject({ 'npm-1': { Service: 'npm-web' } });

  const seen: number[] = [];
  const watching = third.watch({
    method: third.health.service.bind(third.health),
    options: { service: 'npm-web', passing: 'true' },
  });
  watching.on('change', (instances: unknown[]) => seen.push(instances.length));
  await eventually('the first answer', async () => (seen.length > 0 ? true : undefined));
  isWell = false;
  await eventually('the watch shows that it left', async () =>
    seen.at(-1) === 0 ? true : undefined,
  );
  watching.end();
  await eventually('DNS has it no more', async () => {
    const left = await addressesOf('npm-web.service.consul');
    return left.length === 0 ? true : undefined;
  });
  isWell = true;

  await second.agent.service.maintenance({ id: 'npm-1', enable: true, reason: 'test' });
  // Another member than the one that took the write may be a moment behind.
  await eventually('the instance is in maintenance', async () => {
    const checks: unknown = await third.health.checks('npm-web');
    expect(checks).toMatchObject([{ CheckID: '_service_maintenance:npm-1', Notes: 'test' }, {}]);
    return true;
  });
  await third.agent.service.deregister('npm-1');
  expect(await third.health.service('npm-web')).toEqual([]);
});

const notFound = { statusCode: 404 };

test("npm's consul passes checks with a TTL, and is told of wrong ids", async () => {
  const [first, second] = [consulOf(0), consulOf(1)];
  await first.agent.service.register({
    name: 'npm-ttl',
    id: 't1',
    check: { name: 'alive', ttl: '30s', timeout: '' },
  });
  await second.agent.check.pass({ id: 'service:t1', note: 'well' });
  const [one] = await second.health.service({ service: 'npm-ttl', passing: true });
  expect(one).toMatchObject({ Checks: [{}, { Output: 'well', Status: 'passing' }] });
  await expect(second.agent.check.pass('service:none')).rejects.toMatchObject(notFound);
  await expect(second.agent.service.deregister('none')).rejects.toMatchObject(notFound);
  await second.agent.service.deregister('t1');
});

test("npm's consul: a program without an ID is one instance, through whatever member it registers", async () => {
  for (const at of [0, 1, 2]) {
    const check = { name: 'alive', ttl: '30s', timeout: '' };
    await consulOf(at).agent.service.register({ name: 'npm-one', port: 80 + at, check });
    if (at === 0) await consulOf(at).agent.check.pass('service:npm-one');
  }
  const instances = async (at: number): Promise<unknown> => {
    const options = { service: 'npm-one', passing: true };
    const found = z.array(z.object({ Service: z.object({ ID: z.string(), Port: z.number() }) }));
    return found.parse(await consulOf(at).health.service(options)).map(({ Service }) => Service);
  };
  await eventually('there is the last registration, still passing', async () =>
    isDeepStrictEqual(await instances(0), [{ ID: 'npm-one', Port: 82 }]) ? true : undefined,
  );
  await consulOf(1).agent.service.deregister('npm-one');
  await eventually('it is gone', async () =>
    isDeepStrictEqual(await instances(2), []) ? true : undefined,
  );
});

test("npm's consul: programs without an ID on several hosts each keep their instance", async () => {
  const members = [0, 1, 2].map((at) => consulOf(at, `127.0.0.${at + 1}`));
  for (const [at, { agent }] of members.entries()) {
    const check = { name: 'alive', ttl: '30s', timeout: '' };
    await agent.service.register({
      name: 'npm-many',
      address: `10.4.0.${at + 1}`,
      port: 80,
      check,
    });
    await agent.check.pass('service:npm-many');
  }
  const [first, second, third] = members;
  const addresses = async (): Promise<readonly string[]> => {
    const rows = await third!.health.service({ service: 'npm-many', passing: true });
    return z
      .array(z.object({ Service: z.object({ Address: z.string() }) }))
      .parse(rows)
      .map(({ Service }) => Service.Address);
  };
  await eventually('all three are passing', async () =>
    (await addresses()).join() === '10.4.0.1,10.4.0.2,10.4.0.3' ? true : undefined,
  );
  expect(Object.keys(await second!.agent.services())).toEqual(
    expect.arrayContaining(['npm-many', 'npm-many@127.0.0.2', 'npm-many@127.0.0.3']),
  );
  await second!.agent.check.fail('service:npm-many');
  await eventually('the second is critical', async () =>
    (await addresses()).join() === '10.4.0.1,10.4.0.3' ? true : undefined,
  );
  await first!.agent.service.deregister('npm-many');
  await third!.agent.service.register({ name: 'npm-many', address: '10.4.0.9', port: 80 });
  await eventually('one moved and one left', async () =>
    (await addresses()).join() === '10.4.0.9' ? true : undefined,
  );
  await expect(first!.agent.service.deregister('npm-many')).rejects.toMatchObject({
    statusCode: 409,
  });
  await second!.agent.service.deregister('npm-many');
  await third!.agent.service.deregister('npm-many');
  expect(await third!.health.service('npm-many')).toEqual([]);
});

const debian = { name: "Debian's python3-consul", command: '/usr/bin/python3' };
const pyConsul = process.env['ROLLCALL_TEST_PY_CONSUL'];
const goClient = process.env['ROLLCALL_TEST_GO_CONSUL'];
for (const name of ['ROLLCALL_TEST_PY_CONSUL', 'ROLLCALL_TEST_GO_CONSUL']) {
  if (process.env[name] === undefined) {
    console.log(`A client of Consul is not tried: ${name} names no program; .ci/run says how`);
  }
}

/** Packages of Python that are imported as `consul`. */
const pythons =
  pyConsul === undefined ? [debian] : [debian, { name: "PyPI's py-consul", command: pyConsul }];

for (const { name, command } of pythons) {
  testWith(
    { command, args: ['-c', 'import consul'], install: 'python3-consul' },
    `${name} does the same`,
    async () => {
      const watch = await watchOn('/services/py-');
      const script = join(import.meta.dirname, 'python_consul.py');
      const addresses = [0, 1, 2].map((at) => urlOf(at).host);
      const registered = await outputOf(command, [script, 'register', ...addresses]);
      expect(JSON.parse(registered)).toEqual({ problems: [] });
      expect(await nextKey(watch, '/services/py-web')).toBe('/services/py-web/py-1');
      await eventually('DNS has it', async () => {
        const found = await addressesOf('py-web.service.consul');
        return found.includes('10.2.0.1') ? true : undefined;
      });
      const removed = await outputOf(command, [script, 'deregister', ...addresses]);
      expect(JSON.parse(removed)).toEqual({ problems: [] });
      await eventually('DNS has it no more', async () => {
        const left = await addressesOf('py-web.service.consul');
        return left.length === 0 ? true : undefined;
      });
      await watch.stop();
    },
  );
}

/** Built by `.ci/run` from `go-client`, where there is a Go toolchain. */
test.skipIf(goClient === undefined)(
  "Consul's Go client does the same, and one ID is on several nodes",
  async () => {
    const printed = await outputOf(
      goClient ?? '',
      [0, 1, 2].map((at) => urlOf(at).host),
    );
    expect(JSON.parse(printed)).toEqual({ problems: [] });
  },
);
