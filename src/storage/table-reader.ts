import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { Pieces } from '../state/index.ts';
import { BlockFrames } from './block-frames.ts';
import { findInBlock, found } from './block-search.ts';
import { sumBytes, unsealedText } from './checksum.ts';
import type { LargeFiles } from './large-files.ts';
import type { TableFile } from './level-files.ts';
import { inventoryIn, manifestIn, tableName } from './level-files.ts';
import { OpenTable } from './open-table.ts';
import { placeIn } from './record-place.ts';

/** Tables that are open at a time, each with a file. */
const tablesMaxDefault = 1024;
/** Reads that find nothing before tables are opened, or new ones are looked for. */
const missesMax = 256;
/** New tables are looked for at most so often. */
const lookMsMin = 1000;
/** Unused for so long, the tables are closed; used, new ones are looked for. */
const idleMs = 10_000;
/** A longer manifest takes too long to read in one turn. */
const manifestBytesMax = 4 << 20;
/** Tables that are opened together. */
const openedTogether = 16;
/** Tables looked through for one key. */
const candidatesMax = 8;

/**
 * Reads records from LevelDB's tables, without LevelDB, which hands out each value as a buffer of its own. Whoever asks knows the
 * hash of the value. So it does not matter that LevelDB may have a newer change of the record, merged the table into another one
 * and deleted its file, or is writing it.
 *
 * Tables are open only while many records are read.
 */
export class TableReader {
  readonly #folder: string;
  readonly #large: LargeFiles;
  readonly #clock: Clock;
  readonly #tablesMax: number;
  /** In the order of their first keys. */
  #tables: readonly OpenTable[] = [];
  readonly #numbers = new Map<number, OpenTable>();
  readonly #pieces = new Pieces();
  #frames: BlockFrames | undefined;
  /** The result of `#lastUpTo` before: the next key is often near. */
  #lastTable = 0;
  #misses = 0;
  #isUsed = false;
  #looking: Promise<void> | undefined;
  #lookedMs = -Infinity;
  #isClosed = false;
  #cancelTimer: Cancel = nothingToCancel;

  constructor(
    folder: string,
    large: LargeFiles,
    clock: Clock,
    tablesMax: number = tablesMaxDefault,
  ) {
    this.#folder = folder;
    this.#large = large;
    this.#clock = clock;
    this.#tablesMax = tablesMax;
  }

  /**
   * What a table holds as the value of a record, its checksum not verified; undefined: nothing is known. The bytes are the
   * caller's own.
   */
  peek(key: string): Buffer | undefined {
    this.#isUsed = true;
    const value = this.#find(key);
    if (value !== undefined) return value;
    if (++this.#misses >= missesMax) this.#lookAgain();
    return undefined;
  }

  /** Closes all files. `peek` finds nothing afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#looking;
    await this.#drop(() => true);
  }

  #find(key: string): Buffer | undefined {
    const frames = this.#frames;
    if (frames === undefined) return undefined;
    let at = this.#lastUpTo(key);
    for (let left = candidatesMax; at >= 0 && left > 0; at--) {
      const table = this.#tables[at];
      if (table === undefined || table.last < key) continue;
      left--;
      const block = table.blockOf(key);
      const start = frames.read(table, block);
      if (start === -1) continue;
      if (findInBlock(frames.bytes, start, table.size(block), key)) return this.#found(key, frames);
    }
    return undefined;
  }

  #found(key: string, { bytes }: BlockFrames): Buffer | undefined {
    const length = Math.max(0, found.to - found.from - sumBytes);
    const place = placeIn(bytes.subarray(found.from, found.from + length));
    if (place !== undefined) {
      // A damaged one may ask for any amount of memory.
      const isSound = unsealedText(key, bytes, found.from, found.to) !== undefined;
      return isSound ? this.#large.peek(place) : undefined;
    }
    const value = this.#pieces.allocate(length);
    bytes.copy(value, 0, found.from, found.from + length);
    return value;
  }

  /** Position of the last table that begins at or before the key; -1: none does. */
  #lastUpTo(key: string): number {
    const tables = this.#tables;
    const before = this.#lastTable;
    if (isUpTo(tables[before], key) && !isUpTo(tables[before + 1], key)) return before;
    let low = 0;
    let high = tables.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isUpTo(tables[middle], key)) low = middle + 1;
      else high = middle;
    }
    this.#lastTable = low - 1;
    return low - 1;
  }

  #lookAgain(): void {
    if (this.#looking !== undefined || this.#isClosed) return;
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedMs < lookMsMin) return;
    this.#lookedMs = nowMs;
    this.#misses = 0;
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      this.#cancelTimer();
      if (!this.#isClosed) this.#cancelTimer = this.#clock.after(idleMs, () => this.#onTimer());
    });
  }

  #onTimer(): void {
    if (this.#isUsed) {
      this.#isUsed = false;
      this.#lookAgain();
    } else void this.#drop(() => true);
  }

  /** Opens the tables that there are now, and closes the others. Where one cannot be opened LevelDB is asked. */
  async #look(): Promise<void> {
    try {
      const { size } = await stat(await manifestIn(this.#folder));
      const { tables } =
        size > manifestBytesMax
          ? { tables: new Map<number, never>() }
          : await inventoryIn(this.#folder);
      await this.#drop((number) => !tables.has(number));
      await this.#open([...tables].filter(([number]) => !this.#numbers.has(number)));
    } catch {
      // LevelDB may have merged tables meanwhile, or no more files can be opened.
    }
    this.#arrange();
  }

  async #open(tables: readonly (readonly [number: number, table: TableFile])[]): Promise<void> {
    for (let at = 0; at < tables.length && !this.#isClosed; at += openedTogether) {
      const room = Math.min(openedTogether, this.#tablesMax - this.#numbers.size);
      const opening = tables.slice(at, at + room).map(async ([number, { firstKey }]) => {
        this.#numbers.set(
          number,
          await OpenTable.open(join(this.#folder, tableName(number)), firstKey),
        );
      });
      await Promise.allSettled(opening);
    }
  }

  async #drop(isOld: (number: number) => boolean): Promise<void> {
    const old: OpenTable[] = [];
    for (const [number, table] of this.#numbers) {
      if (!isOld(number)) continue;
      this.#numbers.delete(number);
      old.push(table);
    }
    this.#arrange();
    for (const table of old) await table.close();
  }

  #arrange(): void {
    this.#tables = [...this.#numbers.values()].toSorted((a, b) => (a.first < b.first ? -1 : 1));
    this.#frames = this.#tables.length === 0 ? undefined : (this.#frames ?? new BlockFrames());
  }
}

function isUpTo(table: OpenTable | undefined, key: string): boolean {
  return table !== undefined && table.first <= key;
}
