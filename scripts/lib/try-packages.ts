/** Packs what ships, installs it into empty folders, and uses it as a stranger would, with any release of Node.js. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clientFolder } from './packages.ts';

const root = join(import.meta.dirname, '../..');

/** The npm that belongs to the Node.js that runs this, or the one that runs us. */
const npm =
  /.*npm-cli\.js$/.exec(process.env['npm_execpath'] ?? '')?.[0] ??
  join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');

const commandMs = 120_000;
const startMs = 30_000;

/** The tarballs of both packages. */
export interface Tarballs {
  readonly rollcall: string;
  readonly client: string;
}

/** One installation. */
export interface Installed {
  readonly folder: string;
  /** As npm counts them: each folder of `node_modules` that is a package. */
  readonly packages: readonly string[];
}

/** Packs what `npm run build` has made. */
export function pack(folder: string): Tarballs {
  return {
    rollcall: packOne(root, folder),
    client: packOne(join(root, 'dist', clientFolder), folder),
  };
}

function packOne(source: string, folder: string): string {
  // `prepack` would build again, under the feet of what runs from `dist` meanwhile.
  const argv = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const found: { filename: string }[] = JSON.parse(
    runNode(process.execPath, [npm, ...argv], source),
  );
  return join(folder, found[0]?.filename ?? '');
}

/** Installs a tarball into an empty folder, with what the cache of npm has where it can. */
export function install(
  node: string,
  folder: string,
  tarball: string,
  ...flags: readonly string[]
): Installed {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}\n');
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  runNode(node, [npm, 'install', ...quiet, ...flags, tarball], folder);
  return { folder, packages: packagesIn(join(folder, 'node_modules')) };
}

function packagesIn(modules: string): readonly string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`)
        : [name],
    )
    .toSorted();
}

/** Runs a script of Node.js to its end and gives its output; throws what it printed if it fails. */
export function runNode(node: string, argv: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(node, argv, {
    cwd,
    encoding: 'utf8',
    timeout: commandMs,
    env: { ...process.env, PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}` },
  });
  if (status !== 0) {
    throw new Error(`${argv.join(' ')} failed\n${stdout}${stderr}`, { cause: error });
  }
  return stdout;
}

/** A cluster of three from an installation of `rollcall`. */
export interface InstalledCluster extends AsyncDisposable {
  readonly endpoints: readonly string[];
}

/** Starts three members and waits until all of them serve. `ports` are six free ones. */
export async function startInstalled(
  node: string,
  { folder }: Installed,
  ports: readonly number[],
): Promise<InstalledCluster> {
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const peers = urls.slice(3);
  const cluster = peers.map((url, index) => `m${index + 1}=${url}`).join(',');
  const members = peers.map((peer, index) => {
    const client = urls[index] ?? '';
    const name = `m${index + 1}`;
    const flags = {
      name: name,
      'data-dir': join(folder, name),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': cluster,
    };
    const argv = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    return spawn(node, [programIn(folder), 'serve', ...argv], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  });
  const stop = async (): Promise<void> => {
    await Promise.all(members.map(ended));
  };
  try {
    await Promise.all(members.map(serves));
  } catch (error) {
    await stop();
    throw error;
  }
  const endpoints = urls.slice(0, 3).map((url) => url.slice('http://'.length));
  return { endpoints, [Symbol.asyncDispose]: stop };
}

/** The program of an installation. */
export function programIn(folder: string): string {
  return join(folder, 'node_modules/rollcall/dist/main.js');
}

/** Waits until a member logs that it serves. */
async function serves(member: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => reject(new Error(`a member ${reason}\n${log}`));
    const timer = setTimeout(() => fail(`does not serve after ${startMs} ms`), startMs);
    member.once('exit', (code) => fail(`ended with exit code ${code}`));
    member.stderr?.on('data', (part: Buffer) => {
      log = (log + part.toString()).slice(-10_000);
      if (!log.includes('ready to serve client requests')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Ends a member in order, by force after a while. */
async function ended(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return;
  const exit = once(member, 'exit');
  member.kill('SIGTERM');
  const timer = setTimeout(() => member.kill('SIGKILL'), startMs);
  await exit;
  clearTimeout(timer);
}

/** Registers, discovers and watches; prints `seen: 10.0.1.47:8080`. The first word is how the client is loaded. */
const program = (load: string, endpoints: readonly string[]): string => `
${load}
const endpoints = ${JSON.stringify(endpoints)};
async function main() {
  const client = new Rollcall({ endpoints });
  const seen = [];
  const watching = (async () => {
    for await (const instances of client.watchInstances('packed')) {
      seen.push(instances.length);
      if (instances.length === 1) return instances[0].address;
    }
  })();
  const registration = await client.registerInstance('packed', 'i1', '10.0.1.47:8080');
  const address = await watching;
  const [found] = await client.instances('packed');
  if (found.address !== address) throw new Error('watched ' + address + ', found ' + found.address);
  await registration.release();
  client.close();
  console.log('seen: ' + address);
}
void main();
`;

/** Uses `rollcall-client`, as a module and by `require`, against a cluster. */
export function useClient(node: string, { folder }: Installed, endpoints: readonly string[]): void {
  const programs = {
    'use.mjs': program("import { Rollcall } from 'rollcall-client';", endpoints),
    'use.cjs': program("const { Rollcall } = require('rollcall-client');", endpoints),
  };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), text);
    expectText(runNode(node, [name], folder), 'seen: 10.0.1.47:8080');
  }
}

/** Uses the command line and the libraries of `rollcall` against its cluster, and a member inside a program. */
export function useRollcall(
  node: string,
  { folder }: Installed,
  endpoints: readonly string[],
): void {
  const flag = `--endpoints=${endpoints.join(',')}`;
  const cli = (...argv: readonly string[]): string =>
    runNode(node, [programIn(folder), ...argv, flag], folder);
  cli('put', '/packed/key', 'value');
  expectText(cli('get', '/packed/key'), 'value');
  expectText(cli('member', 'list'), 'm3');
  expectText(cli('endpoint', 'health'), endpoints[2] ?? '');
  writeFileSync(
    join(folder, 'use.mjs'),
    program("import { Rollcall } from 'rollcall';", endpoints),
  );
  expectText(runNode(node, ['use.mjs'], folder), 'seen: 10.0.1.47:8080');
  writeFileSync(
    join(folder, 'embed.mjs'),
    `import { Rollcall } from 'rollcall';
import { startServer } from 'rollcall/server';
const member = await startServer();
await member.ready;
const client = new Rollcall({ endpoints: [...member.clientUrls] });
await client.put('inside', 'a program');
console.log((await client.get('inside')).value);
client.close();
await member.stop();
`,
  );
  expectText(runNode(node, ['embed.mjs'], folder), 'a program');
}

function expectText(output: string, text: string): void {
  if (!output.includes(text)) throw new Error(`"${text}" is not in the output:\n${output}`);
}
