/**
 * `npm run build`: `src` into `dist`: bundles that load fast, and the types for those who import them. Built beside it
 * and then exchanged, so that nothing old stays, and what runs meanwhile never sees half of it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, loadTypeScript, root } from './lib/prepare.mjs';

const fresh = join(root, `dist.${process.pid}`);
const dist = join(root, 'dist');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

if (!existsSync(compiler)) giveUp('the TypeScript compiler is missing; run "npm ci --include=dev"');
const { status } = spawnSync(process.execPath, [compiler, '-p', 'src', '--outDir', fresh], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) {
  rmSync(fresh, { recursive: true, force: true });
  process.exit(status ?? 1);
}
// The types of the generated codec are there already.
cpSync(join(root, 'src/gen/etcd.d.ts'), join(fresh, 'gen/etcd.d.ts'));

await loadTypeScript();
const { bundle, writeLicences } = await import('./lib/bundle.ts');
writeLicences(await bundle(fresh), join(fresh, 'THIRD-PARTY-LICENSES.txt'));
const program = join(fresh, 'main.js');
chmodSync(program, 0o755);
utimesSync(program, new Date(), new Date());

const old = `${fresh}.old`;
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });
