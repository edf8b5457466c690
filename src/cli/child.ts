import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CliFailure, exitCodes, signalExitCode } from './exit.ts';
import type { CliIo } from './io.ts';

/** The part of a command that its program gets. */
export interface Parent {
  readonly io: Pick<CliIo, 'env'>;
  readonly interrupted: AbortSignal;
}

/**
 * Runs a program to its end, with our own input and output, and gives its exit code: 128 + n if signal n ended it. It
 * is asked to end when the command is, and when one of `signals` fires.
 */
export async function runChild(
  session: Parent,
  [file = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  ...signals: readonly AbortSignal[]
): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', env: { ...session.io.env, ...env } });
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  const over = AbortSignal.any([session.interrupted, ...signals]);
  over.addEventListener('abort', stop, { once: true });
  if (over.aborted) stop();
  try {
    await once(child, 'exit');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliFailure(exitCodes.failed, `cannot run ${file}: ${reason}`, { cause: error });
  } finally {
    over.removeEventListener('abort', stop);
  }
  return child.signalCode === null
    ? (child.exitCode ?? exitCodes.failed)
    : signalExitCode(child.signalCode);
}
