import { seal } from './checksum.ts';
import type { Database } from './level-directory.ts';
import type { KeySpan } from './level-keys.ts';
import { ReusedBuffer } from './reused-buffer.ts';

/** Keys deleted in one write. */
const deleteBatchMax = 1000;

/** The record that is being added to a batch. */
const sealed = new ReusedBuffer();

/** Records that are written together, each with its checksum. */
export class RecordBatch {
  readonly #batch: ReturnType<Database['batch']>;

  constructor(database: Database) {
    this.#batch = database.batch();
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

  write(sync: boolean): Promise<void> {
    return this.#batch.write({ sync });
  }

  close(): Promise<void> {
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
  #last: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #closing = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Background deletion must end. */
  get isClosing(): boolean {
    return this.#closing;
  }

  batch(): RecordBatch {
    return new RecordBatch(this.#database);
  }

  /** Rejects if this write or an earlier one failed. */
  async write(batch: RecordBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    const written = this.#last.then(() => this.#writeNow(batch, sync));
    this.#last = written.catch(() => {});
    await written;
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

  /** Deletes in small writes, between which other writes get their turn. Returns the number of records deleted. */
  async delete(span: KeySpan): Promise<number> {
    let count = 0;
    const keys = this.#database.keys(span);
    try {
      while (!this.#closing) {
        const some = await keys.nextv(deleteBatchMax);
        if (some.length === 0) break;
        const batch = this.batch();
        for (const key of some) batch.delete(key);
        await this.write(batch, { sync: false });
        count += some.length;
      }
    } finally {
      await keys.close();
    }
    return count;
  }

  /**
   * Resolves once everything written before is on the disk. A sync of the newest write is not enough: LevelDB may
   * have begun a new log file meanwhile, and does not sync the former one.
   */
  async syncAll(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure;
    // Writes the memory table out, synced; no record is in the compacted range itself.
    await this.#database.compactRange(nothing, nothing);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#last;
  }
}

const nothing = Buffer.from([0]);
