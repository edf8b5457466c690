import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clientFolder } from '../../scripts/lib/packages.ts';

/** Examples in comments of the sources, which editors and the API reference show, are type-checked. */

const root = join(import.meta.dirname, '../..');

interface Example {
  /** "src/client/lock.ts:32" */
  readonly place: string;
  readonly text: string;
}

const examples = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name))
  .flatMap((file) => examplesOf(file, readFileSync(join(root, file), 'utf8')));

function examplesOf(file: string, text: string): Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) =>
    [...comment[0].matchAll(/@example\n((?:\s*\*(?!\/)(?! @).*\n)+)/g)].map((match) => ({
      place: `${file}:${text.slice(0, comment.index + match.index).split('\n').length}`,
      text: (match[1] ?? '').replaceAll(/^\s*\* ?/gm, ''),
    })),
  );
}

/** Names that an example may use without declaring them. Its own declarations hide them. */
const given = `
import { Rollcall, RollcallError, compare, op, type Election, type KeyValue } from 'rollcall-client';
declare const client: Rollcall;
declare const election: Election;
declare const seen: KeyValue;
declare const text: string;
declare function scheduleOnce(): Promise<void>;
declare function register(): Promise<void>;
`;

/** A module in which the example stands in a block; its imports are all that a module may have outside of one. */
function moduleOf({ text }: Example): string {
  const imports = [...text.matchAll(/^import .*;$/gm)].map(([line]) => line);
  const known = imports.some((line) => /\bRollcall\b/.test(line));
  const start = known ? given.replace('Rollcall, ', '') : given;
  const body = text.replaceAll(/^import .*;$/gm, '');
  return `${start}${imports.join('\n')}\nexport async function example(): Promise<void> {\n${body}\n}\nexport { RollcallError, compare, op, client, election, seen, text, scheduleOnce, register };\n`;
}

/** The output of the compiler for some modules; empty if all are right. */
function complaints(modules: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-examples-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/rollcall'));
  symlinkSync(join(root, 'dist', clientFolder), join(folder, 'node_modules/rollcall-client'));
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const files = modules.map((text, index) => {
    writeFileSync(join(folder, `example-${index}.ts`), text);
    return `example-${index}.ts`;
  });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options =
    '--noEmit --strict --skipLibCheck --module nodenext --target es2022 --lib es2023,esnext.disposable --types node';
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, ...options.split(' '), ...files],
    { cwd: folder, encoding: 'utf8' },
  );
  return stdout + stderr;
}

test('the examples in comments are right', () => {
  const found = complaints(examples.map(moduleOf)).replaceAll(
    /example-(\d+)\.ts/g,
    (_, index) => examples[Number(index)]?.place ?? '',
  );

  expect(found).toBe('');
  expect(examples.length).toBeGreaterThan(20);
});

test('an example with a method that does not exist is found', () => {
  const comment = '/**\n * A comment.\n *\n * @example\n * await client.fetch(1);\n */\n';
  const [example] = examplesOf('a.ts', comment);

  expect(example).toEqual({ place: 'a.ts:4', text: 'await client.fetch(1);\n' });
  expect(complaints([moduleOf(example!)])).toContain("Property 'fetch' does not exist");
});
