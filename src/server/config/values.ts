import { isIP } from 'node:net';
import { parseDurationMs } from './duration.ts';
import { ConfigProblem } from './problem.ts';

/** Parses the text of a flag, a variable or a file. */
export interface ValueType<T> {
  /** The valid values, as named after "expected" in a refusal. */
  readonly expects: string;
  /** The placeholder in the help; a flag without one may be given bare. */
  readonly placeholder: string | undefined;
  /** The unit of a plain number in a file, if it differs from the command line's. */
  readonly fileUnit?: 'ns';
  /** Returns undefined for an invalid text, or throws a `ConfigProblem` that says more than `expects`. */
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

/** A whole number; 0 means `zeroMeans`. */
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

/** `simple`, or `jwt` with its options, which are looked at when the member starts. */
export const authToken: ValueType<string> = {
  expects: 'simple, or jwt with its options',
  placeholder: 'TEXT',
  parse: (given) => (/^(?:|simple|jwt)(?:,|$)/.test(given) ? given : undefined),
};

/** IP addresses with ports, with commas between; none if empty. */
export const addresses: ValueType<readonly string[]> = {
  expects: 'IP addresses with ports, as 127.0.0.1:8600,[::1]:8600, or nothing',
  placeholder: 'ADDRESS,…',
  parse: (given) => {
    const found = given === '' ? [] : given.split(',').map((word) => word.trim());
    return found.every((word) => hostAndPortOf(word) !== undefined) ? found : undefined;
  },
};

/** The same, each with `https://` before it where it is to be encrypted. */
export const httpAddresses: ValueType<readonly string[]> = {
  expects: 'IP addresses with ports, as 127.0.0.1:8500,https://[::1]:8501, or nothing',
  placeholder: 'ADDRESS,…',
  parse: (given) => {
    const found = given === '' ? [] : given.split(',').map((word) => word.trim());
    const areAll = found.every(
      (word) => hostAndPortOf(word.replace(/^https:\/\//, '')) !== undefined,
    );
    return areAll ? found : undefined;
  },
};

/** Splits `address:port` or `[IPv6 address]:port`; undefined if it is neither. */
export function hostAndPortOf(given: string): { host: string; port: number } | undefined {
  const [, bracketed, plain = '', digits] =
    /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(given) ?? [];
  const isAddress = bracketed === undefined ? isIP(plain) === 4 : isIP(bracketed) === 6;
  const port = Number(digits);
  return isAddress && port <= 65_535 ? { host: bracketed ?? plain, port } : undefined;
}

const domainName = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.?$/;

/** The labels of a domain name, as given. */
export const domain: ValueType<string> = {
  expects: 'a domain name, as consul or cluster.local',
  placeholder: 'NAME',
  parse: (given) => (domainName.test(given) ? given : undefined),
};

export const domainOrNone: ValueType<string> = {
  expects: `${domain.expects}, or nothing`,
  placeholder: 'NAME',
  parse: (given) => (given === '' ? given : domain.parse(given)),
};

export const domains: ValueType<readonly string[]> = {
  expects: 'domain names, as consul,corp.example, or nothing',
  placeholder: 'NAME,…',
  parse: (given) => {
    const listed = words.parse(given) ?? [];
    return listed.every((one) => domainName.test(one)) ? listed : undefined;
  },
};

/** DNS servers, each as `address:port`. */
export const nameServers: ValueType<readonly string[]> = {
  expects: 'IP addresses with ports or without, as 10.0.0.2,[fd00::2]:5353, or nothing',
  placeholder: 'ADDRESS,…',
  parse: (given) => {
    const listed = (words.parse(given) ?? []).map((word) =>
      isIP(word) === 4 ? `${word}:53` : isIP(word) === 6 ? `[${word}]:53` : word,
    );
    const isValid = listed.every((one) => (hostAndPortOf(one)?.port ?? 0) > 0);
    return isValid ? listed : undefined;
  },
};

/** Times to live by the names of services, in seconds, each as `name=seconds`. */
export const ttls: ValueType<readonly string[]> = {
  expects: 'names or beginnings with seconds, as web=10,db*=5s,*=0, each once',
  placeholder: 'NAME=SECONDS,…',
  parse: (given) => {
    const rules = (words.parse(given) ?? []).map((word) => word.replace(/s$/, ''));
    const isValid = rules.every(
      (rule) => /^[^=*]*\*?=\d{1,9}$/.test(rule) && !rule.startsWith('='),
    );
    const names = rules.map((rule) => rule.slice(0, rule.indexOf('=')).toLowerCase());
    return isValid && unique(names).length === names.length ? rules : undefined;
  },
};

export const integer: ValueType<number> = {
  expects: 'a whole number',
  placeholder: 'N',
  parse: wholeNumber,
};

/** The quota: 0 is the default, negative means no limit. */
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

/** Milliseconds, in Go's format of durations; 0 means `zeroMeansMs`. */
export function duration(
  options: { minMs?: number; zeroMeansMs?: number } = {},
): ValueType<number> {
  const { minMs, zeroMeansMs } = options;
  const least = minMs === undefined ? '' : `, at least ${minMs}ms`;
  return {
    expects: `a duration such as 100ms, 5m or 1h30m${least}`,
    placeholder: 'DURATION',
    fileUnit: 'ns',
    parse: (given) => {
      const ms = parseDurationMs(given);
      if (ms === 0 && zeroMeansMs !== undefined) return zeroMeansMs;
      return ms === undefined || (minMs !== undefined && ms < minMs) ? undefined : ms;
    },
  };
}

/** One of several words; some may mean the same. */
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

/** Comma-separated words, none empty, each once. */
export const words: ValueType<readonly string[]> = {
  expects: 'words separated by commas',
  placeholder: 'LIST',
  parse: (given) =>
    unique(given.split(',').map((word) => word.trim())).filter((word) => word !== ''),
};

/** Log outputs; as in etcd, `default` must be the only one. */
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

/** Origins of web pages: `*`, or scheme and host, with the port unless it is the default one. */
export const origins: ValueType<readonly string[]> = {
  expects: '* or origins such as http://app.example:8080, separated by commas',
  placeholder: 'LIST',
  parse: (given) => {
    const listed = words.parse(given) ?? [];
    return listed.every((one) => one === '*' || /^https?:\/\/[^/@?#\s]+$/.test(one))
      ? listed
      : undefined;
  },
};

/** Comma-separated words, each one of these. */
export function wordsOf(known: readonly string[]): ValueType<readonly string[]> {
  return {
    expects: `some of ${known.join(', ')}, separated by commas`,
    placeholder: 'LIST',
    parse: (given) => {
      const listed = words.parse(given) ?? [];
      return listed.every((one) => known.includes(one)) ? listed : undefined;
    },
  };
}

export const version: ValueType<string> = {
  expects: 'a release such as 3.7.1',
  placeholder: 'X.Y.Z',
  parse: (given) => (/^\d+\.\d+\.\d+$/.test(given) ? given : undefined),
};

/** `Name=true,Other=false` with known names. */
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

/** Parses a number as Go does in flags: 0x, 0o and 0b, an octal 017, and underscores between digits. */
const digitsOfBase: readonly (readonly [pattern: RegExp, base: string])[] = [
  [/^0x(?:_?[\da-f])+$/i, '0x'],
  [/^0b(?:_?[01])+$/i, '0b'],
  [/^0o?(?:_?[0-7])+$/i, '0o'],
  [/^(?:0|[1-9](?:_?\d)*)$/, ''],
];

function wholeNumber(given: string): number | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(given) ?? [];
  const base = digitsOfBase.find(([pattern]) => pattern.test(digits))?.[1];
  if (base === undefined) return undefined;
  const bare = digits.replace(base === '' ? '' : /^0[xbo]?/i, '').replaceAll('_', '');
  const value = Number(`${base}${bare}`);
  return Number.isSafeInteger(value) ? (sign === '-' ? -value : value) : undefined;
}
