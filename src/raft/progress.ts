import type { MemberId } from '../base/member-id.ts';

/** The progress of a follower, as observers see it. */
export interface PeerProgress {
  readonly id: MemberId;
  /**
   * `probe`: where the logs agree is being found out, one message at a time. `replicate`: entries are sent ahead of
   * their acknowledgement. `snapshot`: a snapshot is on its way, and nothing else.
   */
  readonly state: 'probe' | 'replicate' | 'snapshot';
  /** Everything up to here is durable there and matches. */
  readonly match: number;
  /** The index of the next entry to send. */
  readonly next: number;
  /** Something was heard since the last quorum check. */
  readonly recentlyActive: boolean;
  readonly isLearner: boolean;
  /**
   * Repeatedly rejects entries that it acknowledged: its log was lost, so its acknowledgements and votes are unsafe.
   */
  readonly hasLostData: boolean;
}

/**
 * The best next leader: the voter with the most of the log, among those that are being replicated to. Undefined if
 * there is none.
 */
export function successorOf(followers: readonly PeerProgress[]): MemberId | undefined {
  const voters = followers.filter(({ isLearner, hasLostData }) => !isLearner && !hasLostData);
  const order = ({ state, match }: PeerProgress): number => (state === 'replicate' ? match : -1);
  return voters.toSorted((a, b) => order(b) - order(a))[0]?.id;
}

/** One rejection of an acknowledged entry may be a late copy of an older one. After a loss they go on. */
const rejectionsProvingLoss = 3;

interface InFlight {
  readonly lastIndex: number;
  readonly bytes: number;
}

/** A leader's view of one follower, and how much it may send. `0 <= match < next <= lastIndex + 1` (figure 2). */
export class Progress {
  state: PeerProgress['state'] = 'probe';
  /** Everything up to here is durable there and matches. Never falls within a term. */
  match = 0;
  /** The index of the next entry to send; above `match`. */
  next: number;
  recentlyActive = false;
  /** In `probe`: a message is under way; the next one waits for its answer, or for a heartbeat's. */
  probeSent = false;
  /** The last confirmation round that was answered. */
  round = 0;
  /** The commit index that was last sent. */
  commitSent = 0;
  #matchAtHeartbeat = 0;
  #stalled = false;
  /** Rejections of acknowledged entries since the last acknowledgement. */
  #rejectionsOfMatch = 0;
  /** The next probe waits for the next heartbeat interval. */
  #backsOff = false;
  #inFlight: InFlight[] = [];
  #inFlightBytes = 0;

  constructor(next: number) {
    this.next = next;
  }

  get hasLostData(): boolean {
    return this.#rejectionsOfMatch >= rejectionsProvingLoss;
  }

  toProbe(): void {
    this.state = 'probe';
    this.next = this.match + 1;
    this.probeSent = false;
    this.#clear();
  }

  toReplicate(): void {
    this.state = 'replicate';
    this.next = this.match + 1;
    this.probeSent = false;
    this.#clear();
  }

  toSnapshot(): void {
    this.state = 'snapshot';
    this.#clear();
  }

  isFull(bounds: { readonly messagesMax: number; readonly bytesMax: number }): boolean {
    return this.#inFlight.length >= bounds.messagesMax || this.#inFlightBytes >= bounds.bytesMax;
  }

  /** Entries up to `lastIndex`, and this commit index, are on their way or there. */
  wasSent(lastIndex: number, commitIndex: number): boolean {
    return this.next > lastIndex && this.commitSent >= commitIndex;
  }

  onAppendSent(lastIndex: number, bytes: number): void {
    this.#inFlight.push({ lastIndex, bytes });
    this.#inFlightBytes += bytes;
    this.next = lastIndex + 1;
  }

  /** Everything up to `index` is durable there and matches; true if that is news. */
  advanceMatch(index: number): boolean {
    this.#arrived(index);
    this.#rejectionsOfMatch = 0;
    if (index <= this.match) return false;
    this.match = index;
    this.next = Math.max(this.next, index + 1);
    return true;
  }

  /** It is known where the logs agree: what may be sent now depends on whether the log still has what comes next. */
  onAppendAccepted(firstIndex: number): void {
    const behindLog = this.match + 1 < firstIndex;
    if (this.state === 'probe' && !behindLog) this.toReplicate();
    else if (this.state === 'probe') this.probeSent = false;
    else if (this.state === 'snapshot' && !behindLog) this.toProbe();
  }

  /** True if the rejection answers a message older than the ones that count now; it says nothing new. */
  isStaleRejection(previousIndex: number): boolean {
    if (this.state === 'probe') return previousIndex !== this.next - 1 || this.#backsOff;
    return this.state !== 'replicate' || previousIndex <= this.match;
  }

  /** A heartbeat was answered: a probe that has no answer by now was lost. */
  onHeartbeatResponse(): void {
    if (!this.#backsOff) this.probeSent = false;
  }

  /**
   * Retries from `next`, never below `match`: a follower that rejects what it acknowledged has lost durable data, and
   * sending that again could form a quorum on forgotten entries. In that case it backs off for one heartbeat interval.
   */
  onAppendRejected(index: number, next: number): void {
    const isLoss = index <= this.match;
    this.toProbe();
    this.next = Math.max(this.match + 1, next);
    if (!isLoss) return;
    this.#rejectionsOfMatch++;
    this.#backsOff = true;
    this.probeSent = true;
  }

  /** The snapshot has arrived there, or could not be sent. */
  snapshotSent(ok: boolean, firstIndex: number): void {
    this.toProbe();
    // Its answer says where it stands; after a failure, a heartbeat's answer says that it is worth another try.
    this.probeSent = true;
    if (!ok) return;
    this.recentlyActive = true;
    // Asked before it has answered, it gets what follows the snapshot rather than a second one.
    this.next = Math.max(this.next, firstIndex);
  }

  /** Once a heartbeat interval: notes whether anything was acknowledged since the last time. */
  checkForStall(): void {
    this.#backsOff = false;
    this.#stalled = this.#matchAtHeartbeat === this.match;
    this.#matchAtHeartbeat = this.match;
  }

  /**
   * Whether entries that were sent ahead may be lost: nothing was acknowledged for a heartbeat interval. Says so once
   * an interval; without it, the last message before a silence, or a full window, would never be missed.
   */
  consumeStall(): boolean {
    const stalled = this.#stalled && this.state === 'replicate';
    this.#stalled = false;
    return stalled;
  }

  #arrived(index: number): void {
    let arrived = 0;
    for (const { lastIndex, bytes } of this.#inFlight) {
      if (lastIndex > index) break;
      this.#inFlightBytes -= bytes;
      arrived++;
    }
    if (arrived > 0) this.#inFlight.splice(0, arrived);
  }

  #clear(): void {
    this.#inFlight = [];
    this.#inFlightBytes = 0;
  }
}
