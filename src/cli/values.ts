import { InvalidArgumentError } from 'commander';

/** Numbers and durations as they are typed. */

export function parseCount(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return Number(text);
}

/** `5`, `5s`, `500ms`, `2m`: milliseconds. */
export function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match?.[1] === undefined) {
    throw new InvalidArgumentError('Write it as 500ms, 5s or 2m.');
  }
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1000;
  return Math.ceil(Number(match[1]) * unitMs);
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
