import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { maskedWords, runCli } from '../cli/index.ts';
import type { CliParts } from '../cli/index.ts';
import { ownVersion } from './config/about.ts';

/**
 * Runs one command of the command line; returns the exit code. The server's own code is loaded only where it is
 * needed.
 */
export async function runCommand(argv: readonly string[]): Promise<number> {
  // Read now: a title takes its place.
  const bytes = argv.some((word) => word.includes('\u{fffd}')) ? ownCommandLine() : undefined;
  const masked = maskedWords(argv);
  // `ps` shows the title to everybody on this machine.
  if (masked !== undefined) process.title = ['rollcall', ...masked].join(' ');
  const { stdin, stdout, stderr, env } = process;
  // Deprecations in libraries are of no use to a person who runs a command.
  process.noDeprecation = true;
  const interrupted = interruptedBySignals();
  const output = watchOutput(stdout, interrupted);
  // Nothing reads the errors any more.
  stderr.on('error', () => {});
  const exitCode = await runCli(
    argv,
    { stdin, stdout, stderr, env, interrupted: interrupted.signal, commandLine: () => bytes },
    parts(),
  );
  // A failure of the last lines is known only once they are written.
  await new Promise<void>((resolve) => {
    stdout.write('', () => resolve());
  });
  // An interrupted command may still read, which would keep the process alive.
  if (interrupted.signal.aborted) stdin.destroy();
  if (output.failure === undefined) return output.isGone ? signalled('SIGPIPE') : exitCode;
  stderr.write(`rollcall: standard output cannot be written: ${output.failure.message}\n`);
  return 1;
}

/** As Linux has it; other systems do not tell. */
function ownCommandLine(): Uint8Array | undefined {
  try {
    return readFileSync('/proc/self/cmdline');
  } catch {
    return undefined;
  }
}

/** Aborts with the name of the first signal that asks this process to end; a second one ends it at once. */
function interruptedBySignals(): AbortController {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(signalled(signal));
      interrupted.abort(signal);
    });
  }
  return interrupted;
}

interface OutputState {
  /** The reader closed its end, as `head` does. */
  isGone: boolean;
  failure: Error | undefined;
}

/** Ends the command when its output cannot be written; silently if the reader closed its end. */
function watchOutput(
  stdout: NodeJS.WriteStream,
  interrupted: AbortController,
): Readonly<OutputState> {
  const output: OutputState = { isGone: false, failure: undefined };
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') output.isGone = true;
    else if (!output.isGone) output.failure ??= error;
    interrupted.abort('SIGPIPE');
  });
  return output;
}

/** The exit code with which a shell reports that a signal ended a process. */
function signalled(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function parts(): CliParts {
  return {
    version: ownVersion(),
    serve: async (args) => {
      const { serveCommand } = await import('./serve-command.ts');
      return serveCommand(args);
    },
    consulAgent: async (args) => {
      const { consulAgentCommand } = await import('./consul-agent/command.ts');
      return consulAgentCommand(args);
    },
    restoreSnapshot: async ({ snapshotPath, onProgress, ...target }) => {
      const { restoreBackup } = await import('./restore.ts');
      const totalBytes = statSync(snapshotPath).size;
      await restoreBackup(snapshotPath, target, ({ doneBytes }) =>
        onProgress(doneBytes / totalBytes),
      );
    },
    inspectSnapshot: async (path) => {
      const { inspectBackup } = await import('./restore.ts');
      const { hash, header } = await inspectBackup(path);
      return {
        hash,
        revision: header.revision,
        totalKeys: header.keys,
        totalSizeBytes: statSync(path).size,
        version: `rollcall format ${header.format}`,
      };
    },
  };
}
