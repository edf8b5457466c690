import type { MemberId } from '../base/member-id.ts';
import type { Log } from './log.ts';
import type { AppendRequest, HeartbeatRequest, InstallSnapshot } from './messages.ts';
import type { RaftOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { PersistentState } from './persistent-state.ts';

/** The follower's side of replication (section 5.3): takes what a leader sends, and acknowledges what is durable. */
export class Receiver {
  readonly #id: MemberId;
  readonly #openBytesMax: number;
  readonly #log: Log;
  readonly #persistent: PersistentState;
  readonly #outbox: Outbox;

  constructor(options: RaftOptions, log: Log, persistent: PersistentState, outbox: Outbox) {
    this.#id = options.id;
    this.#openBytesMax = options.openBytesMax;
    this.#log = log;
    this.#persistent = persistent;
    this.#outbox = outbox;
  }

  onAppendRequest(message: AppendRequest): void {
    const { from, previousIndex, previousTerm, entries, isUnanswered } = message;
    if (previousIndex < this.#log.commitIndex) {
      // An old message. What is committed matches for certain.
      if (isUnanswered !== true) this.#acknowledge(from, this.#log.commitIndex);
      return;
    }
    if (this.#log.termAt(previousIndex) !== previousTerm) {
      this.#refuse(from, previousIndex, previousTerm);
      return;
    }
    const lastIndex = previousIndex + entries.length;
    const firstNew = entries.findIndex(({ index, term }) => this.#log.termAt(index) !== term);
    if (firstNew >= 0) {
      // The leader's own window is smaller; this bound is for a disk that hangs through several leaderships.
      if (this.#log.bytesAfter(this.#persistent.durableIndex) > this.#openBytesMax) return;
      this.#persistent.overwrite(entries.slice(firstNew));
    }
    this.#log.commitTo(Math.min(message.commit, lastIndex));
    if (isUnanswered !== true) this.#acknowledge(from, lastIndex);
  }

  onHeartbeatRequest(message: HeartbeatRequest): void {
    this.#log.commitTo(Math.min(message.commit, this.#log.lastIndex));
    this.#outbox.send({
      kind: 'heartbeat-response',
      from: this.#id,
      to: message.from,
      term: this.#persistent.term,
      round: message.round,
    });
  }

  /** Section 7. */
  onInstallSnapshot({ from, position }: InstallSnapshot): void {
    if (position.index <= this.#log.commitIndex) {
      this.#acknowledge(from, this.#log.commitIndex);
      return;
    }
    // The log may have all of it already.
    if (this.#log.termAt(position.index) === position.term) this.#log.commitTo(position.index);
    else this.#persistent.install(position);
    this.#acknowledge(from, position.index);
  }

  /** A leader that was cut off learns from the answer's term that it is deposed. */
  rejectDeposedLeader(leader: MemberId): void {
    this.#outbox.send({
      kind: 'append-response',
      from: this.#id,
      to: leader,
      term: this.#persistent.term,
      success: false,
      index: 0,
      conflictTerm: 0,
      conflictIndex: 0,
    });
  }

  /** Acknowledges durable entries, so that it leaves only once they are durable. */
  #acknowledge(to: MemberId, index: number): void {
    this.#outbox.sendAfterPersist({
      kind: 'append-response',
      from: this.#id,
      to,
      term: this.#persistent.term,
      success: true,
      index,
      conflictTerm: 0,
      conflictIndex: 0,
    });
  }

  #refuse(to: MemberId, previousIndex: number, previousTerm: number): void {
    // The logs cannot agree beyond the last entry here whose term the leader had reached by then.
    const conflictIndex = this.#log.lastIndexOfTermAtMost(previousTerm, previousIndex);
    this.#outbox.send({
      kind: 'append-response',
      from: this.#id,
      to,
      term: this.#persistent.term,
      success: false,
      index: previousIndex,
      conflictTerm: this.#log.termAt(conflictIndex) ?? 0,
      conflictIndex,
    });
  }
}
