import { present } from '../base/assert.ts';
import type { MemberId } from '../base/member-id.ts';
import { isVoter, majorityHolds, membersOf } from './configuration.ts';
import { sizeOf } from './log.ts';
import type { Log } from './log.ts';
import type { AppendRequest, AppendResponse } from './messages.ts';
import type { RaftOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import { Progress } from './progress.ts';
import type { PeerProgress } from './progress.ts';

/**
 * The followers of the leader of one term: how far each one is, and what it may be sent (section 5.3). `Leadership`
 * decides what follows from it, such as what is committed.
 */
export class Followers {
  readonly #options: RaftOptions;
  readonly #id: MemberId;
  readonly #term: number;
  readonly #log: Log;
  readonly #outbox: Outbox;
  readonly #progress = new Map<MemberId, Progress>();
  /** Removed followers that still get the log, by id: the index of the entry that removed them. Count for no quorum. */
  readonly #removed = new Map<MemberId, number>();
  /** The commit index at the last `forgetRemoved`. */
  #commitAtLastForget: number;
  /** Followers that `sendAppends` looks at, at the end of this turn. */
  readonly #scheduled = new Set<MemberId>();

  constructor(options: RaftOptions, term: number, log: Log, outbox: Outbox) {
    this.#options = options;
    this.#id = options.id;
    this.#term = term;
    this.#log = log;
    this.#outbox = outbox;
    this.#commitAtLastForget = log.commitIndex;
  }

  /** Those of the configuration, as an observer may see them. */
  view(): PeerProgress[] {
    const { configuration } = this.#log;
    return this.#configured().map((id) => {
      const { state, match, next, recentlyActive, hasLostData } = this.of(id);
      const isLearner = !isVoter(configuration, id);
      return { id, state, match, next, recentlyActive, isLearner, hasLostData };
    });
  }

  /** Undefined for a member that is not a follower, or not any more. */
  find(id: MemberId): Progress | undefined {
    return this.#progress.get(id);
  }

  of(id: MemberId): Progress {
    return present(this.#progress.get(id), `the progress of ${id}`);
  }

  // Membership.

  /**
   * Adapts to the configuration. A new member starts to get the log. A removed one gets it up to the entry that removed
   * it, so that it knows, and does not campaign.
   */
  syncToConfiguration(): void {
    const configured = this.#configured();
    for (const id of this.#progress.keys()) {
      if (!configured.includes(id) && !this.#removed.has(id)) {
        this.#removed.set(id, this.#log.configurationIndex);
      }
    }
    for (const id of configured) {
      // Earlier knowledge of a member that is added again does not count: its log may be another one.
      const comesBack = this.#removed.delete(id);
      if (this.#progress.has(id) && !comesBack) continue;
      const progress = new Progress(this.#log.lastIndex + 1);
      // A new follower has an election timeout to show up before it counts as silent.
      progress.recentlyActive = true;
      this.#progress.set(id, progress);
      this.#scheduled.add(id);
    }
  }

  /** Drops removed followers whose removal was committed at least one election timeout ago. Call once per timeout. */
  forgetRemoved(): void {
    for (const [id, index] of this.#removed) {
      if (index <= this.#commitAtLastForget) this.#forget(id);
    }
    this.#commitAtLastForget = this.#log.commitIndex;
  }

  /** Whether a majority, together with the leader, was heard since the last look (thesis, section 6.2). */
  hasQuorumContact(): boolean {
    const hears = majorityHolds(
      this.#log.configuration,
      (id) => id === this.#id || this.of(id).recentlyActive,
    );
    for (const progress of this.#progress.values()) progress.recentlyActive = false;
    return hears;
  }

  // Sending.

  get hasScheduledAppends(): boolean {
    return this.#scheduled.size > 0;
  }

  /** Does nothing for a follower that was sent all there is: an acknowledgement often leaves nothing to do. */
  scheduleAppends(id: MemberId): void {
    const { lastIndex, commitIndex } = this.#log;
    const progress = this.#progress.get(id);
    if (progress?.state === 'replicate' && progress.wasSent(lastIndex, commitIndex)) return;
    this.#scheduled.add(id);
  }

  scheduleAppendsToAll(): void {
    for (const id of this.#progress.keys()) this.#scheduled.add(id);
  }

  /** Sends what was scheduled in this turn. */
  sendAppends(): void {
    for (const id of this.#scheduled) this.#sendAppendsTo(id);
    this.#scheduled.clear();
  }

  sendAppendsToAll(): void {
    for (const id of this.#progress.keys()) this.#sendAppendsTo(id);
  }

  /** Only asks whether everything that was sent before has arrived. */
  sendEmptyAppend(id: MemberId): void {
    this.#sendAppend(id, this.of(id), 'nothing new');
  }

  sendHeartbeats(round: number): void {
    for (const [to, { match }] of this.#progress) {
      this.#outbox.send({
        kind: 'heartbeat-request',
        from: this.#id,
        to,
        term: this.#term,
        commit: Math.min(match, this.#log.commitIndex),
        round,
      });
    }
  }

  sendTimeoutNow(to: MemberId): void {
    this.#outbox.send({ kind: 'timeout-now', from: this.#id, to, term: this.#term });
  }

  // Responses.

  /** Once a heartbeat interval. */
  checkForStalls(): void {
    for (const progress of this.#progress.values()) progress.checkForStall();
  }

  /** Goes back by a whole term at a time rather than by an entry (end of section 5.3). */
  onAppendRejected({ from, index, conflictTerm, conflictIndex }: AppendResponse): void {
    const progress = this.of(from);
    if (progress.isStaleRejection(index)) return;
    const agrees = this.#log.lastIndexOfTermAtMost(conflictTerm, conflictIndex);
    progress.onAppendRejected(index, Math.min(index, agrees + 1));
  }

  /** Messages to this one may have been lost. */
  unreachable(id: MemberId): void {
    const progress = this.find(id);
    if (progress?.state === 'replicate') progress.toProbe();
  }

  /** The snapshot that was asked for has arrived there, or could not be sent. */
  snapshotSent(id: MemberId, ok: boolean): void {
    const progress = this.find(id);
    if (progress?.state === 'snapshot') progress.snapshotSent(ok, this.#log.firstIndex);
  }

  #configured(): MemberId[] {
    return membersOf(this.#log.configuration).filter((id) => id !== this.#id);
  }

  #forget(id: MemberId): void {
    this.#removed.delete(id);
    this.#progress.delete(id);
    this.#scheduled.delete(id);
  }

  /** Sends a follower what it may have now. */
  #sendAppendsTo(id: MemberId): void {
    const progress = this.#progress.get(id);
    if (progress === undefined) return;
    const removedAt = this.#removed.get(id);
    if (removedAt !== undefined && progress.commitSent >= removedAt && progress.match >= removedAt)
      return;
    const bounds = {
      messagesMax: this.#options.inflightMessagesMax,
      bytesMax: this.#options.inflightBytesMax,
    };
    if (progress.state === 'probe') {
      if (!progress.probeSent) {
        progress.probeSent = true;
        this.#sendAppend(id, progress, 'entries');
      }
      return;
    }
    while (progress.state === 'replicate' && !progress.isFull(bounds)) {
      if (progress.wasSent(this.#log.lastIndex, this.#log.commitIndex)) return;
      this.#sendAppend(id, progress, 'entries');
    }
  }

  /** With `nothing new` it only asks whether everything that was sent before has arrived. */
  #sendAppend(to: MemberId, progress: Progress, content: 'entries' | 'nothing new'): void {
    const previousIndex = progress.next - 1;
    const previousTerm = this.#log.termAt(previousIndex);
    if (previousTerm === undefined) {
      // The next entry it needs was compacted (section 7). A removed member gets no snapshot.
      progress.toSnapshot();
      if (!this.#removed.has(to)) this.#outbox.sendSnapshot(to);
      return;
    }
    const lastIndex = content === 'entries' ? this.#log.lastIndex : previousIndex;
    const entries = this.#log.slice(progress.next, lastIndex, this.#options.messageBytesMax);
    // Lost, it is made up for by the next heartbeat.
    const isUnanswered =
      content === 'entries' && entries.length === 0 && progress.state === 'replicate';
    const request: AppendRequest = {
      kind: 'append-request',
      from: this.#id,
      to,
      term: this.#term,
      previousIndex,
      previousTerm,
      entries,
      commit: this.#log.commitIndex,
    };
    this.#outbox.send(isUnanswered ? { ...request, isUnanswered } : request);
    progress.commitSent = this.#log.commitIndex;
    if (progress.state !== 'replicate' || entries.length === 0) return;
    let bytes = 0;
    for (const entry of entries) bytes += sizeOf(entry);
    progress.onAppendSent(previousIndex + entries.length, bytes);
  }
}
