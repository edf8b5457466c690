import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Runs one command line; returns its output: lines without a blank one, or nothing. */
export type RunCommand = (line: string) => string;

/**
 * Replays every script in a folder. A script is both input and expected output: paragraphs of comments and commands,
 * then `---`, then the output. A mismatch shows a diff; `npx vitest run -u` rewrites the script.
 */
export function testScripts(folder: string, start: () => RunCommand): void {
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  for (const name of names.toSorted()) {
    test(name, async () => {
      const path = join(folder, name);
      await expect(replay(readFileSync(path, 'utf8'), start())).toMatchFileSnapshot(path);
    });
  }
}

/** The script with its output renewed. */
export function replay(script: string, run: RunCommand): string {
  const blocks = script
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      const lines = block.split('\n');
      const end = lines.indexOf('---');
      const input = end === -1 ? lines : lines.slice(0, end);
      const commands = input.filter((line) => !line.startsWith('#'));
      const output = commands.map(run).filter((text) => text !== '');
      return output.length === 0 ? input.join('\n') : [...input, '---', ...output].join('\n');
    });
  return `${blocks.join('\n\n')}\n`;
}
