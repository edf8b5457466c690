import { variableOf } from './flag.ts';
import { findFlag } from './flags.ts';
import type { Given } from './given.ts';
import type { LogNotice } from './notice.ts';
import { ConfigProblem } from './problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'ETCD_';

/**
 * What the variables that begin with ETCD_ say. An empty one says nothing. One that says again what a flag says is
 * refused, even if both agree: etcd does, and whoever changes only one of them later would wonder.
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
      // Only its name: others keep passwords in variables that begin like ours.
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

/** The flags that are ignored, with the variables that say them, because a file says everything. */
export function ignoredNames(env: Environment, flags: readonly Given[]): string[] {
  const { given } = readEnvironment(env, { besides: [] });
  return [
    ...flags.map(({ flag }) => `--${flag.name}`),
    ...given.map(({ flag }) => variableOf(flag)),
  ];
}
