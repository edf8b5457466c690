import { present } from '../base/assert.ts';
import type { Raft, SnapshotPosition } from '../raft/index.ts';
import type { ReplicaOptions } from './options.ts';
import type { Persister } from './persister.ts';

/** Bytes of log that are kept in memory at most; beyond it the log is shortened earlier than configured. */
const logBytesMax = 64 << 20;

/** Keeps the log short, in memory and on the disk: what was applied, and whose effect is durable, can leave it. */
export class LogTruncation {
  readonly #options: ReplicaOptions;
  readonly #raft: Raft;
  readonly #writes: Persister;

  constructor(options: ReplicaOptions, raft: Raft, writes: Persister) {
    this.#options = options;
    this.#raft = raft;
    this.#writes = writes;
  }

  /** Drops log entries whose effect is on the disk, once enough have gathered. */
  shorten(appliedIndex: number): void {
    const { snapshotCount, snapshotCatchupEntries, logger } = this.#options;
    const held = appliedIndex - this.#raft.firstIndex + 1;
    const tooLarge = this.#raft.logBytes > logBytesMax;
    if (held < snapshotCount + snapshotCatchupEntries && !tooLarge) return;
    const keep = tooLarge ? Math.floor(held / 4) : snapshotCatchupEntries;
    const target = Math.min(this.#writes.flushedIndex, appliedIndex - keep);
    if (target < this.#raft.firstIndex) {
      this.#writes.flushSoon();
      return;
    }
    const position = present(this.positionAt(target), 'the configuration at an applied index');
    this.#raft.compact(target);
    this.#writes.shortenLog(position);
    logger.info('saved snapshot', { index: target });
  }

  /** Undefined for what is not in the log any more, or not yet. */
  positionAt(index: number): SnapshotPosition | undefined {
    const term = this.#raft.termAt(index);
    if (term === undefined) return undefined;
    return { index, term, configuration: this.#raft.configurationAt(index) };
  }
}
