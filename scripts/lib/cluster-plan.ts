import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

/** One member of a cluster on this machine: where it is served, and where it keeps its data. */
export interface PlannedMember {
  readonly name: string;
  readonly clientPort: number;
  /** Always the one above the client port. */
  readonly peerPort: number;
  /** Where it answers DNS; the first member only. */
  readonly dnsPort: number | undefined;
  /** Where it serves Consul's HTTP API; the first member only. */
  readonly consulPort: number | undefined;
  readonly dataDir: string;
}

export interface ClusterPlan {
  readonly directory: string;
  /** Clients and members are encrypted, with certificates in `tls` of the directory. */
  readonly tls: boolean;
  readonly members: readonly PlannedMember[];
}

export interface ClusterOptions {
  readonly size: number;
  readonly directory: string;
  readonly basePort: number | undefined;
  readonly tls: boolean;
  /** Whether to throw away what an earlier cluster left in the directory. */
  readonly fresh: boolean;
}

/** Why something cannot be done; the message is the one line that is shown. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const sizeMax = 9;
const defaultDirectory = '.rollcall';

/** Ports as etcd's own example of a local cluster has them: far apart, and the first where clients look by default. */
const firstClientPort = 2379;
const secondClientPort = 22_379;
const usualDistance = 10_000;
const usualSizeMax = 5;

/** Undefined: help was asked for. */
export function readClusterOptions(argv: readonly string[]): ClusterOptions | undefined {
  const values = readFlags(argv);
  if (values.help) return undefined;
  const size = wholeNumber('--size', values.size, 1, sizeMax);
  const basePort =
    values['base-port'] === undefined
      ? undefined
      : wholeNumber('--base-port', values['base-port'], 1, 65_535 - 10 * (size - 1) - 1);
  if (basePort === undefined && size > usualSizeMax) {
    throw new Refusal(
      `--size ${size} needs a --base-port, because the usual ports end with ${usualSizeMax} members`,
    );
  }
  const { fresh, tls } = values;
  return { size, basePort, directory: resolve(values['data-dir']), fresh, tls };
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        size: { type: 'string', default: '3' },
        'data-dir': { type: 'string', default: defaultDirectory },
        'base-port': { type: 'string' },
        fresh: { type: 'boolean', default: false },
        tls: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    throw new Refusal(`${line ?? ''} (--help lists the flags)`);
  }
}

function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Refusal(`${flag} is "${text}", but has to be a whole number from ${min} to ${max}`);
}

export function planCluster({ size, basePort, directory, tls }: ClusterOptions): ClusterPlan {
  const clientPorts = Array.from({ length: size }, (_, index) => clientPortOf(index, basePort));
  return planOf(directory, { clientPorts, tls });
}

function planOf(directory: string, { clientPorts, tls }: Marker): ClusterPlan {
  const members = clientPorts.map((clientPort, index) => {
    const name = `m${index + 1}`;
    const dnsPort = index === 0 ? dnsPortOf(clientPort) : undefined;
    const consulPort = index === 0 ? consulPortOf(clientPort) : undefined;
    const dataDir = join(directory, name);
    return { name, clientPort, peerPort: clientPort + 1, dnsPort, consulPort, dataDir };
  });
  return { directory, tls, members };
}

function clientPortOf(index: number, basePort: number | undefined): number {
  if (basePort !== undefined) return basePort + 10 * index;
  return index === 0 ? firstClientPort : secondClientPort + usualDistance * (index - 1);
}

/** Consul's ports, beside the usual client port. */
function consulPortOf(clientPort: number): number {
  return clientPort === firstClientPort ? 8500 : clientPort + 3;
}

function dnsPortOf(clientPort: number): number {
  return clientPort === firstClientPort ? 8600 : clientPort + 2;
}

/** The ports of the cluster in a directory, kept there so that it is never started with others. */
const markerForm = z.object({
  clientPorts: z.array(z.number().int()).min(1),
  tls: z.boolean().default(false),
});
type Marker = z.infer<typeof markerForm>;

const markerName = 'cluster.json';

/** Makes the directory ready for the planned cluster, or refuses because it holds another one, or something else. */
export function claimDirectory(plan: ClusterPlan, { fresh }: { fresh: boolean }): void {
  const { directory } = plan;
  const clientPorts = plan.members.map((member) => member.clientPort);
  const found = readMarker(directory);
  if (found === undefined && existsSync(directory) && readdirSync(directory).length > 0) {
    throw new Refusal(
      `${directory} holds something else than a cluster; choose another with --data-dir`,
    );
  }
  if (found !== undefined && !fresh && found.clientPorts.join() !== clientPorts.join()) {
    throw new Refusal(
      `${directory} holds a cluster of ${found.clientPorts.length} with client ports ${found.clientPorts.join(', ')}; ` +
        'start it with the same --size and --base-port, or begin anew with --fresh, or elsewhere with --data-dir',
    );
  }
  if (found !== undefined && !fresh && found.tls !== plan.tls) {
    throw new Refusal(
      `${directory} holds a cluster ${found.tls ? 'with' : 'without'} TLS; start it ${found.tls ? 'with' : 'without'} --tls, ` +
        'or begin anew with --fresh, or elsewhere with --data-dir',
    );
  }
  if (fresh) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, markerName),
    `${JSON.stringify({ clientPorts, tls: plan.tls } satisfies Marker)}\n`,
  );
}

/** The plan of a cluster that was started in a directory before. */
export function rememberedPlan(directory: string): ClusterPlan {
  const marker = readMarker(directory);
  if (marker === undefined) {
    throw new Refusal(
      `${directory} holds no cluster; start one with "npm start", or name it with --data-dir`,
    );
  }
  return planOf(directory, marker);
}

function readMarker(directory: string): Marker | undefined {
  const file = join(directory, markerName);
  if (!existsSync(file)) return undefined;
  try {
    return markerForm.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new Refusal(
      `${file} is not what "npm start" wrote; remove ${directory} or choose another with --data-dir`,
    );
  }
}

/** Refuses if one of the ports is in use. */
export async function checkPorts(plan: ClusterPlan): Promise<void> {
  for (const { name, clientPort, peerPort, dnsPort, consulPort } of plan.members) {
    for (const port of [clientPort, peerPort, dnsPort, consulPort]) {
      if (port === undefined || (await isFree(port))) continue;
      const pid = readPid(plan, name);
      const holder =
        pid === undefined ? 'another program' : `${name} of an earlier start, process ${pid}`;
      throw new Refusal(
        `port ${port} is in use by ${holder}; end it, or choose other ports with --base-port`,
      );
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

/** The name of the pid file of the program that starts and restarts the members. */
export const supervisor = 'cluster';

function pidFile(plan: ClusterPlan, name: string): string {
  return join(plan.directory, `${name}.pid`);
}

export function writePid(plan: ClusterPlan, name: string, pid: number | undefined): void {
  if (pid === undefined) rmSync(pidFile(plan, name), { force: true });
  else writeFileSync(pidFile(plan, name), `${pid}\n`);
}

/** The process of a member, or of the `supervisor`, while it runs. */
export function readPid(plan: ClusterPlan, name: string): number | undefined {
  const file = pidFile(plan, name);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
  return Number.isSafeInteger(pid) && pid > 0 && runsNode(pid) ? pid : undefined;
}

/** A number that an earlier start left behind may belong to any program by now; ours are all Node.js. */
function runsNode(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return (
      !existsSync('/proc/self') || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node')
    );
  } catch {
    return false;
  }
}
