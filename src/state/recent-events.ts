import type { KeyEvent, RevisionEvents } from './key-value.ts';

const overheadBytes = 400;

/**
 * The events of the newest revisions, without a gap, bounded by revisions and by bytes. Watchers that are slightly
 * behind read them without touching the disk.
 *
 * Holds `oldest <= revision <= newest`; empty if `oldest > newest`.
 */
export class RecentEvents {
  readonly #revisionsMax: number;
  readonly #bytesMax: number;
  /** Revision r is at `r % length`. */
  readonly #ring: (RevisionEvents | undefined)[];
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
  add(revisionEvents: RevisionEvents): void {
    const { revision } = revisionEvents;
    if (this.#oldest > this.#newest) this.#oldest = revision;
    else if (revision - this.#oldest >= this.#revisionsMax) this.#forgetOldest();
    this.#newest = revision;
    const at = revision % this.#revisionsMax;
    const weight = bytesOfEvents(revisionEvents.events) + overheadBytes;
    this.#ring[at] = revisionEvents;
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

  get(revision: number): RevisionEvents | undefined {
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

/** Approximate size of events, in memory or on the wire. */
export function bytesOfEvents(events: readonly KeyEvent[]): number {
  let bytes = 0;
  for (const event of events) bytes += bytesOfEvent(event);
  return bytes;
}

export function bytesOfEvent({ kv }: KeyEvent): number {
  return kv.key.length + kv.value.length + 64;
}
