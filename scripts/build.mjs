/**
 * `npm run build`: `src` into `dist`. Built beside it and then exchanged, so that nothing old stays, and what runs
 * meanwhile never sees half of it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, root } from './lib/prepare.mjs';

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

// The generated codec is JavaScript already.
const generated = join(root, 'src/gen');
if (existsSync(generated)) cpSync(generated, join(fresh, 'gen'), { recursive: true, force: false });
const program = join(fresh, 'main.js');
chmodSync(program, 0o755);
utimesSync(program, new Date(), new Date());

const old = `${fresh}.old`;
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });
