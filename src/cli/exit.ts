import { constants } from 'node:os';

/** Exit codes of all commands. A command that a signal ended has 128 + the signal's number. */
export const exitCodes = {
  ok: 0,
  /** The servers refused, or could not be reached, or the check found something wrong. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** The key, lease, member, leader or instance that was named is not there. */
  notFound: 3,
} as const;

export const exitCodesHelp = `
Exit codes:
  0      done; also when Ctrl-C ends a watch, a renewal, a held lock or a lead
  1      refused or failed; the reason is on standard error
  2      the command line was not understood
  3      the key, lease, member, leader or instance that was asked for is not there
  128+n  ended by signal n before it was done: 130 for Ctrl-C, 141 when the reader of the output went away
  "lock" and "watch" with a command end with its exit code, or 128+n if signal n ended it.`;

/** 128 + the number of the signal, as shells report a process that a signal ended. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

const endings: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'];

/** The signal that asked a command to end, from the reason it was interrupted with; Ctrl-C if none is given. */
export function signalOf(interrupted: AbortSignal): NodeJS.Signals {
  const { reason } = interrupted as { readonly reason: unknown };
  return endings.find((signal) => signal === reason) ?? 'SIGINT';
}

/** The exit code of a command that was interrupted before it was done. */
export function interruptedExitCode(interrupted: AbortSignal): number {
  return signalExitCode(signalOf(interrupted));
}

/** Ends a command with an exit code and, unless it is empty, a line on standard error. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command line makes no sense. */
export function usageError(message: string): CliFailure {
  return new CliFailure(exitCodes.usage, message);
}
