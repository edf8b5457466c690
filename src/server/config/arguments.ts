import { findFlag, nearestFlag } from './flags.ts';
import type { Given } from './given.ts';
import { valueOf } from './given.ts';
import { ConfigProblem } from './problem.ts';
import { boolean } from './values.ts';

/**
 * Parses a command line as Go programs do: one dash or two, `--flag value` or `--flag=value`, and a boolean alone or
 * with `=value`. The last occurrence of a flag counts. Every value is checked, even if a configuration file will
 * override it.
 */
export function readArguments(argv: readonly string[]): Given[] {
  const given: Given[] = [];
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const [, written = '', equals, value = ''] = /^--?([^-=][^=]*)(=?)(.*)$/s.exec(argument) ?? [];
    if (written === '') throw new ConfigProblem(`"${argument}" is not a valid flag`);
    const flag = findFlag(written === 'h' ? 'help' : written);
    if (flag === undefined) throw unknownFlag(written);
    let text: string | undefined = value;
    if (equals === '') text = flag.type === boolean ? 'true' : rest.shift();
    if (text === undefined) throw new ConfigProblem(`flag needs an argument: --${written}`, 2);
    const one: Given = { flag, text, origin: `flag --${written}`, exitCode: 2 };
    valueOf(one);
    given.push(one);
    // As with etcd, nothing after `--help` matters.
    if (flag.name === 'help') break;
  }
  return given;
}

function unknownFlag(name: string): ConfigProblem {
  const nearest = nearestFlag(name);
  const hint =
    nearest === undefined ? 'rollcall serve --help lists them' : `did you mean --${nearest}?`;
  return new ConfigProblem(`flag provided but not defined: --${name} (${hint})`, 2);
}
