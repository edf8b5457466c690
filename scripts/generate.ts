/**
 * Makes src/gen from proto/: the codec of etcd's API. What is made is committed, so that a fresh
 * clone runs without this step; a test makes it again and compares.
 *
 *   npm run proto            writes src/gen
 *   npm run proto -- DIR     writes into DIR instead
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const project = dirname(import.meta.dirname);
const target = process.argv[2] ?? join(project, 'src/gen');
const pbjs = createRequire(import.meta.url).resolve('protobufjs-cli/bin/pbjs');
const files = ['rpc', 'kv', 'auth', 'lock', 'election', 'health'].map((name) => `${name}.proto`);

mkdirSync(target, { recursive: true });
// Types are made from comments, which nobody needs in the code: so they are made apart.
const withComments = mkdtempSync(join(tmpdir(), 'generate-'));
run('--dts', '--out', join(withComments, 'etcd.js'));
copyFileSync(join(withComments, 'etcd.d.ts'), join(target, 'etcd.d.ts'));
rmSync(withComments, { recursive: true });
run('--no-comments', '--out', join(target, 'etcd.js'));

function run(...options: readonly string[]): void {
  const common = ['--target', 'static-module', '--wrap', 'esm', '--keep-case', '--path', 'proto'];
  const without = ['create', 'verify', 'delimited', 'typeurl', 'service'].map(
    (part) => `--no-${part}`,
  );
  execFileSync(process.execPath, [pbjs, ...common, ...without, ...options, ...files], {
    cwd: project,
    stdio: 'inherit',
  });
}
