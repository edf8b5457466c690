import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Audit, AuditRecord } from '../base/audit.ts';
import type { Logger } from '../base/logger.ts';
import type { Counter, Metrics } from '../base/metrics.ts';

export interface AuditLogOptions {
  readonly path: string;
  /** A file that would grow beyond it is renamed, and a new one begun. 0: never. */
  readonly fileBytesMax: number;
  /** Older files that are kept as `path.1` (the newest) and so on. */
  readonly olderFiles: number;
  /** The name of this member. */
  readonly member: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly wallTimeMs: () => number;
}

/** Bytes that are gathered at most before they are written within a turn. */
const gatheredBytesMax = 1 << 20;

/**
 * The audit log: one JSON line for each record, in a file that only its owner can read. The lines of a turn are written
 * together when it ends, and not synced: a crash of the process loses the last turn at most. Lines that cannot be written
 * are dropped, counted in `rollcall_audit_lines_dropped_total` and told in the log once for each failure in a row: a full disk
 * must not stop the registry.
 */
export class AuditLog implements Audit {
  readonly #options: AuditLogOptions;
  readonly #dropped: Counter;
  #descriptor: number;
  #fileBytes: number;
  #gathered: string[] = [];
  #gatheredBytes = 0;
  #isFailing = false;
  #isClosed = false;

  /** Throws if the file cannot be opened. */
  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#descriptor = openFile(options.path);
    this.#fileBytes = fstatSync(this.#descriptor).size;
    this.#dropped = options.metrics.counter(
      'rollcall_audit_lines_dropped_total',
      'Lines of the audit log that could not be written.',
    );
  }

  record({ operation, outcome, user, api, address, error, subject }: AuditRecord): void {
    if (this.#isClosed) return;
    const { wallTimeMs, member } = this.#options;
    const ts = new Date(wallTimeMs()).toISOString();
    const fields = { ts, member, user, api, address, operation, outcome, error, subject };
    const line = `${JSON.stringify(fields)}\n`;
    if (this.#gathered.length === 0) setImmediate(() => this.flush());
    this.#gathered.push(line);
    this.#gatheredBytes += line.length;
    if (this.#gatheredBytes >= gatheredBytesMax) this.flush();
  }

  /** Writes what was gathered. */
  flush(): void {
    if (this.#gathered.length === 0) return;
    const lines = this.#gathered;
    const bytes = Buffer.from(lines.join(''));
    this.#gathered = [];
    this.#gatheredBytes = 0;
    try {
      this.#makeRoom(bytes.length);
      // A part of a line from an earlier failure must not run into the next line.
      if (this.#isFailing && this.#fileBytes > 0) writeAll(this.#descriptor, newline);
      writeAll(this.#descriptor, bytes);
      this.#fileBytes += bytes.length;
      this.#isFailing = false;
    } catch (error) {
      this.#dropped.add(lines.length);
      if (!this.#isFailing) {
        this.#options.logger.error('the audit log cannot be written; its lines are dropped', {
          path: this.#options.path,
          error: String(error),
        });
      }
      this.#isFailing = true;
    }
  }

  /** Continues in a new file at the same path, after a program has renamed the file; keeps the old one if that fails. */
  reopen(): void {
    if (this.#isClosed) return;
    this.flush();
    const { path, logger } = this.#options;
    try {
      this.#replace(openFile(path));
    } catch (error) {
      logger.error('the audit log cannot be opened again; the old file goes on', {
        path,
        error: String(error),
      });
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.flush();
    this.#isClosed = true;
    closeSync(this.#descriptor);
  }

  #makeRoom(bytes: number): void {
    const { path, fileBytesMax, olderFiles } = this.#options;
    if (fileBytesMax === 0 || this.#fileBytes === 0) return;
    if (this.#fileBytes + bytes <= fileBytesMax) return;
    for (let number = olderFiles; number > 0; number--) {
      const newer = number === 1 ? path : `${path}.${number - 1}`;
      renameIfThere(newer, `${path}.${number}`);
    }
    this.#replace(openFile(path, olderFiles === 0 ? 'w' : 'a'));
  }

  #replace(descriptor: number): void {
    const former = this.#descriptor;
    this.#descriptor = descriptor;
    this.#fileBytes = fstatSync(descriptor).size;
    closeSync(former);
  }
}

const newline = Buffer.from('\n');

function openFile(path: string, flags: 'a' | 'w' = 'a'): number {
  return openSync(path, flags, 0o600);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) throw error;
  }
}
