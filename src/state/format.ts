import { RegistryError } from '../base/errors.ts';
import type { Engine } from './engine.ts';
import { neverCompacted } from './key-store.ts';
import { RowFormat } from './row.ts';

const formatKey = 'sformat';
/** Format of the records in the engine. A release refuses a newer one than its own. */
const formatVersion = 1;
const compactedKey = 'scompacted';
const numberRow = new RowFormat<[number]>();

export function writeFormat(engine: Engine): void {
  engine.put(formatKey, numberRow.encode([formatVersion]));
}

/** Throws RegistryError if the engine is empty, or was written by a newer release. */
export function checkFormat(engine: Engine): void {
  const row = engine.get(formatKey);
  const [version] = row === undefined ? [undefined] : numberRow.decode(row);
  if (version === formatVersion) return;
  throw new RegistryError(
    'invalid-request',
    version === undefined
      ? 'the store holds no state: it was never created'
      : `the data has format ${version}, and this release knows ${formatVersion}; run a newer one`,
  );
}

export function writeCompactedRevision(engine: Engine, revision: number): void {
  engine.put(compactedKey, numberRow.encode([revision]));
}

export function readCompactedRevision(engine: Engine): number {
  const row = engine.get(compactedKey);
  return row === undefined ? neverCompacted : numberRow.decode(row)[0];
}
