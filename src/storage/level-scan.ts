import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inventoryIn, tableName } from './level-files.ts';
import { TableCursor, UnknownTable, tagBytes } from './table-cursor.ts';

/** Bounds of what is given out at a time: enough to be worth a turn, few enough for one. */
const batchRecords = 1000;
const batchBytes = 256 << 10;
/** How often LevelDB may have merged away what is about to be read. */
const attemptsMax = 100;

/** A record in LevelDB's tables. */
export interface TableRecord {
  /** A binary string. */
  readonly key: string;
  readonly value: Buffer;
}

interface WaitingTable {
  readonly table: number;
  readonly first: string;
}

/**
 * Reads LevelDB's records with `from <= key < to` from its tables, without LevelDB, which hands out each key and value as a
 * buffer of its own: that took more than half of a start with a million keys. Only while nothing writes, and after the
 * tables were verified.
 *
 * Returns the key before which all is given out: `to`, or an earlier one if LevelDB has to be asked for the rest. That is so
 * while its log holds changes, and if a table has a layout that is not known here.
 */
export async function* scanTables(
  folder: string,
  from: string,
  to: string,
): AsyncGenerator<readonly TableRecord[], string> {
  const merge = new TableMerge(folder, from, to);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    try {
      if (await hasLog(folder)) break;
      yield* merge.records();
      return to;
    } catch (error) {
      if (error instanceof UnknownTable) break;
      // LevelDB merges tables meanwhile, which changes no record: what is missing now is in others.
      if (!isMissing(error)) throw error;
    }
  }
  return merge.next;
}

async function hasLog(folder: string): Promise<boolean> {
  const { firstLog } = await inventoryIn(folder);
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.log') || Number.parseInt(name) < firstLog) continue;
    if ((await stat(join(folder, name))).size > 0) return true;
  }
  return false;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Merges tables by key. Several may hold changes of one key, of which the newest counts. */
class TableMerge {
  /** All records before this key were given out. */
  next: string;
  readonly #folder: string;
  readonly #to: string;
  /** The last one first. */
  #waiting: WaitingTable[] = [];
  #open: TableCursor[] = [];

  constructor(folder: string, from: string, to: string) {
    this.#folder = folder;
    this.next = from;
    this.#to = to;
  }

  async *records(): AsyncGenerator<readonly TableRecord[]> {
    await this.#begin();
    let batch: TableRecord[] = [];
    let bytes = 0;
    for (;;) {
      let cursor = this.#newestOfFirst();
      while (this.#isNeeded(cursor)) {
        await this.#openTable();
        cursor = this.#newestOfFirst();
      }
      if (cursor === undefined || cursor.key >= this.#to) break;
      const { key } = cursor;
      if (!cursor.isDeletion) {
        const value = cursor.value();
        batch.push({ key, value });
        bytes += value.length;
      }
      this.#pass(key);
      if (batch.length < batchRecords && bytes < batchBytes) continue;
      yield batch;
      this.next = `${key}\0`;
      batch = [];
      bytes = 0;
    }
    if (batch.length > 0) yield batch;
    this.next = this.#to;
  }

  async #begin(): Promise<void> {
    const { tables } = await inventoryIn(this.#folder);
    this.#open = [];
    this.#waiting = [];
    for (const [table, { firstKey, lastKey }] of tables) {
      const first = userKeyOf(firstKey);
      if (first < this.#to && userKeyOf(lastKey) >= this.next) this.#waiting.push({ table, first });
    }
    this.#waiting.sort((a, b) => (a.first < b.first ? 1 : -1));
  }

  /** True if a table that is not open may hold the key of this cursor, or an earlier one. */
  #isNeeded(cursor: TableCursor | undefined): boolean {
    const waiting = this.#waiting.at(-1);
    return waiting !== undefined && (cursor === undefined || waiting.first <= cursor.key);
  }

  async #openTable(): Promise<void> {
    const { table = 0 } = this.#waiting.pop() ?? {};
    const cursor = new TableCursor(await readFile(join(this.#folder, tableName(table))));
    while (cursor.next()) {
      if (cursor.key < this.next) continue;
      this.#open.push(cursor);
      return;
    }
  }

  /** Few tables overlap. */
  #newestOfFirst(): TableCursor | undefined {
    let [found] = this.#open;
    for (const cursor of this.#open) {
      if (found === undefined || isBefore(cursor, found)) found = cursor;
    }
    return found;
  }

  /** Moves all cursors beyond this key. */
  #pass(key: string): void {
    for (let at = this.#open.length - 1; at >= 0; at--) {
      if (this.#open[at]?.pass(key) === false) this.#open.splice(at, 1);
    }
  }
}

function isBefore(a: TableCursor, b: TableCursor): boolean {
  return a.key < b.key || (a.key === b.key && a.sequence > b.sequence);
}

function userKeyOf(key: Buffer): string {
  return key.toString('latin1', 0, key.length - tagBytes);
}
