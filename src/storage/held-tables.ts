import { setImmediate as nextTurn } from 'node:timers/promises';
import { unsealText } from './checksum.ts';
import { StorageCorruption } from './corruption.ts';
import type { Database } from './level-directory.ts';
import type { TableCursor } from './table-cursor.ts';
import { openTable, readEdges } from './table-file.ts';
import { TableMerge } from './table-merge.ts';
import type { WaitingTable } from './table-merge.ts';

/** Tables that are looked at together. */
const readsMax = 16;

type Pin = ReturnType<Database['iterator']>;

/**
 * LevelDB's tables as they are at one moment, read without LevelDB while others write.
 *
 * The tables of any moment hold all writes up to one, and nothing of those after it: a write is in one memory table as a
 * whole, memory tables become tables one after the other, and merges change no record. An open iterator keeps the tables of
 * its moment on the disk; LevelDB deletes them some time after it was closed, or at the next start.
 */
export class HeldTables {
  readonly #tables: readonly WaitingTable[];
  readonly #pin: Pin;

  private constructor(tables: readonly WaitingTable[], pin: Pin) {
    this.#tables = tables;
    this.#pin = pin;
  }

  /** Holds the tables of now: what only LevelDB's log has is not in them (`LevelWriter.syncAll`). Throws DamagedTable. */
  static async hold(database: Database, folder: string): Promise<HeldTables> {
    const { pin, tables } = await pinTables(database);
    try {
      const held: WaitingTable[] = [];
      for (let at = 0; at < tables.length; at += readsMax) {
        const some = tables.slice(at, at + readsMax);
        held.push(...(await Promise.all(some.map((table) => heldTable(folder, table)))));
      }
      return new HeldTables(held, pin);
    } catch (error) {
      await pin.close();
      throw error;
    }
  }

  /**
   * Calls `take` for each record with `from <= key < to`, in order of keys, and yields between turns. The checksums of a table are
   * verified until it was read to its end once, those of records are not. Throws DamagedTable.
   */
  async *walk(from: string, to: string, take: (record: TableCursor) => void): AsyncGenerator<void> {
    const tables = this.#tables.filter(({ last }) => last >= from);
    for await (const _ of new TableMerge(tables, from, to).walk(take)) {
      yield;
      await nextTurn();
    }
  }

  /** The value of a record that must be there, its checksum verified. */
  async get(key: Buffer): Promise<Buffer> {
    const text = key.toString('latin1');
    let found: Buffer | undefined;
    const take = (record: TableCursor): void => {
      found = unsealText(text, record.value());
    };
    for await (const _ of this.walk(text, `${text}\0`, take));
    if (found === undefined) throw new StorageCorruption(key, 'it is missing');
    return found;
  }

  close(): Promise<void> {
    return this.#pin.close();
  }
}

async function heldTable(folder: string, table: number): Promise<WaitingTable> {
  let isVerified = false;
  const onVerified = (): void => {
    isVerified = true;
  };
  return {
    ...(await readEdges(folder, table)),
    open: () => openTable(folder, table, isVerified ? undefined : onVerified),
  };
}

/** The numbers of LevelDB's tables, and an iterator that keeps them. */
async function pinTables(database: Database): Promise<{ pin: Pin; tables: readonly number[] }> {
  for (;;) {
    const before = database.getProperty(listOfTables);
    const pin = database.iterator({ limit: 0 });
    // In between, LevelDB's thread may have made another list, which it does a few times in a second at most.
    if (database.getProperty(listOfTables) === before) return { pin, tables: numbersIn(before) };
    await pin.close();
  }
}

const listOfTables = 'leveldb.sstables';

/** A table has a line: a space, its number, its bytes, and its keys, without line breaks. */
function numbersIn(list: string): number[] {
  return [...list.matchAll(/^ (\d+):/gm)].map(([, number]) => Number(number));
}
