import { EventEmitter, once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { runCli, type CliParts, type RestoreOptions } from '../../src/cli/index.ts';

/** Output and exit code of a command. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface Running {
  readonly outcome: Promise<Outcome>;
  /** Ctrl-C. */
  interrupt(): void;
  /** Resolves once standard output holds `text`. */
  printed(text: string): Promise<void>;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  readonly parts?: Partial<CliParts>;
}

/** Runs one command line to its end. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return await start(argv, options).outcome;
}

/** Starts one command line. */
export function start(argv: readonly string[], options: RunOptions = {}): Running {
  const stdout = new Capture(options.isTerminal === true);
  const stderr = new Capture(options.isTerminal === true);
  const interrupted = new AbortController();
  const io = {
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout,
    stderr,
    env: { PATH: process.env['PATH'], ...options.env },
    interrupted: interrupted.signal,
  };
  const outcome = runCli(argv, io, { ...parts, ...options.parts }).then((exitCode) => ({
    exitCode,
    stdout: stdout.text,
    stderr: stderr.text,
  }));
  return {
    outcome,
    interrupt: () => interrupted.abort(),
    printed: (text) => stdout.holds(text),
  };
}

const parts: CliParts = {
  version: '1.2.3',
  serve: () => Promise.resolve(0),
  consulAgent: () => Promise.resolve(0),
  restoreSnapshot: (_options: RestoreOptions) => Promise.resolve(),
  inspectSnapshot: () =>
    Promise.resolve({
      hash: 0xcafe,
      revision: 7,
      totalKeys: 3,
      totalSizeBytes: 20480,
      version: '3.7.1',
    }),
};

class Capture extends Writable {
  readonly isTTY: boolean;
  readonly columns = 100;
  text = '';
  readonly #grown = new EventEmitter();

  constructor(isTerminal: boolean) {
    super();
    this.isTTY = isTerminal;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
    this.#grown.emit('grown');
  }

  async holds(text: string): Promise<void> {
    for (;;) {
      if (this.text.includes(text)) return;
      await once(this.#grown, 'grown');
    }
  }
}
