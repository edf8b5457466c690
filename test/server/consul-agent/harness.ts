import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePorts } from '../../ports.ts';

const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** A folder that is gone at the end of the test, with the program under the name `consul` in it. */
export function folderWithConsul(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-consul-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(main, join(folder, 'consul'));
  return folder;
}

/** Of whatever shape the call has. */
type Json = ReturnType<typeof JSON.parse>;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program `consul`, running. */
export class ConsulProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  stdout = '';
  stderr = '';

  constructor(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(join(folder, 'consul'), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
    });
    this.child.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString()));
    this.child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
    this.ended = once(this.child, 'close').then(([code]) => ({
      code,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }
}

/** An agent as a test harness of Consul starts it: a file of JSON, every port a free one. */
export class HarnessAgent {
  readonly folder: string = folderWithConsul();
  readonly nodeId: string = 'bf1e7bd2-0000-4000-8000-0000000000ff';
  readonly configFile: string = join(this.folder, 'config.json');
  readonly address: string;
  readonly #config: Readonly<Record<string, unknown>>;
  program: ConsulProgram;

  private constructor(ports: readonly number[]) {
    const names = ['dns', 'http', 'https', 'serf_lan', 'serf_wan', 'server', 'grpc', 'grpc_tls'];
    this.address = `127.0.0.1:${ports[1]}`;
    this.#config = {
      node_name: 'harness',
      node_id: this.nodeId,
      node_meta: { rack: '7' },
      performance: { leave_drain_time: '1ms', raft_multiplier: 1 },
      bootstrap: true,
      server: true,
      data_dir: join(this.folder, 'data'),
      log_level: 'debug',
      bind_addr: '127.0.0.1',
      addresses: {},
      ports: Object.fromEntries(names.map((name, at) => [name, ports[at]])),
      acl: { tokens: {} },
      connect: { enabled: true },
    };
    this.writeConfig({});
    this.program = this.start();
  }

  static async begin(): Promise<HarnessAgent> {
    return new HarnessAgent(await freePorts(8));
  }

  start(): ConsulProgram {
    this.program = new ConsulProgram(this.folder, ['agent', '-config-file', this.configFile]);
    return this.program;
  }

  writeConfig(more: Readonly<Record<string, unknown>>): void {
    writeFileSync(this.configFile, JSON.stringify({ ...this.#config, ...more }));
  }

  async call(
    path: string,
    method = 'GET',
  ): Promise<{ headers: Headers; json: Json; status: number }> {
    const response = await fetch(`http://${this.address}/v1/${path}`, { method });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** Asks until the answer is as it should be; the test's own time limit ends it. */
  async until<T>(
    path: string,
    take: (answer: { headers: Headers; json: Json }) => T | undefined | false,
  ): Promise<T> {
    for (;;) {
      try {
        const taken = take(await this.call(path));
        if (taken !== undefined && taken !== false) return taken;
      } catch {
        if (this.program.child.exitCode !== null) throw new Error(this.program.stderr);
      }
      await wait(10);
    }
  }

  /** As a harness waits for a server to be there. */
  async ready(): Promise<void> {
    await this.until('status/leader', ({ json }) => json !== '');
    await this.until(
      'catalog/nodes?index=0',
      ({ headers, json }) =>
        headers.get('x-consul-knownleader') === 'true' &&
        Number(headers.get('x-consul-index')) >= 2 &&
        json.length === 1,
    );
  }

  run(...args: readonly string[]): Promise<Finished> {
    return new ConsulProgram(this.folder, args, { CONSUL_HTTP_ADDR: this.address }).ended;
  }
}
