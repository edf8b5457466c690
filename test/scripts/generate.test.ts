import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const project = join(import.meta.dirname, '../..');

/** The text of each file in a folder, by its name. */
function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** It starts a compiler, which takes its time where others use the processor. */
const timeoutMs = 120_000;

test('the generated files are those that the proto files give', { timeout: timeoutMs }, () => {
  const made = mkdtempSync(join(tmpdir(), 'generate-'));
  onTestFinished(() => rmSync(made, { recursive: true }));

  const script = join(project, 'scripts/generate.ts');
  execFileSync(join(project, 'node_modules/.bin/tsx'), [script, made], { cwd: project });

  const there = filesOf(join(project, 'src/gen'));
  expect(Object.keys(there)).toEqual(Object.keys(filesOf(made)));
  // Compared as a whole: a difference would be thousands of lines long.
  for (const [name, text] of Object.entries(filesOf(made))) {
    expect(text === there[name], `${name} is as "npm run proto" makes it`).toBe(true);
  }
});
