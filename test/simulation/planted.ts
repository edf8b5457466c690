import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plantedBugs } from './planted-bugs.ts';
import type { PlantedBug } from './planted-bugs.ts';

/** Each bug must be found within this many worlds. */
export const worldsPerBugMax = 2500;
const firstSeed = 1;
/** Progress is printed every two seconds; one world takes at most some seconds. */
const silenceMaxMs = 300_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The result for a planted bug; without a seed it was not found. */
export interface Found {
  readonly bug: PlantedBug;
  readonly seed: number | undefined;
  readonly failure: string;
}

/** Plants each bug in a copy of the source, runs worlds until it is found, and reports. Returns the exit code. */
export async function runPlanted(only: string | undefined): Promise<number> {
  const bugs = plantedBugs.filter(({ name }) => only === undefined || name === only);
  const found: Found[] = [];
  const queue = [...bugs];
  const work = async (): Promise<void> => {
    const garden = new Garden();
    try {
      for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
        const result = await garden.tryOut(bug);
        found.push(result);
        process.stdout.write(`${lineOf(result)}\n`);
      }
    } finally {
      garden.clear();
    }
  };
  await Promise.all([work(), work()]);
  const missed = found.filter(({ seed }) => seed === undefined);
  const count = found.length - missed.length;
  process.stdout.write(`${count} of ${found.length} planted bugs were found\n`);
  return missed.length > 0 || found.length === 0 ? 1 : 0;
}

/** The same for one bug. */
export async function tryOut(bug: PlantedBug): Promise<Found> {
  const garden = new Garden();
  try {
    return await garden.tryOut(bug);
  } finally {
    garden.clear();
  }
}

function lineOf({ bug, seed, failure }: Found): string {
  const where = seed === undefined ? 'NOT FOUND' : `seed ${seed}`;
  return `| ${bug.name} | ${where} | ${failure.replaceAll('|', '/').slice(0, 110)} |`;
}

/** A copy of the source in which bugs are planted. */
class Garden {
  readonly #directory = mkdtempSync(join(tmpdir(), 'rollcall-planted-'));

  constructor() {
    for (const part of ['package.json', 'tsconfig.json', 'src', 'test/simulation', 'test/lib']) {
      cpSync(join(root, part), join(this.#directory, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.#directory, 'node_modules'));
  }

  async tryOut(bug: PlantedBug): Promise<Found> {
    const file = join(this.#directory, 'src', bug.file);
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, planted(source, bug));
    try {
      const output = await this.#explore(bug);
      const match = /^seed (\d+): (.*)$/m.exec(output);
      if (match === null) return { bug, seed: undefined, failure: output.slice(-300) };
      return { bug, seed: Number(match[1]), failure: match[2] ?? '' };
    } finally {
      writeFileSync(file, source);
    }
  }

  #explore({ needsUsers = false }: PlantedBug): Promise<string> {
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        join(this.#directory, 'test/simulation/main.ts'),
        `--from=${firstSeed}`,
        `--worlds=${worldsPerBugMax}`,
        '--quick',
        ...(needsUsers ? ['--users'] : []),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    // A bug can turn a loop into an endless one.
    const silence = setTimeout(() => {
      output += `it said nothing for ${silenceMaxMs / 1000} s`;
      child.kill('SIGKILL');
    }, silenceMaxMs);
    const take = (bytes: Buffer): void => {
      output += bytes.toString();
      silence.refresh();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => {
        clearTimeout(silence);
        resolve(output);
      });
    });
  }

  clear(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** The source with the bug in it. Throws unless `find` occurs exactly once. */
export function planted(source: string, { name, find, replace }: PlantedBug): string {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new Error(`the bug "${name}" fits ${parts.length - 1} places; the source has changed`);
  }
  return parts.join(replace);
}
