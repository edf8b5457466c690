import { directoriesMax } from './deletion-revisions.ts';

/** Bounds of the data in memory, and of the keys visited in one step. No result depends on them. */
export interface MemoryBounds {
  /** For the newest values of keys. */
  readonly cacheBytesMax: number;
  /** For the newest revisions, for watchers. */
  readonly recentRevisionsMax: number;
  readonly recentBytesMax: number;
  /** Keys that a command over many keys visits before it yields. */
  readonly keysPerStep: number;
}

/** Bounds of a state; other ones are for tests. */
export interface StateBounds extends MemoryBounds {
  /** Of `DeletionRevisions`. Results depend on it, so it is the same on all members. */
  readonly directoriesMax: number;
}

export const defaultBounds: StateBounds = {
  cacheBytesMax: 64 << 20,
  recentRevisionsMax: 10_000,
  recentBytesMax: 16 << 20,
  keysPerStep: 128,
  directoriesMax,
};
