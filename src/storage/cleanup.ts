import type { Logger } from '../base/logger.ts';
import { GarbageEstimate } from './garbage-estimate.ts';
import { epochSpan, stateSpan } from './level-keys.ts';
import { collectLarge } from './large-collector.ts';
import type { Collected } from './large-collector.ts';
import type { LevelWriter } from './level-writer.ts';

/**
 * Deletes records that do not count any more, and gives their space back, in the background: one job after the other,
 * while others read and write. A failure is logged; the next start tries again.
 */
export class Cleanup {
  readonly #disk: Collected;
  readonly #writer: LevelWriter;
  readonly #logger: Logger;
  readonly #garbage: GarbageEstimate;
  #jobs: Promise<void> = Promise.resolve();

  constructor(disk: Collected, logger: Logger, sizeOnDisk: () => number) {
    this.#disk = disk;
    this.#writer = disk.writer;
    this.#logger = logger;
    this.#garbage = new GarbageEstimate(sizeOnDisk);
  }

  /** So many bytes of records do not count any more. */
  addGarbage(bytes: number): void {
    this.#garbage.add(bytes);
  }

  /** Compacts the database if enough of it is deleted records. */
  compactIfDue(): void {
    if (this.#garbage.take()) this.#compact();
  }

  /** Gives back the space of large records that do not count any more. */
  collect(): void {
    this.#add(() => collectLarge(this.#disk));
  }

  /** Deletes the state records of epochs from `first` up to, not including, `end`. */
  dropEpochs(first: number, end: number): void {
    this.#add(() => this.deleteEpochs(first, end));
  }

  /** The same at once. */
  async deleteEpochs(first: number, end: number): Promise<void> {
    this.#garbage.add(await this.#writer.delete(epochSpan(first, end)));
    this.compactIfDue();
  }

  /** Resolves when no job is left; after the writer began to close, jobs end early. */
  async close(): Promise<void> {
    await this.#jobs;
  }

  #compact(): void {
    this.#add(async () => {
      // `compactRange` merges tables, so the deletions must be in tables first.
      await this.#writer.syncAll();
      await this.#disk.database.compactRange(stateSpan.gte, stateSpan.lt);
      await collectLarge(this.#disk);
    });
  }

  #add(job: () => Promise<void>): void {
    this.#jobs = this.#runAfter(this.#jobs, job);
  }

  async #runAfter(before: Promise<void>, job: () => Promise<void>): Promise<void> {
    await before;
    if (this.#writer.isClosing) return;
    try {
      await job();
    } catch (error) {
      this.#logger.warn('failed to clean up', { error: String(error) });
    }
  }
}
