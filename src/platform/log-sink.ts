import { closeSync, openSync, writeSync } from 'node:fs';

/** Lines that could not be written since this process began. There is one log, however many members run. */
let dropped = 0;

export function droppedLogLines(): number {
  return dropped;
}

/**
 * One place that log lines go to. Each is written at once, so that nothing is lost when the process ends. A line that
 * cannot be written (the disk is full, nobody reads the pipe) is dropped and counted: a log must never stop a member.
 */
export class LogSink {
  readonly #path: string | undefined;
  readonly #tellDropped: (lines: number) => string;
  #fd: number;
  /** The end of a line that was written only in part. */
  #rest: Buffer = Buffer.alloc(0);
  #droppedHere = 0;

  /**
   * `target` is `stdout`, `stderr`, or the path of a file to append to; throws if that cannot be opened. `tellDropped`
   * makes the line that says how many were dropped, which comes before the next one that can be written.
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
      // It has begun, and is finished before anything else.
      this.#rest = bytes.subarray(written);
      this.#droppedHere = 0;
    } else {
      this.#rest = this.#rest.subarray(written);
      this.#droppedHere++;
      dropped++;
    }
  }

  /** Goes on in a new file at the same path, for programs that rename log files; the old one stays if that fails. */
  reopen(): void {
    if (this.#path === undefined) return;
    const former = this.#fd;
    this.#fd = openSync(this.#path, 'a');
    this.#rest = Buffer.alloc(0);
    closeSync(former);
  }

  /** Writes as much as the sink takes now; gives how much that is. */
  #put(bytes: Buffer): number {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch {
      // Whatever the reason: the caller counts.
    }
    return written;
  }
}
