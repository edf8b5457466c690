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
  const refuse = (reason: string): ConfigProblem =>
    new ConfigProblem(`invalid value "${text}" for ${origin}: ${reason}`, exitCode);
  let value: unknown;
  try {
    value = flag.type.parse(text);
  } catch (error) {
    throw error instanceof ConfigProblem ? refuse(error.message) : error;
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
