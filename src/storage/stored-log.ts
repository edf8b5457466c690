import type { Entry } from '../raft/index.ts';
import { unseal } from './checksum.ts';
import { StorageCorruption } from './corruption.ts';
import { unpackEntries } from './entry-records.ts';
import { decodeRecordAt } from './header.ts';
import type { Database } from './level-directory.ts';
import { logSpan } from './level-keys.ts';
import type { RecordBatch } from './level-writer.ts';

/**
 * Raft's log as releases up to 0.1 kept it: in the database, one record for the entries of one write, under the index of
 * the first. A start moves it to files.
 */
export class StoredLog {
  readonly #database: Database;
  readonly #keys: Buffer[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /** The entries after `baseIndex`, in order. Throws StorageCorruption if one is missing. */
  async load(baseIndex: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    for await (const [key, sealed] of this.#database.iterator(logSpan)) {
      this.#keys.push(key);
      for (const entry of decodeRecordAt(key, () => unpackEntries(unseal(key, sealed)))) {
        if (entry.index <= baseIndex) continue;
        const expected = (entries.at(-1)?.index ?? baseIndex) + 1;
        if (entry.index !== expected) {
          throw new StorageCorruption(key, `entry ${expected} is missing before ${entry.index}`);
        }
        // Copied: a view would keep the whole record in memory as long as any of its entries.
        entries.push({ ...entry, data: Buffer.from(entry.data) });
      }
    }
    return entries;
  }

  /** Adds the deletion of everything that `load` found to `batch`. */
  clear(batch: RecordBatch): void {
    for (const key of this.#keys) batch.delete(key);
  }
}
