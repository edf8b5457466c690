/** Deleted records are worth a clean-up once they are about so many bytes, and a part of all there is. */
const bytesMin = 8 << 20;
const partMin = 1 / 4;
/** What a record is taken for before any was seen. */
const recordBytesGuess = 300;

/**
 * How much of what is on the disk is deleted records. LevelDB gives their space back when it merges tables, and
 * merges when much was written; after many deletions it has to be told.
 */
export class GarbageEstimate {
  readonly #sizeOnDisk: () => number;
  #seenRecords = 0;
  #seenBytes = 0;
  #garbageBytes = 0;
  /** RecordSource this there is no need to look at the disk again. */
  #nextBytes = bytesMin;

  constructor(sizeOnDisk: () => number) {
    this.#sizeOnDisk = sizeOnDisk;
  }

  addRecord(bytes: number): void {
    this.#seenRecords++;
    this.#seenBytes += bytes;
  }

  /** A record of unknown size is gone: it counts as much as others did on average. */
  addDeleted(count: number): void {
    const each = this.#seenRecords === 0 ? recordBytesGuess : this.#seenBytes / this.#seenRecords;
    this.#garbageBytes += count * each;
  }

  /** True if it is time to clean up; the count then begins anew. */
  take(): boolean {
    if (this.#garbageBytes < this.#nextBytes) return false;
    const enoughBytes = Math.max(bytesMin, this.#sizeOnDisk() * partMin);
    if (this.#garbageBytes < enoughBytes) {
      this.#nextBytes = enoughBytes;
      return false;
    }
    this.#garbageBytes = 0;
    this.#nextBytes = bytesMin;
    return true;
  }
}
