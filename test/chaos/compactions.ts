/** What may be compacted, and what somebody was asked to compact. */
export class Compactions {
  /** The newest revision of any such call, whatever came of it. */
  newest = 0;
  /** Up to here, those watchers have seen everything that have to. */
  seenByAll: () => number = () => 0;
}
