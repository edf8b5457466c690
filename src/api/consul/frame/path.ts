import type { Key } from '../../../base/key.ts';

const escape = /%([\da-f]{2})?/gi;
/** Letters, marks, numbers, punctuation, symbols and the blank; also what stands for bytes that are no text. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/**
 * The bytes of a path, decoded once: `+`, slashes at the end and doubled ones stay. Undefined for an escape that is none,
 * and for signs that cannot be printed, which Consul refuses too.
 */
export function decodedPath(raw: string): Key | undefined {
  if (/%(?![\da-f]{2})/i.test(raw)) return undefined;
  const path = raw.includes('%')
    ? raw.replaceAll(escape, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : raw;
  return printable.test(Buffer.from(path, 'latin1').toString('utf8')) ? path : undefined;
}
