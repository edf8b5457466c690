import { inspect } from 'node:util';
import { defaultOf } from './defaults.ts';
import type { Flag } from './flag.ts';
import { settingFlags } from './flags.ts';
import { ConfigProblem } from './problem.ts';
import type { NamedPeerUrl } from './server-config.ts';

/**
 * Checks options from a program as the command line would: refuses unknown names, wrong types, and values that the
 * corresponding flag refuses. Plain JavaScript may pass anything.
 */
export function checkOptions(given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    const flag = settingFlags().find(({ field }) => field === name);
    if (flag === undefined) {
      throw new ConfigProblem(`there is no option "${name}"; docs/flags.md lists all options`);
    }
    checkOption(flag, name, value);
  }
}

function checkOption(flag: Flag, name: string, value: unknown): void {
  const refuse = (expected: string): never => {
    throw new ConfigProblem(`${name} (--${flag.name}) is ${shown(value)}, but must be ${expected}`);
  };
  if (name === 'dataDir' && value === undefined) return;
  if (name === 'initialCluster') {
    if (!Array.isArray(value) || !value.every(isNamedUrl)) refuse('a list of { name, peerUrl }');
    else checkText(flag, value.map((one) => `${one.name}=${one.peerUrl}`).join(','), refuse);
    return;
  }
  const byDefault: unknown = defaultOf(name);
  if (Array.isArray(byDefault)) {
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
      refuse('a list of texts');
    } else checkText(flag, value.join(','), refuse);
  } else if (typeof byDefault === 'number') {
    const isWhole = Number.isSafeInteger(value) || value === Infinity;
    if (typeof value !== 'number' || !isWhole || value < 0) refuse('a whole number, 0 or more');
  } else if (typeof byDefault === 'boolean') {
    if (typeof value !== 'boolean') refuse('true or false');
  } else if (typeof value !== 'string') refuse('a text');
  else checkText(flag, value, refuse);
}

/** Parses the text as the flag would. */
function checkText(flag: Flag, text: string, refuse: (expected: string) => never): void {
  let parsed: unknown;
  try {
    parsed = flag.type.parse(text);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    refuse(`${flag.type.expects} (${error.message})`);
  }
  if (parsed === undefined) refuse(flag.type.expects);
}

function isNamedUrl(value: unknown): value is NamedPeerUrl {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'peerUrl' in value &&
    typeof value.name === 'string' &&
    typeof value.peerUrl === 'string'
  );
}

function shown(value: unknown): string {
  return inspect(value, { breakLength: Infinity });
}
