import { closeSync, openSync, writeSync } from 'node:fs';

/** Lines dropped since this process began. There is one log, however many members run. */
let dropped = 0;

export function droppedLogLines(): number {
  return dropped;
}

/**
 * One output of the log. Each line is written synchronously, so that none is lost when the process ends. A line that
 * cannot be written (full disk, blocked pipe) is dropped and counted: a log must never stop a member.
 */
export class LogSink {
  readonly #path: string | undefined;
  readonly #tellDropped: (lines: number) => string;
  #fd: number;
  /** The rest of a line that was written in part. */
  #rest: Buffer = Buffer.alloc(0);
  #droppedHere = 0;

  /**
   * `target` is `stdout`, `stderr`, or the path of a file to append to; throws if it cannot be opened. `tellDropped`
   * makes the line that reports dropped lines, which is written before the next line.
   */
  constructor(target: string, tellDropped: (lines: number) => string) {
    this.#tellDropped = tellDropped;
    this.#path = target === 'stdout' || target === 'stderr' ? undefined : target;
    this.#fd = this.#path === undefined ? (target === 'stdout' ? 1 : 2) : openSync(this.#path, 'a');
  }

  write(line: string): void {
    const lost = this.#droppedHere > 0 ? this.#tellDropped(this.#droppedHere) : '';
    const bytes = Buffer.concat([this.#rest, Buffer.from(lost + line)]);
    const written = this.#put(bytes);
    if (written > this.#rest.length) {
      // It was begun, and must be finished before any other line.
      this.#rest = bytes.subarray(written);
      this.#droppedHere = 0;
    } else {
      this.#rest = this.#rest.subarray(written);
      this.#droppedHere++;
      dropped++;
    }
  }

  /**
   * Continues in a new file at the same path, after a program renamed the log file; keeps the old one if that fails.
   */
  reopen(): void {
    if (this.#path === undefined) return;
    const former = this.#fd;
    this.#fd = openSync(this.#path, 'a');
    this.#rest = Buffer.alloc(0);
    closeSync(former);
  }

  /** Writes as much as the output takes now; returns how much. */
  #put(bytes: Buffer): number {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch {
      // For any failure: the caller counts dropped lines.
    }
    return written;
  }
}
