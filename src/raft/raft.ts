import { assert } from '../base/assert.ts';
import type { MemberId } from '../base/member-id.ts';
import type { MembershipChange } from './configuration.ts';
import type { Effects, ProposeResult, ReadResult, Refusal, Voucher } from './effects.ts';
import { Election } from './election.ts';
import type { Role } from './election.ts';
import { soleVoterCommitIndex, Leadership } from './leadership.ts';
import { Log } from './log.ts';
import type { Configuration, Message, SnapshotPosition } from './messages.ts';
import type { RaftOptions, RaftStart } from './options.ts';
import { Outbox } from './outbox.ts';
import { PersistentState } from './persistent-state.ts';
import type { PeerProgress } from './progress.ts';
import { ReadRounds } from './read-rounds.ts';
import { Receiver } from './receiver.ts';

export type { Role } from './election.ts';
export type { RaftOptions, RaftStart } from './options.ts';

/** A write under way for longer counts as hanging: the member neither stays the leader of others nor campaigns. */
const hangingElectionTimeouts = 3;

/**
 * One member's part in the consensus. Everything happens inside a call: `tick`, `step` and the requests change the
 * state of raft, `take` returns what has to be done outside. Section numbers are those of "In Search of an
 * Understandable Consensus Algorithm (Extended Version)" by Ongaro and Ousterhout; "thesis" is Ongaro's.
 *
 * The work is done by parts. `Election` decides who leads, `Leadership` is there while this member does, and `Receiver`
 * takes what another leader sends. They share the log, what of it is persistent, and the outbox. Here it is decided
 * which of them a message is for, by its term.
 */
export class Raft {
  readonly #options: RaftOptions;
  readonly #log: Log;
  readonly #persistent: PersistentState;
  readonly #outbox = new Outbox();
  readonly #election: Election;
  readonly #receiver: Receiver;
  /** Tickets and rounds go on counting from one leadership to the next. */
  readonly #reads = new ReadRounds();
  /** Exactly while this member is the leader. */
  #leadership: Leadership | undefined;

  constructor(options: RaftOptions, start: RaftStart) {
    const { id } = options;
    this.#options = options;
    this.#log = new Log(start.base, start.entries, start.appliedIndex);
    // The commit index on the disk may be older than what was applied.
    this.#log.commitTo(Math.max(start.hardState.commit, soleVoterCommitIndex(this.#log, id)));
    assert(
      this.#log.commitIndex <= this.#log.lastIndex,
      'the log on the disk ends before its commit index',
    );
    assert(
      this.#log.lastTerm <= start.hardState.term,
      'the log on the disk has an entry of a later term than the member was in',
    );
    const hangingTicks = hangingElectionTimeouts * options.electionTicks;
    this.#persistent = new PersistentState(start.hardState, this.#log, hangingTicks);
    this.#receiver = new Receiver(options, this.#log, this.#persistent, this.#outbox);
    this.#election = new Election({
      options,
      log: this.#log,
      persistent: this.#persistent,
      outbox: this.#outbox,
      elected: () => this.#lead(),
    });
  }

  get role(): Role {
    return this.#election.role;
  }

  get term(): number {
    return this.#persistent.term;
  }

  get leader(): MemberId | undefined {
    return this.#election.leader;
  }

  get commitIndex(): number {
    return this.#log.commitIndex;
  }

  get firstIndex(): number {
    return this.#log.firstIndex;
  }

  get lastIndex(): number {
    return this.#log.lastIndex;
  }

  get lastTerm(): number {
    return this.#log.lastTerm;
  }

  /** The bytes of the entries from `firstIndex` to `index`. */
  bytesUpTo(index: number): number {
    return this.#log.bytes - this.#log.bytesAfter(index);
  }

  get configuration(): Configuration {
    return this.#log.configuration;
  }

  /** The position of a snapshot of the state at `index`; undefined if that entry is not in the log, nor its base. */
  positionAt(index: number): SnapshotPosition | undefined {
    const term = this.#log.termAt(index);
    if (term === undefined) return undefined;
    return { index, term, configuration: this.#log.configurationAt(index) };
  }

  /** The newest configuration that is known to be committed. */
  get committedConfiguration(): Configuration {
    return this.#log.configurationAt(this.#log.commitIndex);
  }

  /** Where the configuration stands in the log; it may not be committed yet. */
  get configurationIndex(): number {
    return this.#log.configurationIndex;
  }

  get transferringTo(): MemberId | undefined {
    return this.#leadership?.transferringTo;
  }

  termAt(index: number): number | undefined {
    return this.#log.termAt(index);
  }

  configurationAt(index: number): Configuration {
    return this.#log.configurationAt(index);
  }

  /** The followers as this leader sees them, in ascending order; empty elsewhere. */
  progress(): readonly PeerProgress[] {
    return this.#leadership?.followers.view() ?? [];
  }

  // Events and requests.

  /** One tick has passed, which is a heartbeat interval. */
  tick(): void {
    this.#persistent.tick();
    if (this.#leadership === undefined) this.#election.tick();
    else this.#leadership.tick();
  }

  /** Starts an election, by asking first whether one could be won. Does nothing on a member that may not lead. */
  campaign(): void {
    this.#election.campaign();
  }

  /** Why `propose` would refuse now; undefined if it would not. */
  whyNotPropose(): Refusal | undefined {
    return this.#leadership === undefined ? this.#notLeader() : this.#leadership.whyNotPropose();
  }

  /** Appends commands to the log, if this member leads. */
  propose(data: readonly Uint8Array[]): ProposeResult {
    return this.#leadership?.propose(data) ?? this.#notLeader();
  }

  /**
   * Appends a new configuration, with `data` for the state machine. One change at a time, and only once an entry of
   * the own term is committed (the flaw in the thesis' single-server changes, and its cure). A change of several voters
   * goes by way of a joint configuration, and any other one does if `asJoint` says so.
   */
  changeMembership(change: MembershipChange, data: Uint8Array, asJoint = false): ProposeResult {
    return this.#leadership?.changeMembership(change, data, asJoint) ?? this.#notLeader();
  }

  /**
   * Asks for an index that a linearizable read has to wait for; it comes with the effects, by ticket, or at once if the
   * voter that vouches for this leader makes a majority with it.
   */
  requestRead(voucher?: Voucher): ReadResult {
    return this.#leadership?.requestRead(voucher) ?? this.#notLeader();
  }

  /** Hands leadership over (thesis, section 3.10). Given up after an election timeout. */
  transferLeadership(to: MemberId): { kind: 'started' } | { kind: 'bad-target' } | Refusal {
    return this.#leadership?.transferTo(to) ?? this.#notLeader();
  }

  /** The write with this ticket is durable, and so is every earlier one. */
  persisted(ticket: number): void {
    this.#persistent.markDurable(ticket);
    if (this.#leadership !== undefined) {
      this.#leadership.advanceCommit();
      return;
    }
    // We may have stepped down meanwhile: the second voter cannot answer before this very entry tells it that it is a
    // member.
    const alone = soleVoterCommitIndex(this.#log, this.#options.id);
    this.#log.commitTo(Math.min(alone, this.#persistent.durableIndex));
    this.#election.onDurable();
  }

  /** Drops log entries up to `index`, whose effect is safe elsewhere. */
  compact(index: number): void {
    this.#log.compact(index);
  }

  /** Messages to this peer may have been lost. */
  unreachable(peer: MemberId): void {
    this.#leadership?.followers.unreachable(peer);
  }

  /** The process of this peer has ended. If it leads and is not heard of again, an election follows soon. */
  gone(peer: MemberId): void {
    this.#election.gone(peer);
  }

  /** The snapshot that was asked for has arrived there, or could not be sent. */
  snapshotSent(peer: MemberId, ok: boolean): void {
    this.#leadership?.followers.snapshotSent(peer, ok);
  }

  step(message: Message): void {
    if (message.term > this.term) this.#stepFromFuture(message);
    else if (message.term < this.term) this.#stepFromPast(message);
    else this.#stepInTerm(message);
  }

  // Effects.

  hasEffects(): boolean {
    return (
      !this.#outbox.isEmpty ||
      this.#persistent.hasWrite ||
      this.#log.hasCommitted ||
      (this.#leadership?.hasWork ?? false)
    );
  }

  /** All that has to be done outside now. What is taken counts as being done. */
  take(): Effects {
    this.#leadership?.work();
    return this.#outbox.take(this.#persistent.takeWrite(), this.#log.takeCommitted());
  }

  // Terms (section 5.1).

  #stepFromFuture(message: Message): void {
    if (message.kind === 'pre-vote-request') {
      // The term is only proposed; no candidate has entered it yet.
      this.#election.onPreVoteRequest(message);
      return;
    }
    if (message.kind === 'pre-vote-response' && message.granted) {
      this.#election.onPreVoteResponse(message);
      return;
    }
    if (message.kind === 'vote-request' && this.#election.isShieldedByLeader(message)) return;
    this.#follow(message.term);
    this.#stepInTerm(message);
  }

  #stepFromPast(message: Message): void {
    switch (message.kind) {
      case 'append-request':
      case 'heartbeat-request':
        this.#receiver.rejectDeposedLeader(message.from);
        break;
      case 'pre-vote-request':
        this.#election.answerPreVote(message, false);
        break;
      case 'vote-request':
        this.#election.answerVote(message.from, false);
        break;
      case 'install-snapshot':
        // The state was handed over by a former leader, but it is just as committed.
        this.#receiver.onInstallSnapshot(message);
        break;
      case 'append-response':
      case 'heartbeat-response':
      case 'pre-vote-response':
      case 'vote-response':
      case 'timeout-now':
        // Responses to a role that this member has left, and orders of a deposed leader, are void.
        break;
    }
  }

  #stepInTerm(message: Message): void {
    switch (message.kind) {
      case 'pre-vote-request':
        this.#election.onPreVoteRequest(message);
        break;
      case 'pre-vote-response':
        this.#election.onPreVoteResponse(message);
        break;
      case 'vote-request':
        this.#election.onVoteRequest(message);
        break;
      case 'vote-response':
        this.#election.onVoteResponse(message);
        break;
      case 'timeout-now':
        this.#election.onTimeoutNow();
        break;
      case 'append-request':
        this.#election.onLeaderMessage(message.from);
        this.#receiver.onAppendRequest(message);
        break;
      case 'heartbeat-request':
        this.#election.onLeaderMessage(message.from);
        this.#receiver.onHeartbeatRequest(message);
        break;
      case 'install-snapshot':
        // Not a sign of life: a snapshot takes long, and its sender may have been deposed meanwhile.
        this.#receiver.onInstallSnapshot(message);
        break;
      case 'append-response':
        this.#leadership?.onAppendResponse(message);
        break;
      case 'heartbeat-response':
        this.#leadership?.onHeartbeatResponse(message);
        break;
    }
  }

  // The beginning and the end of a leadership.

  #lead(): void {
    this.#leadership = new Leadership({
      options: this.#options,
      log: this.#log,
      persistent: this.#persistent,
      outbox: this.#outbox,
      reads: this.#reads,
      resign: () => this.#follow(this.term),
    });
    this.#leadership.begin();
  }

  /** The leader of the term becomes known when it sends something. */
  #follow(term: number): void {
    this.#leadership?.end();
    this.#leadership = undefined;
    this.#election.becomeFollower(term);
  }

  #notLeader(): Refusal {
    return { kind: 'not-leader', leader: this.leader };
  }
}
