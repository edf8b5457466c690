import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { WorkerOptions } from 'node:worker_threads';
import { present } from '../base/assert.ts';
import type { Logger } from '../base/logger.ts';
import type { PackedVersions, Room } from '../state/index.ts';
import { checkTables, takeShared } from './table-check.ts';
import type { Finding, SharedTables, Tables } from './table-check.ts';
import type { VersionPiece, VersionSpan } from './version-scan.ts';

/** Pieces that the thread may have ready, each of about a quarter of a megabyte. */
const piecesAhead = 4;
/** So many tables of 2 MiB that a thread, which takes some 60 ms to start, saves time. */
const tablesMin = 16;

type Program = readonly [module: URL, options: WorkerOptions];

/** The thread, and its messages. */
interface Running {
  readonly worker: Worker;
  readonly messages: ReturnType<typeof on>;
}

/**
 * A thread that reads LevelDB's tables together with its caller: it verifies some of them, and packs the versions in them ahead.
 * It only saves time. If it fails, its caller does its work, and comes to what was wrong.
 */
export class TableThread {
  readonly #logger: Logger;
  readonly #program: Program;
  #running: Running | undefined;
  #hasFailed = false;

  constructor(logger: Logger, program: Program = ownProgram()) {
    this.#logger = logger;
    this.#program = program;
  }

  /** True if a thread saves time with so many tables. */
  isWorth(tableCount: number): boolean {
    return tableCount >= tablesMin && !this.#hasFailed;
  }

  /** Verifies tables, the first of them first, and finds the first one that is damaged. The thread waits for `pack` afterwards. */
  async check({ folder, names }: Tables): Promise<Finding | undefined> {
    const tables = { folder, names, taken: new Int32Array(new SharedArrayBuffer(4)) };
    this.#start(tables);
    const own = new Set<number>();
    const found = await checkTables(tables, () => {
      const at = takeShared(tables);
      if (at !== undefined) own.add(at);
      return at;
    });
    const message = await this.#receive<CheckResult>();
    if (message !== undefined) return firstOf(found, message.found);
    const left = [...names.keys()].filter((at) => !own.has(at));
    return firstOf(found, await checkTables(tables, () => left.shift()));
  }

  /**
   * The same as `packTables`. Returns the key before which all versions are given out: an earlier one than `to` if the thread
   * failed. Each piece is valid until the next one is asked for.
   */
  async *pack(
    span: VersionSpan,
    wantsValues: () => boolean,
  ): AsyncGenerator<PackedVersions, string> {
    let { from: next } = span;
    const allow = (memory: PackedVersions | undefined): void => {
      this.#send({ memory, wantsValues: wantsValues() } satisfies Room);
    };
    try {
      if (this.#running === undefined) this.#start(undefined);
      this.#send(span);
      for (let ahead = 0; ahead < piecesAhead; ahead++) allow(undefined);
      while (next < span.to) {
        const piece = await this.#receive<VersionPiece>();
        if (piece === undefined) break;
        yield piece.versions;
        ({ next } = piece);
        allow(piece.versions);
      }
    } finally {
      await this.end();
    }
    return next;
  }

  /** Ends the thread, if there is one. */
  async end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.worker.terminate();
  }

  #start(tables: SharedTables | undefined): void {
    const [url, options] = this.#program;
    try {
      const worker = new Worker(url, { ...options, workerData: tables });
      // It may also fail while nothing waits for it.
      worker.on('error', () => {});
      this.#running = { worker, messages: on(worker, 'message', { close: ['exit'] }) };
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #send(message: VersionSpan | Room): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#running?.worker.postMessage(message);
  }

  /** The next message; undefined: the thread has failed or ended. */
  async #receive<T>(): Promise<T | undefined> {
    try {
      const { messages } = present(this.#running, 'a thread that was started');
      // The thread answers in the order in which it was asked.
      const next: IteratorResult<T[], undefined> = await messages.next();
      if (next.done !== true) return present(next.value[0], 'a message');
      // It has come to what it cannot read, such as changes in LevelDB's log.
      await this.end();
      return undefined;
    } catch (error) {
      this.#onFailure(error);
      await this.end();
      return undefined;
    }
  }

  #onFailure(error: unknown): void {
    if (!this.#hasFailed) {
      const fields = { error: error instanceof Error ? error.message : String(error) };
      this.#logger.warn('a thread that reads tables failed; the start takes longer', fields);
    }
    this.#hasFailed = true;
  }
}

/** The thread's message about the tables that it has verified. */
export interface CheckResult {
  readonly found: Finding | undefined;
}

/** Each has verified all tables that it took before what it found. */
function firstOf(one: Finding | undefined, other: Finding | undefined): Finding | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.at < other.at ? one : other;
}

/** The build has the thread in a folder beside that of this code; the sources have it beside this file, in TypeScript. */
function ownProgram(): Program {
  const own = import.meta.url;
  if (!own.endsWith('.ts')) return [new URL('../storage/table-worker.js', own), {}];
  const { href } = new URL('../../scripts/lib/typescript.mjs', own);
  return [new URL('./table-worker.ts', own), { execArgv: ['--import', href] }];
}
