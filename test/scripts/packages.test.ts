import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientFolder, clientManifest, typesOf } from '../../scripts/lib/packages.ts';
import {
  install,
  pack,
  startInstalled,
  useClient,
  useRollcall,
  type Tarballs,
} from '../../scripts/lib/try-packages.ts';
import { freePorts } from '../ports.ts';

const root = join(import.meta.dirname, '../..');
const node = process.execPath;

let folder: string;
let tarballs: Tarballs;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-packages-'));
  tarballs = pack(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('the client installs as one package, and the program without what its bundle contains', () => {
  const client = install(node, join(folder, 'alone'), tarballs.client, '--offline');

  expect(client.packages).toEqual(['rollcall-client']);
  expect(clientManifest()).not.toHaveProperty('dependencies');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['level', 're2js', 'yaml']);
});

test('both packages work once they are installed: a cluster, the command line and the libraries', async () => {
  const client = install(node, join(folder, 'client'), tarballs.client);
  const rollcall = install(node, join(folder, 'rollcall'), tarballs.rollcall);

  expect(rollcall.packages).not.toContain('@grpc/grpc-js');
  await using cluster = await startInstalled(node, rollcall, await freePorts(6));
  useClient(node, client, cluster.endpoints);
  useRollcall(node, rollcall, cluster.endpoints);
}, 120_000);

test('a program in TypeScript is checked against the types of both packages, all of them', () => {
  const home = join(folder, 'typed');
  const modules = join(home, 'node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(root, join(modules, 'rollcall'));
  symlinkSync(join(root, 'dist', clientFolder), join(modules, 'rollcall-client'));
  symlinkSync(join(root, 'node_modules/@types'), join(modules, '@types'));
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(home, 'use.ts'),
    `import { RollcallError, op, type Instance, type Watcher } from 'rollcall-client';
import { startServer, type EmbeddedMember, type ErrorCode } from 'rollcall/server';
import { Rollcall } from 'rollcall';
const member: EmbeddedMember = await startServer({ name: 'm1' });
const client = new Rollcall({ endpoints: [...member.clientUrls] });
const found: readonly Instance[] = await client.instances('payment');
export const codes: ErrorCode[] = ['lease-not-found', 'not-leader', 'invalid-request'];
// @ts-expect-error there is no such code
export const wrong: ErrorCode = 'no-such-code';
// @ts-expect-error a number is no key
await client.get(found.length);
export { RollcallError, op, type Watcher };
`,
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options =
    '--noEmit --strict --skipLibCheck false --module nodenext --target es2022 --lib es2023,esnext.disposable --types node';

  const { stdout } = spawnSync(node, [compiler, ...options.split(' '), 'use.ts'], {
    cwd: home,
    encoding: 'utf8',
  });

  expect(stdout).toBe('');
});

test('a type of a package among the published types is an error of the build', () => {
  const types = join(folder, 'types');
  mkdirSync(types);
  writeFileSync(join(types, 'index.d.ts'), "export type { A } from './a.ts';\n");
  writeFileSync(
    join(types, 'a.d.ts'),
    "/** import { b } from 'in-a-comment'; */\nimport type { B } from 'b';\nexport type A = B;\n",
  );

  expect(() => typesOf(types, 'index.d.ts')).toThrow('a.d.ts publishes a type of the package b');
});

test('a tarball holds no tests, no scripts, and not the other package', () => {
  const rollcall = names(tarballs.rollcall);
  expect(rollcall).toContain('package/dist/main.js');
  expect(rollcall.filter((name) => /\/(?:test|scripts|src|packages)\//.test(name))).toEqual([]);
  const ofClient = names(tarballs.client).filter((name) => !name.startsWith('package/types/'));
  expect(new Set(ofClient)).toEqual(
    new Set(
      ['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.txt', 'index.js', 'package.json'].map(
        (name) => `package/${name}`,
      ),
    ),
  );
});

function names(tarball: string): string[] {
  return spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).stdout.trim().split('\n');
}
