/**
 * `npm run build`: from `src` into `dist`, the bundles and types of the package `rollcall`, and below
 * `dist/packages` the package `rollcall-client`. The new `dist` is written beside the old one and then replaces it: no
 * file of an earlier build stays, and a program that starts meanwhile finds the old one or the new one.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { giveUp, loadTypeScript, root } from './lib/prepare.mjs';

const fresh = join(root, `dist.${process.pid}`);
const dist = join(root, 'dist');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

if (!existsSync(compiler)) giveUp('the TypeScript compiler is missing; run "npm ci --include=dev"');
const types = mkdtempSync(join(root, 'dist.types-'));
process.on('exit', () => {
  for (const folder of [types, fresh]) rmSync(folder, { recursive: true, force: true });
});
const { status } = spawnSync(process.execPath, [compiler, '-p', 'src', '--outDir', types], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
// The types of the generated codec are there already.
cpSync(join(root, 'src/gen/etcd.d.ts'), join(types, 'gen/etcd.d.ts'));

await loadTypeScript();
const { bundle, bundleClient, writeLicences } = await import('./lib/bundle.ts');
const { clientFolder, copyTypes, writeClientPackage } = await import('./lib/packages.ts');
writeLicences(await bundle(fresh), join(fresh, 'THIRD-PARTY-LICENSES.txt'));
copyTypes(types, fresh, 'client/index.d.ts', 'server/index.d.ts');
const program = join(fresh, 'main.js');
chmodSync(program, 0o755);
utimesSync(program, new Date(), new Date());

const client = join(fresh, clientFolder);
writeClientPackage(types, client);
const made = await bundleClient(join(client, 'index.js'));
writeLicences(made, join(client, 'THIRD-PARTY-LICENSES.txt'));

const old = `${fresh}.old`;
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });
