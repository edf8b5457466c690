import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedFile } from './corruption.ts';
import { damageOfLog, recordsOfLog } from './level-log.ts';
import { Cursor } from './level-table.ts';
import { checkTables } from './table-check.ts';
import type { TableThread } from './table-thread.ts';

/** One of LevelDB's tables. */
export interface TableFile {
  /** As LevelDB has keys in tables: eight bytes of its own follow. */
  readonly firstKey: Buffer;
  readonly lastKey: Buffer;
}

/** The files in use according to a manifest. */
export interface Inventory {
  /** Logs from this number on have writes that are in no table yet. */
  readonly firstLog: number;
  /** By number. */
  readonly tables: ReadonlyMap<number, TableFile>;
}

/**
 * Verifies all files that LevelDB is about to read, before it does: LevelDB skips what does not verify, and deletes a
 * log that it has read. Undefined if all is sound, except for a last write that a crash cut off. The thread verifies a part of
 * many tables.
 */
export async function damageOfFiles(
  folder: string,
  thread: TableThread,
): Promise<DamagedFile | undefined> {
  const names = (await readdir(folder)).toSorted();
  if (!names.includes('CURRENT')) {
    const orphan = names.find((name) => /\.(log|ldb|sst|raft|large)$/.test(name));
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
  const damagedTable = await damageOfTables(folder, names, [...tables.keys()], thread);
  if (damagedTable !== undefined) return damagedTable;
  for (const name of names) {
    if (!name.endsWith('.log') || Number.parseInt(name) < firstLog) continue;
    const damaged = damageOfLog(await readFile(join(folder, name)));
    if (damaged !== undefined) return wrongSum(name, damaged);
  }
  return undefined;
}

async function damageOfTables(
  folder: string,
  names: readonly string[],
  tables: readonly number[],
  thread: TableThread,
): Promise<DamagedFile | undefined> {
  const files = new Map<number, string>();
  for (const name of names) {
    if (/\.(ldb|sst)$/.test(name)) files.set(Number.parseInt(name), name);
  }
  const missing = tables.find((table) => !files.has(table));
  if (missing !== undefined) return new DamagedFile(tableName(missing), 'it is missing');
  const tableNames = tables.map((table) => files.get(table) ?? '');
  const check = { folder, names: tableNames };
  const at = tableNames.keys();
  const found = thread.isWorth(tables.length)
    ? await thread.check(check)
    : await checkTables(check, () => at.next().value);
  if (found === undefined) return undefined;
  return wrongSum(tableNames[found.at] ?? '', found.damage.offset, found.damage.lastKey);
}

export function tableName(table: number): string {
  return `${String(table).padStart(6, '0')}.ldb`;
}

function wrongSum(file: string, offset: number, lastKey?: Uint8Array): DamagedFile {
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

/** The files in use now, while LevelDB has them open. */
export async function inventoryIn(folder: string): Promise<Inventory> {
  return inventoryOf(await readFile(await manifestIn(folder)));
}

/** The path of the manifest that names the files in use now. */
export async function manifestIn(folder: string): Promise<string> {
  return join(folder, (await readFile(join(folder, 'CURRENT'), 'latin1')).trimEnd());
}

function inventoryOf(manifest: Buffer): Inventory {
  const tables = new Map<number, TableFile>();
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
        case fields.newFile: {
          cursor.number();
          const table = cursor.number();
          cursor.number();
          const firstKey = cursor.bytes(cursor.number());
          tables.set(table, { firstKey, lastKey: cursor.bytes(cursor.number()) });
          break;
        }
        case fields.nextFile:
        case fields.lastSequence:
          cursor.number();
          break;
        default:
          // An unknown field: leave it to LevelDB to say what it cannot read.
          return { firstLog: 0, tables: new Map() };
      }
    }
  }
  return { firstLog: previousLog === 0 ? log : Math.min(log, previousLog), tables };
}
