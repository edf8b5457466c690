import type { Engine, EngineRecord } from '../state/index.ts';

/** What one write of the state takes to the disk: a value, or undefined to delete. */
export type Changes = Iterable<readonly [key: string, value: Uint8Array | undefined]>;

/** What a buffered engine reads what it does not hold from. */
export interface RecordSource {
  get(key: string): Uint8Array | undefined;
  scan(from: string, to: string): AsyncIterable<readonly EngineRecord[]>;
}

/** How many of the appended records one write takes. */
export interface PartBounds {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** A few milliseconds of work for the event loop, and a few more for the disk. */
const defaultPart: PartBounds = { recordsMax: 4096, bytesMax: 1 << 20 };

/** What a change costs in a write besides its bytes: of 1 MiB, small ones are as many as the records of a part. */
const changeBytes = 240;

/** So many parts wait at most before whoever appends is to wait. */
const partsMax = 4;

/** Keys from `from` on, up to `to`. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Appended records, in the order of their keys, and all other changes. */
class Gathered {
  readonly appended: Map<string, Uint8Array> = new Map();
  readonly changed: Map<string, Uint8Array | undefined> = new Map();

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
 * An engine whose writes stay in memory until somebody takes them to the disk. Reads see them at once; while a
 * write is under way its changes are still here.
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

  /** More was appended than one write takes. */
  get isPartDue(): boolean {
    const { recordsMax, bytesMax } = this.#part;
    return this.#waiting.appended.size > recordsMax || this.#appendedBytes > bytesMax;
  }

  /**
   * So much was appended that nothing more should come before some of it is written. Other changes do not count: they are
   * written with an applied index only, for which a command under way would wait for ever.
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
    // Only at the very beginning of a store: few records, and nothing below them.
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

  /** Everything that was written since the last time, to be taken to the disk. */
  beginFlush(): Changes {
    this.#underWay = this.#waiting;
    this.#waiting = new Gathered();
    this.#appendedBytes = 0;
    this.#changedBytes = 0;
    return this.#underWay;
  }

  /** The first of the appended records, to be taken to the disk ahead of the rest; `span` holds all that may follow. */
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

  /** What was taken is on the disk. */
  endFlush(): void {
    this.#underWay = new Gathered();
  }
}
