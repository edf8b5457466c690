/**
 * What a fresh clone needs before anything runs: the right Node.js, the packages, and what TypeScript is built into.
 * Plain JavaScript without packages, because it runs before there are any.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ends the program with one line on standard error. */
export function giveUp(/** @type {string} */ line) {
  console.error(`rollcall: ${line}`);
  process.exit(1);
}

/** Installs and builds what is missing or older than what it is made from. */
export function prepare() {
  checkNode();
  if (installIsDue())
    run('installing packages', ['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (buildIsDue()) run('building', ['run', '--silent', 'build']);
}

/** Lets this process import TypeScript from here on. */
export async function loadTypeScript() {
  const tsx = await import('tsx/esm/api').catch(() => undefined);
  if (tsx === undefined) giveUp('tsx is missing; run "npm ci --include=dev"');
  else tsx.register();
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = engines.node.match(/\d+/g).map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  giveUp(`Node.js ${major}.${minor} or newer is needed; this is ${process.versions.node}`);
}

/** npm leaves this file when it has installed everything. */
function installIsDue() {
  return changedMs('package-lock.json') > changedMs('node_modules/.package-lock.json');
}

function buildIsDue() {
  const scripts = ['scripts/build.mjs', 'scripts/lib/bundle.ts', 'scripts/lib/packages.ts'];
  const inputs = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    ...scripts,
    ...filesIn('src'),
  ];
  return Math.max(...inputs.map(changedMs)) > changedMs('dist/main.js');
}

function filesIn(/** @type {string} */ folder) {
  return readdirSync(join(root, folder), { recursive: true }).map((name) =>
    join(folder, String(name)),
  );
}

/** When a file changed last; before all time if there is none. */
function changedMs(/** @type {string} */ path) {
  const full = join(root, path);
  return existsSync(full) ? statSync(full).mtimeMs : 0;
}

/** The npm that runs us, or else the one on the path. */
function run(/** @type {string} */ what, /** @type {string[]} */ argv) {
  console.error(`rollcall: ${what} (npm ${argv.join(' ')})`);
  const npm = process.env['npm_execpath']?.match(/.*npm-cli\.js$/)?.[0];
  const [program, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const { status, error } = spawnSync(program, [...first, ...argv], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error !== undefined) giveUp(`${what} needs npm, which cannot be started: ${error.message}`);
  if (status !== 0) giveUp(`${what} failed; the reason stands above`);
}
