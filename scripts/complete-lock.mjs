/**
 * Completes `package-lock.json`: npm leaves out what a package offers for other platforms when the registry at hand
 * does not have it, and then `npm ci` refuses the lock everywhere. Run it after every change of dependencies.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
];

const file = 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = new Map(Object.entries(lock.packages));

let added = 0;
for (const { optionalDependencies = {}, dev } of [...packages.values()].slice(1)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const place = `node_modules/${name}`;
    const parts = name.split(/[-/]/);
    const os = systems.filter((system) => parts.includes(system));
    const cpu = processors.filter((processor) => parts.includes(processor));
    if (packages.has(place) || os.length === 0 || cpu.length === 0) continue;
    packages.set(place, { version, cpu, ...(dev ? { dev } : {}), optional: true, os });
    added += 1;
  }
}
const sorted = [...packages].toSorted(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`,
);
console.log(`${file}: ${added} packages of other platforms added`);
