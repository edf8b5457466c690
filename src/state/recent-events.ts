import type { KeyEvent } from './key-value.ts';

/** Approximate memory of a revision and of each of its records besides their bytes. */
const revisionBytes = 64;
const recordBytes = 120;

/** The records of the events of one revision, in the order of the operations. */
export type RevisionRecords = readonly Uint8Array[];

/**
 * The events of the newest revisions, without a gap, bounded by revisions and by bytes. Watchers that are slightly
 * behind read them without touching the disk. They are kept as records, and decoded when they are read: the objects of an
 * event take several times as much memory, which V8's collector would copy for each put.
 *
 * Holds `oldest <= revision <= newest`; empty if `oldest > newest`.
 */
export class RecentEvents {
  readonly #revisionsMax: number;
  readonly #bytesMax: number;
  /** Revision r is at `r % length`. */
  readonly #ring: (RevisionRecords | undefined)[];
  readonly #weights: Float64Array;
  #bytes = 0;
  #oldest = 1;
  #newest = 0;

  constructor({ revisionsMax, bytesMax }: { revisionsMax: number; bytesMax: number }) {
    this.#revisionsMax = revisionsMax;
    this.#bytesMax = bytesMax;
    this.#ring = Array.from({ length: revisionsMax });
    this.#weights = new Float64Array(revisionsMax);
  }

  /** Revisions must be added in order. */
  add(revision: number, records: RevisionRecords): void {
    if (this.#oldest > this.#newest) this.#oldest = revision;
    else if (revision - this.#oldest >= this.#revisionsMax) this.#forgetOldest();
    this.#newest = revision;
    const at = revision % this.#revisionsMax;
    const weight = weightOf(records);
    this.#ring[at] = records;
    this.#weights[at] = weight;
    this.#bytes += weight;
    while (this.#bytes > this.#bytesMax && this.#oldest < this.#newest) this.#forgetOldest();
  }

  /** The revision has too many events to keep. Earlier ones are dropped, too, because there may be no gap. */
  skip(revision: number): void {
    while (this.#oldest <= this.#newest) this.#forgetOldest();
    this.#oldest = revision + 1;
    this.#newest = revision;
  }

  get(revision: number): RevisionRecords | undefined {
    if (revision < this.#oldest || revision > this.#newest) return undefined;
    return this.#ring[revision % this.#revisionsMax];
  }

  #forgetOldest(): void {
    const at = this.#oldest % this.#revisionsMax;
    this.#bytes -= this.#weights[at] ?? 0;
    this.#ring[at] = undefined;
    this.#oldest++;
  }
}

function weightOf(records: RevisionRecords): number {
  let bytes = revisionBytes;
  for (const { length } of records) bytes += recordBytes + length;
  return bytes;
}

/** Approximate size of an event, in memory or on the wire. */
export function bytesOfEvent({ kv }: KeyEvent): number {
  return kv.key.length + kv.value.length + 64;
}
