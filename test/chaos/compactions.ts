/** Revisions that may be compacted, and requested compactions. */
export class Compactions {
  /** The newest revision of any compaction, whatever its outcome. */
  newest = 0;
  /** The revision up to which all watchers that must see everything have seen everything. */
  seenByAll: () => number = () => 0;
}
