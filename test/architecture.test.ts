import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom. The same table as in docs/architecture.md, which a test below compares. */
const allowed: Readonly<Record<string, readonly string[] | 'everything'>> = {
  base: [],
  balance: ['base'],
  gen: [],
  raft: ['base'],
  state: ['base'],
  watch: ['base', 'state'],
  replica: ['base', 'raft', 'state', 'watch'],
  operations: ['base', 'state', 'watch', 'replica'],
  registry: ['base', 'operations'],
  api: ['base', 'gen', 'operations', 'registry'],
  proxy: ['base', 'balance', 'registry'],
  storage: ['base', 'raft', 'state', 'replica'],
  transport: ['base', 'gen', 'raft', 'replica'],
  probe: ['base', 'registry'],
  platform: ['base'],
  client: ['base', 'balance', 'gen'],
  cli: ['base', 'client', 'gen'],
  ui: [],
  server: 'everything',
};

/** Collections of small files that are taken one by one; all other folders have one face. */
const shelves = ['base', 'gen'];

/** What stands beside the folders: the way in, which only starts the server or the CLI. */
const entrance = 'main.ts';

const entries = readdirSync('src', { withFileTypes: true });
const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);

interface Import {
  readonly file: string;
  readonly path: string;
  /** The folder of `src` that is reached. */
  readonly target: string;
}

test('every folder of src has its line in the table', () => {
  expect(folders.filter((folder) => allowed[folder] === undefined)).toEqual([]);
});

test('beside the folders of src there is only the way in', () => {
  const sources = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  expect(sources.map(({ name }) => name)).toEqual([entrance]);
});

test('the table is the one in the description of the architecture', () => {
  const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(
    /^\| `(\w+)` \| .* \| ([^|]+) \|$/gm,
  );
  const described = [...rows].map(([, folder = '', uses = '']) => [folder, usesOf(uses)]);
  expect(Object.fromEntries(described)).toEqual(allowed);
});

test('only operations use the watches of a replica', () => {
  const users = folders
    .filter((folder) => folder !== 'operations' && folder !== 'replica')
    .flatMap((folder) => sourceFiles(join('src', folder)))
    .filter((file) => /\breplica\.watch\b/.test(readFileSync(file, 'utf8')));
  expect(users).toEqual([]);
});

for (const folder of folders.toSorted()) {
  const uses = allowed[folder] ?? [];

  test(`${folder} imports only what the table allows it`, () => {
    const strangers = importsOf(folder).filter(
      ({ target }) => uses !== 'everything' && !uses.includes(target),
    );
    expect(strangers).toEqual([]);
  });

  test(`${folder} uses other folders through their index`, () => {
    const backDoors = importsOf(folder).filter(
      ({ target, path }) =>
        !shelves.includes(target) && normalize(path) !== join(target, 'index.ts'),
    );
    expect(backDoors).toEqual([]);
  });
}

function usesOf(text: string): readonly string[] | 'everything' {
  if (text === 'everything') return text;
  return text === 'nothing' ? [] : text.split(', ');
}

/** The imports that leave a folder. */
function importsOf(folder: string): Import[] {
  return sourceFiles(join('src', folder)).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)]
      .map(([, specifier = '']) => relative('src', normalize(join(dirname(file), specifier))))
      .map((path) => ({ file, path, target: path.split(sep)[0] ?? '' }))
      .filter(({ target }) => target !== folder),
  );
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
