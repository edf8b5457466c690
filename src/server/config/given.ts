import type { Flag } from './flag.ts';
import { ConfigProblem } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { boolean } from './values.ts';

/** The given text of a flag, and its source. */
export interface Given {
  readonly flag: Flag;
  readonly text: string;
  /** Its name in a refusal: `flag --name`, `ETCD_NAME`, `name in etcd.yml`. */
  readonly origin: string;
  /** The exit code if the text is refused. */
  readonly exitCode: ExitCode;
}

/** Parses the value; refuses with what was expected. */
export function valueOf({ flag, text, origin, exitCode }: Given): unknown {
  const refuse = (reason: string, code: ExitCode = exitCode): ConfigProblem =>
    new ConfigProblem(`invalid value "${text}" for ${origin}: ${reason}`, code);
  let value: unknown;
  try {
    value = flag.type.parse(text);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    // Some values are refused by etcd only when all flags are read, with exit code 1.
    throw refuse(error.message, error.exitCode === 1 ? 1 : exitCode);
  }
  if (value === undefined) throw refuse(`expected ${flag.type.expects}`);
  return value;
}

/** True if it differs from the default. */
export function differsFromDefault({ flag, text }: Given): boolean {
  return flag.type === boolean
    ? flag.type.parse(text) !== (flag.default === 'true')
    : text !== flag.default;
}
