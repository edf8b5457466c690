import type { Key, KeyRange } from '../base/key.ts';
import { present } from '../base/assert.ts';

/** The last deletion in a directory. */
export interface Directory {
  readonly name: string;
  revision: number;
  /** Place among the directories of the same revision. */
  ordinal: number;
  /** The revision before that; 0: none. Of interest only while the command of `revision` is under way. */
  before: number;
  block: DirectoryBlock;
  /** Its neighbours by age; see `DirectoryAges`. */
  older: Directory | undefined;
  newer: Directory | undefined;
}

export interface DirectoryBlock {
  /** In order of names. */
  entries: Directory[];
  /** The newest revision among them. */
  revision: number;
}

const blockLengthMax = 256;
const blockLengthMin = 32;

/**
 * Directories in order of their names, in blocks that know their newest revision: the newest deletion below a prefix is
 * found without visiting each directory. No block is empty.
 *
 * The owner keeps `block.revision` true: it sets it when it gives a directory a newer revision. Since only the directory
 * with the oldest deletion is ever removed, a removal never lowers it.
 */
export class DirectoryIndex {
  readonly #blocks: DirectoryBlock[] = [];

  /** Adds a directory that is not in the index. */
  add(name: string): Directory {
    if (this.#blocks.length === 0) this.#blocks.push({ entries: [], revision: 0 });
    let at = this.#blockAt(name);
    if (this.#block(at).entries.length === blockLengthMax) {
      this.#split(at);
      at = this.#blockAt(name);
    }
    const block = this.#block(at);
    const directory = {
      name,
      revision: 0,
      ordinal: 0,
      before: 0,
      block,
      older: undefined,
      newer: undefined,
    };
    block.entries.splice(lowerBound(block.entries, name), 0, directory);
    return directory;
  }

  remove({ name, block }: Directory): void {
    block.entries.splice(lowerBound(block.entries, name), 1);
    if (block.entries.length < blockLengthMin) this.#merge(block);
  }

  /** Calls `visit` for each block that may hold names in `range`. `isWhole`: all its names are. */
  visitBlocks(
    { start, end }: KeyRange,
    visit: (block: DirectoryBlock, isWhole: boolean) => void,
  ): void {
    for (let at = this.#blockAt(start); at < this.#blocks.length; at++) {
      const block = this.#block(at);
      const first = nameAt(block, 0);
      if (end !== undefined && first >= end) return;
      const isWhole = first >= start && (end === undefined || nameAt(block, -1) < end);
      visit(block, isWhole);
    }
  }

  #block(at: number): DirectoryBlock {
    return present(this.#blocks[at], 'a block of directories');
  }

  /** Joins a small block with the next one if that is small, too. */
  #merge(block: DirectoryBlock): void {
    const at = this.#blocks.indexOf(block);
    const next = this.#blocks[at + 1];
    if (next !== undefined && block.entries.length + next.entries.length <= blockLengthMax / 2) {
      for (const directory of next.entries) {
        directory.block = block;
        block.entries.push(directory);
      }
      block.revision = Math.max(block.revision, next.revision);
      this.#blocks.splice(at + 1, 1);
    }
    if (block.entries.length === 0) this.#blocks.splice(at, 1);
  }

  #split(at: number): void {
    const block = this.#block(at);
    const moved = block.entries.splice(blockLengthMax / 2);
    const next = { entries: moved, revision: newestOf(moved) };
    for (const directory of moved) directory.block = next;
    block.revision = newestOf(block.entries);
    this.#blocks.splice(at + 1, 0, next);
  }

  /** Position of the last block that begins at or before `name`; of the first if all begin after it. */
  #blockAt(name: Key): number {
    let low = 1;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (nameAt(this.#block(middle), 0) <= name) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function nameAt({ entries }: DirectoryBlock, at: number): string {
  return entries.at(at)?.name ?? '';
}

function newestOf(entries: readonly Directory[]): number {
  return entries.reduce((newest, { revision }) => Math.max(newest, revision), 0);
}

/** The position of the first directory at or after `name`. */
function lowerBound(entries: readonly Directory[], name: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nameOf(entries[middle]) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nameOf(directory: Directory | undefined): string {
  return directory?.name ?? '';
}
