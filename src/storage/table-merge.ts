import type { TableCursor } from './table-cursor.ts';

/** Bounds of what is given out at a time: enough to be worth a turn, few enough for one. */
const batchRecords = 1000;
const batchBytes = 256 << 10;

/** A record in LevelDB's tables. */
export interface TableRecord {
  /** A binary string. */
  readonly key: string;
  readonly value: Buffer;
}

/** A table that may hold keys from `first` to `last`. */
export interface WaitingTable {
  readonly first: string;
  readonly last: string;
  /** Gives a cursor before the first change of the table. */
  open(): Promise<TableCursor>;
}

/** Merges LevelDB's tables by key. Several may hold changes of one key, of which the newest counts. */
export class TableMerge {
  /** All records before this key were given out. */
  next: string;
  readonly #to: string;
  /** The last one first. */
  readonly #waiting: WaitingTable[];
  #cursors: TableCursor[] = [];
  /** No key of the tables that were opened is after it. */
  #lastOpened = '';
  /** The tables that were opened may hold keys that the next waiting one may hold, too. Mostly they do not. */
  #mayOverlap = false;

  constructor(tables: readonly WaitingTable[], from: string, to: string) {
    this.next = from;
    this.#to = to;
    this.#waiting = tables.toSorted((a, b) => (a.first < b.first ? 1 : -1));
  }

  /** The records in batches; the values are views of the tables. */
  async *records(): AsyncGenerator<readonly TableRecord[]> {
    let batch: TableRecord[] = [];
    const take = (cursor: TableCursor): void => {
      batch.push({ key: cursor.key, value: cursor.value() });
    };
    for await (const next of this.walk(take)) {
      yield batch;
      this.next = next;
      batch = [];
    }
  }

  /**
   * Calls `take` for each record, and yields after as many as fit into a turn: the key before which all were taken. The cursor
   * is valid during the call.
   */
  async *walk(take: (cursor: TableCursor) => void): AsyncGenerator<string> {
    let records = 0;
    let bytes = 0;
    for (;;) {
      let cursor = this.#newestOfFirst();
      while (this.#isNeeded(cursor)) {
        await this.#openTable();
        cursor = this.#newestOfFirst();
      }
      if (cursor === undefined) break;
      if (!cursor.isDeletion) {
        take(cursor);
        bytes += cursor.recordBytes;
      }
      const isFull = ++records >= batchRecords || bytes >= batchBytes;
      const next = isFull ? `${cursor.key}\0` : '';
      this.#pass(cursor);
      if (!isFull) continue;
      yield next;
      records = 0;
      bytes = 0;
    }
    yield this.#to;
  }

  /** True if a table that is not open may hold the key of this cursor, or an earlier one. */
  #isNeeded(cursor: TableCursor | undefined): boolean {
    const waiting = this.#waiting.at(-1);
    if (waiting === undefined || waiting.first >= this.#to) return false;
    return cursor === undefined || (this.#mayOverlap && waiting.first <= cursor.key);
  }

  async #openTable(): Promise<void> {
    const table = this.#waiting.pop();
    if (table === undefined) return;
    if (table.last > this.#lastOpened) this.#lastOpened = table.last;
    const waiting = this.#waiting.at(-1);
    this.#mayOverlap = waiting !== undefined && waiting.first <= this.#lastOpened;
    const cursor = await table.open();
    while (cursor.next()) {
      if (cursor.key < this.next) continue;
      if (cursor.key < this.#to) this.#cursors.push(cursor);
      return;
    }
  }

  /** Few tables overlap. */
  #newestOfFirst(): TableCursor | undefined {
    let [found] = this.#cursors;
    for (const cursor of this.#cursors) {
      // Only keys that are compared are made.
      if (found !== cursor && found !== undefined && isBefore(cursor, found)) found = cursor;
    }
    return found;
  }

  /** Moves all cursors beyond the key of this one, and forgets those that have nothing more. */
  #pass(first: TableCursor): void {
    const others = this.#cursors.length > 1 ? this.#cursors.filter((one) => one !== first) : none;
    for (const other of others) {
      if (other.key === first.key) this.#moveOn(other);
    }
    this.#moveOn(first);
  }

  #moveOn(cursor: TableCursor): void {
    const hasMore = cursor.nextKey() && (this.#lastOpened < this.#to || cursor.key < this.#to);
    if (!hasMore) this.#cursors.splice(this.#cursors.indexOf(cursor), 1);
  }
}

const none: readonly TableCursor[] = [];

function isBefore(a: TableCursor, b: TableCursor): boolean {
  return a.key < b.key || (a.key === b.key && a.sequence > b.sequence);
}
