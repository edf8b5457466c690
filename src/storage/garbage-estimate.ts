/** A compaction is due when deleted records are about this many bytes, and this fraction of the directory. */
const bytesMin = 8 << 20;
const fractionMin = 1 / 4;
/**
 * Adds up how much of the disk deleted records take. LevelDB frees their space when it merges tables, and merges
 * when much was written; after many deletions it must be asked to, and always for large records, which lie beside it.
 */
export class GarbageEstimate {
  readonly #sizeOnDisk: () => number;
  #garbageBytes = 0;
  /** While it is less, the size on disk need not be read again. */
  #nextBytes = bytesMin;

  constructor(sizeOnDisk: () => number) {
    this.#sizeOnDisk = sizeOnDisk;
  }

  add(bytes: number): void {
    this.#garbageBytes += bytes;
  }

  /** True if a compaction is due; it begins anew then. */
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
