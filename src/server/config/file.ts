import { createRequire } from 'node:module';
import type * as yaml from 'yaml';
import { findFlag } from './flags.ts';
import type { Given } from './given.ts';
import type { LogNotice } from './notice.ts';
import { ConfigProblem } from './problem.ts';
import { boolean } from './values.ts';

/** The parser is loaded only for a member that has such a file. This is synchronous, as all reading of settings is. */
const requireHere = createRequire(import.meta.url);

/** Parts of etcd's file that have their own level, and how the names in them begin on the command line. */
const sections: Readonly<Record<string, string>> = {
  'client-transport-security': '',
  'peer-transport-security': 'peer-',
  'socket-options': 'socket-',
  'discovery-config': 'discovery-',
};

/** Names that are spelt otherwise on the command line. */
const commandLineNames: Readonly<Record<string, string>> = {
  'allowed-hostname': 'client-cert-allowed-hostname',
  'peer-allowed-cn': 'peer-cert-allowed-cn',
  'peer-allowed-hostname': 'peer-cert-allowed-hostname',
};

/**
 * What a YAML file in etcd's form says. A plain number for a duration counts nanoseconds there, only heartbeat and
 * election timeout count milliseconds; a text such as "10m" is taken as well.
 */
export function readConfigFile(
  filePath: string,
  readFile: (path: string) => string,
): { given: Given[]; notices: LogNotice[] } {
  const given: Given[] = [];
  const notices: LogNotice[] = [];
  for (const [name, value] of entriesOf(filePath, readFile)) {
    const flag = findFlag(commandLineNames[name] ?? name);
    if (flag === undefined || ('effect' in flag && flag.effect === 'command')) {
      notices.push({
        level: 'warn',
        message: 'unrecognized setting in the file',
        fields: { path: filePath, name },
      });
      continue;
    }
    if (value === '' && isNothing(flag.type.parse(''))) continue;
    if (typeof value === 'boolean' && flag.type !== boolean) {
      throw new ConfigProblem(
        `invalid value for ${flag.name} in ${filePath}: YAML takes it for ${value}; put it in quotes`,
      );
    }
    const unit = typeof value === 'number' && value !== 0 ? (flag.type.fileUnit ?? '') : '';
    given.push({
      flag,
      text: `${textOf(value)}${unit}`,
      origin: `${flag.name} in ${filePath}`,
      exitCode: 1,
    });
  }
  return { given, notices };
}

/** As with etcd, an empty text where a value or a list is needed is one that was left out. */
function isNothing(parsed: unknown): boolean {
  return parsed === undefined || (Array.isArray(parsed) && parsed.length === 0);
}

function entriesOf(filePath: string, readFile: (path: string) => string): [string, unknown][] {
  let content: unknown;
  try {
    const { parse }: typeof yaml = requireHere('yaml');
    // The YAML of etcd's library: `yes` and `on` are truths.
    content = parse(readFile(filePath), { version: '1.1' });
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ConfigProblem(`cannot read the configuration file ${filePath}: ${reason ?? ''}`);
  }
  if (content === null) return [];
  if (!isRecord(content)) {
    throw new ConfigProblem(`the configuration file ${filePath} holds no settings ("name: value")`);
  }
  return Object.entries(content)
    .flatMap(([name, value]): [string, unknown][] => {
      const prefix = sections[name];
      if (prefix === undefined || !isRecord(value)) return [[name, value]];
      return Object.entries(value).map(([inner, its]) => [prefix + inner, its]);
    })
    .filter(([, value]) => value !== null);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists become what they are on the command line: words with commas between them. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return isRecord(value) ? JSON.stringify(value) : String(value);
}
