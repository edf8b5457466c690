import type { Entry } from '../raft/index.ts';
import { unseal } from './checksum.ts';
import { StorageCorruption } from './corruption.ts';
import { packEntries, unpackEntries } from './entry-records.ts';
import { decodeRecordAt } from './header.ts';
import type { Database } from './level-directory.ts';
import { logKey, logSpan } from './level-keys.ts';
import { mustReadRecord } from './level-read.ts';
import type { RecordBatch } from './level-writer.ts';

/** Which entries one record holds. */
interface LogRecord {
  readonly first: number;
  readonly last: number;
}

/** Raft's log in the database. One record holds the entries of one write, under the index of the first. */
export class StoredLog {
  readonly #database: Database;
  /** In order, without gap or overlap: `last + 1 == first` of the next. */
  #records: LogRecord[] = [];
  /** Bytes of entries written since the start. */
  bytesWritten = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The entries after `baseIndex`, in order. Throws StorageCorruption if one is missing. */
  async load(baseIndex: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    this.#records = [];
    for await (const [key, sealed] of this.#database.iterator(logSpan)) {
      const unpacked = decodeRecordAt(key, () => unpackEntries(unseal(key, sealed)));
      const first = unpacked[0]?.index ?? 0;
      const last = unpacked.at(-1)?.index ?? 0;
      this.#records.push({ first, last });
      for (const entry of unpacked) {
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

  /** Replaces the log from the first of `entries` on. */
  put(batch: RecordBatch, entries: readonly Entry[]): void {
    const first = entries[0]?.index ?? 0;
    const last = entries.at(-1)?.index ?? 0;
    for (;;) {
      const record = this.#records.at(-1);
      if (record === undefined || record.last < first) break;
      this.#records.pop();
      batch.delete(logKey(record.first));
      if (record.first >= first) continue;
      // The record overlaps what is replaced: keep its beginning.
      const kept = this.#read(record).filter(({ index }) => index < first);
      batch.put(logKey(record.first), packEntries(kept));
      this.#records.push({ first: record.first, last: first - 1 });
      break;
    }
    const record = packEntries(entries);
    this.bytesWritten += record.length;
    batch.put(logKey(first), record);
    this.#records.push({ first, last });
  }

  /** Deletes records whose entries are all at or before `baseIndex`; one that reaches beyond it stays whole. */
  truncate(batch: RecordBatch, baseIndex: number): void {
    while (this.#records[0] !== undefined && this.#records[0].last <= baseIndex) {
      batch.delete(logKey(this.#records[0].first));
      this.#records.shift();
    }
  }

  /** Adds the deletion of all entries to `batch`. Call `cleared` once that is written. */
  clear(batch: RecordBatch): void {
    for (const { first } of this.#records) batch.delete(logKey(first));
  }

  cleared(): void {
    this.#records = [];
  }

  #read({ first }: LogRecord): Entry[] {
    const key = logKey(first);
    return decodeRecordAt(key, () => unpackEntries(mustReadRecord(this.#database, key)));
  }
}
