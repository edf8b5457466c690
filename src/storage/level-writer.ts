import { readdirSync } from 'node:fs';
import { seal, sumBytes } from './checksum.ts';
import type { Database } from './level-directory.ts';
import type { LargeBatch, LargeFiles } from './large-files.ts';
import type { KeySpan } from './level-keys.ts';
import { isLarge, recordLength } from './record-place.ts';
import { ReusedBuffer } from './reused-buffer.ts';

/** Keys deleted in one write. */
const deleteBatchMax = 1000;
/** And so many bytes of what LevelDB has of them, or one record. */
const deleteBytesMax = 256 << 10;

/** The record that is being added to a batch. */
const sealed = new ReusedBuffer();

/** Records that are written together, each with its checksum. */
export class RecordBatch {
  readonly #batch: ReturnType<Database['batch']>;
  readonly #files: LargeFiles;
  #large: LargeBatch | undefined;

  constructor(database: Database, files: LargeFiles) {
    this.#batch = database.batch();
    this.#files = files;
  }

  /** Some of the records are large. */
  get hasLarge(): boolean {
    return this.#large !== undefined;
  }

  /** Puts a record of the state. A large one must not change until it is written. */
  putState(key: Buffer, record: Uint8Array): void {
    if (!isLarge(record)) this.put(key, record);
    else this.put(key, (this.#large ??= this.#files.batch()).add(record));
  }

  put(key: Buffer, value: Uint8Array): void {
    // LevelDB copies it at once.
    this.#batch.put(
      key,
      seal(key, value, (bytes) => sealed.exactly(bytes)),
    );
  }

  delete(key: Buffer): void {
    this.#batch.del(key);
  }

  async write(sync: boolean): Promise<void> {
    try {
      await this.#large?.write(sync);
    } catch (error) {
      await this.close();
      throw error;
    }
    // LevelDB releases the batch whether or not it can write it.
    await this.#batch.write({ sync }).finally(() => this.#large?.end());
  }

  close(): Promise<void> {
    this.#large?.end();
    return this.#batch.close();
  }
}

/**
 * All writes to the database. They run one after the other, and none after one that failed: a failed write may have
 * left half of itself in LevelDB's log, and what is appended after that may not be found again, whatever LevelDB
 * reports.
 */
export class LevelWriter {
  readonly #database: Database;
  readonly #large: LargeFiles;
  readonly #folder: string;
  #last: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #closing = false;

  constructor(database: Database, folder: string, large: LargeFiles) {
    this.#database = database;
    this.#folder = folder;
    this.#large = large;
  }

  /** Background deletion must end. */
  get isClosing(): boolean {
    return this.#closing;
  }

  batch(): RecordBatch {
    return new RecordBatch(this.#database, this.#large);
  }

  /** Rejects if this write or an earlier one failed. */
  async write(batch: RecordBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    await this.#next(() => this.#writeNow(batch, sync));
  }

  /** Writes what `add` puts in a batch when all earlier writes are done, so that it may decide by what LevelDB has then. */
  async writeThen(add: (batch: RecordBatch) => void): Promise<void> {
    await this.#next(() => {
      const batch = this.batch();
      add(batch);
      return this.#writeNow(batch, true);
    });
  }

  async #next(action: () => Promise<void>): Promise<void> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    await done;
  }

  async #writeNow(batch: RecordBatch, sync: boolean): Promise<void> {
    if (this.#failure !== undefined) await batch.close();
    await this.guard(() => batch.write(sync));
  }

  /** Does something else that writes to the member's disk. If it fails, no write comes after it. */
  async guard<T>(action: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await action();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#failure = new Error(`the disk failed: ${text}; its content is now unknown`, {
        cause: error,
      });
      throw this.#failure;
    }
  }

  /**
   * Deletes records of the state in small writes, between which other writes get their turn. Returns their bytes, wherever they
   * lie.
   */
  async delete(span: KeySpan): Promise<number> {
    let bytes = 0;
    const options = { ...span, fillCache: false, highWaterMarkBytes: deleteBytesMax };
    const records = this.#database.iterator(options);
    try {
      while (!this.#closing) {
        const some = await records.nextv(deleteBatchMax);
        if (some.length === 0) break;
        const batch = this.batch();
        for (const [key, value] of some) {
          batch.delete(key);
          bytes += key.length + recordLength(value, 0, value.length - sumBytes);
        }
        await this.write(batch, { sync: false });
      }
    } finally {
      await records.close();
    }
    return bytes;
  }

  /**
   * Resolves once everything written before is on the disk. A sync of the newest write is not enough: LevelDB may
   * have begun a new log file meanwhile, and does not sync the former one.
   */
  async syncAll(): Promise<void> {
    // In its turn: a write meanwhile would lose the file that it writes to, or have its records taken for synced.
    await this.#next(() => this.guard(() => this.#large.sync()));
    const newest = Math.max(...logsIn(this.#folder));
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      // Writes the memory table out, synced; no record is in the compacted range itself.
      await this.#database.compactRange(nothing, nothing);
      // LevelDB does not report that it failed, or that it did nothing because another write was under way. It deletes a log
      // when a table has all of it.
      if (logsIn(this.#folder).every((log) => log > newest)) return;
    }
    throw new Error('LevelDB did not write to a table what it has in memory');
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#last;
  }
}

const nothing = Buffer.from([0]);

/** Attempts to have the memory table written out. */
const attemptsMax = 10;

/** The numbers of LevelDB's logs. */
function logsIn(folder: string): number[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return names.map((name) => Number.parseInt(name));
}
