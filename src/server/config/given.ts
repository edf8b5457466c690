import type { Flag } from './flag.ts';
import { ConfigProblem } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { boolean } from './values.ts';

/** What somebody said about a flag, and where. */
export interface Given {
  readonly flag: Flag;
  readonly text: string;
  /** As it is called in a refusal: `flag --name`, `ETCD_NAME`, `name in etcd.yml`. */
  readonly origin: string;
  /** How the program ends when the text makes no sense. */
  readonly exitCode: ExitCode;
}

/** The value, or a refusal that says what was expected. */
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

/** Whether it asks for something else than not saying it would. */
export function differsFromDefault({ flag, text }: Given): boolean {
  return flag.type === boolean
    ? flag.type.parse(text) !== (flag.default === 'true')
    : text !== flag.default;
}
