/**
 * Starts a cluster on this machine, one process for each member, and shows what they log until Ctrl-C. `npm start`
 * does this after installing and building what is missing. `member.ts` kills, pauses, wipes and restarts members.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import pc from 'picocolors';
import {
  Refusal,
  checkPorts,
  claimDirectory,
  supervisor,
  planCluster,
  readClusterOptions,
  readPid,
  writePid,
} from './lib/cluster-plan.ts';
import type { ClusterPlan, PlannedMember } from './lib/cluster-plan.ts';
import { localCertificates, pathsIn } from './lib/local-certificates.ts';
import { formatLogLine, paintName } from './lib/log-line.ts';

const help = `npm start [-- flags]: a cluster on this machine

  --size N         members, 3 by default
  --data-dir DIR   where they keep their data, ./.rollcall by default
  --tls            encrypts what clients and members send, with an authority and certificates in DIR/tls
  --fresh          throws away what an earlier cluster left there
  --base-port P    client ports P, P+10, P+20, … (2379, 22379, 32379, … by default), each peer port one above;
                   DNS at 8600 and Consul's HTTP API at 8500, or with this flag at P+2 and P+3`;

const startMs = 30_000;
/** A member may take 5 s for its calls, and then closes its storage. */
const stopMs = 15_000;
const program = process.env['ROLLCALL_PROGRAM'] ?? join(import.meta.dirname, '../dist/main.js');

/** The members of a cluster as processes, from their start to their end. */
class Cluster {
  readonly #plan: ClusterPlan;
  readonly #running = new Map<PlannedMember, ChildProcess>();
  #stopping = false;

  constructor(plan: ClusterPlan) {
    this.#plan = plan;
  }

  /** Starts every member that does not run. */
  startMissing(): void {
    if (this.#stopping) return;
    // A member that begins with nothing while others have data was wiped, and joins again.
    const founded = this.#plan.members.some(({ dataDir }) => existsSync(dataDir));
    for (const member of this.#plan.members) {
      if (this.#running.has(member)) continue;
      this.#start(member, founded && !existsSync(member.dataDir) ? 'existing' : 'new');
    }
  }

  #start(member: PlannedMember, state: 'new' | 'existing'): void {
    const child = spawn(
      process.execPath,
      [program, 'serve', ...flagsOf(member, this.#plan, state)],
      {
        // Ctrl-C at the terminal reaches only us, so that we say when and in which order they end.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: withoutEtcdVariables(process.env),
      },
    );
    this.#running.set(member, child);
    writePid(this.#plan, member.name, child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) =>
        this.#say(member, formatLogLine(line)),
      );
    }
    child.once('exit', (code, signal) => {
      this.#running.delete(member);
      writePid(this.#plan, member.name, undefined);
      if (!this.#stopping) this.#reportEnd(member, signal ?? `exit code ${code ?? 0}`);
    });
  }

  #reportEnd(member: PlannedMember, how: string): void {
    const left = this.#running.size;
    const rest = left > 0 ? `${left} of ${this.#plan.members.length} go on` : 'nobody is left';
    this.#say(member, pc.red(`ended by itself (${how}); ${rest}`));
    const start = howToStart(this.#plan, member.name, left === 0);
    this.#say(member, `${start} starts ${left === 0 ? 'them' : 'it'} again`);
    if (left === 0) void this.stop(1);
  }

  #say(member: PlannedMember, text: string): void {
    const index = this.#plan.members.indexOf(member);
    console.log(`${paintName(member.name, index)} ${text}`);
  }

  /** Waits until every member that runs answers that it has a leader; false if they end before that. */
  async ready(): Promise<boolean> {
    const endsMs = performance.now() + startMs;
    for (;;) {
      const members = [...this.#running.keys()];
      const healthy = await Promise.all(members.map((member) => isHealthy(member, this.#plan)));
      if (this.#stopping) return false;
      if (healthy.length > 0 && healthy.every(Boolean)) return true;
      if (performance.now() > endsMs) {
        const late = members.filter((_, index) => healthy[index] !== true);
        throw new Refusal(
          `${late.map(({ name }) => name).join(', ')} found no leader within ${startMs / 1000} s`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Kills all members if this program fails: they would have no supervisor. */
  abandon(): void {
    for (const child of this.#running.values()) child.kill('SIGKILL');
  }

  /** Ends every member with SIGTERM, then with SIGKILL, and then this program. */
  async stop(exitCode: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const children = [...this.#running.values()];
    const force = setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, stopMs);
    await Promise.all(
      children.map(async (child) => {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        // A paused member would not receive it.
        child.kill('SIGCONT');
        await ended;
      }),
    );
    clearTimeout(force);
    writePid(this.#plan, supervisor, undefined);
    process.exitCode = exitCode;
  }
}

/** The command that starts a member that ended, or all of them if none is left. */
function howToStart(plan: ClusterPlan, name: string, all: boolean): string {
  const isUsual = relative(process.cwd(), plan.directory) === '.rollcall';
  const directory = isUsual ? '' : ` --data-dir ${relative(process.cwd(), plan.directory)}`;
  if (!all) return `npx tsx scripts/member.ts restart ${name}${directory}`;
  return isUsual ? 'npm start' : `npm start --${directory}`;
}

function flagsOf(member: PlannedMember, plan: ClusterPlan, state: 'new' | 'existing'): string[] {
  const scheme = schemeOf(plan);
  const client = `${scheme}://127.0.0.1:${member.clientPort}`;
  const peer = `${scheme}://127.0.0.1:${member.peerPort}`;
  const all = plan.members.map(({ name, peerPort }) => `${name}=${scheme}://127.0.0.1:${peerPort}`);
  const { ca, memberCert, memberKey } = pathsIn(certificatesOf(plan));
  const tls = [
    `--cert-file=${memberCert}`,
    `--key-file=${memberKey}`,
    `--trusted-ca-file=${ca}`,
    '--client-cert-auth',
    `--peer-cert-file=${memberCert}`,
    `--peer-key-file=${memberKey}`,
    `--peer-trusted-ca-file=${ca}`,
    '--peer-client-cert-auth',
  ];
  return [
    `--name=${member.name}`,
    `--data-dir=${member.dataDir}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=${all.join(',')}`,
    `--initial-cluster-state=${state}`,
    '--initial-cluster-token=rollcall-local',
    ...(plan.tls ? tls : []),
    ...(member.dnsPort === undefined ? [] : [`--dns-listen=127.0.0.1:${member.dnsPort}`]),
    ...(member.consulPort === undefined ? [] : [`--consul-listen=127.0.0.1:${member.consulPort}`]),
  ];
}

/** Removes settings of another cluster from the environment. */
function withoutEtcdVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ETCD_')));
}

function schemeOf({ tls }: ClusterPlan): 'http' | 'https' {
  return tls ? 'https' : 'http';
}

function certificatesOf({ directory }: ClusterPlan): string {
  return join(directory, 'tls');
}

async function isHealthy({ clientPort }: PlannedMember, plan: ClusterPlan): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(2000);
    if (plan.tls) return await isHealthyOverTls(clientPort, certificatesOf(plan), signal);
    const answer = await fetch(`http://127.0.0.1:${clientPort}/health`, { signal });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

function isHealthyOverTls(port: number, folder: string, signal: AbortSignal): Promise<boolean> {
  const { ca, clientCert, clientKey } = pathsIn(folder);
  const [trusted, cert, key] = [ca, clientCert, clientKey].map((path) => readFileSync(path));
  const options = { ca: trusted, cert, key, agent: false, signal } as const;
  return new Promise((resolve, reject) => {
    get(`https://127.0.0.1:${port}/health`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', reject);
  });
}

function welcome(plan: ClusterPlan): string {
  const endpoints = plan.members.map(
    ({ name, clientPort }, index) =>
      `  ${paintName(name, index)}  ${schemeOf(plan)}://127.0.0.1:${clientPort}`,
  );
  const first = plan.members[0]?.clientPort ?? 2379;
  const dnsPort = plan.members[0]?.dnsPort ?? 8600;
  const consulPort = plan.members[0]?.consulPort ?? 8500;
  const { ca, clientCert, clientKey } = pathsIn(relative(process.cwd(), certificatesOf(plan)));
  const endpoint = plan.tls
    ? ` --endpoints https://127.0.0.1:${first} --cacert ${ca} --cert ${clientCert} --key ${clientKey}`
    : first === 2379
      ? ''
      : ` --endpoints 127.0.0.1:${first}`;
  const linesOf = (command: string): string[] => [
    `  ${command}${endpoint} put /services/payment/instance-1 10.0.1.45:8080`,
    `  ${command}${endpoint} get --prefix /services/`,
    `  ${command}${endpoint} watch --prefix /services/`,
  ];
  return [
    '',
    pc.bold(
      `Ready: ${plan.members.length} ${plan.members.length === 1 ? 'member' : 'members'}, data in ${relative(process.cwd(), plan.directory)}`,
    ),
    ...endpoints,
    '',
    'Try in another terminal, with our own command or with etcdctl:',
    ...linesOf(`node ${relative(process.cwd(), program)}`),
    '',
    ...linesOf('etcdctl'),
    `  dig @127.0.0.1 -p ${dnsPort} payment.service.consul SRV`,
    `  curl http://127.0.0.1:${consulPort}/v1/status/leader`,
    '',
    pc.dim('Ctrl-C stops all of them.'),
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const options = readClusterOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(help);
    return;
  }
  const plan = planCluster(options);
  if (!existsSync(program)) throw new Refusal(`${program} is missing; "npm run build" makes it`);
  const other = readPid(plan, supervisor);
  if (other !== undefined)
    throw new Refusal(`process ${other} runs the cluster in ${plan.directory} already`);
  await checkPorts(plan);
  claimDirectory(plan, options);
  if (plan.tls) await localCertificates(certificatesOf(plan));

  const cluster = new Cluster(plan);
  writePid(plan, supervisor, process.pid);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void cluster.stop(0));
  }
  process.on('SIGUSR2', () => cluster.startMissing());
  process.once('exit', () => cluster.abandon());
  cluster.startMissing();
  try {
    if (await cluster.ready()) console.log(welcome(plan));
  } catch (error) {
    await cluster.stop(1);
    throw error;
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`rollcall: ${error.message}`);
  process.exitCode = 1;
}
