/** The two packages that ship: `rollcall` from the root of the repository, and `rollcall-client` from the build. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The folder of the package `rollcall-client`, below the output folder of the build. */
export const clientFolder = 'packages/rollcall-client';

/**
 * Copies the types of `entries`, with all that they import, from what the compiler wrote to what ships. A type of a
 * package would have to be installed by every user, so it is an error.
 */
export function copyTypes(from: string, to: string, ...entries: readonly string[]): void {
  for (const file of typesOf(from, ...entries)) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(from, file), join(to, file));
  }
}

/** The declaration files that `entries` need, by their paths in `folder`. */
export function typesOf(folder: string, ...entries: readonly string[]): readonly string[] {
  const found = new Set(entries);
  for (const file of found) {
    for (const specifier of importsOf(readFileSync(join(folder, file), 'utf8'))) {
      if (specifier.startsWith('node:')) continue;
      if (!specifier.startsWith('.')) {
        throw new Error(`${file} publishes a type of the package ${specifier}`);
      }
      found.add(normalize(join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts'))));
    }
  }
  return [...found].toSorted();
}

/** The imports of a declaration file, without those in examples of its comments. */
function importsOf(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(/(?:\bfrom|\bimport\(?)\s*['"]([^'"]+)['"]/g)].map(
    ([, specifier = '']) => specifier,
  );
}

/** The manifest of `rollcall-client`. It has no dependencies: all that it needs is in the bundle. */
export function clientManifest(): Record<string, unknown> {
  const about: Record<string, unknown> = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const { version, license, repository, bugs, homepage, engines } = about;
  return {
    name: 'rollcall-client',
    version,
    description:
      "Client of Rollcall, and of every server that speaks etcd's v3 API. No dependencies.",
    keywords: ['etcd', 'service-discovery', 'registry', 'watch', 'lock', 'lease'],
    license,
    repository,
    bugs,
    homepage,
    type: 'module',
    engines,
    exports: { '.': { types: './types/client/index.d.ts', default: './index.js' } },
  };
}

/** Writes the package `rollcall-client`, except its bundle and the licences in it. */
export function writeClientPackage(types: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyTypes(types, join(folder, 'types'), 'client/index.d.ts');
  cpSync(join(root, 'src/client/README.md'), join(folder, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const manifest = `${JSON.stringify(clientManifest(), undefined, 2)}\n`;
  writeFileSync(join(folder, 'package.json'), manifest);
}
