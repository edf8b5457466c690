import { parseDurationMs } from './duration.ts';
import { ConfigProblem } from './problem.ts';

/** How the text of a flag, a variable or a file becomes a value. */
export interface ValueType<T> {
  /** What is allowed, as it stands after "expected" in a refusal. */
  readonly expects: string;
  /** The word that stands for a value in the help; without one the flag may stand bare. */
  readonly placeholder: string | undefined;
  /** The unit of a plain number in a file, where etcd's differs from the command line's. */
  readonly fileUnit?: 'ns';
  /** Undefined: not allowed. A `ConfigProblem` says more than `expects` does. */
  readonly parse: (text: string) => T | undefined;
}

const truths = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const falsehoods = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

export const text: ValueType<string> = {
  expects: 'text',
  placeholder: 'TEXT',
  parse: (given) => given,
};

export const path: ValueType<string> = { ...text, placeholder: 'PATH' };

export const boolean: ValueType<boolean> = {
  expects: 'true or false',
  placeholder: undefined,
  parse: (given) => (truths.has(given) ? true : falsehoods.has(given) ? false : undefined),
};

/** A whole number; with `zeroMeans`, 0 stands for that one. */
export function count(
  options: { min?: number; max?: number; zeroMeans?: number; unit?: string } = {},
): ValueType<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, zeroMeans, unit } = options;
  const of = unit === undefined ? '' : ` of ${unit}`;
  const least = min === 0 ? '' : `, at least ${min}`;
  const range = max === Number.MAX_SAFE_INTEGER ? least : `, ${min} to ${max}`;
  return {
    expects: `a whole number${of}${range}`,
    placeholder: 'N',
    parse: (given) => {
      const value = wholeNumber(given);
      if (value === undefined || value < min || value > max) return undefined;
      return value === 0 ? (zeroMeans ?? 0) : value;
    },
  };
}

export const integer: ValueType<number> = {
  expects: 'a whole number',
  placeholder: 'N',
  parse: wholeNumber,
};

/** What a member may store: 0 is the default, negative is no limit. */
export const quota: ValueType<number> = {
  expects: 'a whole number of bytes, 0 for 2 GiB, negative for no limit',
  placeholder: 'BYTES',
  parse: (given) => {
    const bytes = wholeNumber(given);
    if (bytes === undefined) return undefined;
    if (bytes < 0) return Number.POSITIVE_INFINITY;
    return bytes === 0 ? 2 * 1024 ** 3 : bytes;
  },
};

/** Milliseconds, written as Go writes durations. */
export function duration(options: { minMs?: number } = {}): ValueType<number> {
  const { minMs } = options;
  const least = minMs === undefined ? '' : `, at least ${minMs}ms`;
  return {
    expects: `a duration such as 100ms, 5m or 1h30m${least}`,
    placeholder: 'DURATION',
    fileUnit: 'ns',
    parse: (given) => {
      const ms = parseDurationMs(given);
      return ms === undefined || (minMs !== undefined && ms < minMs) ? undefined : ms;
    },
  };
}

/** One of some words; several may mean the same. */
export function choice<const T extends string>(
  meanings: Readonly<Record<string, T>>,
): ValueType<T> {
  const words = Object.keys(meanings);
  return {
    expects: words.join(' or '),
    placeholder: words.join('|'),
    parse: (given) => (Object.hasOwn(meanings, given) ? meanings[given] : undefined),
  };
}

/** Words with commas between them; none of them empty, each once. */
export const words: ValueType<readonly string[]> = {
  expects: 'words separated by commas',
  placeholder: 'LIST',
  parse: (given) =>
    unique(given.split(',').map((word) => word.trim())).filter((word) => word !== ''),
};

/** Where the log goes; what etcd calls `default` stands alone, as there. */
export const logOutputs: ValueType<readonly string[]> = {
  expects: 'stderr, stdout or paths of files, separated by commas; "default" only alone',
  placeholder: 'LIST',
  parse: (given) => {
    const targets = words.parse(given) ?? [];
    if (targets.length === 0 || (targets.length > 1 && targets.includes('default')))
      return undefined;
    return targets.map((target) => (target === 'default' ? 'stderr' : target));
  },
};

export const version: ValueType<string> = {
  expects: 'a release such as 3.7.1',
  placeholder: 'X.Y.Z',
  parse: (given) => (/^\d+\.\d+\.\d+$/.test(given) ? given : undefined),
};

/** `Name=true,Other=false`, of names that are known. */
export function switches(known: readonly string[]): ValueType<ReadonlyMap<string, boolean>> {
  return {
    expects: `NAME=true|false separated by commas, of ${known.join(', ')}`,
    placeholder: 'NAME=true|false,…',
    parse: (given) => {
      const gates = new Map<string, boolean>();
      for (const gate of given.split(',').filter((item) => item.trim() !== '')) {
        const [name = '', value = ''] = gate.split('=').map((side) => side.trim());
        const on = boolean.parse(value);
        if (!known.includes(name)) throw new ConfigProblem(`unrecognized feature gate: ${name}`, 2);
        if (on === undefined) return undefined;
        gates.set(name, on);
      }
      return gates;
    },
  };
}

export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function wholeNumber(given: string): number | undefined {
  const value = /^[-+]?\d+$/.test(given) ? Number(given) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
