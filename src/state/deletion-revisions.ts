import { present } from '../base/assert.ts';
import { isSingleKey, rangeHolds } from '../base/key.ts';
import type { KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import { copyOf, directoriesAround } from './directory.ts';
import { DirectoryAges } from './directory-ages.ts';
import { DirectoryIndex } from './directory-index.ts';
import type { Directory } from './directory-index.ts';
import type { Engine } from './engine.ts';
import { hashNumber, hashText } from './hash.ts';
import { RowFormat } from './row.ts';

/** Directories that have a revision of their own. The same on all members. */
export const directoriesMax = 100_000;

/** A deletion in a directory of a longer name counts in all directories: the floor rises to it. */
const directoryBytesMax = 640;

const floorKey = 'sdeletions';
const rowSpace = 'd';
const rowSpaceEnd = 'e';
/** Bound for ever. */
const floorFormat = new RowFormat<[floor: number]>();
/** Bound for ever: under `d` and the directory. `ordinal`: place among the directories of the same revision. */
const rowFormat = new RowFormat<[revision: number, ordinal: number]>();

/** Rows written in one step. */
const rowsPerStep = 128;

/** The revision of the last deletion in a directory. */
export type DirectoryDeletion = readonly [directory: string, revision: number];

/** A read-only view of the last deletions in directories. While a command is under way: of those before it. */
export interface Deletions {
  /** In a directory that `list` does not name, the last deletion was at this revision or before. */
  readonly floor: number;
  /** Directories with a revision of their own. */
  readonly size: number;
  /** The revision of the last deletion of a key in this directory (see `directoryOf`), or the floor if that is later. */
  of(directory: string): number;
  /** The same for all keys in a range; other keys in a directory of one of them count, too. */
  within(range: KeyRange): number;
  /** The directories whose names are in a range, with their revisions; unordered. */
  list(range: KeyRange): DirectoryDeletion[];
}

/**
 * The revision of the last deletion in each directory (see `directoryOf`): with it the newest change of a set of keys is
 * known even if that change removed a key, and compaction removed the last trace of it.
 *
 * It is part of the replicated state. The oldest directories leave beyond `max`, and the floor rises to their revision:
 * a directory that is not in the table had its last deletion at the floor or before. Before the cluster's feature level
 * allows it, nothing is noted; the floor then starts at the revision of that moment.
 *
 * `note` changes memory only, and reads see the table before the command under way until `commit`.
 */
export class DeletionRevisions implements Deletions {
  readonly #engine: Engine;
  readonly #max: number;
  readonly #known = new Map<string, Directory>();
  readonly #byName = new DirectoryIndex();
  readonly #byAge = new DirectoryAges();
  /** Undefined: not all members know this table yet. */
  #floor: number | undefined;
  /** The revision of the command under way, from its first deletion in a directory on. */
  #underWay: number | undefined;
  #floorAfter = 0;
  #ordinal = 0;
  /** Directories in the table in which the command under way deleted. At most `max`. */
  readonly #touched = new Set<Directory>();
  /** Directories that the command under way drove out, with their revisions before it. At most `max`. */
  readonly #evicted = new Map<string, number>();

  constructor(engine: Engine, max: number) {
    this.#engine = engine;
    this.#max = max;
  }

  get isOn(): boolean {
    return this.#floor !== undefined;
  }

  /** 0 before all members know the table. */
  get floor(): number {
    return this.#floor ?? 0;
  }

  get size(): number {
    return this.#known.size;
  }

  /** All members know this table from `revision` on. Deletions up to then are unknown, so the floor covers them. */
  begin(revision: number): void {
    this.#setFloor(revision);
  }

  /** The data continues as if all directories had changed at `revision`. */
  raiseFloor(revision: number): void {
    if (this.isOn) this.#setFloor(Math.max(this.floor, revision));
  }

  // Reading.

  of(directory: string): number {
    const known = this.#known.get(directory);
    return Math.max(this.floor, known === undefined ? this.#before(directory) : this.#seen(known));
  }

  within(range: KeyRange): number {
    let newest = this.floor;
    for (const directory of directoriesAround(range)) {
      newest = Math.max(newest, this.of(directory));
    }
    if (isSingleKey(range)) return newest;
    this.#byName.visitBlocks(range, (block, isWhole) => {
      if (block.revision <= newest) return;
      if (isWhole && block.revision !== this.#underWay) newest = block.revision;
      else {
        for (const one of block.entries) {
          if (rangeHolds(range, one.name)) newest = Math.max(newest, this.#seen(one));
        }
      }
    });
    for (const [name, revision] of this.#evicted) {
      if (rangeHolds(range, name)) newest = Math.max(newest, revision);
    }
    return newest;
  }

  list(range: KeyRange): DirectoryDeletion[] {
    const listed: DirectoryDeletion[] = [];
    this.#byName.visitBlocks(range, ({ entries }, isWhole) => {
      for (const one of entries) {
        const revision = this.#seen(one);
        const isListed = revision > 0 && (isWhole || rangeHolds(range, one.name));
        if (isListed) listed.push([one.name, revision]);
      }
    });
    for (const [name, revision] of this.#evicted) {
      if (!this.#known.has(name) && rangeHolds(range, name)) listed.push([name, revision]);
    }
    return listed;
  }

  /** The revision before the command under way; 0: there was none. */
  #seen(directory: Directory): number {
    return directory.revision === this.#underWay ? directory.before : directory.revision;
  }

  #before(name: string): number {
    return this.#evicted.get(name) ?? 0;
  }

  // Writing.

  /** The command under way, of this revision, deletes a key in the directory. */
  note(name: string, revision: number): void {
    if (this.#floor === undefined) return;
    if (this.#underWay === undefined) {
      this.#underWay = revision;
      this.#floorAfter = this.#floor;
    }
    if (name.length > directoryBytesMax) {
      this.#floorAfter = revision;
      return;
    }
    let directory = this.#known.get(name);
    if (directory?.revision === revision) return;
    if (directory === undefined) {
      directory = this.#add(name);
      directory.before = this.#before(name);
    } else {
      this.#byAge.remove(directory);
      directory.before = directory.revision;
    }
    directory.revision = revision;
    directory.ordinal = this.#ordinal++;
    directory.block.revision = revision;
    this.#byAge.add(directory);
    this.#touched.add(directory);
    if (this.#known.size > this.#max) this.#evictOldest();
  }

  #add(name: string): Directory {
    const directory = this.#byName.add(copyOf(name));
    this.#known.set(directory.name, directory);
    return directory;
  }

  #evictOldest(): void {
    const directory = present(this.#byAge.oldest, 'the oldest directory');
    const before = this.#seen(directory);
    if (before > 0) this.#evicted.set(directory.name, before);
    this.#floorAfter = Math.max(this.#floorAfter, directory.revision);
    this.#known.delete(directory.name);
    this.#byName.remove(directory);
    this.#byAge.remove(directory);
    this.#touched.delete(directory);
  }

  /** The command under way has changed the table. */
  get hasChanges(): boolean {
    return this.#underWay !== undefined;
  }

  /** Writes what the command under way changed. To be done before `commit`. */
  *write(): Steps<void> {
    let rows = 0;
    for (const { name, revision, ordinal } of this.#touched) {
      this.#engine.put(rowSpace + name, rowFormat.encode([revision, ordinal]));
      if (++rows % rowsPerStep === 0) yield rowsPerStep;
    }
    for (const name of this.#evicted.keys()) {
      if (!this.#known.has(name)) this.#engine.delete(rowSpace + name);
      if (++rows % rowsPerStep === 0) yield rowsPerStep;
    }
  }

  /** Ends the command under way: reads see what it deleted. */
  commit(): void {
    if (this.#underWay === undefined) return;
    this.#underWay = undefined;
    this.#ordinal = 0;
    this.#touched.clear();
    this.#evicted.clear();
    if (this.#floorAfter > this.floor) this.#setFloor(this.#floorAfter);
  }

  #setFloor(floor: number): void {
    this.#floor = floor;
    this.#engine.put(floorKey, floorFormat.encode([floor]));
  }

  /** The hash of everything here; independent of the order of names. */
  hash(): number {
    let sum = hashNumber(this.#floor ?? -1, 0);
    for (const { name, revision, ordinal } of this.#known.values()) {
      sum = (sum + hashText(name, hashNumber(revision, ordinal))) | 0;
    }
    return sum >>> 0;
  }

  async load(): Promise<void> {
    const floor = this.#engine.get(floorKey);
    if (floor === undefined) return;
    [this.#floor] = floorFormat.decode(floor);
    const loaded: Directory[] = [];
    for await (const batch of this.#engine.scan(rowSpace, rowSpaceEnd)) {
      for (const { key, value } of batch) {
        const [revision, ordinal] = rowFormat.decode(value);
        const directory = this.#add(key.slice(rowSpace.length));
        directory.revision = revision;
        directory.ordinal = ordinal;
        directory.block.revision = Math.max(directory.block.revision, revision);
        loaded.push(directory);
      }
    }
    loaded.sort((a, b) => a.revision - b.revision || a.ordinal - b.ordinal);
    for (const directory of loaded) this.#byAge.add(directory);
  }
}
