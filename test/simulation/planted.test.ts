import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import { plantedBugs } from './planted-bugs.ts';
import { planted, tryOut } from './planted.ts';

function sourceOf(file: string): string {
  return readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
}

test.each(plantedBugs)('the bug "$name" can still be planted, and compiles', async (bug) => {
  const source = sourceOf(bug.file);
  const spoilt = planted(source, bug);

  expect(spoilt).not.toBe(source);
  await transform(spoilt, { loader: 'ts' });
});

test('a bug that does not fit the source is not passed over', () => {
  const bug = { name: 'nothing', file: 'raft/raft.ts', find: 'no such line', replace: '' };

  expect(() => planted(sourceOf(bug.file), bug)).toThrow('fits 0 places');
});

test('a planted bug is found, with the seed that shows it', async () => {
  const bug = plantedBugs.find(({ name }) => name === 'a vote leaves before it is durable');

  const { seed, failure } = await tryOut(bug!);

  expect(seed).toBeTypeOf('number');
  expect(failure).toMatch(/told of a vote in term \d+ that is not durable/);
});
