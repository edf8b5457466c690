import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Outcome } from './run.ts';

const main = join(import.meta.dirname, '../../dist/main.js');

/** A shell in which `rollcall` is the program as it is built, with a folder of its own to write to. */
export class Shell {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'rollcall-shell-'));
  readonly env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>>) {
    const program = join(this.dir, 'rollcall');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    chmodSync(program, 0o755);
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(?:ETCD|ROLLCALL|NO_COLOR|FORCE_COLOR)/.test(name),
    );
    this.env = {
      ...Object.fromEntries(inherited.map(([name, value]) => [name, value ?? ''])),
      TERM: 'xterm',
      // The shell that `script` runs: one that goes on when a command has handled Ctrl-C, as people's shells do.
      SHELL: '/bin/bash',
      ...env,
      PATH: `${this.dir}:${process.env['PATH'] ?? ''}`,
    };
  }

  /** Runs one line to its end, without a terminal. Standard input is empty unless the line says otherwise. */
  async run(line: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return await this.#spawn('bash', ['-c', line], env);
  }

  /** Runs one line with a terminal for input and output; what it prints to either output is in `stdout`. */
  async runInTerminal(line: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return await this.#spawn('script', ['-qefc', line, '/dev/null'], env);
  }

  async #spawn(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const child = spawn(command, args, {
      cwd: this.dir,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 25_000,
    });
    const [, stdout, stderr] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    if (child.exitCode === null) {
      throw new Error(`"${args.join(' ')}" was ended by ${child.signalCode}: ${stdout}${stderr}`);
    }
    return { exitCode: child.exitCode, stdout, stderr };
  }

  end(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
