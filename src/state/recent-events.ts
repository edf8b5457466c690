import { present } from '../base/assert.ts';
import type { KeyEvent, Position } from './key-value.ts';

/** Approximate memory of a revision and of each of its records besides their bytes. */
const revisionBytes = 16;
const recordBytes = 120;

const lengthMin = 1024;

/**
 * The records of the events of the newest revisions, without a gap, bounded by revisions and by bytes. Watchers that are slightly
 * behind read them without touching the disk. They are kept as records, and decoded when they are read: the objects of an
 * event take several times as much memory, which V8's collector would copy for each put. There is no object for a revision.
 *
 * Holds `oldest <= revision <= newest`; empty if `oldest > newest`. Behind them are the records of the command under way.
 */
export class RecentEvents {
  readonly #revisionsMax: number;
  readonly #bytesMax: number;
  /** In the order of the events: that with ordinal n is at `n % length`, a power of two. */
  #ring: (Uint8Array | undefined)[] = Array.from({ length: lengthMin }, () => undefined);
  /** The ordinal of the first record of revision r is at `r % length`. */
  readonly #firsts: Float64Array;
  #bytes = 0;
  #oldest = 1;
  #newest = 0;
  /** Ordinals: of the first record, of the first one of the command under way, and of the next one. */
  #first = 0;
  #pending = 0;
  #next = 0;

  constructor({ revisionsMax, bytesMax }: { revisionsMax: number; bytesMax: number }) {
    this.#revisionsMax = revisionsMax;
    this.#bytesMax = bytesMax;
    this.#firsts = new Float64Array(revisionsMax);
  }

  /** Adds the record of the next event of the command under way. */
  add(record: Uint8Array): void {
    if (this.#next - this.#first === this.#ring.length) this.#grow();
    this.#ring[this.#next & (this.#ring.length - 1)] = record;
    this.#next++;
    this.#bytes += recordBytes + record.length;
  }

  /** Drops the records of the command under way. */
  dropPending(): void {
    while (this.#next > this.#pending) {
      this.#next--;
      this.#forget(this.#next);
    }
  }

  /** The command under way is `revision`, and has at least one record. Revisions must come in order. */
  commit(revision: number): void {
    if (this.#oldest > this.#newest) this.#oldest = revision;
    else if (revision - this.#oldest >= this.#revisionsMax) this.#forgetOldest();
    this.#newest = revision;
    this.#firsts[revision % this.#revisionsMax] = this.#pending;
    this.#pending = this.#next;
    this.#bytes += revisionBytes;
    while (this.#bytes > this.#bytesMax && this.#oldest < this.#newest) this.#forgetOldest();
  }

  /** The revision has too many events to keep. Earlier ones are dropped, too, because there may be no gap. */
  skip(revision: number): void {
    this.dropPending();
    while (this.#oldest <= this.#newest) this.#forgetOldest();
    this.#oldest = revision + 1;
    this.#newest = revision;
  }

  /** True if the events of a revision are here. */
  has(revision: number): boolean {
    return revision >= this.#oldest && revision <= this.#newest;
  }

  /** The record of an event; undefined if it is not here, or there is none. */
  get({ revision, sub }: Position): Uint8Array | undefined {
    if (!this.has(revision)) return undefined;
    const at = this.#firstOf(revision) + sub;
    return at < this.#firstOf(revision + 1) ? this.#ring[at & (this.#ring.length - 1)] : undefined;
  }

  /** Of the revision behind the newest one, it is the end of that. */
  #firstOf(revision: number): number {
    if (revision > this.#newest) return this.#pending;
    return this.#firsts[revision % this.#revisionsMax] ?? 0;
  }

  #forgetOldest(): void {
    const end = this.#firstOf(this.#oldest + 1);
    for (; this.#first < end; this.#first++) this.#forget(this.#first);
    this.#bytes -= revisionBytes;
    this.#oldest++;
  }

  #forget(ordinal: number): void {
    const at = ordinal & (this.#ring.length - 1);
    this.#bytes -= recordBytes + present(this.#ring[at], 'a recent record').length;
    this.#ring[at] = undefined;
  }

  #grow(): void {
    const former = this.#ring;
    const ring = Array.from({ length: 2 * former.length }, (): Uint8Array | undefined => undefined);
    for (let at = this.#first; at < this.#next; at++) {
      ring[at & (ring.length - 1)] = former[at & (former.length - 1)];
    }
    this.#ring = ring;
  }
}

/** Approximate size of an event, in memory or on the wire. */
export function bytesOfEvent({ kv }: KeyEvent): number {
  return kv.key.length + kv.value.length + 64;
}
