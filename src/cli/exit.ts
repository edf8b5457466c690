/** What the exit code of every command means. */
export const exitCodes = {
  ok: 0,
  /** The servers refused, or could not be reached, or the check found something wrong. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** What was asked for by name is not there. */
  notFound: 3,
} as const;

export const exitCodesHelp = `
Exit codes:
  0  done
  1  refused or failed; the reason is on standard error
  2  the command line was not understood
  3  the key, lease or leader that was asked for is not there`;

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
