import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../scripts/lib/bundle.ts';
import type { Edit } from '../../scripts/lib/bundle.ts';
import type { ServerProgram } from '../cluster/processes.ts';

const root = join(import.meta.dirname, '../..');

/** A future release: built from modified sources, in a folder of its own. */
export async function plantRelease(
  folder: string,
  version: string,
  edits: readonly Edit[],
): Promise<ServerProgram> {
  mkdirSync(folder, { recursive: true });
  await bundle(join(folder, 'dist'), edits);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...about, version }));
  return { command: process.execPath, args: [join(folder, 'dist/main.js'), 'serve'] };
}

const codec = 'state/command-codec.ts';
/** Puts as this release knows them are written by hand. */
const writesPut = "if (command.kind === 'put') return writePut(command.request);";
const encodesPut = 'return [1, ...putFields(command.request)];';
const decodes = 'checkRow(row, commandLengths);';
const decodedPut = 'putOf(row[1], row[2], row[3], row[4])';

/** The text that a release of the next feature level adds to every value that is put, once it may. */
export const note = ' noted';

/**
 * A future release as `knownLevel` requires it: it knows puts with a further position, and writes them only when all
 * members know them.
 */
export const nextLevel: readonly Edit[] = [
  {
    file: 'state/feature-levels.ts',
    from: 'export const knownLevel: number = authLevel;',
    to: 'export const knownLevel: number = 5;',
  },
  {
    file: 'operations/kv.ts',
    from: "core.propose({ kind: 'put', request }, options.caller)",
    to: `core.propose({ kind: 'put', request, note: core.state.featureLevel >= 5 ? '${note}' : '' })`,
  },
  {
    file: codec,
    from: writesPut,
    to: "if (command.kind === 'put' && !command.note) return writePut(command.request);",
  },
  {
    file: codec,
    from: encodesPut,
    to: "return [1, ...putFields(command.request), ...(command.note === '' ? [] : [command.note])];",
  },
  {
    file: codec,
    from: decodes,
    to: `if (row[0] === 1 && row.length === 6) {
      const put = ${decodedPut};
      const value = Buffer.concat([put.value, Buffer.from(row[5])]);
      return { kind: 'put', request: { ...put, value } };
    }
    ${decodes}`,
  },
];

/** Writing this key makes the careless release use what only it knows. */
export const carelessKey = 'careless';

/** A careless release, which writes a put of a new kind although the others do not know it. */
export const careless: readonly Edit[] = [
  {
    file: codec,
    from: writesPut,
    to: `if (command.kind === 'put' && command.request.key !== '${carelessKey}') return writePut(command.request);`,
  },
  {
    file: codec,
    from: encodesPut,
    to: `return [command.request.key === '${carelessKey}' ? 99 : 1, ...putFields(command.request)];`,
  },
  {
    file: codec,
    from: decodes,
    to: `if (row[0] === 99) return { kind: 'put', request: ${decodedPut} };\n${decodes}`,
  },
];

/** A release that knows feature level 1 alone, as the first one. */
export const firstLevelOnly: readonly Edit[] = [
  {
    file: 'state/feature-levels.ts',
    from: 'export const knownLevel: number = authLevel;',
    to: 'export const knownLevel: number = firstLevel;',
  },
  {
    file: codec,
    from: 'if (format !== formatVersion && format !== envelopeVersion) {',
    to: 'if (format !== formatVersion) {',
  },
];

/** A release that knows feature level 2: it has no table of last deletions. */
export const secondLevelOnly: readonly Edit[] = [
  {
    file: 'state/feature-levels.ts',
    from: 'export const knownLevel: number = authLevel;',
    to: 'export const knownLevel: number = originLevel;',
  },
];
