import type { Key } from '../base/key.ts';
import type { KeyValue, RevisionEvents } from '../state/index.ts';

/** What this room needs to know of the past; `state` has it. */
export interface History {
  /** The newest revision. */
  readonly revision: number;
  /** Revisions below this one can no longer be read; this one can. 0 before the first compaction. */
  readonly compactedRevision: number;
  /**
   * The events of revisions from `fromRevision` on, oldest first, at most `revisionsMax` revisions that have events and
   * about `bytesMax` bytes, but at least one revision if there is any. `nextRevision` is where to go on; it is
   * `revision + 1` when everything was read. `fromRevision` must not be below `compactedRevision`.
   */
  read(
    fromRevision: number,
    bounds: { readonly revisionsMax: number; readonly bytesMax: number },
  ): { readonly revisions: readonly RevisionEvents[]; readonly nextRevision: number };
  /** The version of `key` just before `revision`; undefined if there was none or it was compacted. */
  previous(key: Key, revision: number): KeyValue | undefined;
}
