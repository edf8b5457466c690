import { packVersions, recordsEnd, recordsStart } from '../state/index.ts';
import type { Engine, EngineRecord, PackedVersions } from '../state/index.ts';

/** The records of one write; undefined deletes. */
export type Changes = Iterable<readonly [key: string, value: Uint8Array | undefined]>;

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

/** At most this many parts may wait before the command that appends them must wait. */
const partsMax = 4;

/** Keys with `from <= key < to`. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Appended records, in order of their keys, and all other changes. */
class Gathered {
  readonly appended: Map<string, Uint8Array> = new Map();
  readonly changed: Map<string, Uint8Array | undefined> = new Map();

  get size(): number {
    return this.changed.size + this.appended.size;
  }

  has(key: string): boolean {
    return this.changed.has(key) || this.appended.has(key);
  }

  get(key: string): Uint8Array | undefined {
    return this.changed.has(key) ? this.changed.get(key) : this.appended.get(key);
  }

  *[Symbol.iterator](): Generator<readonly [string, Uint8Array | undefined]> {
    yield* this.appended;
    yield* this.changed;
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
    return appended.size + changed.size >= recordsMax / 2 || this.pendingBytes >= bytesMax / 2;
  }

  /** More was appended than fits into one write. */
  get isPartDue(): boolean {
    const { recordsMax, bytesMax } = this.#part;
    return this.#waiting.appended.size > recordsMax || this.#appendedBytes > bytesMax;
  }

  /**
   * So much was appended that the command under way must wait for a write. Other changes do not count: they are
   * written only together with an applied index, which comes only after that command, so it would wait for ever.
   */
  get isFull(): boolean {
    const { recordsMax, bytesMax } = this.#part;
    const { appended } = this.#waiting;
    return appended.size > partsMax * recordsMax || this.#appendedBytes > partsMax * bytesMax;
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
    this.#waiting.changed.set(key, value);
    this.#changedBytes += changeBytes + key.length + value.length;
  }

  append(key: string, value: Uint8Array): void {
    this.#waiting.appended.set(key, value);
    this.#appendedBytes += key.length + value.length;
  }

  delete(key: string): void {
    this.#waiting.changed.set(key, undefined);
    this.#changedBytes += changeBytes + key.length;
  }

  async *scan(from: string, to: string): AsyncGenerator<readonly EngineRecord[]> {
    const own = [...this.#underWay, ...this.#waiting].filter(([key]) => key >= from && key < to);
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
    const { recordsMax, bytesMax } = this.#part;
    const part = new Gathered();
    const { appended } = this.#waiting;
    let bytes = 0;
    for (const [key, value] of appended) {
      part.appended.set(key, value);
      appended.delete(key);
      bytes += key.length + value.length;
      if (part.appended.size >= recordsMax || bytes >= bytesMax) break;
    }
    this.#appendedBytes -= bytes;
    this.#underWay = part;
    const [from = ''] = part.appended.keys();
    return { records: part, span: { from, to: String.fromCharCode(from.charCodeAt(0) + 1) } };
  }

  /** The changes of the last `beginFlush` or `beginPart` are on the disk. */
  endFlush(): void {
    this.#underWay = new Gathered();
  }
}
