import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { eventually } from '../../cluster/processes.ts';
import { freePorts } from '../../ports.ts';
import { outputOf, startDnsMember, stopDnsMember, testWith } from './outside.ts';
import type { DnsMember } from './outside.ts';

/** An instance that answers with its name. */
async function instance(name: string, host: string, port: number): Promise<Server> {
  const server = createServer((_, response) => response.end(name));
  server.listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => kill(server));
  return server;
}

/** Its connections break, and new ones are refused. */
function kill(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** The configuration in a page of the documentation, with places of this test. */
function configurationOf(page: string, places: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8');
  let configuration = /```\w+\n(.*?)```/s.exec(text)?.[1] ?? '';
  for (const [given, actual] of Object.entries(places)) {
    expect(configuration).toContain(given);
    configuration = configuration.replaceAll(given, actual);
  }
  return configuration;
}

/** Runs a program, with the workers that it starts, until the test ends. */
function run(command: string, args: readonly string[]): void {
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const child = spawn(command, args, { stdio: [...stdio], detached: true });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    if (child.exitCode !== null) console.log(said);
  });
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dns-balancer-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const agent = new Agent({ keepAlive: true });

function call(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent }, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => (text += bytes.toString()));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode}`)),
      );
    }).on('error', reject);
  });
}

/** Clients that call one after the other, and what they were answered with. */
class Load {
  readonly failures: unknown[] = [];
  /** By the name of the instance, since `since`. */
  answers = new Map<string, number>();
  #isOver = false;
  readonly #clients: readonly Promise<void>[];

  constructor(port: number) {
    this.#clients = Array.from({ length: 4 }, () => this.#callOn(port));
  }

  async #callOn(port: number): Promise<void> {
    while (!this.#isOver) {
      try {
        const name = await call(port);
        this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  /** Waits until 200 calls in a row were answered by these instances, and by no other one. */
  async isServedBy(...names: readonly string[]): Promise<void> {
    await eventually(`only ${names.join(', ')} answer`, async () => {
      this.answers = new Map();
      await eventually('200 answers', () => {
        const count = [...this.answers.values()].reduce((sum, one) => sum + one, 0);
        return Promise.resolve(count >= 200 ? count : undefined);
      });
      const seen = [...this.answers.keys()].toSorted();
      return seen.join() === names.join() ? seen : undefined;
    });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }
}

async function dnsMember(): Promise<DnsMember> {
  const dns = await startDnsMember();
  onTestFinished(() => stopDnsMember(dns));
  return dns;
}

/** Two instances serve; one is killed, and its registration ends a moment later; another one comes. No call fails. */
async function killsUnderLoad(
  { client }: DnsMember,
  port: number,
  places: readonly (readonly [host: string, port: number])[],
): Promise<void> {
  const start = async (at: number): Promise<Server> => {
    const [host = '', own = 0] = places[at] ?? [];
    const server = await instance(`i${at}`, host, own);
    await client.put(`/services/payment/i${at}`, `${host}:${own}`);
    return server;
  };
  const [first] = [await start(0), await start(1)];
  await eventually('there are answers', async () => (await call(port)) !== '');
  const load = new Load(port);
  try {
    await load.isServedBy('i0', 'i1');
    kill(first);
    await load.isServedBy('i1');
    await client.delete('/services/payment/i0');
    await start(2);
    await load.isServedBy('i1', 'i2');
  } finally {
    await load.end();
  }
  expect(load.failures).toEqual([]);
}

testWith(
  { command: 'haproxy', args: ['-v'], install: 'haproxy' },
  'HAProxy balances a service by its SRV records, and no call fails when an instance is killed',
  async () => {
    const dns = await dnsMember();
    const [port = 0, ...ports] = await freePorts(4);
    const file = join(folder(), 'haproxy.cfg');
    const text = configurationOf('haproxy.md', {
      '127.0.0.1:8600': `127.0.0.1:${dns.port}`,
      '127.0.0.1:8080': `127.0.0.1:${port}`,
    });
    writeFileSync(file, text);
    await outputOf('haproxy', ['-c', '-q', '-f', file]);
    run('haproxy', ['-db', '-f', file]);
    await killsUnderLoad(
      dns,
      port,
      ports.map((own) => ['127.0.0.1', own]),
    );
  },
);

testWith(
  { command: 'nginx', args: ['-v'], install: 'nginx-light' },
  'nginx balances a service by its addresses, and no call fails when an instance is killed',
  async () => {
    const dns = await dnsMember();
    const [port = 0, own = 0] = await freePorts(2);
    const directory = folder();
    const file = join(directory, 'nginx.conf');
    const text = configurationOf('nginx.md', {
      '127.0.0.1:8600': `127.0.0.1:${dns.port}`,
      '127.0.0.1:8080': `127.0.0.1:${port}`,
      ':9000': `:${own}`,
    });
    writeFileSync(file, `pid ${directory}/pid;\ndaemon off;\nerror_log ${directory}/log;\n${text}`);
    run('nginx', ['-p', directory, '-c', file, '-e', join(directory, 'log')]);
    await killsUnderLoad(dns, port, [
      ['127.0.0.1', own],
      ['127.0.0.2', own],
      ['127.0.0.3', own],
    ]);
  },
);
