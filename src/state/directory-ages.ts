import type { Directory } from './directory-index.ts';

/**
 * Directories from the oldest last deletion to the newest. A list of neighbours: the first entry of a `Map` whose first
 * entries keep being removed is found only after walking over the gaps that they leave.
 */
export class DirectoryAges {
  #oldest: Directory | undefined;
  #newest: Directory | undefined;

  get oldest(): Directory | undefined {
    return this.#oldest;
  }

  /** Makes a directory that is not in the list the newest. */
  add(directory: Directory): void {
    directory.older = this.#newest;
    directory.newer = undefined;
    if (this.#newest === undefined) this.#oldest = directory;
    else this.#newest.newer = directory;
    this.#newest = directory;
  }

  remove({ older, newer }: Directory): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
