import { writeFileSync } from 'node:fs';

/** Straight to the descriptor: a stream would end this process with a stack trace if nobody reads it. */
export function printLine(to: 'stdout' | 'stderr', text: string): void {
  try {
    writeFileSync(to === 'stdout' ? 1 : 2, `${text}\n`);
  } catch {
    // Nobody reads it, or nothing can be written there; the exit code says the rest.
  }
}
