import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { transform } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { planted } from '../simulation/planted.ts';
import { Fuzzer } from './engine.ts';
import { fuzzBugs } from './planted-bugs.ts';
import { tryOut } from './planted.ts';
import type { Target } from './target.ts';

/**
 * In a process of its own: the coverage of this one would have all of vitest in it. Few inputs: `npm run fuzz` is for more.
 */
test.each([
  ['http2', 200],
  ['json', 200],
  ['port', 200],
  ['dns', 200],
  ['filter', 200],
  ['token', 200],
])(
  '%s: whatever strangers send, no rule is broken (%i inputs)',
  async (target, inputs) => {
    const flags = [`--target=${target}`, `--inputs=${inputs}`, '--minutes=2', '--seed=1'];
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/fuzz/main.ts', ...flags]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const output = await text(child.stdout);

    expect(output).not.toContain('FOUND');
    const [, tried, reached, all] = /, (\d+) inputs.*, blocks (\d+)\/(\d+)\n$/.exec(output) ?? [];
    expect(Number(tried)).toBeGreaterThanOrEqual(inputs);
    // Inputs that are all refused at once would prove little.
    expect(Number(reached) / Number(all)).toBeGreaterThan(0.5);
  },
  120_000,
);

/** A lock that only a search with coverage opens: each digit that is right is a branch of its own. */
function lock(): Target {
  return {
    name: 'lock',
    files: ['/test/fuzz/fuzz.test.ts'],
    inputBytesMax: 100,
    seeds: [Buffer.alloc(5)],
    mutate: (input, _other, random) => {
      const changed = Buffer.from(input);
      changed[random.between(0, 4)] = random.between(0, 15);
      return changed;
    },
    run: (input) => {
      if (input[0] === 1) {
        if (input[1] === 2) {
          if (input[2] === 3) {
            if (input[3] === 4) {
              if (input[4] === 5) return Promise.resolve('it is open');
            }
          }
        }
      }
      return Promise.resolve(undefined);
    },
    check: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}

test('the search climbs from branch to branch', async () => {
  const options = { seed: 1, inputsMax: 20_000, cpuMsMax: Infinity };
  const { finding, inputs } = await new Fuzzer(lock(), options).run();

  expect(finding?.failure).toBe('it is open');
  expect(finding?.input.subarray(0, 5)).toEqual(Buffer.from([1, 2, 3, 4, 5]));
  // Chance alone needs a million.
  expect(inputs).toBeLessThan(20_000);
}, 60_000);

test('what was found is made short', async () => {
  const fuzzer = new Fuzzer(lock(), { seed: 1, inputsMax: 0, cpuMsMax: 0 });
  const input = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);

  expect(await fuzzer.shrink({ failure: 'it is open', input })).toEqual({
    failure: 'it is open',
    input: input.subarray(0, 5),
  });
});

test.each(fuzzBugs)('the bug "$name" can still be planted, and compiles', async (bug) => {
  const source = readFileSync(new URL(`../../src/${bug.file}`, import.meta.url), 'utf8');

  await transform(planted(source, bug), { loader: 'ts' });
});

test('a planted bug is found', async () => {
  const bug = fuzzBugs.find(({ name }) => name.startsWith('an index beyond the table'));

  expect(await tryOut(bug!)).toContain('an error that is a bug: SyntaxError');
}, 120_000);
