import { assert, present } from '../base/assert.ts';
import type { Configuration, Entry, SnapshotPosition } from './messages.ts';

/** Approximate cost of an entry besides its data, so that a log of empty entries is bounded, too. */
const entryOverheadBytes = 64;

/** In place of an entry that was compacted. */
const goneEntry: Entry = { index: 0, term: 0, kind: 'empty', data: new Uint8Array() };

/** Bytes of entries delivered for applying in one turn. */
const committedBytesMax = 4 << 20;

export function sizeOf(entry: Entry): number {
  return entry.data.length + entryOverheadBytes;
}

/**
 * The log since its base, in memory, and how far it is committed and delivered for applying:
 * `base.index <= delivered <= commitIndex <= lastIndex`. Indexes are those of the paper; `firstIndex` follows the base.
 */
export class Log {
  #base: SnapshotPosition;
  /** Entries from `#start` on are the log; those before were compacted and are cut off now and then. */
  #entries: Entry[];
  /**
   * For each of them the bytes of all entries up to it, since this log began; so any part of the log is a difference.
   */
  #ends: number[] = [];
  #start = 0;
  /** The bytes of all entries up to the last one, and of those that were compacted. */
  #end = 0;
  #compacted = 0;
  /** Never falls (figure 2). `delivered <= commitIndex <= lastIndex`. */
  #commitIndex: number;
  /** Entries up to here were returned by `takeCommitted`. `base.index <= delivered <= commitIndex`. */
  #delivered: number;
  /** The configurations in the log, by the index they count from; the first one counts at the base. */
  #configurations: { readonly index: number; readonly configuration: Configuration }[];

  constructor(base: SnapshotPosition, entries: readonly Entry[], appliedIndex: number) {
    this.#base = base;
    this.#entries = [];
    this.#delivered = Math.max(base.index, appliedIndex);
    // Applied entries were committed.
    this.#commitIndex = this.#delivered;
    this.#configurations = [{ index: base.index, configuration: base.configuration }];
    this.append(entries);
  }

  get base(): SnapshotPosition {
    return this.#base;
  }

  get firstIndex(): number {
    return this.#base.index + 1;
  }

  get lastIndex(): number {
    return this.#base.index + this.#entries.length - this.#start;
  }

  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#base.term;
  }

  get bytes(): number {
    return this.#end - this.#compacted;
  }

  /** The bytes of the entries after `index`. */
  bytesAfter(index: number): number {
    if (index <= this.#base.index) return this.bytes;
    return this.#end - (this.#ends[this.#start + index - this.#base.index - 1] ?? this.#end);
  }

  get commitIndex(): number {
    return this.#commitIndex;
  }

  /** Committed entries were not delivered yet. */
  get hasCommitted(): boolean {
    return this.#delivered < this.#commitIndex;
  }

  /** The configuration of the last membership entry: it counts from the moment it is in the log (section 6). */
  get configuration(): Configuration {
    return present(this.#configurations.at(-1), 'a configuration').configuration;
  }

  /** Where that configuration stands; the base's index if no membership entry is left in the log. */
  get configurationIndex(): number {
    return present(this.#configurations.at(-1), 'a configuration').index;
  }

  /** Undefined for what was compacted, or is not there yet. */
  termAt(index: number): number | undefined {
    if (index === this.#base.index) return this.#base.term;
    return this.#at(index)?.term;
  }

  /** The configuration that counted at an index which is in the log, or at its base. */
  configurationAt(index: number): Configuration {
    const found = this.#configurations.findLast((at) => at.index <= index);
    return present(found, `the configuration at ${index}`).configuration;
  }

  /** Entries from `from` on, up to about `bytesMax`, but at least one if there is any. `to` is included. */
  slice(from: number, to: number, bytesMax: number): Entry[] {
    const entries: Entry[] = [];
    let bytes = 0;
    for (let index = from; index <= to; index++) {
      const entry = present(this.#at(index), `entry ${index}`);
      bytes += sizeOf(entry);
      if (entries.length > 0 && bytes > bytesMax) break;
      entries.push(entry);
    }
    return entries;
  }

  /** The highest index, at most `from`, whose term is at most `term`: where two logs may still agree. */
  lastIndexOfTermAtMost(term: number, from: number): number {
    let index = Math.min(from, this.lastIndex);
    while (index > this.#base.index && present(this.#at(index), 'an entry').term > term) index--;
    return index;
  }

  /** Adds entries, which must follow the last one. */
  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      assert(entry.index === this.lastIndex + 1, `entry ${entry.index} does not follow the log`);
      this.#entries.push(entry);
      this.#end += sizeOf(entry);
      this.#ends.push(this.#end);
      if (entry.kind === 'membership') {
        const configuration = present(entry.configuration, 'the configuration of an entry');
        this.#configurations.push({ index: entry.index, configuration });
      }
    }
  }

  /** Removes everything from `index` on, and with it the configurations that counted from there. */
  truncate(index: number): void {
    assert(index > this.#base.index, 'what is compacted cannot be taken back');
    while (this.lastIndex >= index) {
      this.#end -= sizeOf(present(this.#entries.pop(), 'an entry'));
      this.#ends.pop();
    }
    while (this.configurationIndex >= index && this.#configurations.length > 1) {
      this.#configurations.pop();
    }
  }

  /** Everything up to `index` is known to be on a majority. What is committed stays so. */
  commitTo(index: number): void {
    this.#commitIndex = Math.max(this.#commitIndex, index);
  }

  /** The next committed entries to be applied, not too many at once. */
  takeCommitted(): readonly Entry[] {
    if (!this.hasCommitted) return [];
    const entries = this.slice(this.#delivered + 1, this.#commitIndex, committedBytesMax);
    this.#delivered += entries.length;
    return entries;
  }

  /** Drops entries up to and including `index`, which becomes the base. */
  compact(index: number): void {
    assert(index <= this.#delivered, 'only what was applied may leave the log');
    if (index <= this.#base.index) return;
    const term = present(this.termAt(index), `the term at ${index}`);
    const configuration = this.configurationAt(index);
    const count = index - this.#base.index;
    this.#compacted = this.#end - this.bytesAfter(index);
    // Their bytes are free at once, whenever the list itself is shortened.
    for (const end = this.#start + count; this.#start < end; this.#start++) {
      this.#entries[this.#start] = goneEntry;
    }
    this.#base = { index, term, configuration };
    this.#configurations = [
      { index, configuration },
      ...this.#configurations.filter((at) => at.index > index),
    ];
    // Cutting off costs a copy of what stays; waiting until as much is gone makes that constant per entry.
    if (this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#ends = this.#ends.slice(this.#start);
      this.#start = 0;
    }
  }

  /** A snapshot, of a state in which everything up to `base` is applied, takes the place of everything. */
  reset(base: SnapshotPosition): void {
    this.#base = base;
    this.#entries = [];
    this.#ends = [];
    this.#start = 0;
    this.#end = 0;
    this.#compacted = 0;
    this.#commitIndex = base.index;
    this.#delivered = base.index;
    this.#configurations = [{ index: base.index, configuration: base.configuration }];
  }

  #at(index: number): Entry | undefined {
    if (index <= this.#base.index) return undefined;
    return this.#entries[this.#start + index - this.#base.index - 1];
  }
}
