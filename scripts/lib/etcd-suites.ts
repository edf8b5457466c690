/** Fetches etcd's end-to-end suites and the programs that they use, and runs single tests of them. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const program = join(import.meta.dirname, '../../dist/main.js');

/** One suite of one release, compiled, in a folder that is kept between runs. */
export interface Suites {
  readonly folder: string;
  readonly suite: string;
  /** The module `go.etcd.io/etcd/tests/v3`, as it was fetched. */
  readonly sources: string;
  readonly compiled: string;
}

export interface Outcome {
  readonly verdict: 'passed' | 'skipped' | 'failed';
  readonly seconds: number;
  readonly log: string;
}

/** Fetches and compiles what is not in the folder yet. */
export function prepareSuites(
  place: string,
  { etcd, suite }: { readonly etcd: string; readonly suite: string },
): Suites {
  const folder = resolve(place);
  const sources = join(folder, 'tests');
  const compiled = join(folder, `${suite}.test`);
  const isOther =
    existsSync(folder) && readdirSync(folder).length > 0 && releaseOf(folder) !== etcd;
  if (isOther) throw new Error(`${folder} is in use for something else than etcd ${etcd}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'release'), etcd);
  if (!existsSync(sources)) fetchSources(sources, etcd);
  if (!existsSync(join(folder, 'etcd/etcd'))) buildPrograms(folder, etcd);
  writeLauncher(folder, etcd);
  if (!existsSync(compiled)) {
    go(sources, 'test', '-c', '-tags', 'e2e', '-o', compiled, `./${suite}`);
  }
  return { folder, suite, sources, compiled };
}

function releaseOf(folder: string): string | undefined {
  const file = join(folder, 'release');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function fetchSources(sources: string, etcd: string): void {
  const about: unknown = JSON.parse(
    go('.', 'mod', 'download', '-json', `go.etcd.io/etcd/tests/v3@v${etcd}`),
  );
  const { Dir } = { Dir: '', ...Object(about) };
  cpSync(Dir, sources, { recursive: true });
  run('chmod', ['-R', 'u+w', sources]);
  // The other modules are fetched, too, where the repository has them beside it.
  const module = join(sources, 'go.mod');
  writeFileSync(module, readFileSync(module, 'utf8').replace(/^replace \([^)]*\)\n/m, ''));
}

/** etcd, etcdctl and etcdutl of the release. */
function buildPrograms(folder: string, etcd: string): void {
  const sources = join(folder, 'programs');
  mkdirSync(sources, { recursive: true });
  writeFileSync(join(sources, 'go.mod'), 'module programs\n');
  const packages = { etcd: 'server', etcdctl: 'etcdctl', etcdutl: 'etcdutl' };
  const paths = Object.values(packages).map((name) => `go.etcd.io/etcd/${name}/v3`);
  go(sources, 'get', ...paths.map((path) => `${path}@v${etcd}`));
  for (const [name, path] of Object.entries(packages)) {
    go(sources, 'build', '-o', join(folder, 'etcd', name), `go.etcd.io/etcd/${path}/v3`);
  }
}

/** A folder as the suites expect it, where `etcd` is Rollcall; gateways and proxies before it are etcd's own. */
function writeLauncher(folder: string, etcd: string): void {
  const place = join(folder, 'rollcall');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  for (const name of ['etcdctl', 'etcdutl']) symlinkSync(join('../etcd', name), join(place, name));
  const launcher = join(place, 'etcd');
  writeFileSync(
    launcher,
    [
      '#!/bin/sh',
      `case "$1" in gateway|grpc-proxy) exec ${quoted(join(folder, 'etcd/etcd'))} "$@" ;; esac`,
      `export ETCD_REPORT_ETCD_VERSION=${etcd}`,
      `exec ${quoted(process.execPath)} ${quoted(program)} "$@"`,
      '',
    ].join('\n'),
  );
  chmodSync(launcher, 0o755);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The tests of a suite, in its order. */
export function testsOf({ compiled, sources, suite }: Suites): string[] {
  const listed = run(compiled, ['-test.list', '.'], join(sources, suite));
  return listed.split('\n').filter((line) => line.startsWith('Test'));
}

/** Runs one test in a network of its own. Processes that it leaves behind end with it. */
export function runTest(
  { folder, suite, sources, compiled }: Suites,
  name: string,
  options: { readonly against: 'etcd' | 'rollcall'; readonly secondsMax: number },
): Outcome {
  const temporary = mkdtempSync(join(folder, 'run-'));
  // Tests write into the working directory, and take their certificates from the folder beside it.
  const work = join(temporary, 'tests', suite);
  mkdirSync(work, { recursive: true });
  symlinkSync(join(sources, 'fixtures'), join(temporary, 'tests/fixtures'));
  const logs = join(folder, 'logs', options.against);
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${suite}-${name}.log`);
  const output = openSync(log, 'w');
  const began = performance.now();
  const { status } = spawnSync(
    'unshare',
    [
      ...namespaces,
      `${network}; exec "$0" "$@"`,
      compiled,
      '-test.v',
      `-test.run=^${name}$`,
      `-test.timeout=${options.secondsMax}s`,
      `-bin-dir=${join(folder, options.against)}`,
    ],
    {
      cwd: work,
      stdio: ['ignore', output, output],
      timeout: (options.secondsMax + 30) * 1000,
      env: { ...process.env, TMPDIR: temporary },
    },
  );
  const seconds = (performance.now() - began) / 1000;
  rmSync(temporary, { recursive: true, force: true });
  const text = readFileSync(log, 'utf8');
  if (status !== 0) return { verdict: 'failed', seconds, log };
  return { verdict: text.includes(`--- SKIP: ${name} `) ? 'skipped' : 'passed', seconds, log };
}

const namespaces = '--map-root-user --net --pid --fork --kill-child --mount-proc sh -c'.split(' ');

/** A loopback interface that looks like a way out: some tests look for the address of this machine. */
const network =
  'ip link set lo up; ip addr add 10.99.0.1/24 dev lo; ip route add default dev lo src 10.99.0.1';

function go(cwd: string, ...args: string[]): string {
  return run('go', args, cwd);
}

function run(command: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error });
  return stdout;
}
