import type { SnapshotStage } from '../replica/index.ts';
import type { Cleanup } from './cleanup.ts';
import { stateKey } from './level-keys.ts';
import type { LevelWriter } from './level-writer.ts';
import { snapshotAbandoned, SnapshotReader } from './snapshot-frames.ts';

/** A received state, written beside the current one under an epoch of its own. */
export class LevelStage implements SnapshotStage {
  readonly epoch: number;
  readonly #writer: LevelWriter;
  readonly #cleanup: Cleanup;
  readonly #fsync: boolean;
  readonly #reader: SnapshotReader;
  #state: 'open' | 'complete' | 'abandoned' = 'open';

  constructor(
    writer: LevelWriter,
    cleanup: Cleanup,
    epoch: number,
    { fsync }: { readonly fsync: boolean },
  ) {
    this.#writer = writer;
    this.#cleanup = cleanup;
    this.epoch = epoch;
    this.#reader = new SnapshotReader(stateKey(epoch, ''));
    this.#fsync = fsync;
  }

  /** The whole state is here and on the disk. */
  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw snapshotAbandoned();
    const batch = this.#writer.batch();
    try {
      this.#reader.take(chunk, (key, value) => batch.putState(key, value));
    } catch (error) {
      await batch.close();
      throw error;
    }
    await this.#writer.write(batch, { sync: false });
  }

  async finish(): Promise<void> {
    if (this.#state !== 'open') throw snapshotAbandoned();
    this.#reader.finish();
    if (this.#fsync) await this.#writer.syncAll();
    this.#state = 'complete';
  }

  async abandon(): Promise<void> {
    if (this.#state === 'abandoned') return;
    this.#state = 'abandoned';
    await this.#cleanup.deleteEpochs(this.epoch, this.epoch + 1);
  }
}
