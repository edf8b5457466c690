import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedFile } from './corruption.ts';
import { damageOfLog, recordsOfLog } from './level-log.ts';
import { Cursor, damageOfTable } from './level-table.ts';

/** The files in use according to a manifest. */
interface Inventory {
  /** Logs from this number on have writes that are in no table yet. */
  readonly firstLog: number;
  readonly tables: ReadonlySet<number>;
}

/**
 * Verifies all files that LevelDB is about to read, before it does: LevelDB skips what does not verify, and deletes a
 * log that it has read. Undefined if all is sound, except for a last write that a crash cut off.
 */
export async function damageOfFiles(folder: string): Promise<DamagedFile | undefined> {
  const names = (await readdir(folder)).toSorted();
  if (!names.includes('CURRENT')) {
    const orphan = names.find((name) => /\.(log|ldb|sst)$/.test(name));
    if (orphan === undefined) return undefined;
    return new DamagedFile('CURRENT', `it is missing, and ${orphan} is there`);
  }
  const manifest = (await readFile(join(folder, 'CURRENT'), 'latin1')).trimEnd();
  if (!names.includes(manifest)) {
    return new DamagedFile('CURRENT', `it names the manifest "${manifest}", which is not there`);
  }
  const bytes = await readFile(join(folder, manifest));
  const offset = damageOfLog(bytes);
  if (offset !== undefined) return wrongSum(manifest, offset);
  const { firstLog, tables } = inventoryOf(bytes);
  for (const table of tables) {
    const found = names.find(
      (name) => /\.(ldb|sst)$/.test(name) && Number.parseInt(name) === table,
    );
    if (found === undefined) {
      return new DamagedFile(`${String(table).padStart(6, '0')}.ldb`, 'it is missing');
    }
    const damage = damageOfTable(await readFile(join(folder, found)));
    if (damage !== undefined) return wrongSum(found, damage.offset, damage.lastKey);
  }
  for (const name of names) {
    if (!name.endsWith('.log') || Number.parseInt(name) < firstLog) continue;
    const damaged = damageOfLog(await readFile(join(folder, name)));
    if (damaged !== undefined) return wrongSum(name, damaged);
  }
  return undefined;
}

function wrongSum(file: string, offset: number, lastKey?: Buffer): DamagedFile {
  return new DamagedFile(file, `the checksum at byte ${offset} is wrong`, lastKey);
}

/** LevelDB's field numbers in a manifest. */
const fields = {
  comparator: 1,
  log: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  previousLog: 9,
} as const;

function inventoryOf(manifest: Buffer): Inventory {
  const tables = new Set<number>();
  let log = 0;
  let previousLog = 0;
  for (const record of recordsOfLog(manifest)) {
    const cursor = new Cursor(record, 0);
    while (!cursor.isAtEnd) {
      switch (cursor.number()) {
        case fields.comparator:
          cursor.bytes(cursor.number());
          break;
        case fields.log:
          log = cursor.number();
          break;
        case fields.previousLog:
          previousLog = cursor.number();
          break;
        case fields.compactPointer:
          cursor.number();
          cursor.bytes(cursor.number());
          break;
        case fields.deletedFile:
          cursor.number();
          tables.delete(cursor.number());
          break;
        case fields.newFile:
          cursor.number();
          tables.add(cursor.number());
          cursor.number();
          cursor.bytes(cursor.number());
          cursor.bytes(cursor.number());
          break;
        case fields.nextFile:
        case fields.lastSequence:
          cursor.number();
          break;
        default:
          // An unknown field: leave it to LevelDB to say what it cannot read.
          return { firstLog: 0, tables: new Set() };
      }
    }
  }
  return { firstLog: previousLog === 0 ? log : Math.min(log, previousLog), tables };
}
