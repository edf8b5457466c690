import { variableOf } from './flag.ts';
import { findFlag } from './flags.ts';
import type { Given } from './given.ts';
import type { LogNotice } from './notice.ts';
import { ConfigProblem } from './problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'ETCD_';

/**
 * Reads the variables that begin with ETCD_. An empty one counts as unset. A variable for a flag that is also given
 * is refused, even if both agree: etcd does so, and a later change of only one of them would surprise.
 */
export function readEnvironment(
  env: Environment,
  { besides }: { besides: readonly Given[] },
): { given: Given[]; notices: LogNotice[] } {
  const given: Given[] = [];
  const notices: LogNotice[] = [];
  for (const variable of Object.keys(env).toSorted()) {
    const text = env[variable];
    if (!variable.startsWith(prefix) || text === undefined || text === '') continue;
    const flag = findFlag(variable.slice(prefix.length).toLowerCase().replaceAll('_', '-'));
    if (flag === undefined || ('effect' in flag && flag.effect === 'command')) {
      // Only the name: other programs keep passwords in variables with this prefix.
      notices.push({
        level: 'warn',
        message: 'unrecognized environment variable',
        fields: { 'environment-variable': variable },
      });
      continue;
    }
    if (besides.some((other) => other.flag === flag)) {
      throw new ConfigProblem(
        `conflicting environment variable ${variable} is shadowed by corresponding command-line flag --${flag.name} ` +
          '(either unset environment variable or disable flag)',
      );
    }
    given.push({ flag, text, origin: variable, exitCode: 1 });
  }
  return { given, notices };
}

/** The flags and variables that are ignored because of a configuration file. */
export function ignoredNames(env: Environment, flags: readonly Given[]): string[] {
  const { given } = readEnvironment(env, { besides: [] });
  return [
    ...flags.map(({ flag }) => `--${flag.name}`),
    ...given.map(({ flag }) => variableOf(flag)),
  ];
}
