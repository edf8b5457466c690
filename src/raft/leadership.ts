import { assert } from '../base/assert.ts';
import type { MemberId } from '../base/member-id.ts';
import { applyChange, isJoint, isVoter, leaveJoint, majorityReached } from './configuration.ts';
import type { MembershipChange } from './configuration.ts';
import type { ProposeResult, ReadResult, Refusal, Voucher } from './effects.ts';
import { Followers } from './followers.ts';
import type { Log } from './log.ts';
import type { AppendResponse, Configuration, Entry, HeartbeatResponse } from './messages.ts';
import type { RaftOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { PersistentState } from './persistent-state.ts';
import { successorOf } from './progress.ts';
import type { Progress } from './progress.ts';
import type { ReadRounds } from './read-rounds.ts';

/** Shared with the rest of raft, and kept beyond the leadership. */
interface Parts {
  readonly options: RaftOptions;
  readonly log: Log;
  readonly persistent: PersistentState;
  readonly outbox: Outbox;
  readonly reads: ReadRounds;
  /** This member stops leading, in the same term, and ends the leadership. */
  readonly resign: () => void;
}

/** The leader of one term: proposals, the commit index, membership changes, read rounds, and leadership transfer. */
export class Leadership {
  readonly followers: Followers;
  readonly #options: RaftOptions;
  readonly #id: MemberId;
  readonly #term: number;
  readonly #log: Log;
  readonly #persistent: PersistentState;
  readonly #outbox: Outbox;
  readonly #reads: ReadRounds;
  readonly #resign: () => void;
  /** The first entry of this term. Once it is committed, the commit index is up to date (sections 5.4.2 and 8). */
  readonly #ownFirstIndex: number;
  #transferTo: MemberId | undefined;
  #ticksSinceCheck = 0;

  constructor(parts: Parts) {
    this.#options = parts.options;
    this.#id = parts.options.id;
    this.#term = parts.persistent.term;
    this.#log = parts.log;
    this.#persistent = parts.persistent;
    this.#outbox = parts.outbox;
    this.#reads = parts.reads;
    this.#resign = parts.resign;
    this.#ownFirstIndex = parts.log.lastIndex + 1;
    this.followers = new Followers(parts.options, this.#term, parts.log, parts.outbox);
  }

  begin(): void {
    this.followers.syncToConfiguration();
    // An entry of the own term commits everything before it (sections 5.4.2 and 8).
    const index = this.#ownFirstIndex;
    this.#append([{ index, term: this.#term, kind: 'empty', data: new Uint8Array() }]);
  }

  /** Abandons reads: no round of this leadership will be confirmed any more. */
  end(): void {
    this.#outbox.loseReads(this.#reads.abandon());
    // The call in which it resigned goes on, and must not tell a second member to take over.
    this.#transferTo = undefined;
  }

  get transferringTo(): MemberId | undefined {
    return this.#transferTo;
  }

  tick(): void {
    this.#ticksSinceCheck++;
    if (this.#ticksSinceCheck >= this.#options.electionTicks) {
      this.#ticksSinceCheck = 0;
      const hasHandedOver = this.#transferTo !== undefined;
      this.#transferTo = undefined;
      if (this.#options.checkQuorum && !this.followers.hasQuorumContact()) {
        this.#resign();
        return;
      }
      if (this.#blocksOthers()) {
        this.#transferOrStepDown(hasHandedOver);
        return;
      }
      this.followers.forgetRemoved();
    }
    this.followers.checkForStalls();
    this.followers.sendHeartbeats(this.#reads.last);
  }

  // Requests; documented at `Raft`.

  /** Why nothing may be proposed now; undefined if it may. */
  whyNotPropose(): Refusal | undefined {
    if (this.#transferTo !== undefined) return { kind: 'transferring', to: this.#transferTo };
    // One bound for both: what no majority has, and what this disk has not written though a majority has it.
    const settled = Math.min(this.#log.commitIndex, this.#persistent.durableIndex);
    if (this.#log.bytesAfter(settled) > this.#options.openBytesMax) return { kind: 'busy' };
    return undefined;
  }

  propose(data: readonly Uint8Array[]): ProposeResult {
    const refusal = this.whyNotPropose();
    if (refusal !== undefined) return refusal;
    const index = this.#log.lastIndex + 1;
    this.#append(
      data.map((bytes, at) => ({
        index: index + at,
        term: this.#term,
        kind: 'command',
        data: bytes,
      })),
    );
    return { kind: 'accepted', index, term: this.#term };
  }

  changeMembership(change: MembershipChange, data: Uint8Array, asJoint: boolean): ProposeResult {
    if (this.#transferTo !== undefined) return { kind: 'transferring', to: this.#transferTo };
    const settled =
      this.#log.configurationIndex <= this.#log.commitIndex &&
      this.#hasCommittedOwn() &&
      !isJoint(this.#log.configuration);
    if (!settled) return { kind: 'change-in-progress' };
    const configuration = applyChange(this.#log.configuration, change, asJoint);
    assert(configuration.voters.length > 0, 'a cluster needs at least one voter');
    const index = this.#appendConfiguration(configuration, data);
    return { kind: 'accepted', index, term: this.#term };
  }

  requestRead(voucher: Voucher | undefined): ReadResult {
    if (voucher !== undefined && this.#isVouchedFor(voucher)) {
      return { kind: 'confirmed', index: this.#log.commitIndex };
    }
    return { kind: 'accepted', ticket: this.#reads.request() };
  }

  transferTo(to: MemberId): { kind: 'started' } | { kind: 'bad-target' } | Refusal {
    if (to === this.#id || !this.#log.configuration.voters.includes(to))
      return { kind: 'bad-target' };
    if (this.#transferTo === to) return { kind: 'started' };
    if (this.#transferTo !== undefined) return { kind: 'transferring', to: this.#transferTo };
    this.#transferTo = to;
    // From now on it has an election timeout.
    this.#ticksSinceCheck = 0;
    if (this.#hasEverything(to)) this.followers.sendTimeoutNow(to);
    else this.followers.scheduleAppends(to);
    return { kind: 'started' };
  }

  // Responses.

  onAppendResponse(message: AppendResponse): void {
    const progress = this.followers.find(message.from);
    if (progress === undefined) return;
    progress.recentlyActive = true;
    // No follower can have what was never sent.
    if (message.index > this.#log.lastIndex) return;
    if (message.success) this.#onMatched(message.from, progress, message.index);
    else this.followers.onAppendRejected(message);
    this.followers.scheduleAppends(message.from);
  }

  onHeartbeatResponse(message: HeartbeatResponse): void {
    const progress = this.followers.find(message.from);
    if (progress === undefined) return;
    progress.recentlyActive = true;
    progress.onHeartbeatResponse();
    if (message.round > progress.round && message.round <= this.#reads.last) {
      progress.round = message.round;
      this.#confirmReads();
    }
    if (progress.match === this.#log.lastIndex) return;
    this.followers.scheduleAppends(message.from);
    if (progress.consumeStall()) this.followers.sendEmptyAppend(message.from);
  }

  #onMatched(from: MemberId, progress: Progress, index: number): void {
    if (progress.advanceMatch(index)) this.advanceCommit();
    progress.onAppendAccepted(this.#log.firstIndex);
    const hasEverything = progress.match === this.#log.lastIndex;
    if (this.#transferTo === from && hasEverything) this.followers.sendTimeoutNow(from);
  }

  // The end of a turn.

  get hasWork(): boolean {
    return this.#canBeginReadRound() || this.followers.hasScheduledAppends;
  }

  // A disk that hangs.

  /**
   * This member's disk hangs while a majority commits without it. As the leader it would soon accept no proposals and
   * block the others. Where no majority commits without it, no other member could lead either, so that it stays.
   */
  #blocksOthers(): boolean {
    const { durableIndex, diskHangs } = this.#persistent;
    return diskHangs && this.#log.commitIndex > durableIndex;
  }

  /** Hands over, which costs no election timeout; if that was tried before, in vain, steps down. */
  #transferOrStepDown(hasHandedOver: boolean): void {
    const next = hasHandedOver ? undefined : successorOf(this.followers.view());
    if (next === undefined) this.#resign();
    else this.transferTo(next);
  }

  /** Deals with what was put off in order to travel together. */
  work(): void {
    this.#beginReadRound();
    this.followers.sendAppends();
  }

  // The log, and what of it is committed.

  #append(entries: readonly Entry[]): void {
    this.#log.append(entries);
    this.followers.scheduleAppendsToAll();
  }

  #appendConfiguration(configuration: Configuration, data: Uint8Array): number {
    const index = this.#log.lastIndex + 1;
    this.#append([{ index, term: this.#term, kind: 'membership', data, configuration }]);
    this.followers.syncToConfiguration();
    // A follower that a read round still waited for may have been removed.
    this.#confirmReads();
    return index;
  }

  #hasCommittedOwn(): boolean {
    return this.#log.commitIndex >= this.#ownFirstIndex;
  }

  #hasEverything(id: MemberId): boolean {
    return this.followers.of(id).match === this.#log.lastIndex;
  }

  /**
   * An entry is committed when a majority has it durably and it is of the own term; with it, everything before. An
   * entry of an earlier term could still be replaced, however many have it (section 5.4.2, figure 8).
   */
  advanceCommit(): void {
    const { durableIndex } = this.#persistent;
    const agreed = majorityReached(this.#log.configuration, (id) =>
      id === this.#id ? durableIndex : (this.followers.find(id)?.match ?? 0),
    );
    const alone = Math.min(soleVoterCommitIndex(this.#log, this.#id), durableIndex);
    const reached = Math.max(agreed, alone);
    const { commitIndex } = this.#log;
    if (reached <= commitIndex || this.#log.termAt(reached) !== this.#term) return;
    this.#log.commitTo(reached);
    this.followers.scheduleAppendsToAll();
    this.#afterConfigurationCommitted();
  }

  /** Leaves a joint configuration, and steps down if the new one goes on without this member (section 6). */
  #afterConfigurationCommitted(): void {
    const { configuration } = this.#log;
    if (this.#log.configurationIndex > this.#log.commitIndex) return;
    if (isJoint(configuration)) {
      this.#appendConfiguration(leaveJoint(configuration), new Uint8Array());
    } else if (!isVoter(configuration, this.#id)) {
      this.followers.sendAppendsToAll();
      // A voter that has the whole log takes over at once, instead of after an election timeout.
      const next = configuration.voters.find((id) => this.#hasEverything(id));
      if (next !== undefined) this.followers.sendTimeoutNow(next);
      this.#resign();
    }
  }

  // Reads.

  #beginReadRound(): void {
    if (!this.#canBeginReadRound()) return;
    this.#reads.begin(this.#log.commitIndex);
    this.followers.sendHeartbeats(this.#reads.last);
    this.#confirmReads();
  }

  /**
   * A leader that has not committed an entry of its own term may not know yet what its predecessor committed: reads
   * wait until it has (thesis, section 6.4, step 1). They also wait for the round under way, whose answers are due:
   * under load that makes few rounds of many reads. Were its messages lost, the next heartbeat would ask again.
   */
  #canBeginReadRound(): boolean {
    return this.#reads.isRequested && !this.#reads.isUnderWay && this.#hasCommittedOwn();
  }

  /**
   * This member and the one that asked are a majority. When it asked, it was in this term, and so had no part in a later
   * one; this member has none now. Every majority of a later term has one of the two, so that nothing which such a term
   * had committed before the question is missing here (thesis, section 6.4, where a heartbeat tells the same). That no later
   * leader had begun before the answer, as a promise about leases needs, is so only if the one that asked is still in this term
   * when it hears it.
   */
  #isVouchedFor({ from, term }: Voucher): boolean {
    if (term !== this.#term || !this.#hasCommittedOwn()) return false;
    return (
      majorityReached(this.#log.configuration, (id) => Number(id === this.#id || id === from)) > 0
    );
  }

  #confirmReads(): void {
    const { last } = this.#reads;
    const confirmed = majorityReached(this.#log.configuration, (id) =>
      id === this.#id ? last : (this.followers.find(id)?.round ?? 0),
    );
    this.#outbox.confirmReads(this.#reads.takeConfirmed(confirmed));
  }
}

/**
 * The index of the entry by which a sole voter A adds a second voter B, or 0. A commits this entry by itself: every
 * quorum of {A, B} includes A, so no leader can lack the entry. Waiting for B would deadlock, since B learns of its
 * membership from it. This deviates from the thesis, section 4.1.
 */
export function soleVoterCommitIndex(log: Log, id: MemberId): number {
  const { configuration, configurationIndex: index } = log;
  if (index < log.firstIndex) return 0;
  const { voters, outgoing } = log.configurationAt(index - 1);
  const wasAlone = outgoing.length === 0 && voters.length === 1 && voters[0] === id;
  const isCounted = !isJoint(configuration) && isVoter(configuration, id);
  return wasAlone && isCounted ? index : 0;
}
