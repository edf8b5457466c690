import type { Key } from '../base/key.ts';

/** A new output alone is written at most this often, as in Consul (`check_update_interval`). */
const writtenEveryMs = 5 * 60_000;
/** Checks of which the last write is remembered. */
const rememberedMax = 100_000;

/**
 * Decides when an output is worth a write: with a new status always, alone seldom, so that checks that say another thing
 * each time do not fill the log.
 */
export class Outputs {
  readonly #nowMs: () => number;
  /** When an output was last written here, the oldest first. */
  readonly #writtenMs = new Map<Key, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  isDue(key: Key): boolean {
    const writtenMs = this.#writtenMs.get(key);
    return writtenMs === undefined || this.#nowMs() - writtenMs >= writtenEveryMs;
  }

  written(key: Key): void {
    this.#writtenMs.delete(key);
    this.#writtenMs.set(key, this.#nowMs());
    if (this.#writtenMs.size <= rememberedMax) return;
    for (const oldest of this.#writtenMs.keys()) {
      this.#writtenMs.delete(oldest);
      return;
    }
  }
}
