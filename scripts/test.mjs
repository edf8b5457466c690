/**
 * `npm test [-- files and flags of vitest]`: everything that can run on this machine, from a fresh clone. The last
 * line is a count: `12 passed, 0 failed, 3 skipped`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTypeScript, prepare, root } from './lib/prepare.mjs';

prepare();
await loadTypeScript();
const { countLine } = await import('./lib/count-tests.ts');

const directory = mkdtempSync(join(tmpdir(), 'rollcall-tests-'));
const report = join(directory, 'report.json');
const vitest = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vitest.kill(signal));

const [status] = await once(vitest, 'exit');
const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
rmSync(directory, { recursive: true, force: true });
process.exitCode = status === 0 ? 0 : 1;
console.log(countLine(found, status === 0));
