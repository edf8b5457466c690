import { isSingleKey, rangeHolds } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type { DirectoryDeletion, KeyEvent } from '../../src/state/index.ts';

/** The last deletions in directories, in their simplest form. */
export class DeletionModel {
  readonly #max: number;
  /** Undefined: the table has not begun. */
  floor: number | undefined;
  /** Oldest first. */
  #entries: { readonly directory: string; readonly revision: number }[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  applied(revision: number, events: readonly KeyEvent[]): void {
    if (this.floor === undefined) return;
    for (const { kind, kv } of events) {
      if (kind === 'delete') this.#delete(kv.key, revision);
    }
  }

  #delete(key: string, revision: number): void {
    const directory = directoryOfKey(key);
    if (directory === undefined) return;
    if (directory.length > 640) {
      this.floor = revision;
      return;
    }
    if (this.#entries.some((one) => one.directory === directory && one.revision === revision)) {
      return;
    }
    this.#entries = this.#entries.filter((one) => one.directory !== directory);
    this.#entries.push({ directory, revision });
    if (this.#entries.length <= this.#max) return;
    this.floor = Math.max(this.floor ?? 0, this.#entries.shift()!.revision);
  }

  of(directory: string): number {
    const found = this.#entries.find((one) => one.directory === directory);
    return Math.max(this.floor ?? 0, found?.revision ?? 0);
  }

  /** `range` is a prefix or a key. */
  within(range: KeyRange): number {
    const own = directoryOfKey(range.start);
    const found = this.#entries.filter(
      ({ directory }) => directory === own || (!isSingleKey(range) && rangeHolds(range, directory)),
    );
    return Math.max(this.floor ?? 0, ...found.map(({ revision }) => revision));
  }

  /** In order of names. */
  list(range: KeyRange): DirectoryDeletion[] {
    const found = this.#entries.filter(({ directory }) => rangeHolds(range, directory));
    return found
      .map(({ directory, revision }): DirectoryDeletion => [directory, revision])
      .toSorted(byName);
  }
}

export function byName(a: readonly [string, number], b: readonly [string, number]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** `/a/b/c` is in `/a/b/`; below `/checks/` and `/heartbeats/` it is in `/a/`. */
function directoryOfKey(key: string): string | undefined {
  const [before, root, ...rest] = key.split('/');
  if (before !== '' || root === undefined || rest.length === 0) return undefined;
  if (!['services', 'checks', 'heartbeats', 'consul'].includes(root)) return undefined;
  const leaves = root === 'checks' || root === 'heartbeats' ? 2 : 1;
  const kept = rest.slice(0, Math.max(0, rest.length - leaves));
  return [before, root, ...kept, ''].join('/');
}
