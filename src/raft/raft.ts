import { assert, present } from '../base/assert.ts';
import { compareMemberIds } from '../base/member-id.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Random } from '../base/random.ts';
import {
  changed,
  isJoint,
  isVoter,
  left,
  majorityHolds,
  majorityReached,
  membersOf,
} from './configuration.ts';
import type { MembershipChange } from './configuration.ts';
import type { Effects, ProposeResult, ReadResult, Refusal } from './effects.ts';
import { Log, sizeOf } from './log.ts';
import type {
  AppendRequest,
  AppendResponse,
  Configuration,
  Entry,
  HardState,
  HeartbeatRequest,
  HeartbeatResponse,
  InstallSnapshot,
  Message,
  PreVoteRequest,
  PreVoteResponse,
  SnapshotPosition,
  VoteRequest,
  VoteResponse,
} from './messages.ts';
import { Progress } from './progress.ts';
import type { PeerProgress } from './progress.ts';
import { ReadRounds } from './read-rounds.ts';

export interface RaftOptions {
  readonly id: MemberId;
  readonly random: Random;
  /** A follower that hears nothing for this many ticks, or up to twice as many, starts an election. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly preVote: boolean;
  /** A leader that hears no majority for an election timeout steps down, and voters stand by a leader they hear. */
  readonly checkQuorum: boolean;
  /** Bytes of entries in one append request. */
  readonly messageBytesMax: number;
  /** Append requests, and bytes in them, that may be under way to one follower. */
  readonly inflightMessagesMax: number;
  readonly inflightBytesMax: number;
  /** Bytes in the leader's log that are not committed yet; beyond it proposals are refused as busy. */
  readonly uncommittedBytesMax: number;
}

/** What a member finds on its disk. */
export interface RaftStart {
  readonly hardState: HardState;
  readonly base: SnapshotPosition;
  readonly entries: readonly Entry[];
  readonly appliedIndex: number;
}

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** Entries handed out for applying in one turn, by their bytes. */
const committedBytesMax = 4 << 20;

interface Ticket {
  readonly ticket: number;
  /** The term, and with it the vote, that was written along. */
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/**
 * One member's part in the consensus. Everything happens inside a call: `tick`, `step` and the requests change what
 * raft knows, `take` gives what the world has to do for it. Section numbers are those of "In Search of an
 * Understandable Consensus Algorithm (Extended Version)" by Ongaro and Ousterhout; "thesis" is Ongaro's.
 */
export class Raft {
  readonly #options: RaftOptions;
  readonly #id: MemberId;
  readonly #log: Log;
  #term: number;
  #vote: MemberId | undefined;
  #role: Role = 'follower';
  #leader: MemberId | undefined;
  #commit: number;
  /** Committed entries up to here were handed out. */
  #handedOut: number;

  #ticksSinceHeard = 0;
  #ticksSinceHeartbeat = 0;
  #electionTimeoutTicks = 0;
  /** What the voters said in the present election. */
  #votes = new Map<MemberId, boolean>();

  /** In ascending order of ids, so that what is sent first does not depend on who came when. */
  #progress = new Map<MemberId, Progress>();
  /** Removed followers that are still to hear of it, with the index of the entry that removed them. */
  readonly #departing = new Map<MemberId, number>();
  /** What was committed at the last quorum check. */
  #commitAtCheck = 0;
  readonly #reads = new ReadRounds();
  #transferTo: MemberId | undefined;
  /** The first entry of the own term as leader. */
  #ownFirstIndex = 0;
  #uncommittedBytes = 0;

  /** Entries from here on were not given out for writing yet. */
  #persistFrom: number;
  #hardStateDirty = false;
  #snapshotToPersist: SnapshotPosition | undefined;
  #lastTicket = 0;
  #tickets: Ticket[] = [];
  /** Everything up to here is durable on this member, and stands in the log as it was written. */
  #durableIndex: number;

  #send: Message[] = [];
  #sendAfterPersist: Message[] = [];
  #confirmedReads: { ticket: number; index: number }[] = [];
  #readsLost: number[] = [];
  #snapshotTo: MemberId[] = [];
  /** Followers that may be sent something at the end of this turn. */
  readonly #toFeed = new Set<MemberId>();

  constructor(options: RaftOptions, start: RaftStart) {
    this.#options = options;
    this.#id = options.id;
    this.#log = new Log(start.base, start.entries);
    this.#term = start.hardState.term;
    this.#vote = start.hardState.vote;
    this.#handedOut = Math.max(start.base.index, start.appliedIndex);
    // What was applied was committed; the commit index on the disk may be older than both.
    this.#commit = Math.max(start.hardState.commit, this.#handedOut, this.#decidedAlone());
    assert(this.#commit <= this.#log.lastIndex, 'the log on the disk ends before its commit index');
    this.#durableIndex = this.#log.lastIndex;
    this.#persistFrom = this.#log.lastIndex + 1;
    this.#drawElectionTimeout();
  }

  get role(): Role {
    return this.#role;
  }

  get term(): number {
    return this.#term;
  }

  get leader(): MemberId | undefined {
    return this.#leader;
  }

  get commitIndex(): number {
    return this.#commit;
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

  get logBytes(): number {
    return this.#log.bytes;
  }

  get configuration(): Configuration {
    return this.#log.configuration;
  }

  /** Where the configuration stands in the log; it may not be committed yet. */
  get configurationIndex(): number {
    return this.#log.configurationIndex;
  }

  get transferringTo(): MemberId | undefined {
    return this.#transferTo;
  }

  termAt(index: number): number | undefined {
    return this.#log.termAt(index);
  }

  configurationAt(index: number): Configuration {
    return this.#log.configurationAt(index);
  }

  /** The followers as this leader sees them, in ascending order; empty elsewhere. */
  progress(): readonly PeerProgress[] {
    if (this.#role !== 'leader') return [];
    return membersOf(this.configuration)
      .filter((id) => id !== this.#id)
      .map((id) => {
        const { state, match, next, recentlyActive } = this.#progressOf(id);
        const isLearner = !isVoter(this.configuration, id);
        return { id, state, match, next, recentlyActive, isLearner };
      });
  }

  // What comes in.

  /** One heartbeat interval, or whatever a tick is set to, has passed. */
  tick(): void {
    this.#ticksSinceHeard++;
    if (this.#role === 'leader') this.#tickAsLeader();
    else if (this.#ticksSinceHeard >= this.#electionTimeoutTicks) this.campaign();
  }

  /** Starts an election, by asking first whether one could be won. Does nothing on a member that may not lead. */
  campaign(): void {
    if (this.#role === 'leader' || !this.#mayLead()) return;
    if (this.#options.preVote) this.#becomePreCandidate();
    else this.#becomeCandidate(false);
  }

  /** Appends commands to the log, if this member leads. */
  propose(data: readonly Uint8Array[]): ProposeResult {
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    if (this.#uncommittedBytes > this.#options.uncommittedBytesMax) return { kind: 'busy' };
    const index = this.#log.lastIndex + 1;
    this.#appendOwn(
      data.map((bytes, at) => ({
        index: index + at,
        term: this.#term,
        kind: 'command',
        data: bytes,
      })),
    );
    return { kind: 'accepted', index, term: this.#term };
  }

  /**
   * Appends a new configuration, with `data` for the state machine. One change at a time, and only once an entry of
   * the own term is committed (the flaw in the thesis' single-server changes, and its cure). A change of several voters
   * goes by way of a joint configuration, and any other one does if `asJoint` says so.
   */
  changeMembership(change: MembershipChange, data: Uint8Array, asJoint = false): ProposeResult {
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    const settled =
      this.#log.configurationIndex <= this.#commit &&
      this.#commit >= this.#ownFirstIndex &&
      !isJoint(this.configuration);
    if (!settled) return { kind: 'change-in-progress' };
    const configuration = changed(this.configuration, change, asJoint);
    assert(configuration.voters.length > 0, 'a cluster needs at least one voter');
    const index = this.#appendConfiguration(configuration, data);
    return { kind: 'accepted', index, term: this.#term };
  }

  /** Asks for an index that a linearizable read has to wait for; it comes with the effects, by ticket. */
  requestRead(): ReadResult {
    if (this.#role !== 'leader') return { kind: 'not-leader', leader: this.#leader };
    const ticket = this.#reads.ask(this.#commit >= this.#ownFirstIndex);
    return { kind: 'accepted', ticket };
  }

  /** Hands leadership over (thesis, section 3.10). Given up after an election timeout. */
  transferLeadership(to: MemberId): { kind: 'started' } | { kind: 'bad-target' } | Refusal {
    if (this.#role !== 'leader') return { kind: 'not-leader', leader: this.#leader };
    if (to === this.#id || !this.configuration.voters.includes(to)) return { kind: 'bad-target' };
    if (this.#transferTo === to) return { kind: 'started' };
    if (this.#transferTo !== undefined) return { kind: 'transferring', to: this.#transferTo };
    this.#transferTo = to;
    this.#ticksSinceHeard = 0;
    if (this.#progressOf(to).match === this.#log.lastIndex) this.#sendTimeoutNow(to);
    else this.#toFeed.add(to);
    return { kind: 'started' };
  }

  /** The write with this ticket is durable, and so is every earlier one. */
  persisted(ticket: number): void {
    while (this.#tickets.length > 0 && present(this.#tickets[0], 'a ticket').ticket <= ticket) {
      const { term, lastIndex, lastTerm } = present(this.#tickets.shift(), 'a ticket');
      if (this.#role === 'candidate' && term === this.#term) this.#votes.set(this.#id, true);
      // What was overwritten since is durable too, but it is not in the log any more.
      if (this.#log.termAt(lastIndex) === lastTerm) {
        this.#durableIndex = Math.max(this.#durableIndex, lastIndex);
      }
    }
    if (this.#role === 'leader') this.#advanceCommit();
    else if (this.#role === 'candidate') this.#countVotes();
  }

  /** Drops log entries up to `index`, whose effect is safe elsewhere. */
  compact(index: number): void {
    assert(index <= this.#handedOut, 'only what was applied may leave the log');
    this.#log.compact(index);
  }

  /** Messages to this peer may have been lost. */
  unreachable(peer: MemberId): void {
    const progress = this.#progress.get(peer);
    if (this.#role === 'leader' && progress?.state === 'replicate') progress.toProbe();
  }

  /** The snapshot that was asked for has arrived there, or could not be sent. */
  snapshotSent(peer: MemberId, ok: boolean): void {
    const progress = this.#progress.get(peer);
    if (this.#role !== 'leader' || progress?.state !== 'snapshot') return;
    progress.toProbe();
    // Its answer says where it stands; after a failure, a heartbeat's answer says that it is worth another try.
    progress.probeSent = true;
    if (!ok) return;
    progress.recentlyActive = true;
    // Asked before it has answered, it gets what follows the snapshot rather than a second one.
    progress.next = Math.max(progress.next, this.#log.firstIndex);
  }

  step(message: Message): void {
    if (message.term > this.#term) this.#stepFromFuture(message);
    else if (message.term < this.#term) this.#stepFromPast(message);
    else this.#stepInTerm(message);
  }

  // What goes out.

  hasEffects(): boolean {
    return (
      this.#send.length > 0 ||
      this.#sendAfterPersist.length > 0 ||
      this.#toFeed.size > 0 ||
      this.#hardStateDirty ||
      this.#persistFrom <= this.#log.lastIndex ||
      this.#snapshotToPersist !== undefined ||
      this.#handedOut < this.#commit ||
      this.#reads.waiting ||
      this.#confirmedReads.length > 0 ||
      this.#readsLost.length > 0 ||
      this.#snapshotTo.length > 0
    );
  }

  /** Everything the world has to do now. What is taken counts as being done. */
  take(): Effects {
    if (this.#role === 'leader') {
      this.#beginReadRound();
      for (const id of this.#toFeed) this.#feed(id);
    }
    this.#toFeed.clear();
    const effects: Effects = {
      send: this.#send,
      persist: this.#takePersist(),
      sendAfterPersist: this.#sendAfterPersist,
      committed: this.#takeCommitted(),
      reads: this.#confirmedReads,
      readsLost: this.#readsLost,
      sendSnapshotTo: this.#snapshotTo,
    };
    this.#send = [];
    this.#sendAfterPersist = [];
    this.#confirmedReads = [];
    this.#readsLost = [];
    this.#snapshotTo = [];
    return effects;
  }

  #takePersist(): Effects['persist'] {
    const lastIndex = this.#log.lastIndex;
    const hasEntries = this.#persistFrom <= lastIndex;
    const snapshot = this.#snapshotToPersist;
    if (!hasEntries && !this.#hardStateDirty && snapshot === undefined) return undefined;
    const entries = hasEntries ? this.#log.slice(this.#persistFrom, lastIndex, Infinity) : [];
    const ticket = ++this.#lastTicket;
    this.#tickets.push({ ticket, term: this.#term, lastIndex, lastTerm: this.#log.lastTerm });
    this.#persistFrom = lastIndex + 1;
    this.#hardStateDirty = false;
    this.#snapshotToPersist = undefined;
    const hardState = { term: this.#term, vote: this.#vote, commit: this.#commit };
    return { ticket, hardState, entries, snapshot };
  }

  #takeCommitted(): readonly Entry[] {
    if (this.#handedOut >= this.#commit) return [];
    const entries = this.#log.slice(this.#handedOut + 1, this.#commit, committedBytesMax);
    this.#handedOut += entries.length;
    return entries;
  }

  // Terms (section 5.1).

  #stepFromFuture(message: Message): void {
    if (message.kind === 'pre-vote-request') {
      // Nobody has started that term yet.
      this.#onPreVoteRequest(message);
      return;
    }
    if (message.kind === 'pre-vote-response' && message.granted) {
      this.#onPreVoteResponse(message);
      return;
    }
    // Who hears a leader does not help to depose it (section 6, and thesis 4.2.3), unless that one asked for it.
    const isUninvited = message.kind === 'vote-request' && !message.transfer;
    if (isUninvited && this.#options.checkQuorum && this.#hearsLeader()) return;
    const isLeaders = message.kind === 'append-request' || message.kind === 'heartbeat-request';
    // A snapshot is no sign of a leader: it takes long, and who sent it may have been deposed meanwhile.
    this.#becomeFollower(message.term, isLeaders ? message.from : undefined);
    this.#stepInTerm(message);
  }

  #stepFromPast(message: Message): void {
    switch (message.kind) {
      case 'append-request':
      case 'heartbeat-request':
        // A leader that was cut off learns from the answer's term that it is deposed.
        this.#send.push({
          kind: 'append-response',
          from: this.#id,
          to: message.from,
          term: this.#term,
          success: false,
          index: 0,
          conflictTerm: 0,
          conflictIndex: 0,
        });
        break;
      case 'pre-vote-request':
        this.#answerPreVote(message, false);
        break;
      case 'vote-request':
        this.#answerVote(message.from, false);
        break;
      case 'install-snapshot':
        // The state was handed over by a former leader, but it is just as committed.
        this.#onInstallSnapshot(message);
        break;
      case 'append-response':
      case 'heartbeat-response':
      case 'pre-vote-response':
      case 'vote-response':
      case 'timeout-now':
        // Answers to what this member was, and orders of who leads no more, mean nothing now.
        break;
    }
  }

  #stepInTerm(message: Message): void {
    switch (message.kind) {
      case 'pre-vote-request':
        this.#onPreVoteRequest(message);
        break;
      case 'pre-vote-response':
        this.#onPreVoteResponse(message);
        break;
      case 'vote-request':
        this.#onVoteRequest(message);
        break;
      case 'vote-response':
        this.#onVoteResponse(message);
        break;
      case 'append-request':
        this.#hear(message.from);
        this.#onAppendRequest(message);
        break;
      case 'append-response':
        this.#onAppendResponse(message);
        break;
      case 'heartbeat-request':
        this.#hear(message.from);
        this.#onHeartbeatRequest(message);
        break;
      case 'heartbeat-response':
        this.#onHeartbeatResponse(message);
        break;
      case 'install-snapshot':
        this.#onInstallSnapshot(message);
        break;
      case 'timeout-now':
        if (this.#role !== 'leader' && this.#mayLead()) this.#becomeCandidate(true);
        break;
    }
  }

  // Roles.

  #becomeFollower(term: number, leader: MemberId | undefined): void {
    if (term > this.#term) {
      this.#term = term;
      this.#vote = undefined;
      this.#hardStateDirty = true;
    }
    if (this.#role === 'leader') {
      this.#leaveLeadership();
      this.#ticksSinceHeard = 0;
      this.#drawElectionTimeout();
    }
    // Otherwise patience goes on running out: only a leader, or a candidate that gets the vote, begins it anew
    // (figure 2). Candidates that cannot win would hold up those who can.
    this.#role = 'follower';
    this.#leader = leader;
    this.#votes.clear();
  }

  #leaveLeadership(): void {
    this.#readsLost.push(...this.#reads.abandon());
    this.#progress.clear();
    this.#departing.clear();
    this.#toFeed.clear();
    this.#transferTo = undefined;
    this.#uncommittedBytes = 0;
  }

  /** Asks whether an election could be won before disturbing anybody with a new term (thesis, section 9.6). */
  #becomePreCandidate(): void {
    this.#role = 'pre-candidate';
    this.#leader = undefined;
    this.#ticksSinceHeard = 0;
    this.#drawElectionTimeout();
    this.#votes = new Map([[this.#id, true]]);
    for (const to of this.#otherVoters()) {
      this.#send.push({
        kind: 'pre-vote-request',
        from: this.#id,
        to,
        term: this.#term + 1,
        lastIndex: this.#log.lastIndex,
        lastTerm: this.#log.lastTerm,
      });
    }
    this.#countVotes();
  }

  /** Section 5.2. */
  #becomeCandidate(transfer: boolean): void {
    this.#role = 'candidate';
    this.#leader = undefined;
    this.#term++;
    this.#vote = this.#id;
    this.#hardStateDirty = true;
    this.#ticksSinceHeard = 0;
    this.#drawElectionTimeout();
    // The own vote counts, and others are asked, once it is durable. Otherwise a member that is elected, sends entries
    // and then forgets in a crash that it was could lead the same term a second time, with other entries.
    this.#votes = new Map();
    for (const to of this.#otherVoters()) {
      this.#sendAfterPersist.push({
        kind: 'vote-request',
        from: this.#id,
        to,
        term: this.#term,
        lastIndex: this.#log.lastIndex,
        lastTerm: this.#log.lastTerm,
        transfer,
      });
    }
  }

  #becomeLeader(): void {
    this.#role = 'leader';
    this.#leader = this.#id;
    this.#votes.clear();
    this.#ticksSinceHeard = 0;
    this.#ticksSinceHeartbeat = 0;
    this.#uncommittedBytes = 0;
    this.#progress = new Map();
    this.#commitAtCheck = this.#commit;
    this.#meetFollowers();
    this.#ownFirstIndex = this.#log.lastIndex + 1;
    // An entry of the own term commits everything before it (sections 5.4.2 and 8).
    const index = this.#ownFirstIndex;
    this.#appendOwn([{ index, term: this.#term, kind: 'empty', data: new Uint8Array() }]);
  }

  // Elections.

  /**
   * Voters may, and so may a member that its log removes, until that is committed: it can be the only one whose log is
   * up to date, for example the leader of two that removes itself and fails (thesis, section 4.2.2).
   */
  #mayLead(): boolean {
    return (
      isVoter(this.configuration, this.#id) ||
      isVoter(this.#log.configurationAt(this.#commit), this.#id)
    );
  }

  #hearsLeader(): boolean {
    return this.#leader !== undefined && this.#ticksSinceHeard < this.#options.electionTicks;
  }

  /** The log decides who may lead: later last term, or the same and at least as long (section 5.4.1). */
  #isUpToDate(lastTerm: number, lastIndex: number): boolean {
    if (lastTerm !== this.#log.lastTerm) return lastTerm > this.#log.lastTerm;
    return lastIndex >= this.#log.lastIndex;
  }

  #onPreVoteRequest(message: PreVoteRequest): void {
    const granted =
      message.term > this.#term &&
      !this.#hearsLeader() &&
      this.#isUpToDate(message.lastTerm, message.lastIndex);
    this.#answerPreVote(message, granted);
  }

  #answerPreVote(message: PreVoteRequest, granted: boolean): void {
    // A grant is for the term that was asked about; a refusal tells the term that counts here.
    const term = granted ? message.term : this.#term;
    this.#send.push({ kind: 'pre-vote-response', from: this.#id, to: message.from, term, granted });
  }

  #onPreVoteResponse({ from, granted, term }: PreVoteResponse): void {
    if (this.#role !== 'pre-candidate') return;
    if (granted && term !== this.#term + 1) return;
    this.#votes.set(from, granted);
    this.#countVotes();
  }

  #onVoteRequest(message: VoteRequest): void {
    const free = this.#vote === undefined && this.#leader === undefined;
    const granted =
      (this.#vote === message.from || free) &&
      this.#isUpToDate(message.lastTerm, message.lastIndex);
    if (granted) {
      this.#vote = message.from;
      this.#hardStateDirty = true;
      this.#ticksSinceHeard = 0;
    }
    this.#answerVote(message.from, granted);
  }

  /** A vote is a promise: it leaves once it is durable. */
  #answerVote(to: MemberId, granted: boolean): void {
    const { term } = this;
    const response: VoteResponse = { kind: 'vote-response', from: this.#id, to, term, granted };
    (granted ? this.#sendAfterPersist : this.#send).push(response);
  }

  #onVoteResponse({ from, granted }: VoteResponse): void {
    if (this.#role !== 'candidate') return;
    this.#votes.set(from, granted);
    this.#countVotes();
  }

  #countVotes(): void {
    if (majorityHolds(this.configuration, (id) => this.#votes.get(id) === true)) {
      if (this.#role === 'pre-candidate') this.#becomeCandidate(false);
      else this.#becomeLeader();
      return;
    }
    // Lost for certain when those who did not refuse are no majority any more.
    if (!majorityHolds(this.configuration, (id) => this.#votes.get(id) !== false)) {
      this.#becomeFollower(this.#term, undefined);
    }
  }

  #drawElectionTimeout(): void {
    const { random, electionTicks } = this.#options;
    this.#electionTimeoutTicks = random.between(electionTicks, 2 * electionTicks - 1);
  }

  // The leader's time.

  #tickAsLeader(): void {
    if (this.#ticksSinceHeard >= this.#options.electionTicks) {
      this.#ticksSinceHeard = 0;
      this.#transferTo = undefined;
      if (this.#options.checkQuorum && !this.#hearsQuorum()) {
        this.#becomeFollower(this.#term, undefined);
        return;
      }
      this.#partWithDeparted();
    }
    this.#ticksSinceHeartbeat++;
    if (this.#ticksSinceHeartbeat < this.#options.heartbeatTicks) return;
    this.#ticksSinceHeartbeat = 0;
    for (const progress of this.#progress.values()) progress.watchForStall();
    this.#sendHeartbeats();
  }

  /** Whether a majority was heard since the last look (thesis, section 6.2). */
  #hearsQuorum(): boolean {
    const hears = majorityHolds(
      this.configuration,
      (id) => id === this.#id || this.#progressOf(id).recentlyActive,
    );
    for (const progress of this.#progress.values()) progress.recentlyActive = false;
    return hears;
  }

  #sendHeartbeats(): void {
    for (const [to, { match }] of this.#progress) {
      this.#send.push({
        kind: 'heartbeat-request',
        from: this.#id,
        to,
        term: this.#term,
        commit: Math.min(match, this.#commit),
        round: this.#reads.round,
      });
    }
  }

  // Replication, the leader's side (section 5.3).

  #refusal(): Refusal | undefined {
    if (this.#role !== 'leader') return { kind: 'not-leader', leader: this.#leader };
    if (this.#transferTo !== undefined) return { kind: 'transferring', to: this.#transferTo };
    return undefined;
  }

  #appendOwn(entries: readonly Entry[]): void {
    this.#log.append(entries);
    for (const entry of entries) this.#uncommittedBytes += sizeOf(entry);
    this.#feedAll();
  }

  #appendConfiguration(configuration: Configuration, data: Uint8Array): number {
    const index = this.#log.lastIndex + 1;
    this.#appendOwn([{ index, term: this.#term, kind: 'membership', data, configuration }]);
    this.#meetFollowers();
    // Whoever a read still waited for may have left.
    this.#confirmReads();
    return index;
  }

  /**
   * The configuration has changed: whoever is new starts being fed. Who left gets the log up to the entry that says so,
   * and counts for nothing; a member that knows it is removed can end, and does not try to be elected.
   */
  #meetFollowers(): void {
    const followers = this.#followers();
    for (const id of this.#progress.keys()) {
      if (!followers.includes(id) && !this.#departing.has(id)) {
        this.#departing.set(id, this.#log.configurationIndex);
      }
    }
    for (const id of followers) {
      this.#departing.delete(id);
      if (this.#progress.has(id)) continue;
      const progress = new Progress(this.#log.lastIndex + 1);
      // A new follower has an election timeout to show up before it counts as silent.
      progress.recentlyActive = true;
      this.#progress.set(id, progress);
      this.#toFeed.add(id);
    }
    this.#progress = new Map([...this.#progress].toSorted(([a], [b]) => compareMemberIds(a, b)));
  }

  /** Forgets those who had at least an election timeout to hear that they are removed. */
  #partWithDeparted(): void {
    for (const [id, index] of this.#departing) {
      if (index <= this.#commitAtCheck) this.#forget(id);
    }
    this.#commitAtCheck = this.#commit;
  }

  #forget(id: MemberId): void {
    this.#departing.delete(id);
    this.#progress.delete(id);
    this.#toFeed.delete(id);
  }

  #followers(): MemberId[] {
    return membersOf(this.configuration).filter((id) => id !== this.#id);
  }

  #otherVoters(): MemberId[] {
    return this.#followers().filter((id) => isVoter(this.configuration, id));
  }

  #progressOf(id: MemberId): Progress {
    return present(this.#progress.get(id), `the progress of ${id}`);
  }

  #feedAll(): void {
    for (const id of this.#progress.keys()) this.#toFeed.add(id);
  }

  /** Sends a follower what it may have now. */
  #feed(id: MemberId): void {
    const progress = this.#progress.get(id);
    if (progress === undefined) return;
    const removedAt = this.#departing.get(id);
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
      const hasEntries = progress.next <= this.#log.lastIndex;
      if (!hasEntries && progress.commitSent >= this.#commit) return;
      this.#sendAppend(id, progress, 'entries');
    }
  }

  /** With `nothing new` it only asks whether everything that was sent before has arrived. */
  #sendAppend(to: MemberId, progress: Progress, content: 'entries' | 'nothing new'): void {
    const previousIndex = progress.next - 1;
    const previousTerm = this.#log.termAt(previousIndex);
    if (previousTerm === undefined) {
      // What it needs next was compacted (section 7). Somebody who leaves is not worth a snapshot.
      if (this.#departing.has(to)) {
        this.#forget(to);
        return;
      }
      progress.toSnapshot();
      this.#snapshotTo.push(to);
      return;
    }
    const lastIndex = content === 'entries' ? this.#log.lastIndex : previousIndex;
    const entries = this.#log.slice(progress.next, lastIndex, this.#options.messageBytesMax);
    this.#send.push({
      kind: 'append-request',
      from: this.#id,
      to,
      term: this.#term,
      previousIndex,
      previousTerm,
      entries,
      commit: this.#commit,
    });
    progress.commitSent = this.#commit;
    if (progress.state !== 'replicate' || entries.length === 0) return;
    let bytes = 0;
    for (const entry of entries) bytes += sizeOf(entry);
    progress.sent(previousIndex + entries.length, bytes);
  }

  #onAppendResponse(message: AppendResponse): void {
    const progress = this.#progress.get(message.from);
    if (this.#role !== 'leader' || progress === undefined) return;
    progress.recentlyActive = true;
    if (message.success) this.#onMatched(message.from, progress, message.index);
    else this.#onConflict(message, progress);
    this.#toFeed.add(message.from);
  }

  #onMatched(from: MemberId, progress: Progress, index: number): void {
    progress.acknowledged(index);
    if (index > progress.match) {
      progress.match = index;
      progress.next = Math.max(progress.next, index + 1);
      this.#advanceCommit();
    }
    const behindLog = progress.match + 1 < this.#log.firstIndex;
    if (progress.state === 'probe' && !behindLog) progress.toReplicate();
    else if (progress.state === 'probe') progress.probeSent = false;
    else if (progress.state === 'snapshot' && !behindLog) progress.toProbe();
    if (this.#transferTo === from && progress.match === this.#log.lastIndex) {
      this.#sendTimeoutNow(from);
    }
  }

  /** Goes back by a whole term at a time rather than by an entry (end of section 5.3). */
  #onConflict(message: AppendResponse, progress: Progress): void {
    // Refusals of messages that were sent before the ones that matter now say nothing new.
    if (progress.state === 'replicate' && message.index <= progress.match) return;
    if (progress.state === 'probe' && message.index !== progress.next - 1) return;
    if (progress.state === 'snapshot') return;
    const agrees = this.#log.lastIndexOfTermAtMost(message.conflictTerm, message.conflictIndex);
    progress.toProbe();
    progress.next = Math.max(progress.match + 1, Math.min(message.index, agrees + 1));
  }

  #sendTimeoutNow(to: MemberId): void {
    this.#send.push({ kind: 'timeout-now', from: this.#id, to, term: this.#term });
  }

  /**
   * An entry is committed when a majority has it durably and it is of the own term; with it, everything before. An
   * entry of an earlier term could still be replaced, however many have it (section 5.4.2, figure 8).
   */
  #advanceCommit(): void {
    const agreed = majorityReached(this.configuration, (id) =>
      id === this.#id ? this.#durableIndex : (this.#progress.get(id)?.match ?? 0),
    );
    const reached = Math.max(agreed, Math.min(this.#decidedAlone(), this.#durableIndex));
    if (reached <= this.#commit || this.#log.termAt(reached) !== this.#term) return;
    for (const entry of this.#log.slice(this.#commit + 1, reached, Infinity)) {
      if (entry.term === this.#term) this.#uncommittedBytes -= sizeOf(entry);
    }
    this.#commit = reached;
    this.#feedAll();
    this.#reads.admitEarly();
    this.#afterConfigurationCommitted();
  }

  /**
   * Who is the only voter decides alone that there will be a second one, up to this index: every majority of the two
   * counts it in, so that nobody can lead without the entry. Waiting for the second one would keep it from being told
   * that it belongs to the cluster.
   */
  #decidedAlone(): number {
    const index = this.#log.configurationIndex;
    if (index < this.#log.firstIndex) return 0;
    const { voters, outgoing } = this.#log.configurationAt(index - 1);
    const wasAlone = outgoing.length === 0 && voters.length === 1 && voters[0] === this.#id;
    const isCounted = !isJoint(this.configuration) && isVoter(this.configuration, this.#id);
    return wasAlone && isCounted ? index : 0;
  }

  /** Leaves a joint configuration, and steps down if the new one goes on without this member (section 6). */
  #afterConfigurationCommitted(): void {
    if (this.#log.configurationIndex > this.#commit) return;
    if (isJoint(this.configuration)) {
      this.#appendConfiguration(left(this.configuration), new Uint8Array());
    } else if (!isVoter(this.configuration, this.#id)) {
      for (const id of this.#progress.keys()) this.#feed(id);
      // Whoever has everything takes over at once, instead of after an election timeout.
      const next = this.configuration.voters.find(
        (id) => this.#progressOf(id).match === this.#log.lastIndex,
      );
      if (next !== undefined) this.#sendTimeoutNow(next);
      this.#becomeFollower(this.#term, undefined);
    }
  }

  // Replication, the follower's side.

  #hear(leader: MemberId): void {
    assert(this.#role !== 'leader', `two leaders in term ${this.#term}: ${this.#id} and ${leader}`);
    if (this.#role !== 'follower') this.#becomeFollower(this.#term, leader);
    this.#leader = leader;
    this.#ticksSinceHeard = 0;
  }

  #onAppendRequest(message: AppendRequest): void {
    const { from, previousIndex, previousTerm, entries } = message;
    if (previousIndex < this.#commit) {
      // Old news: what is committed matches for certain.
      this.#acknowledge(from, this.#commit);
      return;
    }
    if (this.#log.termAt(previousIndex) !== previousTerm) {
      this.#refuse(from, previousIndex, previousTerm);
      return;
    }
    const lastIndex = previousIndex + entries.length;
    const firstNew = entries.findIndex(({ index, term }) => this.#log.termAt(index) !== term);
    if (firstNew >= 0) this.#overwrite(entries.slice(firstNew));
    this.#commitTo(Math.min(message.commit, lastIndex));
    this.#acknowledge(from, lastIndex);
  }

  #overwrite(entries: readonly Entry[]): void {
    const from = present(entries[0], 'an entry').index;
    assert(from > this.#commit, `entry ${from} is committed and cannot be replaced`);
    if (from <= this.#log.lastIndex) {
      this.#log.truncate(from);
      this.#durableIndex = Math.min(this.#durableIndex, from - 1);
    }
    this.#log.append(entries);
    this.#persistFrom = Math.min(this.#persistFrom, from);
  }

  #commitTo(index: number): void {
    this.#commit = Math.max(this.#commit, index);
  }

  /** Says what is durable here, so it leaves only once that is true. */
  #acknowledge(to: MemberId, index: number): void {
    this.#sendAfterPersist.push({
      kind: 'append-response',
      from: this.#id,
      to,
      term: this.#term,
      success: true,
      index,
      conflictTerm: 0,
      conflictIndex: 0,
    });
  }

  #refuse(to: MemberId, previousIndex: number, previousTerm: number): void {
    // The logs cannot agree beyond the last entry here whose term the leader had reached by then.
    const conflictIndex = this.#log.lastIndexOfTermAtMost(previousTerm, previousIndex);
    this.#send.push({
      kind: 'append-response',
      from: this.#id,
      to,
      term: this.#term,
      success: false,
      index: previousIndex,
      conflictTerm: this.#log.termAt(conflictIndex) ?? 0,
      conflictIndex,
    });
  }

  #onHeartbeatRequest(message: HeartbeatRequest): void {
    this.#commitTo(Math.min(message.commit, this.#log.lastIndex));
    this.#send.push({
      kind: 'heartbeat-response',
      from: this.#id,
      to: message.from,
      term: this.#term,
      round: message.round,
    });
  }

  #onHeartbeatResponse(message: HeartbeatResponse): void {
    const progress = this.#progress.get(message.from);
    if (this.#role !== 'leader' || progress === undefined) return;
    progress.recentlyActive = true;
    progress.probeSent = false;
    if (message.round > progress.round) {
      progress.round = message.round;
      this.#confirmReads();
    }
    if (progress.match === this.#log.lastIndex) return;
    this.#toFeed.add(message.from);
    if (progress.takeStall()) this.#sendAppend(message.from, progress, 'nothing new');
  }

  // Snapshots (section 7).

  #onInstallSnapshot({ from, position }: InstallSnapshot): void {
    if (position.index <= this.#commit) {
      this.#acknowledge(from, this.#commit);
      return;
    }
    if (this.#log.termAt(position.index) === position.term) {
      // The log has all of it already.
      this.#commitTo(position.index);
      this.#acknowledge(from, position.index);
      return;
    }
    this.#log.reset(position);
    this.#commit = position.index;
    this.#handedOut = position.index;
    this.#durableIndex = position.index;
    this.#persistFrom = position.index + 1;
    // What is still being written is not the log any more, only its term counts.
    this.#tickets = this.#tickets.map((ticket) => ({ ...ticket, lastIndex: 0, lastTerm: 0 }));
    this.#snapshotToPersist = position;
    this.#acknowledge(from, position.index);
  }

  // Reads.

  #beginReadRound(): void {
    if (!this.#reads.waiting) return;
    this.#reads.begin(this.#commit);
    this.#sendHeartbeats();
    this.#confirmReads();
  }

  #confirmReads(): void {
    const { round } = this.#reads;
    const confirmed = majorityReached(this.configuration, (id) =>
      id === this.#id ? round : (this.#progress.get(id)?.round ?? 0),
    );
    this.#confirmedReads.push(...this.#reads.confirmed(confirmed));
  }
}
