import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planted } from '../simulation/planted.ts';
import { fuzzBugs } from './planted-bugs.ts';
import type { FuzzBug } from './planted-bugs.ts';

/** Processor time in which each bug must be found. */
const minutesMax = 1;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the search printed about a planted bug; undefined: it was not found. */
export async function tryOut(bug: FuzzBug): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-fuzz-'));
  try {
    for (const part of ['package.json', 'tsconfig.json', 'src', 'test']) {
      cpSync(join(root, part), join(directory, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    const file = join(directory, 'src', bug.file);
    writeFileSync(file, planted(readFileSync(file, 'utf8'), bug));
    return /FOUND: (.*)/.exec(await outputOf(directory, bug.target))?.[1];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function outputOf(directory: string, target: string): Promise<string> {
  const flags = [`--target=${target}`, `--minutes=${minutesMax}`, '--seed=1'];
  const main = join(directory, 'test/fuzz/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...flags], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    // It goes on to shorten the input.
    if (output.includes('FOUND')) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return output;
}

/** Plants each bug in a copy of the source, one at a time, and looks for it. Returns the exit code. */
export async function runPlanted(): Promise<number> {
  let missed = 0;
  for (const bug of fuzzBugs) {
    const start = performance.now();
    const found = await tryOut(bug);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    if (found === undefined) missed++;
    process.stdout.write(`${bug.name}: ${found ?? 'NOT FOUND'} (${seconds} s)\n`);
  }
  process.stdout.write(
    `${fuzzBugs.length - missed} of ${fuzzBugs.length} planted bugs were found\n`,
  );
  return missed === 0 ? 0 : 1;
}
