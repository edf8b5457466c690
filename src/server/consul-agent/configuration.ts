import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GoFlags } from '../../base/go-flags.ts';
import { HclError, parseHcl } from '../../base/hcl.ts';
import { ConfigProblem } from '../config.ts';
import { agentFlags } from './flags.ts';

/** One file, one text of `-hcl`, or the flags. Keys are as in Consul's configuration files. */
export type Source = Readonly<Record<string, unknown>>;

/** How a configuration file and a folder of them are read. */
export interface ConfigReader {
  readonly read: (path: string) => string;
  readonly list: (path: string) => readonly string[];
}

export const diskReader: ConfigReader = {
  read: (path) => readFileSync(path, 'utf8'),
  list: (path) => readdirSync(path),
};

/** All sources in the order in which they count: later ones win, flags come last. */
export function readSources(flags: GoFlags, reader: ConfigReader = diskReader): readonly Source[] {
  const format = flags.text('config-format');
  if (format !== undefined && format !== 'json' && format !== 'hcl') {
    throw new ConfigProblem('-config-format must be either hcl or json');
  }
  const sources: Source[] = [];
  // Files and folders count in the order in which they were given, of each kind for itself.
  for (const path of flags.all('config-file')) {
    sources.push(...readFile(path, format ?? formatOf(path), reader));
  }
  for (const folder of flags.all('config-dir')) {
    const names = orRefuse(folder, () => reader.list(folder));
    for (const name of names.toSorted()) {
      const known = format ?? formatOf(name);
      if (known !== undefined) sources.push(...readFile(join(folder, name), known, reader));
    }
  }
  for (const text of flags.all('hcl')) sources.push(parseSource('-hcl', 'hcl', text));
  sources.push(sourceOfFlags(flags));
  return sources;
}

function formatOf(path: string): 'json' | 'hcl' | undefined {
  if (path.endsWith('.json')) return 'json';
  return path.endsWith('.hcl') ? 'hcl' : undefined;
}

function readFile(
  path: string,
  format: 'json' | 'hcl' | undefined,
  reader: ConfigReader,
): readonly Source[] {
  if (format === undefined) {
    throw new ConfigProblem(
      `${path} must end in .json or .hcl, or -config-format must say which of the two it is`,
    );
  }
  const text = orRefuse(path, () => reader.read(path));
  return text.trim() === '' ? [] : [parseSource(path, format, text)];
}

function orRefuse<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigProblem(`cannot read the configuration ${path}: ${reason}`);
  }
}

/** The content of one file. */
export function parseSource(path: string, format: 'json' | 'hcl', text: string): Source {
  let parsed: unknown;
  try {
    parsed = format === 'json' ? JSON.parse(text) : parseHcl(text);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof HclError)) throw error;
    throw new ConfigProblem(`failed to parse ${path}: ${error.message}`);
  }
  if (!isObject(parsed)) throw new ConfigProblem(`failed to parse ${path}: it is no object`);
  return parsed;
}

function sourceOfFlags(flags: GoFlags): Source {
  const source: Record<string, unknown> = {};
  const ports: Record<string, unknown> = {};
  for (const { name, key, kind, isList } of agentFlags) {
    const given = flags.all(name);
    const text = given.at(-1);
    if (key === undefined || text === undefined) continue;
    if (key.startsWith('ports.')) ports[key.slice('ports.'.length)] = Number(text);
    else if (isList === true) source[key] = given;
    else if (key === 'node_meta') source[key] = metaOf(given);
    else if (kind === 'switch') source[key] = flags.switch(name);
    else source[key] = kind === 'number' ? Number(text) : text;
  }
  return { ...source, ports };
}

function metaOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const colon = pair.indexOf(':');
      return colon === -1 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
    }),
  );
}

/** All settings in one object: objects are merged, lists appended, of all else the last one counts. */
export function merged(sources: readonly Source[]): Source {
  return sources.reduce<Source>(
    (all, source) => ({
      ...all,
      ...Object.fromEntries(
        Object.entries(source).map(([key, value]) => [key, mergedValue(all[key], value)]),
      ),
    }),
    {},
  );
}

function mergedValue(before: unknown, value: unknown): unknown {
  if (before === undefined || value === undefined) return value ?? before;
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
  const [left, right] = [objectOf(before), objectOf(value)];
  return left !== undefined && right !== undefined ? merged([left, right]) : value;
}

/** An object; in HCL a block that occurs several times is a list of objects that count together. */
export function objectOf(value: unknown): Source | undefined {
  if (isObject(value)) return value;
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return merged(value);
  return undefined;
}

export function isObject(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
