import { assert } from '../base/assert.ts';
import { packVersions, recordsEnd, recordsStart } from '../state/index.ts';
import type { Engine, EngineRecord, PackedVersions } from '../state/index.ts';
import { isLarge } from './record-place.ts';

/** The records of one write. */
export interface Changes {
  /** About so many bytes of records on the disk do not count any more after it. */
  readonly garbageBytes: number;
  /** Calls `visit` for each, in the order in which they are written; undefined deletes. */
  visit(visit: (key: string, value: Uint8Array | undefined) => void): void;
}

/** The same as a list. */
export type ChangeList = Iterable<readonly [key: string, value: Uint8Array | undefined]>;

export function listOfChanges(
  changes: Changes,
): (readonly [key: string, value: Uint8Array | undefined])[] {
  const list: (readonly [string, Uint8Array | undefined])[] = [];
  changes.visit((key, value) => list.push([key, value]));
  return list;
}

/** The records on the disk, below the buffer. */
export interface RecordSource {
  get(key: string): Uint8Array | undefined;
  /** See `Engine.peek`. */
  peek(key: string): Uint8Array | undefined;
  scan(from: string, to: string): AsyncIterable<readonly EngineRecord[]>;
  /** See `Engine.versions`. */
  versions?(wantsValues: () => boolean): AsyncIterable<PackedVersions>;
}

/** Bounds of the appended records in one write. */
export interface PartBounds {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** A few milliseconds for the event loop, and a few more for the disk. */
const defaultPart: PartBounds = { recordsMax: 4096, bytesMax: 8 << 20 };

/** Cost of a change besides its bytes: the object, and its place in a map. */
const changeBytes = 240;

/** Assumed size of a deleted record of which it is not known. */
const deletedBytesGuess = 300;

/** At most this many parts may wait before the command that appends them must wait. */
const partsMax = 4;

/** Keys with `from <= key < to`. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/**
 * Records in ascending order of their keys. Not a map: one of thousands of records, made for each flush, grows and hashes all
 * the time, and hardly any record is looked up.
 */
class AppendedRecords {
  /** `values[i]` is that of `keys[i]`. */
  #keys: string[] = [];
  #values: Uint8Array[] = [];

  get count(): number {
    return this.#keys.length;
  }

  get firstKey(): string {
    return this.#keys[0] ?? '';
  }

  add(key: string, value: Uint8Array): void {
    const last = this.#keys.length - 1;
    assert(last < 0 || (this.#keys[last] ?? '') < key, 'records are appended in order');
    this.#keys.push(key);
    this.#values.push(value);
  }

  get(key: string): Uint8Array | undefined {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return this.#keys[low] === key ? this.#values[low] : undefined;
  }

  /** Removes the first records, up to a count or about so many bytes, and at least one if there is any. */
  take({ recordsMax, bytesMax }: PartBounds): { readonly records: AppendedRecords; bytes: number } {
    let count = 0;
    let bytes = 0;
    while (count < Math.min(recordsMax, this.count) && bytes < bytesMax) {
      bytes += (this.#keys[count]?.length ?? 0) + (this.#values[count]?.length ?? 0);
      count++;
    }
    const records = new AppendedRecords();
    records.#keys = this.#keys.slice(0, count);
    records.#values = this.#values.slice(0, count);
    this.#keys = this.#keys.slice(count);
    this.#values = this.#values.slice(count);
    return { records, bytes };
  }

  visit(visit: (key: string, value: Uint8Array) => void): void {
    for (let at = 0; at < this.#keys.length; at++) {
      const value = this.#values[at];
      if (value !== undefined) visit(this.#keys[at] ?? '', value);
    }
  }
}

/** Appended records, and all other changes. */
class Gathered {
  readonly appended: AppendedRecords;
  readonly changed: Map<string, Uint8Array | undefined> = new Map();
  garbageBytes = 0;

  constructor(appended = new AppendedRecords()) {
    this.appended = appended;
  }

  get size(): number {
    return this.changed.size + this.appended.count;
  }

  has(key: string): boolean {
    return this.changed.has(key) || this.appended.get(key) !== undefined;
  }

  get(key: string): Uint8Array | undefined {
    return this.changed.has(key) ? this.changed.get(key) : this.appended.get(key);
  }

  visit(visit: (key: string, value: Uint8Array | undefined) => void): void {
    this.appended.visit(visit);
    for (const [key, value] of this.changed) visit(key, value);
  }
}

/**
 * An engine whose writes stay in memory until the store flushes them. Reads see them at once. While a write is under
 * way its changes are still here.
 *
 * Reads look in `#waiting`, then `#underWay`, then on the disk.
 */
export class EngineBuffer implements Engine {
  readonly #source: RecordSource;
  readonly #part: PartBounds;
  #waiting = new Gathered();
  #underWay = new Gathered();
  #appendedBytes = 0;
  #changedBytes = 0;

  constructor(source: RecordSource, part: PartBounds = defaultPart) {
    this.#source = source;
    this.#part = part;
  }

  get pendingBytes(): number {
    return this.#appendedBytes + this.#changedBytes;
  }

  /** So much waits that one write is well filled. Until then it need not be on the disk: the log has it. */
  get isFlushDue(): boolean {
    const { recordsMax, bytesMax } = this.#part;
    const { appended, changed } = this.#waiting;
    return appended.count + changed.size >= recordsMax / 2 || this.pendingBytes >= bytesMax / 2;
  }

  /** More was appended than fits into one write. */
  get isPartDue(): boolean {
    const { recordsMax, bytesMax } = this.#part;
    return this.#waiting.appended.count > recordsMax || this.#appendedBytes > bytesMax;
  }

  /**
   * So much was appended that the command under way must wait for a write. Other changes do not count: they are
   * written only together with an applied index, which comes only after that command, so it would wait for ever.
   */
  get isFull(): boolean {
    const { recordsMax, bytesMax } = this.#part;
    const { appended } = this.#waiting;
    return appended.count > partsMax * recordsMax || this.#appendedBytes > partsMax * bytesMax;
  }

  get(key: string): Uint8Array | undefined {
    if (this.#waiting.has(key)) return this.#waiting.get(key);
    if (this.#underWay.has(key)) return this.#underWay.get(key);
    return this.#source.get(key);
  }

  peek(key: string): Uint8Array | undefined {
    if (this.#waiting.has(key)) return this.#waiting.get(key);
    if (this.#underWay.has(key)) return this.#underWay.get(key);
    return this.#source.peek(key);
  }

  put(key: string, value: Uint8Array): void {
    // LevelDB drops former records of a key as it merges tables, but not the large ones beside it.
    if (isLarge(value) && !this.#waiting.changed.has(key)) {
      this.#waiting.garbageBytes += value.length;
    }
    this.#waiting.changed.set(key, value);
    this.#changedBytes += changeBytes + key.length + value.length;
  }

  append(key: string, value: Uint8Array): void {
    this.#waiting.appended.add(key, value);
    this.#appendedBytes += key.length + value.length;
  }

  delete(key: string, bytes: number = deletedBytesGuess): void {
    this.#waiting.garbageBytes += bytes;
    this.#waiting.changed.set(key, undefined);
    this.#changedBytes += changeBytes + key.length;
  }

  async *scan(from: string, to: string): AsyncGenerator<readonly EngineRecord[]> {
    const own = [...listOfChanges(this.#underWay), ...listOfChanges(this.#waiting)].filter(
      ([key]) => key >= from && key < to,
    );
    if (own.length === 0) {
      yield* this.#source.scan(from, to);
      return;
    }
    // Only in a new store, with few records and none on the disk.
    const merged = new Map<string, Uint8Array | undefined>();
    for await (const batch of this.#source.scan(from, to)) {
      for (const { key, value } of batch) merged.set(key, value);
    }
    for (const [key, value] of own) merged.set(key, value);
    const records = [...merged].flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value }],
    );
    yield records.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  versions(wantsValues: () => boolean): AsyncIterable<PackedVersions> {
    const hasOwn = [this.#underWay, this.#waiting].some((gathered) => gathered.size > 0);
    const packed = hasOwn ? undefined : this.#source.versions?.(wantsValues);
    return packed ?? packVersions(this.scan(recordsStart, recordsEnd), wantsValues);
  }

  /** Begins a flush of all that was written since the last one. */
  beginFlush(): Changes {
    this.#underWay = this.#waiting;
    this.#waiting = new Gathered();
    this.#appendedBytes = 0;
    this.#changedBytes = 0;
    return this.#underWay;
  }

  /**
   * Begins a write of the first appended records, ahead of the rest. `span` contains all records that may be written
   * ahead from now on.
   */
  beginPart(): { readonly records: Changes; readonly span: Span } {
    const { records, bytes } = this.#waiting.appended.take(this.#part);
    this.#appendedBytes -= bytes;
    this.#underWay = new Gathered(records);
    const from = records.firstKey;
    const to = String.fromCharCode(from.charCodeAt(0) + 1);
    return { records: this.#underWay, span: { from, to } };
  }

  /** The changes of the last `beginFlush` or `beginPart` are on the disk. */
  endFlush(): void {
    this.#underWay = new Gathered();
  }
}
