import { InvalidArgumentError } from 'commander';

/** Numbers and durations as they are typed. */

/** The longest delay of a timer, about 24 days: Node.js fires a longer one at once. */
export const timerMsMax: number = 2 ** 31 - 1;

export function parseCount(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return Number(text);
}

const unitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** `5`, `5s`, `500ms`, `1m30s`: milliseconds. */
export function parseDurationMs(text: string): number {
  if (!/^(?:\d+(?:\.\d+)?|(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+)$/.test(text)) {
    throw new InvalidArgumentError('Write it as 500ms, 5s or 1m30s.');
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)?/g)];
  return Math.ceil(
    parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (unitsMs[unit] ?? 1000), 0),
  );
}

/** One of some words, in any case, as etcdctl takes them. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text.toLowerCase());
    if (found === undefined) {
      throw new InvalidArgumentError(`Allowed choices are ${words.join(', ')}.`);
    }
    return found;
  };
}

/** The id of a lease or a member: hexadecimal, as it is printed. */
export function parseId(text: string): bigint {
  if (!/^(0x)?[0-9a-fA-F]{1,16}$/.test(text)) {
    throw new InvalidArgumentError('It must be an id in hexadecimal, as it is printed.');
  }
  return BigInt(text.startsWith('0x') ? text : `0x${text}`);
}

export function formatId(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16);
}

/** "1.5 MB"; steps of a thousand, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toPrecision(3)} ${units[unit]}`;
}

/** Comma-separated words without the blanks around them. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
