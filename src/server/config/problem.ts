/** etcd's exit codes: 2 for a command line that cannot be parsed, 1 for settings that are refused. */
export type ExitCode = 1 | 2;

/** Why the server cannot start with these settings; `message` is the one line for the operator. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
