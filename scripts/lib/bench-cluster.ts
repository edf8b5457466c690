/** Clusters for the benchmarks: as separate processes, of Rollcall or of anything that takes etcd's flags. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { localCertificates } from './local-certificates.ts';

export interface Cluster {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly processes: readonly ChildProcess[];
  readonly directory: string;
  /** Of all members, as the flag takes it. */
  readonly initialCluster: string;
  /** The authority of its certificates, as PEM; undefined: its clients' connections are not encrypted. */
  readonly ca?: string | undefined;
}

/** The command that starts Rollcall, as `npm run build` makes it. */
export const rollcall: readonly string[] = [
  process.execPath,
  join(import.meta.dirname, '../../dist/main.js'),
  'serve',
];

/** Starts members and waits until each is healthy; with `tls` clients' connections are encrypted. */
export async function startCluster(
  name: string,
  command: readonly string[],
  size = 3,
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), `bench-${name}-`));
  const ports = await freePorts(2 * size);
  const peers = ports.slice(0, size).map((port) => `http://127.0.0.1:${port}`);
  const scheme = tls ? 'https' : 'http';
  const endpoints = ports.slice(size).map((port) => `${scheme}://127.0.0.1:${port}`);
  const certificates = tls ? await localCertificates(join(directory, 'tls')) : undefined;
  const initialCluster = peers.map((url, at) => `m${at}=${url}`).join(',');
  const processes = endpoints.map((endpoint, at) =>
    spawnMember(command, {
      name: `m${at}`,
      'data-dir': join(directory, `m${at}`),
      'listen-client-urls': endpoint,
      'advertise-client-urls': endpoint,
      'listen-peer-urls': peers[at] ?? '',
      'initial-advertise-peer-urls': peers[at] ?? '',
      'initial-cluster': initialCluster,
      ...(certificates === undefined
        ? {}
        : { 'cert-file': certificates.memberCert, 'key-file': certificates.memberKey }),
    }),
  );
  const ca = certificates === undefined ? undefined : readFileSync(certificates.ca, 'utf8');
  const cluster = { name, endpoints, processes, directory, initialCluster, ca };
  await ready(cluster);
  return cluster;
}

/** Starts a process that joins a cluster of which it is a member already, with an empty data directory. */
export async function joinCluster(
  { directory, initialCluster }: Cluster,
  command: readonly string[],
  name: string,
  peerUrl: string,
): Promise<{ readonly endpoint: string; readonly process: ChildProcess }> {
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const process = spawnMember(command, {
    name,
    'data-dir': join(directory, name),
    'listen-client-urls': endpoint,
    'advertise-client-urls': endpoint,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `${initialCluster},${name}=${peerUrl}`,
    'initial-cluster-state': 'existing',
  });
  return { endpoint, process };
}

function spawnMember(
  [program = '', ...first]: readonly string[],
  flags: Readonly<Record<string, string>>,
): ChildProcess {
  const words = Object.entries({ ...flags, 'log-level': 'error' }).flatMap(([flag, text]) => [
    `--${flag}`,
    text,
  ]);
  return spawn(program, [...first, ...words], { stdio: 'ignore' });
}

async function ready({ name, endpoints, ca }: Cluster): Promise<void> {
  for (const endpoint of endpoints) {
    for (let attempt = 0; ; attempt++) {
      if (await isHealthy(endpoint, ca)) break;
      if (attempt > 300) throw new Error(`${name} at ${endpoint} does not become healthy`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function isHealthy(endpoint: string, ca: string | undefined): Promise<boolean> {
  if (ca === undefined) {
    return fetch(`${endpoint}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
  return new Promise((resolve) => {
    get(`${endpoint}/health`, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}

export function stopCluster({ processes, directory }: Cluster): void {
  for (const process of processes) process.kill('SIGKILL');
  if (directory !== '') rmSync(directory, { recursive: true, force: true });
}

/** Processor time that these processes have used; the kernel counts it in hundredths of a second. */
export function cpuSeconds(processes: readonly ChildProcess[]): number {
  let ticks = 0;
  for (const { pid } of processes) {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = rest.split(' ').slice(11, 13).map(Number);
    ticks += (user ?? 0) + (system ?? 0);
  }
  return ticks / 100;
}

/** Resident megabytes (2^20 bytes) of each member. */
export function residentMb(cluster: Cluster): string {
  return residentOf(cluster)
    .map((mb) => mb.toFixed(0))
    .join(' ');
}

/** The same once nobody asks anything and members have given back what they can: 30 s without a fall by 1 %, 180 s at most. */
export async function residentMbAtRest(cluster: Cluster): Promise<string> {
  let least = Infinity;
  let quietSeconds = 0;
  for (let second = 0; second < 180 && quietSeconds < 30; second++) {
    const sum = residentOf(cluster).reduce((total, mb) => total + mb, 0);
    quietSeconds = sum < least * 0.99 ? 0 : quietSeconds + 1;
    if (quietSeconds === 0) least = sum;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return residentMb(cluster);
}

function residentOf({ processes }: Cluster): readonly number[] {
  return processes.map(({ pid }) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  });
}
