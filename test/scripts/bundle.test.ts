import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Metafile } from 'esbuild';
import { bundle, writeLicences } from '../../scripts/lib/bundle.ts';
import type { Edit } from '../../scripts/lib/bundle.ts';

const root = join(import.meta.dirname, '../..');
const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

let folder: string;
let made: Metafile;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bundle-')));
  made = await bundle(join(folder, 'dist'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The files and packages that an entry loads. */
interface Loaded {
  readonly files: number;
  readonly bytes: number;
  /** Of node_modules, in the bundle or beside it. */
  readonly packages: readonly string[];
}

/**
 * The modules that are loaded for a source file and everything that it and the others of `sources` import, without
 * those loaded later. The first one is an entry or loaded by `import()`.
 */
function loadedBy(...sources: readonly string[]): Loaded {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (output: string): void => {
    if (seen.has(output)) return;
    seen.add(output);
    const { inputs, imports } = made.outputs[output] ?? { inputs: {}, imports: [] };
    for (const input of Object.keys(inputs)) {
      const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
      if (name !== undefined) packages.add(name);
    }
    for (const { path, kind, external } of imports) {
      if (kind === 'dynamic-import') continue;
      if (external !== true) visit(path);
      else if (kind === 'import-statement' && !isBuiltin(path)) packages.add(path);
    }
  };
  for (const source of sources) visit(outputOf(source));
  const bytes = [...seen].reduce((sum, output) => sum + (made.outputs[output]?.bytes ?? 0), 0);
  return { files: seen.size, bytes, packages: [...packages].toSorted() };
}

function outputOf(source: string): string {
  const found = Object.entries(made.outputs).find(([, { entryPoint }]) => entryPoint === source);
  if (found === undefined) throw new Error(`${source} is not loaded by itself`);
  return found[0];
}

test('the version, the help and a refused flag of the server load no package', () => {
  const loaded = loadedBy('src/main.ts', 'src/server/serve-command.ts');
  expect(loaded.packages).toEqual([]);
  expect(loaded.bytes).toBeLessThan(100_000);
  expect(loaded.files).toBeLessThanOrEqual(10);
});

test('a command that asks no server loads neither the client nor gRPC', () => {
  const loaded = loadedBy('src/main.ts', 'src/server/command.ts');
  expect(loaded.packages).toEqual(['commander', 'picocolors']);
  expect(loaded.bytes).toBeLessThan(300_000);
  expect(loaded.files).toBeLessThanOrEqual(11);
});

test('a command that asks a server loads gRPC and the codec, and nothing of the server', () => {
  const loaded = loadedBy('src/main.ts', 'src/server/command.ts', 'src/client/index.ts');
  expect(loaded.packages.filter((name) => !partsOfGrpc.includes(name))).toEqual([
    'commander',
    'picocolors',
  ]);
  expect(loaded.bytes).toBeLessThan(1_600_000);
  expect(loaded.files).toBeLessThanOrEqual(16);
});

test('a member loads what it needs, and no parser of YAML or proto files, no schemas, and nothing of the CLI', () => {
  const loaded = loadedBy('src/main.ts', 'src/server/serve-command.ts', 'src/server/serve.ts');
  expect(loaded.packages.filter((name) => !partsOfGrpc.includes(name))).toEqual([
    'bintrees',
    'level',
    'msgpackr',
    'prom-client',
    'tdigest',
  ]);
  // Our own code is a third of it, and grows; a package that slips in is seen above.
  expect(loaded.bytes).toBeLessThan(2_950_000);
  expect(loaded.files).toBeLessThanOrEqual(21);
});

test('the thread that reads tables is where the member looks for it, and loads little', async () => {
  expect(outputOf('src/storage/table-worker.ts')).toMatch(/dist\/storage\/table-worker\.js$/);
  const loaded = loadedBy('src/storage/table-worker.ts');
  expect(loaded.packages).toEqual(['msgpackr']);
  expect(loaded.bytes).toBeLessThan(400_000);

  const thread = new Worker(join(folder, 'dist/storage/table-worker.js'));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  thread.postMessage({ folder: join(folder, 'none'), from: 'a', to: 'b' });
  await expect(once(thread, 'message')).rejects.toThrow(/ENOENT.*none/);
});

/** `@grpc/grpc-js`, the codec of protobuf, and what they use. */
const partsOfGrpc: readonly string[] = [
  '@grpc/grpc-js',
  '@js-sdsl/ordered-map',
  '@opentelemetry/api',
  '@protobufjs/aspromise',
  '@protobufjs/base64',
  '@protobufjs/eventemitter',
  '@protobufjs/float',
  '@protobufjs/inquire',
  '@protobufjs/pool',
  '@protobufjs/utf8',
  'long',
  'protobufjs',
];

test('packages beside the bundle are declared, and the binaries are among them', () => {
  const beside = Object.values(made.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external === true && !isBuiltin(path));
  const needed = new Set(beside.map(({ path }) => path));
  const declared = { ...about.dependencies, ...about.optionalDependencies };
  // Loaded by gRPC for calls that we do not make.
  needed.delete('@grpc/proto-loader');
  expect([...needed].filter((name) => declared[name] === undefined)).toEqual([]);
  expect(Object.keys(declared)).toEqual(
    expect.arrayContaining(['level', 'msgpackr-extract', 'yaml']),
  );
});

test('the licence of every package in the bundle goes along', () => {
  const file = join(folder, 'licences.txt');
  writeLicences(made, file);
  const text = readFileSync(file, 'utf8');
  for (const name of ['@grpc/grpc-js', 'commander', 'cli-table3', 'protobufjs', 'prom-client']) {
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'));
  }
  expect(text.match(/Permission is hereby granted|Apache License/g)?.length).toBeGreaterThan(10);
});

/** A program that is built with some edits, run with only the packages that an installation has. */
async function run(edits: readonly Edit[], ...argv: readonly string[]): Promise<string> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'bundled-')));
  onTestFinished(() => rmSync(home, { recursive: true }));
  await bundle(join(home, 'dist'), edits);
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'));
  linkInstalled(home);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(home, 'dist/main.js'), ...argv],
    { encoding: 'utf8', timeout: 20_000, cwd: home },
  );
  return `${stdout}${stderr}exit code ${status}`;
}

/** The packages that `npm install rollcall` brings, with those that they need. */
function linkInstalled(home: string): void {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const [path, { dev }] of Object.entries<{ dev?: boolean }>(lock.packages)) {
    const isOurs = path === '' || path.lastIndexOf('node_modules/') > 0 || dev === true;
    if (isOurs) continue;
    const link = join(home, path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve(root, path), link);
  }
}

/** The place of a text in a source: "src/server/start.ts:61". */
function placeOf(file: string, text: string): string {
  const lines = readFileSync(join(root, 'src', file), 'utf8').split('\n');
  return `src/${file}:${lines.findIndex((line) => line.includes(text)) + 1}`;
}

test('an error that nothing catches names our files and lines', async () => {
  const file = 'server/command.ts';
  const from = 'const interrupted = new AbortController();';
  const to = `${from} throw new TypeError('planted', { cause: new Error('beneath') });`;
  const output = await run([{ file, from, to }], 'version');
  expect(output).toContain('TypeError: planted');
  expect(output).toMatch(new RegExp(`at .*${placeOf(file, from)}`));
  expect(output.match(new RegExp(placeOf(file, from), 'g'))?.length).toBeGreaterThanOrEqual(2);
  expect(output).toContain('exit code 1');
});

test('a stack in the log of a member names our files and lines', async () => {
  const file = 'server/start.ts';
  const from = 'const metrics = createPrometheusMetrics();';
  const to = `${from} throw new TypeError('planted');`;
  const output = await run([{ file, from, to }], 'serve', '--data-dir', join(folder, 'none'));
  const [line = ''] = output.split('\n').filter((one) => one.includes('planted'));
  expect(JSON.parse(line).stack).toMatch(new RegExp(`at startMember \\(.*${placeOf(file, from)}:`));
});

test('with the packages of an installation alone, LevelDB is found, and a file in YAML is read', async () => {
  const config = join(folder, 'config.yaml');
  const url = 'http://127.0.0.1:0';
  writeFileSync(
    config,
    [
      'name: m1',
      `data-dir: ${join(folder, 'data')}`,
      ...['listen-client-urls', 'advertise-client-urls', 'listen-peer-urls'].map(
        (name) => `${name}: ${url}`,
      ),
    ].join('\n'),
  );
  // It ends by itself as soon as it serves.
  const file = 'server/serve.ts';
  const from = "logger.info('member started', {";
  const to = `void member.ready.then(() => process.kill(process.pid, 'SIGTERM'));\n${from}`;
  const output = await run([{ file, from, to }], 'serve', '--config-file', config);
  expect(output).toContain('received signal; shutting down');
  expect(output).toContain('exit code 0');
});

test('packages of which only the default export is there when they are loaded later are used by it', () => {
  const onlyDefault = Object.values(made.outputs)
    .filter(({ exports }) => exports.length === 1 && exports[0] === 'default')
    .map(({ entryPoint }) => entryPoint);
  const later = Object.entries(made.inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ kind, path }) => kind === 'dynamic-import' && onlyDefault.includes(path))
      .map(({ original }) => ({ file, original })),
  );
  expect(later).not.toEqual([]);
  for (const { file, original } of later) {
    const source = readFileSync(join(root, file), 'utf8');
    expect(source).toMatch(new RegExp(`\\{ default: \\w+ \\} = await import\\('${original}'\\)`));
  }
});
