import { isUtf8 } from 'node:buffer';
import { usageError, type CliFailure } from './exit.ts';

/** A word of a line of `txn` or `watch -i`. */
export interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
}

/**
 * Splits at blanks, as etcdctl does. Double quotes keep words together, and may hold the escapes of Go; single quotes keep
 * them together as they are.
 */
export function words(text: string, line: number | undefined): Word[] {
  const found: Word[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'][^\s"]*))(?=\s|$)/gsy;
  while (pattern.lastIndex < text.length) {
    if (text.slice(pattern.lastIndex).trim() === '') break;
    const match = pattern.exec(text);
    if (match === null) throw badLine(line, `the quotes in "${text}" do not match`);
    const [, double, single, plain = ''] = match;
    if (double !== undefined) found.push({ text: unescape(double, line), isQuoted: true });
    else found.push({ text: single ?? plain, isQuoted: single !== undefined });
  }
  return found;
}

export function badLine(line: number | undefined, message: string): CliFailure {
  return usageError(line === undefined ? message : `line ${line}: ${message}`);
}

const letters: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

const escape =
  /\\(?:x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([abfnrtv\\"']))|\\.|[^\\]+/gs;

/** An escape that is not known would become another key: it is refused. */
function unescape(text: string, line: number | undefined): string {
  const parts = [...text.matchAll(escape)].map(([part, hex, octal, short, long, letter]) => {
    if (hex !== undefined) return Buffer.from([Number.parseInt(hex, 16)]);
    if (octal !== undefined) return Buffer.from([Number.parseInt(octal, 8)]);
    if (letter !== undefined) return Buffer.from(letters.get(letter) ?? '');
    if (!part.startsWith('\\')) return Buffer.from(part);
    const code = Number.parseInt(short ?? long ?? '', 16);
    const isCharacter = code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff);
    if (!isCharacter) throw badLine(line, `"${part}" is no escape`);
    return Buffer.from(String.fromCodePoint(code));
  });
  const bytes = Buffer.concat(parts);
  if (!isUtf8(bytes)) throw badLine(line, `"${text}" is not UTF-8`);
  return bytes.toString('utf8');
}
