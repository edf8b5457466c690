import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inventoryIn, tableName } from './level-files.ts';
import { TableCursor, UnknownTable, userKeyOf } from './table-cursor.ts';
import { TableMerge } from './table-merge.ts';
import type { TableRecord, WaitingTable } from './table-merge.ts';
import { readWhole } from './whole-file.ts';

/** How often LevelDB may have merged away what is about to be read. */
const attemptsMax = 100;

/**
 * Reads LevelDB's records with `from <= key < to` from its tables, without LevelDB, which hands out each key and value as a
 * buffer of its own: that took more than half of a start with a million keys. Only while nothing writes, and after the
 * tables were verified.
 *
 * Returns the key before which all is given out: `to`, or an earlier one if LevelDB has to be asked for the rest. That is so
 * while its log holds changes, and if a table has a layout that is not known here.
 */
export function scanTables(
  folder: string,
  from: string,
  to: string,
): AsyncGenerator<readonly TableRecord[], string> {
  return readTables(folder, from, to, (merge) => merge.records());
}

/** The same for what `read` makes of the records; it sets `next` of the merge to how far it came. */
export async function* readTables<T>(
  folder: string,
  from: string,
  to: string,
  read: (merge: TableMerge) => AsyncGenerator<T>,
): AsyncGenerator<T, string> {
  let next = from;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // First: a record that goes from the log to a table meanwhile is in the tables.
    if (await hasLog(folder)) break;
    const merge = new TableMerge(await tablesOf(folder, next, to), next, to);
    try {
      yield* read(merge);
      return to;
    } catch (error) {
      ({ next } = merge);
      if (error instanceof UnknownTable) break;
      // LevelDB merges tables meanwhile, which changes no record: what is missing now is in others.
      if (!isMissing(error)) throw error;
    }
  }
  return next;
}

/** The tables that may hold keys with `from <= key < to`. */
export async function tablesOf(
  folder: string,
  from: string,
  to: string,
): Promise<readonly WaitingTable[]> {
  const { tables } = await inventoryIn(folder);
  const found: WaitingTable[] = [];
  for (const [table, { firstKey, lastKey }] of tables) {
    const first = userKeyOf(firstKey);
    const last = userKeyOf(lastKey);
    if (first >= to || last < from) continue;
    const path = join(folder, tableName(table));
    found.push({ first, last, open: async () => new TableCursor(await readWhole(path)) });
  }
  return found;
}

async function hasLog(folder: string): Promise<boolean> {
  const { firstLog } = await inventoryIn(folder);
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.log') || Number.parseInt(name) < firstLog) continue;
    // LevelDB may have removed it meanwhile: what it held is in a table.
    if ((statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0) > 0) return true;
  }
  return false;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
