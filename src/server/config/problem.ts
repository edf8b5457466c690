/** etcd's exit codes: 2 for a command line that cannot be read, 1 for one that makes no sense. */
export type ExitCode = 1 | 2;

/** Why the server cannot start as it was told to; `message` is the one line that the operator sees. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
