/** A compaction is due when deleted records are about this many bytes, and this fraction of the directory. */
const bytesMin = 8 << 20;
const fractionMin = 1 / 4;
/** Assumed size of a deleted record before any record was written. */
const recordBytesGuess = 300;

/**
 * Estimates how much of the disk deleted records take. LevelDB frees their space when it merges tables, and merges
 * when much was written; after many deletions it must be asked to.
 */
export class GarbageEstimate {
  readonly #sizeOnDisk: () => number;
  #seenRecords = 0;
  #seenBytes = 0;
  #garbageBytes = 0;
  /** While the estimate is less, the size on disk need not be read again. */
  #nextBytes = bytesMin;

  constructor(sizeOnDisk: () => number) {
    this.#sizeOnDisk = sizeOnDisk;
  }

  addRecord(bytes: number): void {
    this.#seenRecords++;
    this.#seenBytes += bytes;
  }

  /** The size of deleted records is unknown: each counts as the average of those written. */
  addDeleted(count: number): void {
    const each = this.#seenRecords === 0 ? recordBytesGuess : this.#seenBytes / this.#seenRecords;
    this.#garbageBytes += count * each;
  }

  /** True if a compaction is due; the estimate is then reset. */
  take(): boolean {
    if (this.#garbageBytes < this.#nextBytes) return false;
    const enoughBytes = Math.max(bytesMin, this.#sizeOnDisk() * fractionMin);
    if (this.#garbageBytes < enoughBytes) {
      this.#nextBytes = enoughBytes;
      return false;
    }
    this.#garbageBytes = 0;
    this.#nextBytes = bytesMin;
    return true;
  }
}
