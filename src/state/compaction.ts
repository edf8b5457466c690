import type { Key } from '../base/key.ts';
import type { CompactedVersions, Version } from './key-entry.ts';
import type { KeyIndex } from './key-index.ts';

/**
 * Takes what a compaction made unreadable out of index and engine, in steps, so that it holds up nobody. How far it
 * got differs between members, and shows in nothing but memory and disk: readers skip what is due to go.
 *
 * The versions of one key go oldest first. If a crash comes in between, what is left is a newer part of its history,
 * never a version without the tombstone that ended it.
 */
export class Compaction {
  readonly #index: KeyIndex;
  readonly #remove: (version: Version) => void;
  #revision = 0;
  /** Keys before this one are done; undefined: all are. */
  #nextKey: Key | undefined = undefined;
  /** A newer compaction came in the middle of this round: another round follows. */
  #comesAgain = false;
  /** Out of the index already, in the order in which they are to be removed; those before `#doomedAt` are. */
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
   * If one was still under way, it goes on from where it is with the newer revision, and then comes round once more:
   * however often compactions come, every key has its turn.
   */
  begin(revision: number): void {
    this.#revision = revision;
    if (this.#nextKey === undefined) this.#nextKey = '';
    else this.#comesAgain = true;
  }

  /** Looks at no more than `keysMax` keys, and removes no more than as many versions. True if more is left. */
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

  /** The key to go on with; undefined at the end. */
  #lookAt(start: Key, keysMax: number): Key | undefined {
    const entries = this.#index.take({ start, end: undefined }, keysMax);
    for (const entry of entries) {
      const gone = entry.compact(this.#revision);
      if (gone === undefined) continue;
      this.#doomed.push(gone);
      if (gone.isAll) this.#index.remove(entry);
    }
    const last = entries.at(-1);
    if (entries.length === keysMax && last !== undefined) return `${last.key}\0`;
    const comesAgain = this.#comesAgain;
    this.#comesAgain = false;
    return comesAgain ? '' : undefined;
  }
}
