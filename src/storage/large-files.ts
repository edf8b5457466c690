import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Pieces } from '../state/index.ts';
import { StorageCorruption } from './corruption.ts';
import { syncData, syncFolder, writeParts } from './disk-calls.ts';
import { damageOf, encodePlace, largeFileName } from './record-place.ts';
import type { RecordPlace } from './record-place.ts';

const defaultFileBytes = 32 << 20;
/** Files that are open for reading. */
const readersMax = 32;

/**
 * The large records of the state, in files beside LevelDB, which has the place of each: it would write each of them three to
 * four times, and sum it each time. Files are appended to and never changed. A start begins a new one, so it does not matter
 * what a crash left behind the last record that LevelDB knows of.
 *
 * A record is on the disk before its place is. `collectLarge` gives back the space of records that have no place any more.
 */
export class LargeFiles {
  readonly #folder: string;
  /** A file takes no further record once it has so many bytes. */
  readonly fileBytes: number;
  /** Records are added to this one, which need not be on the disk yet. */
  #file: number;
  #end = 0;
  #isUsed: boolean;
  readonly #open = new Set<LargeBatch>();
  readonly #unsynced = new Set<number>();
  /** The names of files up to this one are on the disk. */
  #named: number;
  #writing: { readonly file: number; readonly handle: FileHandle } | undefined;
  /** Descriptors, the one that was used last at the end. */
  readonly #readers = new Map<number, number>();
  readonly #pieces = new Pieces();
  /** Numbers of holds that are not over, in order. */
  readonly #holds = new Set<number>();
  #lastHold = 0;
  /** Files to be deleted, with the last hold that may need them. */
  readonly #doomed = new Map<number, number>();

  constructor(folder: string, fileBytes: number = defaultFileBytes) {
    this.#folder = folder;
    this.fileBytes = fileBytes;
    const last = largeFilesIn(folder).at(-1);
    this.#isUsed = last !== undefined;
    this.#named = last ?? 0;
    this.#file = this.#named + 1;
  }

  /** There is a large record, or was. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** All records in files before this one are written, and so are their places. */
  get firstOpen(): number {
    return Math.min(this.#file, ...[...this.#open].map(({ firstFile }) => firstFile));
  }

  /** Begins a batch of records, which must be ended. */
  batch(): LargeBatch {
    const batch = new LargeBatch(this, this.#file, () => this.#open.delete(batch));
    this.#open.add(batch);
    return batch;
  }

  /** Takes room for a record. */
  reserve(length: number): { readonly file: number; readonly offset: number } {
    this.#isUsed = true;
    if (this.#end >= this.fileBytes) this.beginFile();
    const offset = this.#end;
    this.#end += length;
    return { file: this.#file, offset };
  }

  /** What comes from now on goes to another file than what came before. */
  beginFile(): void {
    if (this.#end === 0) return;
    this.#file++;
    this.#end = 0;
  }

  /** Writes records one behind the other. One call at a time. */
  async write(file: number, offset: number, records: readonly Uint8Array[]): Promise<void> {
    this.#unsynced.add(file);
    const { fd } = await this.#writer(file);
    await writeParts(fd, records, offset);
  }

  async #writer(file: number): Promise<FileHandle> {
    if (this.#writing?.file === file) return this.#writing.handle;
    await this.#closeWriter();
    const path = join(this.#folder, largeFileName(file));
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    this.#writing = { file, handle };
    return handle;
  }

  async #closeWriter(): Promise<void> {
    const writing = this.#writing;
    this.#writing = undefined;
    await writing?.handle.close();
  }

  /** Resolves once all that was written is on the disk. Not during `write`. */
  async sync(): Promise<void> {
    const last = Math.max(...this.#unsynced);
    for (const file of this.#unsynced) {
      const { fd } = await this.#writer(file);
      await syncData(fd);
    }
    if (last > this.#named) {
      await syncFolder(this.#folder);
      this.#named = last;
    }
    this.#unsynced.clear();
  }

  /** The record at a place. Throws StorageCorruption if it is not there. */
  get(key: Uint8Array, place: RecordPlace): Buffer {
    const bytes = this.peek(place);
    const damage =
      bytes === undefined ? `${largeFileName(place.file)} is missing` : damageOf(place, bytes);
    if (bytes !== undefined && damage === undefined) return bytes;
    throw new StorageCorruption(key, damage ?? '');
  }

  /** What is at a place, in memory of the caller's own, its checksum not verified; undefined: the file is not there. */
  peek({ file, offset, length }: RecordPlace): Buffer | undefined {
    const descriptor = this.#reader(file);
    if (descriptor === undefined) return undefined;
    return readAll(descriptor, this.#pieces.allocate(length), offset);
  }

  #reader(file: number): number | undefined {
    let descriptor = this.#readers.get(file);
    if (descriptor === undefined) {
      descriptor = openLarge(this.#folder, file);
      if (descriptor === undefined) return undefined;
      const [oldest] = this.#readers.keys();
      if (this.#readers.size >= readersMax && oldest !== undefined) this.#closeReader(oldest);
    } else this.#readers.delete(file);
    this.#readers.set(file, descriptor);
    return descriptor;
  }

  #closeReader(file: number): void {
    const descriptor = this.#readers.get(file);
    if (descriptor === undefined) return;
    this.#readers.delete(file);
    closeSync(descriptor);
  }

  /** Bytes of each file before `end`. */
  async sizes(end: number): Promise<ReadonlyMap<number, number>> {
    const files = largeFilesIn(this.#folder).filter(
      (file) => file < end && !this.#doomed.has(file),
    );
    const sizes = new Map<number, number>();
    for (const file of files) {
      sizes.set(file, (await stat(join(this.#folder, largeFileName(file)))).size);
    }
    return sizes;
  }

  /**
   * Keeps all files until the function that it returns is called, but those that `remove` was told of before: the caller must
   * see the places that LevelDB has by now.
   */
  hold(): () => Promise<void> {
    const hold = ++this.#lastHold;
    this.#holds.add(hold);
    return async () => {
      if (this.#holds.delete(hold)) await this.#removeDoomed();
    };
  }

  /** Deletes files whose records have no place any more, as soon as no hold that began before keeps them. */
  async remove(files: Iterable<number>): Promise<void> {
    for (const file of files) this.#doomed.set(file, this.#lastHold);
    await this.#removeDoomed();
  }

  async #removeDoomed(): Promise<void> {
    for (const [file, lastHold] of this.#doomed) {
      const [oldest = Infinity] = this.#holds;
      if (oldest <= lastHold) continue;
      this.#closeReader(file);
      if (this.#writing?.file === file) await this.#closeWriter();
      // Another call may have begun to delete it.
      await rm(join(this.#folder, largeFileName(file)), { force: true });
      this.#doomed.delete(file);
    }
  }

  /** Deletes all files. Nothing may read or write meanwhile. */
  async clear(): Promise<void> {
    await this.remove(largeFilesIn(this.#folder));
    this.#isUsed = false;
  }

  async close(): Promise<void> {
    await this.#closeWriter();
    for (const file of this.#readers.keys()) this.#closeReader(file);
  }
}

interface Run {
  readonly file: number;
  readonly offset: number;
  end: number;
  readonly records: Uint8Array[];
}

/** Large records that are written together, before their places are. */
export class LargeBatch {
  readonly #files: LargeFiles;
  /** No record is in an earlier file. */
  readonly firstFile: number;
  readonly #onEnd: () => void;
  readonly #runs: Run[] = [];

  constructor(files: LargeFiles, firstFile: number, onEnd: () => void) {
    this.#files = files;
    this.firstFile = firstFile;
    this.#onEnd = onEnd;
  }

  /** Adds a record, which must not change until it is written. Returns what LevelDB has in its place. */
  add(record: Uint8Array): Buffer {
    const { file, offset } = this.#files.reserve(record.length);
    let run = this.#runs.at(-1);
    if (run?.file !== file || run.end !== offset) {
      run = { file, offset, end: offset, records: [] };
      this.#runs.push(run);
    }
    run.records.push(record);
    run.end += record.length;
    return encodePlace({ file, offset, length: record.length, sum: crc32(record) });
  }

  /** With `sync` it resolves when all records are on the disk. */
  async write(sync: boolean): Promise<void> {
    for (const { file, offset, records } of this.#runs) {
      await this.#files.write(file, offset, records);
    }
    if (sync) await this.#files.sync();
  }

  /** The places of the records are written, or will not be. */
  end(): void {
    this.#onEnd();
  }
}

/** Undefined: it is not there. */
export function openLarge(folder: string, file: number): number | undefined {
  try {
    return openSync(join(folder, largeFileName(file)), 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Fills `bytes` from a file; fewer if it ends before. */
export function readAll(descriptor: number, bytes: Buffer, position: number): Buffer {
  for (let at = 0; at < bytes.length;) {
    const read = readSync(descriptor, bytes, at, bytes.length - at, position + at);
    if (read === 0) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}

/** The numbers of all files, in order. */
export function largeFilesIn(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => (/^\d+\.large$/.test(name) ? [Number.parseInt(name)] : []))
    .toSorted((a, b) => a - b);
}
