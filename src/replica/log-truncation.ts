import { present } from '../base/assert.ts';
import type { Raft } from '../raft/index.ts';
import type { AppliedState } from './applied-state.ts';
import type { ReplicaContext } from './context.ts';
import type { ReplicaOptions } from './options.ts';
import type { Persister } from './persister.ts';

/** Bytes of applied entries that are kept in memory; beyond it the log is shortened earlier than configured, by half. */
const appliedBytesMax = 32 << 20;

/** Keeps the log short, in memory and on the disk: what was applied, and whose effect is durable, can leave it. */
export class LogTruncation {
  readonly #options: ReplicaOptions;
  readonly #raft: Raft;
  readonly #applied: AppliedState;
  readonly #persister: Persister;

  constructor(context: Pick<ReplicaContext, 'options' | 'raft' | 'applied'>, persister: Persister) {
    this.#options = context.options;
    this.#raft = context.raft;
    this.#applied = context.applied;
    this.#persister = persister;
  }

  /** Drops log entries whose effect is on the disk, once enough have gathered. */
  truncate(): void {
    const { appliedIndex } = this.#applied;
    const { snapshotCount, snapshotCatchupEntries, logger } = this.#options;
    const held = appliedIndex - this.#raft.firstIndex + 1;
    const tooLarge = this.#raft.bytesUpTo(appliedIndex) > appliedBytesMax;
    if (held < snapshotCount + snapshotCatchupEntries && !tooLarge) return;
    const keep = tooLarge ? Math.floor(held / 2) : snapshotCatchupEntries;
    const target = Math.min(this.#persister.flushedIndex, appliedIndex - keep);
    if (target < this.#raft.firstIndex) {
      this.#persister.flushSoon();
      return;
    }
    const position = present(
      this.#raft.positionAt(target),
      'the configuration at an applied index',
    );
    this.#raft.compact(target);
    this.#persister.setLogBase(position);
    logger.info('saved snapshot', { index: target });
  }
}
