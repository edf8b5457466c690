import { writeFileSync } from 'node:fs';

/** Writes to the descriptor directly: a stream would end this process with a stack trace if its reader has closed. */
export function printLine(to: 'stdout' | 'stderr', text: string): void {
  try {
    writeFileSync(to === 'stdout' ? 1 : 2, `${text}\n`);
  } catch {
    // It cannot be written; the exit code must do.
  }
}
