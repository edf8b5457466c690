import { isUtf8 } from 'node:buffer';
import { exitCodes } from './exit.ts';
import type { CliIo } from './io.ts';
import type { Problem } from './report.ts';

/**
 * Node.js puts U+FFFD in place of bytes that are not UTF-8, so the command would be about another key. Undefined: the
 * words are as they were typed. Where the system does not tell the bytes, a word with U+FFFD counts as changed.
 */
export function lostBytes(argv: readonly string[], io: CliIo): Problem | undefined {
  const word = argv.findIndex((one) => one.includes('\u{fffd}'));
  if (word === -1) return undefined;
  const bytes = io.commandLine?.();
  if (bytes !== undefined && isUtf8(bytes)) return undefined;
  return {
    code: 'usage',
    message: `word ${word + 1} of the command line is not UTF-8, and its bytes are lost; a value can come from standard input`,
    exitCode: exitCodes.usage,
  };
}
