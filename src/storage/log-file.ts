import { close, constants, fstatSync, ftruncate, open, openSync } from 'node:fs';
import { platform } from 'node:os';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { syncData, syncFolder, writeParts } from './disk-calls.ts';
import { alignedEnd, headBytes, sealRecord, seedOf } from './log-frames.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const truncateFile = promisify(ftruncate);

/**
 * Linux has a write wait for the disk itself, which spares a call of its own to sync. Elsewhere such a write may end when the
 * bytes are in the cache of the disk only, so `fdatasync` follows.
 */
const writesThrough = platform() === 'linux' ? constants.O_DSYNC : undefined;

/** A file grows by this much, in zeros. */
const growthBytes = 256 << 10;
const zeros = Buffer.alloc(growthBytes);
const padding = Buffer.alloc(headBytes);

/** One file of the log, open for appending. */
export class LogFile {
  readonly #descriptor: number;
  readonly #seed: number;
  readonly #syncsAfterwards: boolean;
  /** Records end here. The rest, up to `#allocated`, is zeros. */
  #end: number;
  #allocated: number;

  private constructor(path: string, descriptor: number, place: Place, sync: boolean) {
    this.#descriptor = descriptor;
    this.#seed = seedOf(basename(path));
    this.#syncsAfterwards = sync && writesThrough === undefined;
    this.#end = place.end;
    this.#allocated = place.allocated;
  }

  /** Creates a file, whose name is on the disk when this resolves. */
  static async create(path: string, sync: boolean): Promise<LogFile> {
    const flags = openFlags(sync) | constants.O_CREAT | constants.O_EXCL;
    const descriptor = await openFile(path, flags, 0o600);
    if (sync) await syncFolder(dirname(path));
    return new LogFile(path, descriptor, { end: 0, allocated: 0 }, sync);
  }

  /** Opens a file whose records end at `end`. */
  static reopen(path: string, end: number, sync: boolean): LogFile {
    const descriptor = openSync(path, openFlags(sync));
    const place = { end: alignedEnd(end), allocated: fstatSync(descriptor).size };
    return new LogFile(path, descriptor, place, sync);
  }

  get end(): number {
    return this.#end;
  }

  /**
   * Appends the record that `encode` makes behind room for its head. Returns its bytes; they are on the disk by then. If that
   * fails nothing of the record counts, and nothing may be appended any more.
   */
  async append(encode: (headBytes: number) => Encoded): Promise<number> {
    const { bytes, end } = encode(headBytes);
    const record = bytes.subarray(0, end);
    sealRecord(record, this.#seed);
    const next = alignedEnd(this.#end + record.length);
    const parts = [record, padding.subarray(0, next - this.#end - record.length)];
    const grown = next > this.#allocated ? Math.ceil(next / growthBytes) * growthBytes : next;
    if (grown > next) parts.push(zeros.subarray(0, grown - next));
    try {
      await writeParts(this.#descriptor, parts, this.#end);
      if (this.#syncsAfterwards) await syncData(this.#descriptor);
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
    this.#end = next;
    this.#allocated = Math.max(this.#allocated, grown);
    return record.length;
  }

  /**
   * Removes what a failed write has left: a limit of the size of files may cut a record off within a sector, and a start takes
   * that for a record that was damaged. If this fails too, the start decides by what it finds.
   */
  async #takeBack(): Promise<void> {
    try {
      await truncateFile(this.#descriptor, this.#end);
    } catch {
      // The failure of the write is what is reported.
    }
  }

  async close(): Promise<void> {
    await closeFile(this.#descriptor);
  }
}

function openFlags(sync: boolean): number {
  return constants.O_RDWR | (sync ? (writesThrough ?? 0) : 0);
}

interface Place {
  readonly end: number;
  readonly allocated: number;
}

interface Encoded {
  readonly bytes: Buffer;
  readonly end: number;
}
