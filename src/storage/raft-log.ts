import { closeSync, fsyncSync, ftruncateSync, openSync, readdirSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import type { Entry, HardState } from '../raft/index.ts';
import { DamagedFile } from './corruption.ts';
import { LogFile } from './log-file.ts';
import { isZero, recordsOf, seedOf } from './log-frames.ts';
import { decodeLogRecord, encodeLogRecord, encodeNextFile } from './log-records.ts';
import type { LogRecord } from './log-records.ts';
import { ReusedBuffer } from './reused-buffer.ts';

/** A file takes no further record once it has so many bytes. */
const fileBytesMax = 16 << 20;

/** Bytes of records that a start takes in one turn, and at least one record. */
const loadedBytesMax = 256 << 10;

/** A record of no more bytes is written in memory that is used again. */
const keptRecordBytesMax = 16 << 20;

/** A file of the log that takes no more records. */
interface ClosedFile {
  readonly name: string;
  /** No entry in it has a higher index. */
  readonly lastIndex: number;
}

/** Without a hard state the former one stays. */
export interface LogWrite {
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
}

/** The log as a start finds it. */
export interface FoundLog {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
}

export interface RaftLogOptions {
  readonly folder: string;
  /** False: records are acknowledged before they are on the disk. Only for tests. */
  readonly fsync: boolean;
}

/**
 * Raft's log and hard state, in files beside LevelDB. Each write appends one record, and is synced before the next one
 * begins. A file is deleted when the state holds the effect of all its entries.
 *
 * A generation is the log since its beginning, or since a snapshot took the place of another log. LevelDB's header names
 * the one that counts.
 */
export class RaftLog {
  readonly #folder: string;
  readonly #fsync: boolean;
  #generation = 0;
  #sequence = 0;
  #hardState: HardState = { term: 0, vote: undefined, commit: 0 };
  /** Oldest first. */
  #closed: ClosedFile[] = [];
  #current: LogFile | undefined;
  #lastIndex = 0;
  #hasRecord = false;
  /** The record that is being written. */
  readonly #record = new ReusedBuffer(keptRecordBytesMax);
  #isAppending = false;
  /** Bytes of records written since the start. */
  bytesWritten = 0;

  constructor({ folder, fsync }: RaftLogOptions) {
    this.#folder = folder;
    this.#fsync = fsync;
  }

  get generation(): number {
    return this.#generation;
  }

  get hardState(): HardState {
    return this.#hardState;
  }

  /**
   * Reads this generation, and deletes the files of others. Rejects with RegistryError if it is damaged. A last record that
   * a crash cut off is removed.
   */
  async load(generation: number, baseIndex: number): Promise<FoundLog> {
    await this.#current?.close();
    this.#current = undefined;
    this.#generation = generation;
    this.#closed = [];
    const files = filesIn(this.#folder);
    for (const { name } of files.filter((file) => file.generation !== generation)) {
      await unlink(join(this.#folder, name));
    }
    const own = files.filter((file) => file.generation === generation);
    const entries: Entry[] = [];
    const begun = await this.#takeBegun(own);
    for (const [at, { name, sequence }] of own.entries()) {
      this.#checkSequence(own, at, sequence);
      const isLast = at === own.length - 1;
      const { end, isFull } = await this.#loadFile(name, isLast, entries, baseIndex);
      this.#sequence = sequence;
      if (isLast && !isFull) {
        this.#current = LogFile.reopen(join(this.#folder, name), end, this.#fsync);
      } else {
        this.#closed.push({ name, lastIndex: this.#lastIndex });
        this.#lastIndex = 0;
      }
    }
    if (own.length === 0) throw this.#damaged(nameOf(generation, 1), 'it is missing');
    // A generation begins with a record, and counts only after that.
    if (!this.#hasRecord)
      throw this.#damaged(own[0]?.name ?? '', 'the checksum at byte 0 is wrong');
    await this.#settleBegun(own, begun);
    return { hardState: this.#hardState, entries };
  }

  /** Removes from the list a last file that a crash left without any record, and returns it. */
  async #takeBegun(own: NamedFile[]): Promise<NamedFile | undefined> {
    const last = own.at(-1);
    if (last === undefined || own.length === 1) return undefined;
    const bytes = await readFile(join(this.#folder, last.name));
    return isZero(bytes, 0, bytes.length) ? own.pop() : undefined;
  }

  /** Goes on in a file without records if the one before is full. If that does not say so, it is the current one still. */
  async #settleBegun(own: readonly NamedFile[], begun: NamedFile | undefined): Promise<void> {
    if (begun !== undefined) this.#checkSequence(own, own.length, begun.sequence);
    if (this.#current !== undefined) {
      if (begun !== undefined) await unlink(join(this.#folder, begun.name));
      return;
    }
    if (begun === undefined) {
      throw this.#damaged(own.at(-1)?.name ?? '', 'the file that follows it is missing');
    }
    this.#sequence = begun.sequence;
    this.#current = LogFile.reopen(join(this.#folder, begun.name), 0, this.#fsync);
  }

  #checkSequence(own: readonly NamedFile[], at: number, sequence: number): void {
    const expected = (own[0]?.sequence ?? 1) + at;
    if (sequence !== expected) {
      throw this.#damaged(nameOf(this.#generation, expected), 'it is missing');
    }
  }

  async #loadFile(
    name: string,
    isLast: boolean,
    entries: Entry[],
    baseIndex: number,
  ): Promise<{ readonly end: number; readonly isFull: boolean }> {
    const path = join(this.#folder, name);
    const { contents, end, rest } = recordsOf(await readFile(path), seedOf(name));
    // Only the last file is written to.
    const isCutOff = rest === 'torn' || contents.length === 0;
    if (rest === 'damaged' || (isCutOff && !isLast)) {
      throw this.#damaged(name, `the checksum at byte ${end} is wrong`);
    }
    let isFull = false;
    let bytesInTurn = 0;
    for (const content of contents) {
      const record = this.#decoded(name, content);
      if (record === 'next file') isFull = true;
      else this.#loadRecord(name, record, entries, baseIndex);
      bytesInTurn += content.length;
      if (bytesInTurn < loadedBytesMax) continue;
      bytesInTurn = 0;
      await nextTurn();
    }
    if (rest === 'torn') cutOff(path, end, this.#fsync);
    return { end, isFull };
  }

  #decoded(name: string, content: Buffer): LogRecord | 'next file' {
    try {
      return decodeLogRecord(content);
    } catch (cause) {
      // A correct checksum does not make its content valid.
      if (cause instanceof TypeError) throw this.#damaged(name, cause.message);
      throw cause;
    }
  }

  #damaged(name: string, what: string): RegistryError {
    const message = new DamagedFile(name, what).messageFor(dirname(this.#folder));
    return new RegistryError('cluster-corrupt', message);
  }

  #loadRecord(name: string, record: LogRecord, entries: Entry[], baseIndex: number): void {
    this.#hardState = record.hardState;
    this.#hasRecord = true;
    for (const entry of record.entries) {
      this.#lastIndex = Math.max(this.#lastIndex, entry.index);
      if (entry.index <= baseIndex) continue;
      while ((entries.at(-1)?.index ?? 0) >= entry.index) entries.pop();
      const expected = (entries.at(-1)?.index ?? baseIndex) + 1;
      if (entry.index !== expected) {
        throw this.#damaged(name, `entry ${expected} is missing before ${entry.index}`);
      }
      entries.push(entry);
    }
  }

  /**
   * Begins another generation, whose log is empty. It counts once a header names it: until then the former one is left
   * as it is. `forget` deletes the former one.
   */
  async begin(generation: number, record: LogRecord): Promise<void> {
    await this.#current?.close();
    this.#current = undefined;
    this.#generation = generation;
    this.#sequence = 0;
    this.#closed = [];
    this.#lastIndex = 0;
    this.#hardState = record.hardState;
    await this.append(record);
  }

  /** Deletes what is left of other generations. */
  async forget(): Promise<void> {
    for (const { name, generation } of filesIn(this.#folder)) {
      if (generation !== this.#generation) await unlink(join(this.#folder, name));
    }
  }

  /** Appends one record; resolves when it is on the disk. One at a time. */
  async append(write: LogWrite): Promise<void> {
    assert(!this.#isAppending, 'records of the log are written one after the other');
    this.#isAppending = true;
    try {
      await this.#append(write);
    } finally {
      this.#isAppending = false;
    }
  }

  async #append({ hardState, entries }: LogWrite): Promise<void> {
    if (hardState !== undefined) this.#hardState = hardState;
    let file = this.#current;
    if (file === undefined || file.end >= fileBytesMax) file = await this.#nextFile();
    this.#lastIndex = Math.max(this.#lastIndex, entries.at(-1)?.index ?? 0);
    const content = { hardState: this.#hardState, entries };
    this.bytesWritten += await file.append((headBytes) =>
      encodeLogRecord(content, headBytes, (bytes) => this.#record.allocate(bytes)),
    );
  }

  async #nextFile(): Promise<LogFile> {
    const full = this.#current;
    const name = nameOf(this.#generation, this.#sequence + 1);
    const next = await LogFile.create(join(this.#folder, name), this.#fsync);
    if (full !== undefined) {
      // A start notices if the next file is lost.
      await full.append(encodeNextFile);
      await full.close();
      const fullName = nameOf(this.#generation, this.#sequence);
      this.#closed.push({ name: fullName, lastIndex: this.#lastIndex });
      this.#lastIndex = 0;
    }
    this.#sequence++;
    this.#current = next;
    return next;
  }

  /**
   * Deletes files all of whose entries are at or before `baseIndex`, from the oldest on: later ones replace theirs. The hard
   * state is in the newest record, so that one stays.
   */
  async truncate(baseIndex: number): Promise<void> {
    if (this.#current?.end === 0) return;
    for (;;) {
      const [oldest] = this.#closed;
      if (oldest === undefined || oldest.lastIndex > baseIndex) return;
      this.#closed.shift();
      await unlink(join(this.#folder, oldest.name));
    }
  }

  async close(): Promise<void> {
    await this.#current?.close();
  }
}

/** Synced, since what stood there must not be behind the next record after a power failure. */
function cutOff(path: string, end: number, sync: boolean): void {
  const descriptor = openSync(path, 'r+');
  try {
    ftruncateSync(descriptor, end);
    if (sync) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

interface NamedFile {
  readonly name: string;
  readonly generation: number;
  readonly sequence: number;
}

function nameOf(generation: number, sequence: number): string {
  return `${String(generation).padStart(6, '0')}-${String(sequence).padStart(8, '0')}.raft`;
}

/** The files of all generations, in order. */
function filesIn(folder: string): NamedFile[] {
  const files: NamedFile[] = [];
  for (const name of readdirSync(folder)) {
    const match = /^(\d+)-(\d+)\.raft$/.exec(name);
    if (match !== null) {
      files.push({ name, generation: Number(match[1]), sequence: Number(match[2]) });
    }
  }
  return files.toSorted((a, b) => a.generation - b.generation || a.sequence - b.sequence);
}
