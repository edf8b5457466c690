import type { Key, KeyRange } from '../base/key.ts';
import type { KeyEvent, KeyValue, Position, ReadBounds, RevisionEvents } from '../state/index.ts';

/** The past, as `watch` reads it; `State` implements it. */
export interface History {
  /** The newest revision. */
  readonly revision: number;
  /** The oldest revision that can be read; 0 before the first compaction. */
  readonly compactedRevision: number;
  /**
   * The events from `from` on, oldest first: whole revisions, at most `revisionsMax` with events and about `bytesMax`
   * bytes and `eventsMax` events. A revision that alone has more comes in parts, with nothing else: then `next.sub`
   * is not 0. `next` is where to continue; its revision is `revision + 1` when everything was read. `from` must not
   * be below `compactedRevision`. With `withPrevious` the versions before count among the bytes.
   */
  read(
    from: Position,
    bounds: ReadBounds,
    withPrevious?: boolean,
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position };
  /** True if `revision` or a later one changed a key in `range`. */
  isChangedSince(range: KeyRange, revision: number): boolean;
  /** The version of `key` just before `revision`; undefined if there was none, or it was compacted. */
  previous(key: Key, revision: number): KeyValue | undefined;
  /** About the bytes of the version that `previous` finds for an event, without reading it; 0 if there is none. */
  bytesBefore(event: KeyEvent): number;
}
