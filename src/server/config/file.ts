import { createRequire } from 'node:module';
import type * as yaml from 'yaml';
import { findFlag } from './flags.ts';
import type { Given } from './given.ts';
import type { LogNotice } from './notice.ts';
import { ConfigProblem } from './problem.ts';
import { boolean } from './values.ts';

/** The parser is loaded only for a member with such a file; synchronously, as all reading of settings is. */
const requireHere = createRequire(import.meta.url);

/** Nested sections of etcd's file, and the prefix that their names have as flags. */
const sections: Readonly<Record<string, string>> = {
  'client-transport-security': '',
  'peer-transport-security': 'peer-',
  'socket-options': 'socket-',
  'discovery-config': 'discovery-',
};

/** Names that differ from the flag's. */
const commandLineNames: Readonly<Record<string, string>> = {
  'allowed-hostname': 'client-cert-allowed-hostname',
  'crl-file': 'client-crl-file',
  'peer-allowed-cn': 'peer-cert-allowed-cn',
  'peer-allowed-hostname': 'peer-cert-allowed-hostname',
};

/**
 * Reads a YAML file in etcd's format. There a plain number for a duration counts nanoseconds (milliseconds for
 * heartbeat interval and election timeout); a text such as "10m" is accepted, too.
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

/** As with etcd, an empty text counts as unset where a value or a list is needed. */
function isNothing(parsed: unknown): boolean {
  return parsed === undefined || (Array.isArray(parsed) && parsed.length === 0);
}

function entriesOf(filePath: string, readFile: (path: string) => string): [string, unknown][] {
  let content: unknown;
  try {
    const { parse }: typeof yaml = requireHere('yaml');
    // The YAML version of etcd's library, in which `yes` and `on` are booleans.
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

/** Lists become comma-separated words, as on the command line. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return isRecord(value) ? JSON.stringify(value) : String(value);
}
