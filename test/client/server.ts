import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Rollcall } from '../../src/client/index.ts';
import { freePorts } from '../ports.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The servers of the client's tests: Rollcall as it was built, or etcd. */
const program: readonly string[] =
  process.env['ROLLCALL_TEST_SERVER'] === undefined
    ? [process.execPath, main, 'serve']
    : [process.env['ROLLCALL_TEST_SERVER']];

/** One member as a process of its own, on ports of its own. */
export interface TestServer {
  readonly name: string;
  readonly endpoint: string;
  readonly peerUrl: string;
  readonly dataDir: string;
  /** Kills it without a warning and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again where it was, and waits until it answers. */
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

export interface TestCluster extends AsyncDisposable {
  readonly servers: readonly [TestServer, ...TestServer[]];
  readonly endpoints: readonly string[];
}

/** Starts a cluster, with further flags for each member, and waits until it answers; it is gone, with its data, at the end of the `await using` block. */
export async function startCluster(
  size = 1,
  flagsOf: (at: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<TestCluster> {
  if (program[1] !== undefined && !existsSync(main)) {
    throw new Error('there is no server to talk to; "npm run build" makes it');
  }
  const ports = await freePorts(size * 2);
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-client-test-'));
  const plans = Array.from({ length: size }, (_, index) => ({
    name: `m${index}`,
    endpoint: `127.0.0.1:${ports[index * 2]}`,
    peerUrl: `http://127.0.0.1:${ports[index * 2 + 1]}`,
    dataDir: join(dir, `m${index}`),
    flags: flagsOf(index),
  }));
  const initialCluster = plans.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  const processes = new Map<string, ChildProcess>();
  const servers = plans.map((plan) => serverOf(plan, initialCluster, processes));
  await Promise.all(servers.map((server) => server.start()));
  const [first, ...others] = servers;
  if (first === undefined) throw new Error('a cluster has at least one member');
  return {
    servers: [first, ...others],
    endpoints: servers.map((server) => server.endpoint),
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.kill()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function serverOf(
  plan: Pick<TestServer, 'name' | 'endpoint' | 'peerUrl' | 'dataDir'> & {
    readonly flags: Readonly<Record<string, string>>;
  },
  initialCluster: string,
  processes: Map<string, ChildProcess>,
): TestServer {
  const clientUrl = `http://${plan.endpoint}`;
  const flags = {
    name: plan.name,
    'data-dir': plan.dataDir,
    'listen-client-urls': clientUrl,
    'advertise-client-urls': clientUrl,
    'listen-peer-urls': plan.peerUrl,
    'initial-advertise-peer-urls': plan.peerUrl,
    'initial-cluster': initialCluster,
    ...plan.flags,
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return {
    ...plan,
    async start() {
      const [file = '', ...before] = program;
      const child = spawn(file, [...before, ...args], { stdio: 'ignore' });
      processes.set(plan.name, child);
      await using client = new Rollcall({ endpoints: [plan.endpoint], timeoutMs: 20_000 });
      await client.get('ready?');
    },
    async kill() {
      const child = processes.get(plan.name);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      // Its connections were closed before it was gone: one turn later this process has noticed both.
      await turn();
      await turn();
    },
    signal(signal) {
      processes.get(plan.name)?.kill(signal);
    },
  };
}
