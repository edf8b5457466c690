import { readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const shipped = { ...about.dependencies, ...about.optionalDependencies };
const declared: readonly string[] = Object.keys({ ...shipped, ...about.devDependencies });

/** Used without an import that a text shows; why. */
const unseen: Readonly<Record<string, string>> = {
  '@types/node': 'types of Node.js, by the name in tsconfig.json',
  '@types/cli-progress': 'types of cli-progress',
  '@types/dns-packet': 'types of dns-packet',
  oxlint: 'run by "npm run lint"',
  'oxlint-tsgolint': 'the rules of oxlint that know types',
  prettier: 'run by "npm run format"',
  typescript: 'run by "npm run typecheck"',
  vitest: 'run by "npm test"',
  koffi: 'calls into the system for the socket of systemd; loaded if it is there',
  'msgpackr-extract': 'native part of msgpackr, which finds it by itself',
};

/** The packages that files import or load, and those files. */
const imported = new Map<string, string[]>();
/** The packages of which a file in `node_modules` is named, as of a program that is run. */
const named = new Set<string>();

for (const folder of ['src', 'test', 'scripts', 'examples']) {
  for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (!/\.m?[jt]s$/.test(name)) continue;
    const file = join(folder, name);
    const code = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    for (const one of importsOf(code)) imported.set(one, [...(imported.get(one) ?? []), file]);
    for (const [, one = ''] of code.matchAll(/node_modules\/((?:@[\w-]+\/)?[\w-]+)/g))
      named.add(one);
  }
}

function importsOf(code: string): ReadonlySet<string> {
  const specifiers = [
    ...code.matchAll(/^(?:import\s|.*\sfrom\s)'([^']+)';$/gm),
    ...code.matchAll(
      /(?:\bimport|\brequire|\brequire\.resolve|createRequire\(.*\)\.resolve)\(\s*'([^']+)'/g,
    ),
  ].map(([, specifier = '']) => specifier);
  return new Set(
    specifiers
      .filter((one) => /^(?:@[\w-]+\/)?[a-z]/.test(one) && !isBuiltin(one))
      .map((one) => one.split('/', one.startsWith('@') ? 2 : 1).join('/')),
  );
}

test('every declared package is used', () => {
  const unused = declared.filter(
    (name) => !imported.has(name) && !named.has(name) && unseen[name] === undefined,
  );

  expect(unused).toEqual([]);
});

test('no reason is kept for a package that is not declared', () => {
  expect(Object.keys(unseen).filter((name) => !declared.includes(name))).toEqual([]);
});

test('every package that the sources import is declared', () => {
  const ours = ['rollcall', 'rollcall-client'];
  const missing = [...imported].filter(
    ([name, files]) =>
      !declared.includes(name) &&
      !ours.includes(name) &&
      files.some((file) => !file.startsWith('test/')),
  );

  expect(missing).toEqual([]);
});
