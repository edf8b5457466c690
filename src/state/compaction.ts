import type { Key } from '../base/key.ts';
import type { KeyIndex } from './key-index.ts';
import type { CompactedVersions, Version } from './key-versions.ts';

/**
 * Removes what a compaction made unreadable from index and engine, in steps. Progress differs between members and
 * shows only in memory and disk usage: reads skip what is still to be removed.
 *
 * The versions of one key are removed oldest first. If a crash interrupts this, what is left is the newer part of the
 * key's history, never a version without the tombstone that ended it.
 */
export class Compaction {
  readonly #index: KeyIndex;
  readonly #remove: (version: Version) => void;
  #revision = 0;
  /** Keys before this one are done; undefined: all are. */
  #nextKey: Key | undefined = undefined;
  /** A newer compaction came during this pass: another pass follows. */
  #comesAgain = false;
  /** Removed from the index, and to be removed from the engine in this order; those before `#doomedAt` are done. */
  #doomed: CompactedVersions[] = [];
  #doomedAt = 0;
  /** Versions removed since this member started. */
  removedTotal = 0;

  constructor(index: KeyIndex, remove: (version: Version) => void) {
    this.#index = index;
    this.#remove = remove;
  }

  get isPending(): boolean {
    return this.#nextKey !== undefined || this.#doomed.length > 0;
  }

  /**
   * If a pass is under way, it continues from its position with the newer revision, and another pass follows, so that
   * every key is visited however often compactions come.
   */
  begin(revision: number): void {
    this.#revision = revision;
    if (this.#nextKey === undefined) this.#nextKey = '';
    else this.#comesAgain = true;
  }

  /** Visits at most `keysMax` keys and removes at most as many versions. True if more are left. */
  step(keysMax: number): boolean {
    if (this.#doomed.length === 0 && this.#nextKey !== undefined) {
      this.#nextKey = this.#lookAt(this.#nextKey, keysMax);
    }
    for (let removed = 0; removed < keysMax && this.#doomedAt < this.#doomed.length;) {
      const version = this.#doomed[this.#doomedAt]?.next();
      if (version === undefined) this.#doomedAt++;
      else {
        this.#remove(version);
        this.removedTotal++;
        removed++;
      }
    }
    if (this.#doomedAt === this.#doomed.length) {
      this.#doomed = [];
      this.#doomedAt = 0;
    }
    return this.isPending;
  }

  /** The key to continue with; undefined at the end. */
  #lookAt(start: Key, keysMax: number): Key | undefined {
    const { keys, slots } = this.#index.take({ start, end: undefined }, keysMax);
    for (const [at, slot] of slots.entries()) {
      const gone = this.#index.versions.compact(slot, this.#revision);
      if (gone === undefined) continue;
      this.#doomed.push(gone);
      if (gone.isAll) this.#index.remove(keys[at] ?? '');
    }
    if (keys.length === keysMax) return `${keys.at(-1)}\0`;
    const comesAgain = this.#comesAgain;
    this.#comesAgain = false;
    return comesAgain ? '' : undefined;
  }
}
