import { createInterface } from 'node:readline';
import type { CliIo } from './io.ts';

/** The lines of standard input as they come. */
export function inputLines(io: CliIo): AsyncIterable<string> {
  return createInterface({ input: io.stdin, crlfDelay: Infinity });
}
