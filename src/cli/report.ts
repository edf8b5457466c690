import { CommanderError } from 'commander';
import type { RollcallError } from '../client/index.ts';
import { CliFailure, exitCodes } from './exit.ts';
import { hintFor } from './hints.ts';
import type { CliIo } from './io.ts';

/** Why a command did not do what it was told to. */
export interface Problem {
  /** For programs: a code of {@link RollcallError}, or `usage`, `failed`, `not-found`, `interrupted`. */
  readonly code: string;
  readonly message: string;
  /** A remedy, where the message does not suggest it. */
  readonly hint?: string;
  readonly exitCode: number;
}

/** Writes a problem: for people a line or two, for programs one line of JSON. Always on standard error. */
export function writeProblem(io: CliIo, isJson: boolean, problem: Problem): void {
  if (problem.message === '') return;
  if (isJson) io.stderr.write(`${JSON.stringify({ error: problem })}\n`);
  else {
    const hint = problem.hint === undefined ? '' : `\n  ${problem.hint}`;
    io.stderr.write(`rollcall: ${problem.message}${hint}\n`);
  }
}

/** The problem behind what a command threw; throws on what is a mistake of ours. */
export async function problemOf(
  error: unknown,
  command: string,
  usageText: string,
): Promise<Problem> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { code: '', message: '', exitCode: exitCodes.ok };
    const message =
      usageText.trim().replace(/^error: /, '') || 'a command is missing; add --help to see them';
    return { code: 'usage', message, exitCode: exitCodes.usage };
  }
  if (error instanceof CliFailure) {
    return { code: codeOf(error.exitCode), message: error.message, exitCode: error.exitCode };
  }
  const sdk = await import('../client/index.ts');
  if (error instanceof sdk.RollcallError) {
    const hint = hintFor(error, command);
    return {
      code: error.code,
      message: error.message,
      ...(hint === undefined ? {} : { hint }),
      exitCode: exitCodeOf(error),
    };
  }
  throw error;
}

function codeOf(exitCode: number): string {
  if (exitCode > 128) return 'interrupted';
  return { [exitCodes.usage]: 'usage', [exitCodes.notFound]: 'not-found' }[exitCode] ?? 'failed';
}

const notFoundCodes: ReadonlySet<string> = new Set([
  'key-not-found',
  'lease-not-found',
  'member-not-found',
  'election-no-leader',
  'user-not-found',
  'role-not-found',
]);

/** The row of the table of exit codes that a refusal belongs to. */
export function exitCodeOf(error: RollcallError): number {
  if (error.code === 'invalid-request') return exitCodes.usage;
  return notFoundCodes.has(error.code) ? exitCodes.notFound : exitCodes.failed;
}
