import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../ports.ts';
import { EtcdClient } from './etcd-client.ts';

/** The command that starts a member, before the flags, which are etcd's. */
export interface ServerProgram {
  readonly command: string;
  readonly args: readonly string[];
}

const main = join(import.meta.dirname, '../../dist/main.js');

/** The built Rollcall. */
export const rollcall: ServerProgram = { command: process.execPath, args: [main, 'serve'] };

/** Retries until the condition holds; fails with the last reason why it did not. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs = 15_000,
): Promise<T> {
  const endsMs = performance.now() + withinMs;
  let lastError: unknown;
  while (performance.now() < endsMs) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what} did not come about within ${withinMs} ms`, { cause: lastError });
}

/** Running processes, to be ended when a test is aborted. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** How a process of a member ended. */
export interface ProcessEnd {
  readonly name: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The signal sent to end it; undefined if it ended by itself. */
  readonly sent: readonly NodeJS.Signals[];
  /** The end of what it wrote. */
  readonly lastWords: string;
}

/** One run of a member's program. */
interface Run {
  readonly child: ChildProcess;
  readonly sent: NodeJS.Signals[];
  /** Resolves when it has ended and all its output was read. */
  readonly closed: Promise<unknown>;
}

const lastWordsMax = 10_000;

/** A member process. */
export class MemberProcess {
  readonly name: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly client: EtcdClient;
  readonly #program: ServerProgram;
  readonly #workingDirectory: string | undefined;
  #flags: readonly string[];
  readonly #onEnd: (end: ProcessEnd) => void;
  #run: Run | undefined;

  constructor(options: {
    name: string;
    directory: string;
    clientPort: number;
    peerPort: number;
    flags: readonly string[];
    program?: ServerProgram;
    /** Instead of the port: a socket, by its path from the directory. */
    peerUrl?: string;
    /** Called at every end, requested or not. */
    onEnd?: (end: ProcessEnd) => void;
  }) {
    this.#onEnd = options.onEnd ?? (() => {});
    this.#program = options.program ?? rollcall;
    this.name = options.name;
    this.clientUrl = `http://127.0.0.1:${options.clientPort}`;
    this.peerUrl = options.peerUrl ?? `http://127.0.0.1:${options.peerPort}`;
    this.#workingDirectory = options.peerUrl === undefined ? undefined : options.directory;
    this.dataDir = join(options.directory, options.name);
    this.logFile = join(options.directory, `${options.name}.log`);
    this.#flags = options.flags;
    this.client = new EtcdClient(`127.0.0.1:${options.clientPort}`);
  }

  get pid(): number {
    const pid = this.#run?.child.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    return pid;
  }

  /** True also while it is being ended, so that no second process is started beside it. */
  get running(): boolean {
    const child = this.#run?.child;
    return child?.exitCode === null && child.signalCode === null;
  }

  /** How it ended, if it did so by itself. */
  get exitCode(): number | null | undefined {
    return this.#run?.child.exitCode;
  }

  /** The last lines of its log if it ended by itself. */
  get lastWords(): string | undefined {
    if (this.#run === undefined || this.running) return undefined;
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  }

  /** Flags replace the ones given before, as long as there are any. Does nothing while it runs. */
  start(flags: readonly string[] = this.#flags): void {
    // Two faults may start it at once: nothing would end a second process.
    if (this.running) return;
    const { command, args } = this.#program;
    if (args.includes(main) && !existsSync(main)) {
      throw new Error('dist/main.js is missing; run "npm run build"');
    }
    this.#flags = flags;
    const log = createWriteStream(this.logFile, { flags: 'a' });
    const child = spawn(
      command,
      [
        ...args,
        `--name=${this.name}`,
        `--data-dir=${this.dataDir}`,
        `--listen-client-urls=${this.clientUrl}`,
        `--advertise-client-urls=${this.clientUrl}`,
        `--listen-peer-urls=${this.peerUrl}`,
        `--initial-advertise-peer-urls=${this.peerUrl}`,
        ...flags,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.#workingDirectory },
    );
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#run = { child, sent: [], closed: once(child, 'close') };
    this.#tellEnd(this.#run);
  }

  #tellEnd({ child, sent }: Run): void {
    const startedMs = performance.now();
    let lastWords = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        lastWords = `${lastWords}${bytes.toString()}`.slice(-lastWordsMax);
      });
    }
    child.once('close', (code, signal) => {
      const { name } = this;
      const endedMs = performance.now();
      this.#onEnd({ name, startedMs, endedMs, code, signal, sent, lastWords });
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    if (this.running) {
      run.sent.push(signal);
      run.child.kill(signal);
    }
    await run.closed;
    if (this.#run === run) this.#run = undefined;
  }

  /** Kills it, as a power failure would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Asks it to stop, and waits for the end. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Loses its disk. */
  wipe(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** A cluster of member processes on this machine. */
export class ClusterOfProcesses {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'rollcall-cluster-'));
  readonly members: MemberProcess[] = [];
  readonly #flags: readonly string[];
  readonly #program: ServerProgram;

  private constructor(flags: readonly string[], program: ServerProgram) {
    this.#flags = flags;
    this.#program = program;
  }

  /** Starts members and waits until each has a leader. */
  static async start(
    size: number,
    flags: readonly string[] = [],
    program: ServerProgram = rollcall,
  ): Promise<ClusterOfProcesses> {
    const cluster = await ClusterOfProcesses.prepare(size, flags, program);
    await cluster.startAll();
    return cluster;
  }

  /** Members with fixed addresses that do not run yet. */
  static async prepare(
    size: number,
    flags: readonly string[] = [],
    program: ServerProgram = rollcall,
  ): Promise<ClusterOfProcesses> {
    const cluster = new ClusterOfProcesses(flags, program);
    const ports = await freePorts(size * 2);
    for (let at = 0; at < size; at++) {
      cluster.members.push(cluster.#member(`m${at + 1}`, ports[2 * at], ports[2 * at + 1]));
    }
    return cluster;
  }

  /** The value of `--initial-cluster` for all members. */
  get initialCluster(): string {
    return this.members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  }

  /** Starts the members that were prepared, and waits until each has a leader; none is left if that fails. */
  async startAll(): Promise<void> {
    for (const member of this.members) {
      member.start(['--initial-cluster', this.initialCluster, ...this.#flags]);
    }
    try {
      await this.ready();
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  #member(name: string, clientPort = 0, peerPort = 0): MemberProcess {
    const { directory } = this;
    const flags = this.#flags;
    const program = this.#program;
    return new MemberProcess({ name, directory, clientPort, peerPort, flags, program });
  }

  /** A process for a member that was added to the cluster; not started yet. */
  async join(name: string): Promise<MemberProcess> {
    const [clientPort, peerPort] = await freePorts(2);
    const member = this.#member(name, clientPort, peerPort);
    this.members.push(member);
    return member;
  }

  /** The flags of a member that was added to the cluster. */
  joinFlags(): string[] {
    const state = ['--initial-cluster-state', 'existing'];
    return ['--initial-cluster', this.initialCluster, ...state, ...this.#flags];
  }

  /** Waits until every running member sees a leader and answers. */
  async ready(members: readonly MemberProcess[] = this.members): Promise<void> {
    for (const member of members) {
      await eventually(`${member.name} being healthy`, async () => {
        const { ok } = await fetch(`${member.clientUrl}/health`);
        return ok ? true : undefined;
      });
    }
  }

  /** The leader according to the running members. */
  async leader(among: readonly MemberProcess[] = this.members): Promise<MemberProcess> {
    return eventually('a leader', async () => {
      for (const member of among) {
        if (!member.running) continue;
        const status = await member.client.status().catch(() => undefined);
        if (status !== undefined && status.leader !== '0') {
          if (status.leader === status.header.member_id) return member;
        }
      }
      return undefined;
    });
  }

  others(than: MemberProcess): MemberProcess[] {
    return this.members.filter((member) => member !== than);
  }

  async end(): Promise<void> {
    for (const member of this.members) {
      member.client.close();
      await member.kill();
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
