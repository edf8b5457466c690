import { execFile, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster } from '../client/server.ts';
import type { TestCluster } from '../client/server.ts';
import { eventually } from '../cluster/processes.ts';
import { everythingMustRun } from '../compatibility/targets.ts';
import { freePorts } from '../ports.ts';

/** The programs of examples/article against three real members. */

const python = '/usr/bin/python3';
const examples = join(import.meta.dirname, '../../examples/article');
const runner = join(import.meta.dirname, 'run_program.py');
const run = promisify(execFile);

const needs = spawnSync(python, ['-c', 'import consul, etcd3, requests']);
const isThere = needs.status === 0 && spawnSync('dig', ['-v']).status === 0;
if (!isThere) {
  console.log(
    'the programs of the article need python3-consul, python3-etcd3, python3-requests and dig',
  );
}

describe.skipIf(!isThere && !everythingMustRun)('the programs of the article', () => {
  let cluster: TestCluster;
  let consulPorts: readonly number[];
  let dnsPorts: readonly number[];
  /** The payment service. */
  let payment: Server;
  let paymentPort: number;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    const ports = await freePorts(6);
    consulPorts = ports.slice(0, 3);
    dnsPorts = ports.slice(3);
    cluster = await startCluster(3, (at) => ({
      'consul-listen': `127.0.0.1:${consulPorts[at]}`,
      'dns-listen': `127.0.0.1:${dnsPorts[at]}`,
      'dns-single-label': 'true',
    }));
    payment = createServer((request, response) => {
      request.resume();
      response.writeHead(request.url === '/health' || request.url === '/charge' ? 200 : 404);
      response.end('{}');
    });
    await once(payment.listen(0, '127.0.0.1'), 'listening');
    const address = payment.address();
    paymentPort = typeof address === 'object' && address !== null ? address.port : 0;
  });

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    payment.closeAllConnections();
    payment.close();
    await cluster[Symbol.asyncDispose]();
  });

  /** What a program prints, run at one of the members. */
  async function printed(program: string, at: number, replacements: string[]): Promise<string> {
    const { stdout } = await run(python, argumentsOf(program, at, replacements), {
      env: { ...process.env, CONSUL_HTTP_ADDR: `127.0.0.1:${consulPorts[at]}` },
      timeout: 30_000,
    });
    return stdout.trim();
  }

  function argumentsOf(program: string, at: number, replacements: string[]): string[] {
    const etcdPort = cluster.endpoints[at]?.split(':')[1] ?? '';
    return [runner, join(examples, program), etcdPort, ...replacements];
  }

  /** The ids of the healthy instances of a service, as Consul's API says at a member, and its index. */
  async function healthy(at: number): Promise<{ ids: string[]; index: string | null }> {
    const response = await fetch(
      `http://127.0.0.1:${consulPorts[at]}/v1/health/service/payment-service?passing`,
    );
    const text = await response.text();
    return {
      ids: [...text.matchAll(/"Service":\{"ID":"([^"]*)"/g)].map(([, id = '']) => id).toSorted(),
      index: response.headers.get('x-consul-index'),
    };
  }

  async function dig(at: number, ...question: string[]): Promise<string[]> {
    const server = ['@127.0.0.1', '-p', `${dnsPorts[at]}`, '+tries=1', '+time=5', '+short'];
    const { stdout } = await run('dig', [...server, ...question]);
    return stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .toSorted();
  }

  /** Addresses by all its kinds of names. */
  async function byNames(at: number): Promise<string[][]> {
    const names = [
      'payment-service.service.consul',
      'payment-service.default.svc.cluster.local',
      'payment-service.',
    ];
    return Promise.all(names.map((name) => dig(at, name, 'A')));
  }

  async function keys(at: number): Promise<string[]> {
    const endpoint = `--endpoints=${cluster.endpoints[at]}`;
    const { stdout } = await run(
      'etcdctl',
      [endpoint, 'get', '--prefix', '--keys-only', '/services/payment-service/'],
      { env: { ...process.env, ETCDCTL_API: '3' } },
    );
    return stdout.split('\n').filter((line) => line !== '');
  }

  const members = [0, 1, 2];
  const everywhere = async <T>(
    what: string,
    ask: (at: number) => Promise<T>,
    answer: T,
    withinMs?: number,
  ): Promise<void> => {
    await eventually(
      `the same answer of ${what} at all members`,
      async () => {
        const answers = await Promise.all(members.map((at) => ask(at)));
        expect(answers).toEqual(members.map(() => answer));
        return true;
      },
      withinMs,
    );
  };

  test("an instance that Consul's client registers is found by all, while its health endpoint answers", async () => {
    const here = '127.0.0.1';
    await printed('consul_register.py', 0, [
      '10.0.1.45',
      here,
      '8080',
      `${paymentPort}`,
      'interval="10s"',
      'interval="1s"',
    ]);
    await everywhere('Consul', async (at) => (await healthy(at)).ids, ['payment-1']);
    await everywhere('DNS', byNames, [[here], [here], [here]]);
    await everywhere('etcd', keys, ['/services/payment-service/payment-1']);
    expect(await dig(1, 'payment-service.service.consul', 'SRV')).toEqual([
      `1 1 ${paymentPort} 7f000001.addr.dc1.consul.`,
    ]);
    expect(await printed('client_side.py', 2, [])).toBe(`http://${here}:${paymentPort} 200`);

    payment.closeAllConnections();
    payment.close();
    // Its interval, the time-out of the check and one second; the connection is refused at once.
    await everywhere('Consul', async (at) => (await healthy(at)).ids, [], 12_000);
    await everywhere('DNS', byNames, [[], [], []]);
    await expect(printed('client_side.py', 1, [])).rejects.toThrow('No healthy payment service');
    // It is registered still, until somebody deregisters it.
    await everywhere('etcd', keys, ['/services/payment-service/payment-1']);
  });

  test('an instance that is put with a lease leaves every answer at one revision when it lapses', async () => {
    const leased = spawn(
      python,
      argumentsOf('etcd_lease.py', 1, [
        'client.lease(10)',
        'client.lease(3)',
        'time.sleep(3)',
        'time.sleep(1)',
      ]),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    running.push(leased);
    await everywhere('Consul', async (at) => (await healthy(at)).ids, ['leased-1']);
    await everywhere('DNS', byNames, [['10.0.1.47'], ['10.0.1.47'], ['10.0.1.47']]);
    leased.kill('SIGKILL');
    await everywhere('Consul', async (at) => (await healthy(at)).ids, [], 30_000);
    await everywhere('DNS', byNames, [[], [], []]);
    const indexes = await Promise.all(members.map(async (at) => (await healthy(at)).index));
    expect(new Set(indexes).size).toBe(1);
  });

  test('the programs for etcd print what the article says', async () => {
    const lines = (await printed('etcd_discovery.py', 2, [])).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('PutEvent');
    expect(lines[1]).toContain('DeleteEvent');
    expect(lines[2]).toBe("['10.0.1.45:8080']");
    expect(await dig(0, 'payment.service.consul', 'A')).toEqual(['10.0.1.45']);
  });
});
