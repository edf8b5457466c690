/** Bundles what ships: the program and the two libraries, each with the packages that it uses. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';

const root = join(import.meta.dirname, '../..');

/** The entries of the program, its libraries and its threads. Shared code, and code that is loaded later, goes into chunks. */
const entryPoints = [
  'src/main.ts',
  'src/client/index.ts',
  'src/server/index.ts',
  'src/platform/password-worker.mjs',
  'src/storage/table-worker.ts',
];

/**
 * Packages that are not bundled: `level` and `msgpackr-extract` find their binaries beside their own files; few members
 * need the parser of YAML, or regular expressions of Consul's API; gRPC loads `proto-loader` only for calls that Rollcall does not make.
 */
const external = ['level', 'msgpackr-extract', 'yaml', 're2js', '@grpc/proto-loader'];

/** Packages in CommonJS load parts of Node.js by `require`, which a module has only if it makes one. */
const banner =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const common = {
  absWorkingDir: root,
  external,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  banner: { js: banner },
  metafile: true,
  logLevel: 'warning',
} as const;

/** In a source file, `from` (which must be there once) becomes `to`. */
export interface Edit {
  /** "state/level-book.ts" */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Bundles the package `rollcall` into a folder, from the sources as they are or with some edits. */
export async function bundle(outdir: string, edits: readonly Edit[] = []): Promise<Metafile> {
  const { metafile } = await build({
    ...common,
    entryPoints,
    inject: [join(import.meta.dirname, 'globals.mjs')],
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // Positions are enough to name a file and a line in a stack; the sources do not ship.
    sourcemap: true,
    sourcesContent: false,
    plugins: [editing(edits)],
  });
  return metafile;
}

/** Bundles the package `rollcall-client`: one file, readable, without a source map. */
export async function bundleClient(outfile: string): Promise<Metafile> {
  const { metafile } = await build({ ...common, entryPoints: ['src/client/index.ts'], outfile });
  return metafile;
}

/** Gives the bundler changed sources; fails if an edit does not apply. */
function editing(edits: readonly Edit[]): Plugin {
  const unused = new Set(edits);
  return {
    name: 'edits',
    setup(bundler) {
      bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const own = edits.filter(({ file }) => path === join(root, 'src', file));
        if (own.length === 0) return undefined;
        const contents = own.reduce(applied, readFileSync(path, 'utf8'));
        for (const edit of own) unused.delete(edit);
        return { contents, loader: 'ts' };
      });
      bundler.onEnd(() => {
        for (const { file } of unused) throw new Error(`${file} is not part of the bundle`);
      });
    },
  };
}

function applied(text: string, { file, from, to }: Edit): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${file} has "${from}" ${parts.length - 1} times`);
  return parts.join(to);
}

/** The licences of the packages that are in the bundle, for a file beside it. */
export function writeLicences(metafile: Metafile, file: string): void {
  const folders = new Set(
    Object.keys(metafile.inputs).flatMap((input) => {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [];
      return folder === undefined ? [] : [folder];
    }),
  );
  const texts = [...folders].toSorted().map(licenceOf);
  writeFileSync(
    file,
    `Rollcall contains the packages below, each under its own licence.\n\n${texts.join('\n')}`,
  );
}

function licenceOf(folder: string): string {
  const path = join(root, folder);
  const about: unknown = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const { name, version, license } = { name: '', version: '', license: '', ...Object(about) };
  const found = readdirSync(path).filter((one) => /^(licen[cs]e|copying|notice)/i.test(one));
  if (found.length === 0 && typeof license !== 'string') {
    throw new Error(`${folder} says nothing about its licence`);
  }
  const texts = found.map((one) => readFileSync(join(path, one), 'utf8').trim());
  const line = '-'.repeat(80);
  return `${line}\n${name} ${version} (${license})\n${line}\n${texts.join('\n\n')}\n`;
}
