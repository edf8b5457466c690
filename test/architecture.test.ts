import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Allowed imports. The same table as in docs/architecture.md, which a test below compares. */
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
  http2: ['base'],
  api: ['base', 'gen', 'http2', 'operations', 'registry'],
  proxy: ['base', 'balance', 'registry'],
  storage: ['base', 'raft', 'state', 'replica'],
  transport: ['base', 'http2', 'raft', 'replica', 'tls'],
  tls: ['base'],
  probe: ['base', 'registry'],
  platform: ['base'],
  client: ['base', 'balance', 'gen'],
  cli: ['base', 'client', 'gen'],
  ui: [],
  server: 'everything',
};

/** Collections of small files that are taken one by one; all other folders are used through their index.ts. */
const collections = ['base', 'gen'];

/** The file beside the folders: the entry, which only starts the server or the CLI. */
const entryFile = 'main.ts';

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

test('beside the folders of src there is only the entry', () => {
  const sources = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  expect(sources.map(({ name }) => name)).toEqual([entryFile]);
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

/** Folders of `src/api` that carry calls and pages for any API. All other folders there are APIs. */
const carriers = ['grpc', 'gateway', 'http', 'port'];

test('what carries calls and pages knows no API', () => {
  const entriesOfApi = readdirSync('src/api', { withFileTypes: true });
  const apis = entriesOfApi
    .filter((entry) => entry.isDirectory() && !carriers.includes(entry.name))
    .map(({ name }) => name);
  const shared = entriesOfApi
    .filter((entry) => entry.isFile() && entry.name !== 'index.ts')
    .map(({ name }) => join('src/api', name));
  const files = [...carriers.flatMap((name) => sourceFiles(join('src/api', name))), ...shared];
  const unknown = [...apis, 'gen', 'operations', 'registry'].join('|');
  const known = files.flatMap((file) => {
    const text = codeOf(file);
    const imports = text.matchAll(new RegExp(`from '[^']*/(?:${unknown})/[^']*'`, 'g'));
    const names = text.matchAll(/['"`][^'"`\n]*\betcd[^'"`\n]*['"`]/g);
    return [...imports, ...names].map(([found]) => `${file}: ${found}`);
  });
  expect(apis).toContain('etcd');
  expect(known).toEqual([]);
});

/** Clocks, timers and chance. A timer of a socket is the socket's; a date of a given time is none. */
const timeAndChance =
  /\bperformance\.now\b|\bDate\b(?!\([a-zA-Z])|(?<!\.)\bset(?:Timeout|Interval|Immediate)\(|\bMath\.random\b/g;

/** The environment, arguments and signals. `process.nextTick` is a queue of the language, as microtasks are. */
const processUse = /\bprocess\.(?!nextTick\b)\w+/g;

/** Modules of Node.js that open connections, when more than types is imported from them. */
const sockets =
  /^import \{(?! (?:isIP(?:v4|v6)?(?:, )?)+ \}| STATUS_CODES \})[^}]*\} from 'node:(?:net|http2?|https|tls|dgram|dns)[^']*'/gm;

/** The SDK and the command line are programs of their own: they have their own time and open their own connections. */
const ownPrograms = ['client', 'cli'];
const composition = ['server', 'main.ts'];

test('time and chance of a member come from platform', () => {
  const found = sourcesBut(['platform', 'gen', ...ownPrograms]).filter((file) =>
    contains(file, timeAndChance),
  );
  expect(found).toEqual([]);
});

test('only platform and the composition look at the process', () => {
  const others = sourcesBut(['platform', 'gen', ...ownPrograms, ...composition]);
  expect(others.filter((file) => contains(file, processUse))).toEqual([]);
});

test('a member opens sockets in platform, transport, tls, probe, api/port and server only', () => {
  const others = sourcesBut([
    'platform',
    'transport',
    'probe',
    'tls',
    join('api', 'port'),
    ...composition,
    ...ownPrograms,
  ]);
  expect(others.filter((file) => contains(file, sockets))).toEqual([]);
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
        !collections.includes(target) && normalize(path) !== join(target, 'index.ts'),
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

/** Files of `src`, without those in some folders. */
function sourcesBut(without: readonly string[]): string[] {
  return sourceFiles('src')
    .map((file) => relative('src', file))
    .filter((file) => !without.some((path) => file === path || file.startsWith(path + sep)));
}

function contains(file: string, pattern: RegExp): boolean {
  return codeOf(join('src', file)).search(pattern) !== -1;
}

/** A file without its comments. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
