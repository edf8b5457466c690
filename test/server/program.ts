import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { rollcall } from '../cluster/processes.ts';

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A descriptor that it writes its log to, instead of `lines`. */
  readonly stderr?: number;
}

/** The program as scripts run it; every port is any port. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
  readonly lines: Record<string, unknown>[] = [];
  stdout = '';
  #rest = '';

  constructor(args: readonly string[], { env = {}, stderr }: ProgramOptions = {}) {
    this.child = spawn(rollcall.command, [...rollcall.args, ...args], {
      stdio: ['ignore', 'pipe', stderr ?? 'pipe'],
      env,
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve([code, signal]));
    });
    this.child.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString()));
    this.child.stderr?.on('data', (bytes: Buffer) => {
      const lines = (this.#rest + bytes.toString()).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.lines.push(JSON.parse(line));
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** Waits for a line of the log. */
  async says(message: string): Promise<Record<string, unknown>> {
    for (;;) {
      const line = this.lines.find(({ msg }) => msg === message);
      if (line !== undefined) return line;
      await once(this.child.stderr!, 'data');
    }
  }
}

/** A member with a directory of its own, which is removed when the test ends. */
export function serve(more: readonly string[] = [], options: ProgramOptions = {}): Program {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-process-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new Program(
    [
      `--data-dir=${join(folder, 'data')}`,
      '--listen-client-urls=http://127.0.0.1:0',
      '--advertise-client-urls=http://127.0.0.1:0',
      '--listen-peer-urls=http://127.0.0.1:0',
      ...more,
    ],
    options,
  );
}

/** Waits until it serves. */
export async function portOf(program: Program): Promise<number> {
  const { clientUrls } = await program.says('ready to serve client requests');
  return Number(new URL(String(clientUrls)).port);
}
