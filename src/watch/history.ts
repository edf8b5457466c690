import type { Key, KeyRange } from '../base/key.ts';
import type { KeyValue, Position, ReadBounds, RevisionEvents } from '../state/index.ts';

/** What this room needs to know of the past; `state` has it. */
export interface History {
  /** The newest revision. */
  readonly revision: number;
  /** Revisions below this one can no longer be read; this one can. 0 before the first compaction. */
  readonly compactedRevision: number;
  /**
   * The events from `from` on, oldest first: whole revisions, at most `revisionsMax` that have events and about `bytesMax`
   * bytes and `eventsMax` events. A revision that alone has more comes in parts, nothing else with it: then `next.sub` is
   * not 0. `next` is where to go on; its revision is `revision + 1` when everything was read. `from` must not be below
   * `compactedRevision`.
   */
  read(
    from: Position,
    bounds: ReadBounds,
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position };
  /** True if a key in `range` was changed by `revision` or a later one. */
  isChangedSince(range: KeyRange, revision: number): boolean;
  /** The version of `key` just before `revision`; undefined if there was none or it was compacted. */
  previous(key: Key, revision: number): KeyValue | undefined;
}
