import { assert } from '../base/assert.ts';
import type { MemberId } from '../base/member-id.ts';
import { isVoter, majorityHolds, membersOf } from './configuration.ts';
import type { Log } from './log.ts';
import type { PreVoteRequest, PreVoteResponse, VoteRequest, VoteResponse } from './messages.ts';
import type { RaftOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { PersistentState } from './persistent-state.ts';

/** Ticks without a message of a leader whose process has ended, until an election: the leader may just have sent one. */
const goneTicks = { min: 2, max: 5 };

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/**
 * Role, election timer, own campaigns, and (pre-)vote requests of others (section 5.2). `elected` is called when this
 * member has become the leader; `Leadership` does the rest.
 */
export class Election {
  readonly #options: RaftOptions;
  readonly #id: MemberId;
  readonly #log: Log;
  readonly #persistent: PersistentState;
  readonly #outbox: Outbox;
  readonly #elected: () => void;
  #role: Role = 'follower';
  #leader: MemberId | undefined;
  /** Its process has ended, and nothing has come from it since. It counts while it is the leader. */
  #gone: MemberId | undefined;
  /** Counted while this member does not lead. */
  #ticksSinceHeard = 0;
  #timeoutTicks = 0;
  /** Responses in the present election, by voter. */
  #votes = new Map<MemberId, boolean>();

  constructor(parts: {
    readonly options: RaftOptions;
    readonly log: Log;
    readonly persistent: PersistentState;
    readonly outbox: Outbox;
    readonly elected: () => void;
  }) {
    this.#options = parts.options;
    this.#id = parts.options.id;
    this.#log = parts.log;
    this.#persistent = parts.persistent;
    this.#outbox = parts.outbox;
    this.#elected = parts.elected;
    this.#drawTimeout();
  }

  get role(): Role {
    return this.#role;
  }

  get leader(): MemberId | undefined {
    return this.#leader;
  }

  /** Counts time without a message of a leader. */
  tick(): void {
    this.#ticksSinceHeard++;
    if (this.#ticksSinceHeard >= this.#timeoutTicks) this.campaign();
  }

  /** Starts an election, by asking first whether one could be won. Does nothing on a member that may not lead. */
  campaign(): void {
    if (this.#role === 'leader' || !this.#mayLead()) return;
    if (this.#options.preVote) this.#becomePreCandidate();
    else this.#becomeCandidate(false);
  }

  /** The leader hands over to this member: no need to ask whether an election could be won. */
  onTimeoutNow(): void {
    if (this.#role !== 'leader' && this.#mayLead()) this.#becomeCandidate(true);
  }

  /** The leader of this term has sent something. */
  onLeaderMessage(leader: MemberId): void {
    const { term } = this.#persistent;
    assert(this.#role !== 'leader', `two leaders in term ${term}: ${this.#id} and ${leader}`);
    if (this.#role !== 'follower') this.becomeFollower(term);
    // The losers of an election are those that had drawn the longer timeouts.
    if (this.#leader !== leader || this.#isLeaderGone()) this.#drawTimeout();
    this.#leader = leader;
    this.#gone = undefined;
    this.#ticksSinceHeard = 0;
  }

  /**
   * The process of this member has ended, as far as can be seen. If it leads, there is no need to wait for a whole timeout; and
   * if that was wrong, its next message says so. Safety does not depend on when an election begins (section 5.6).
   */
  gone(peer: MemberId): void {
    if (peer !== this.#leader || this.#isLeaderGone()) return;
    this.#gone = peer;
    const ticks = this.#options.random.between(goneTicks.min, goneTicks.max);
    this.#timeoutTicks = Math.min(this.#timeoutTicks, ticks);
  }

  #isLeaderGone(): boolean {
    return this.#leader !== undefined && this.#gone === this.#leader;
  }

  becomeFollower(term: number): void {
    if (term > this.#persistent.term) this.#persistent.enterTerm(term);
    // The election timer goes on: only a leader, or a granted vote, resets it (figure 2). Otherwise candidates that
    // cannot win would hold up those that can.
    this.#role = 'follower';
    this.#leader = undefined;
  }

  /**
   * A member that hears from a leader ignores vote requests (section 6, thesis 4.2.3), unless the leader hands over.
   */
  isShieldedByLeader(request: VoteRequest): boolean {
    return !request.transfer && this.#options.checkQuorum && this.#hasLiveLeader();
  }

  onPreVoteRequest(message: PreVoteRequest): void {
    const granted =
      message.term > this.#persistent.term &&
      !this.#hasLiveLeader() &&
      this.#isUpToDate(message.lastTerm, message.lastIndex);
    this.answerPreVote(message, granted);
  }

  answerPreVote(message: PreVoteRequest, granted: boolean): void {
    // A grant is for the term that was asked about; a refusal tells the term that counts here.
    const term = granted ? message.term : this.#persistent.term;
    this.#outbox.send({
      kind: 'pre-vote-response',
      from: this.#id,
      to: message.from,
      term,
      granted,
    });
  }

  onPreVoteResponse({ from, granted, term }: PreVoteResponse): void {
    // A refusal may belong to an earlier round, and ignoring it costs nothing: without a majority the timer starts the
    // next round. A refusal with a later term has ended this campaign already.
    if (this.#role !== 'pre-candidate' || !granted || term !== this.#persistent.term + 1) return;
    this.#votes.set(from, true);
    this.#countVotes();
  }

  onVoteRequest(message: VoteRequest): void {
    const { vote } = this.#persistent;
    const free = vote === undefined && this.#leader === undefined;
    const granted =
      (vote === message.from || free) && this.#isUpToDate(message.lastTerm, message.lastIndex);
    if (granted) {
      this.#persistent.voteFor(message.from);
      this.#ticksSinceHeard = 0;
    }
    this.answerVote(message.from, granted);
  }

  /** A vote is a promise: it leaves once it is durable. */
  answerVote(to: MemberId, granted: boolean): void {
    const { term } = this.#persistent;
    const response: VoteResponse = { kind: 'vote-response', from: this.#id, to, term, granted };
    if (granted) this.#outbox.sendAfterPersist(response);
    else this.#outbox.send(response);
  }

  onVoteResponse({ from, granted }: VoteResponse): void {
    if (this.#role !== 'candidate') return;
    this.#votes.set(from, granted);
    this.#countVotes();
  }

  /** More is durable here than before. */
  onDurable(): void {
    if (this.#role !== 'candidate') return;
    // This member entered its term as a candidate, so that its own vote was written together with the term.
    if (this.#persistent.durableTerm === this.#persistent.term) this.#votes.set(this.#id, true);
    this.#countVotes();
  }

  /** Asks whether an election could be won before disturbing anybody with a new term (thesis, section 9.6). */
  #becomePreCandidate(): void {
    this.#role = 'pre-candidate';
    this.#leader = undefined;
    this.#ticksSinceHeard = 0;
    this.#drawTimeout();
    this.#votes = new Map([[this.#id, true]]);
    for (const to of this.#otherVoters()) {
      this.#outbox.send({
        kind: 'pre-vote-request',
        from: this.#id,
        to,
        term: this.#persistent.term + 1,
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
    this.#persistent.enterTerm(this.#persistent.term + 1);
    this.#persistent.voteFor(this.#id);
    this.#ticksSinceHeard = 0;
    this.#drawTimeout();
    // The own vote counts, and others are asked, once it is durable. Otherwise a member that is elected, sends entries
    // and then forgets in a crash that it was could lead the same term a second time, with other entries.
    this.#votes = new Map();
    for (const to of this.#otherVoters()) {
      this.#outbox.sendAfterPersist({
        kind: 'vote-request',
        from: this.#id,
        to,
        term: this.#persistent.term,
        lastIndex: this.#log.lastIndex,
        lastTerm: this.#log.lastTerm,
        transfer,
      });
    }
  }

  #becomeLeader(): void {
    this.#role = 'leader';
    this.#leader = this.#id;
    this.#ticksSinceHeard = 0;
    this.#elected();
  }

  #countVotes(): void {
    const { configuration } = this.#log;
    if (majorityHolds(configuration, (id) => this.#votes.get(id) === true)) {
      if (this.#role === 'pre-candidate') this.#becomeCandidate(false);
      else this.#becomeLeader();
      return;
    }
    if (this.#role !== 'candidate') return;
    // Lost for certain when those who did not refuse are no majority any more.
    if (!majorityHolds(configuration, (id) => this.#votes.get(id) !== false)) {
      this.becomeFollower(this.#persistent.term);
    }
  }

  /**
   * Voters may, and so may a member that its log removes, until that is committed: it can be the only one whose log is
   * up to date, for example the leader of two that removes itself and fails (thesis, section 4.2.2).
   */
  #mayLead(): boolean {
    // It could not even make its own vote durable.
    if (this.#persistent.diskHangs) return false;
    return (
      isVoter(this.#log.configuration, this.#id) ||
      isVoter(this.#log.configurationAt(this.#log.commitIndex), this.#id)
    );
  }

  #otherVoters(): MemberId[] {
    const { configuration } = this.#log;
    return membersOf(configuration).filter((id) => id !== this.#id && isVoter(configuration, id));
  }

  #hasLiveLeader(): boolean {
    return (
      this.#leader !== undefined &&
      !this.#isLeaderGone() &&
      this.#ticksSinceHeard < this.#options.electionTicks
    );
  }

  /** The log decides who may lead: later last term, or the same and at least as long (section 5.4.1). */
  #isUpToDate(lastTerm: number, lastIndex: number): boolean {
    if (lastTerm !== this.#log.lastTerm) return lastTerm > this.#log.lastTerm;
    return lastIndex >= this.#log.lastIndex;
  }

  #drawTimeout(): void {
    const { random, electionTicks } = this.#options;
    this.#timeoutTicks = random.between(electionTicks, 2 * electionTicks - 1);
  }
}
