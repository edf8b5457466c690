import type { Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Raft } from '../raft/index.ts';
import type { Applied, LeaseId } from '../state/index.ts';
import { Backoff } from './backoff.ts';
import type { LeaderRequests } from './leader-requests.ts';
import type { MembershipRequest } from './membership.ts';
import type { ReplicaOptions } from './options.ts';
import type {
  PeerResponse,
  HashRequest,
  LeaderRequest,
  PeerRequest,
  RequestId,
} from './peer-protocol.ts';
import { Proposals } from './proposals.ts';
import type { Outcome, Proposal } from './proposals.ts';
import { PeerRequests } from './peer-requests.ts';
import type { PeerOutcome } from './peer-requests.ts';
import { connectionLost, stopping, tooManyRequests, unknownFate } from './refusals.ts';
import { Reads } from './rounds.ts';

/** Commands that travel to the leader in one question. */
const forwardBytesMax = 1 << 20;

/** Time a lease has left, as the leader counts it. */
export type LeaseTime =
  | { readonly kind: 'found'; readonly ttlSeconds: number; readonly grantedSeconds: number }
  | { readonly kind: 'not-found' };

/** What the desk needs from its replica. */
export interface ForwarderOwner {
  appliedIndex(): number;
  /** Of the last entry whose command was begun: it is too late to ask for its result. */
  begunIndex(): number;
  isConnected(peer: MemberId): boolean;
  /** Joins the next confirmation round of this member as leader. */
  confirm(confirmed: (index: number | undefined) => void): void;
  /** What to say to a caller whose deadline has passed. */
  timeoutError(): RegistryError;
  post(to: MemberId, id: RequestId, question: PeerRequest): void;
  /** Has a turn begin soon. */
  wake(): void;
  /** Tries again a little later. */
  later(callback: () => void): void;
}

/**
 * Serves this member's own callers. What they ask gathers until the end of the turn, and then goes to raft if this
 * member leads, or else in one question to the leader; without a leader it waits.
 */
export class Forwarder {
  readonly #raft: Raft;
  readonly #leaderRequests: LeaderRequests;
  readonly #clock: Clock;
  readonly #owner: ForwarderOwner;
  readonly #proposals = new Proposals({ countMax: 50_000, bytesMax: 64 << 20 });
  readonly #reads = new Reads({ countMax: 50_000 });
  readonly #questions: PeerRequests;
  /** For what the leader refused, of each kind. */
  readonly #writeBackoff: Backoff;
  readonly #readBackoff: Backoff;
  /** This member leads, and raft takes nothing more in for now. */
  #isBusy = false;
  #stopped = false;

  constructor(parts: {
    readonly raft: Raft;
    readonly leaderRequests: LeaderRequests;
    readonly options: ReplicaOptions;
    readonly owner: ForwarderOwner;
  }) {
    const { clock, random, heartbeatIntervalMs, electionTimeoutMs } = parts.options;
    this.#raft = parts.raft;
    this.#leaderRequests = parts.leaderRequests;
    this.#clock = clock;
    this.#owner = parts.owner;
    const retryMs = { minMs: heartbeatIntervalMs / 2, maxMs: electionTimeoutMs };
    this.#writeBackoff = new Backoff(retryMs);
    this.#readBackoff = new Backoff(retryMs);
    this.#questions = new PeerRequests(random.between(1, 2 ** 40), (to, id, question) =>
      parts.owner.post(to, id, question),
    );
  }

  get pendingProposals(): number {
    return this.#proposals.pendingCount;
  }

  propose(command: Uint8Array, expiresMs: number, done: (outcome: Outcome) => void): void {
    if (this.#stopped) done({ kind: 'failed', error: stopping() });
    else {
      this.#proposals.add({ command, expiresMs, done });
      this.#owner.wake();
    }
  }

  linearize(expiresMs: number, done: (error: RegistryError | undefined) => void): void {
    if (this.#stopped) done(stopping());
    else {
      this.#reads.add({ expiresMs, done });
      this.#owner.wake();
    }
  }

  changeMembership(
    request: MembershipRequest,
    expiresMs: number,
    done: (outcome: Outcome) => void,
  ): void {
    const question: LeaderRequest = { kind: 'change-membership', request };
    const proposal = { command: new Uint8Array(), expiresMs, done };
    this.#askLeader(question, expiresMs, (answer) => {
      if (answer instanceof RegistryError) done({ kind: 'failed', error: answer });
      else if (answer.kind !== 'proposed') done({ kind: 'failed', error: unknownFate() });
      else {
        this.#proposals.admit(proposal);
        this.#placed(answer.index, answer.term, [proposal]);
      }
    });
  }

  renewLeases(
    ids: readonly LeaseId[],
    expiresMs: number,
    done: (result: readonly number[] | RegistryError) => void,
  ): void {
    this.#askLeader({ kind: 'lease-keep-alive', ids }, expiresMs, (answer) => {
      if (answer instanceof RegistryError) done(answer);
      else done(answer.kind === 'lease-keep-alive' ? answer.ttlSeconds : unknownFate());
    });
  }

  leaseTimeToLive(
    id: LeaseId,
    expiresMs: number,
    done: (result: LeaseTime | RegistryError) => void,
  ): void {
    this.#askLeader({ kind: 'lease-time-to-live', id }, expiresMs, (answer) => {
      if (answer instanceof RegistryError) done(answer);
      else if (answer.kind !== 'lease-time-to-live') done(unknownFate());
      else if (answer.ttlSeconds < 0) done({ kind: 'not-found' });
      else {
        const { ttlSeconds, grantedSeconds } = answer;
        done({ kind: 'found', ttlSeconds, grantedSeconds });
      }
    });
  }

  /** Asks this one member, once. Without a connection to it the question counts as lost. */
  askMember(
    member: MemberId,
    question: HashRequest,
    expiresMs: number,
    done: (reply: PeerOutcome) => void,
  ): void {
    if (this.#stopped || !this.#owner.isConnected(member)) done({ kind: 'lost' });
    else {
      this.#questions.ask(member, question, expiresMs, done);
      this.#owner.wake();
    }
  }

  // What the replica tells.

  /** Hands on what has gathered. Once a turn, before raft's effects are taken. */
  handOver(): void {
    if (this.#raft.role === 'leader') {
      this.#proposeQueued();
      this.#confirmQueued();
      return;
    }
    this.#isBusy = false;
    const { leader } = this.#raft;
    if (leader === undefined || !this.#owner.isConnected(leader)) return;
    this.#forwardProposals(leader);
    this.#forwardReads(leader);
  }

  /** Somebody here may be told what the entry at this index did. */
  awaits(index: number): boolean {
    return this.#proposals.isPlaced(index);
  }

  /** The entry at this place took effect here. */
  applied(index: number, term: number, applied: Applied): void {
    this.#proposals.applied(index, term, applied);
  }

  /** The state has come as far as `index`: reads that waited for it can be served. */
  appliedTo(index: number): void {
    this.#reads.applied(index);
  }

  /** A snapshot took the place of everything up to `index`. */
  skippedTo(index: number): void {
    this.#proposals.skippedTo(index);
    this.#reads.applied(index);
  }

  answered(from: MemberId, id: RequestId, answer: PeerResponse): void {
    this.#questions.answered(from, id, answer);
  }

  disconnected(peer: MemberId): void {
    this.#questions.disconnected(peer);
  }

  expire(nowMs: number): void {
    const error = (): RegistryError => this.#owner.timeoutError();
    // First, because reads come back from a question that is given up, and would be asked again before the next tick.
    this.#questions.expire(nowMs);
    const isBusy = this.#isBusy || this.#writeBackoff.isBusy;
    this.#proposals.expire(nowMs, { queued: isBusy ? tooManyRequests : error, unknown: error });
    this.#reads.expire(nowMs, error);
  }

  /** Tells everybody who waits that this member stops. */
  stop(): void {
    this.#stopped = true;
    this.#proposals.stop();
    this.#reads.stop(stopping);
    this.#questions.stop();
  }

  // How it is done.

  #proposeQueued(): void {
    if (this.#proposals.queuedCount === 0) return;
    const refusal = this.#raft.whyNotPropose();
    this.#isBusy = refusal?.kind === 'busy';
    if (refusal !== undefined) return;
    const queued = this.#proposals.takeQueued();
    const result = this.#raft.propose(queued.map(({ command }) => command));
    if (result.kind === 'accepted') this.#proposals.place(result.index, result.term, queued);
    else this.#proposals.putBack(queued);
  }

  #forwardProposals(leader: MemberId): void {
    if (this.#proposals.queuedCount === 0) return;
    const share = this.#writeBackoff.share(leader, this.#raft.term, this.#clock.nowMs());
    // The next tick looks again.
    if (share === 'none') return;
    this.#forward(leader, this.#proposals.takeQueued(forwardBytesMax));
    if (share === 'one') return;
    while (this.#proposals.queuedCount > 0) {
      this.#forward(leader, this.#proposals.takeQueued(forwardBytesMax));
    }
  }

  #forward(leader: MemberId, batch: readonly Proposal[]): void {
    const commands = batch.map(({ command }) => command);
    const expiresMs = latestOf(batch);
    const { term } = this.#raft;
    this.#questions.ask(leader, { kind: 'propose', commands }, expiresMs, (reply) => {
      if (reply.kind === 'proposed') {
        this.#writeBackoff.accepted();
        this.#placed(reply.index, reply.term, batch);
      } else if (reply.kind === 'refused') this.#batchRefused(batch, term, reply);
      else {
        const error = reply.kind === 'lost' ? connectionLost() : this.#owner.timeoutError();
        this.#proposals.fail(batch, error);
      }
    });
  }

  /** None of these is in any log. */
  #batchRefused(
    batch: readonly Proposal[],
    term: number,
    { code, message }: Extract<PeerResponse, { readonly kind: 'refused' }>,
  ): void {
    if (code !== 'not-leader' && code !== 'too-many-requests') {
      this.#proposals.fail(batch, new RegistryError(code, message));
      return;
    }
    // The next leader is asked, or this one later, until their time is over.
    this.#proposals.putBack(batch);
    this.#writeBackoff.refused(term, this.#clock.nowMs(), code === 'too-many-requests');
  }

  #placed(index: number, term: number, proposals: readonly Proposal[]): void {
    if (index > this.#owner.begunIndex()) {
      this.#proposals.place(index, term, proposals);
      return;
    }
    // The answer was overtaken by its own entry, or by another one: the result has passed unseen.
    this.#proposals.fail(proposals, unknownFate());
  }

  #confirmQueued(): void {
    if (this.#reads.queuedCount === 0) return;
    const queued = this.#reads.takeQueued();
    this.#owner.confirm((index) => {
      if (index === undefined) this.#reads.putBack(queued);
      else this.#reads.confirmed(index, queued, this.#owner.appliedIndex());
    });
  }

  #forwardReads(leader: MemberId): void {
    if (this.#reads.queuedCount === 0) return;
    const { term } = this.#raft;
    if (this.#readBackoff.share(leader, term, this.#clock.nowMs()) === 'none') return;
    const batch = this.#reads.takeQueued();
    this.#questions.ask(leader, { kind: 'read-index' }, latestOf(batch.reads), (reply) => {
      if (reply.kind === 'read-index') {
        this.#readBackoff.accepted();
        this.#reads.confirmed(reply.index, batch, this.#owner.appliedIndex());
      } else {
        this.#reads.putBack(batch);
        this.#readBackoff.refused(term, this.#clock.nowMs(), false);
      }
    });
  }

  /**
   * Asks whoever leads until there is an answer, or a refusal other than "ask the leader". What is lost on the way
   * is asked again, unless it may have changed something.
   */
  #askLeader(
    question: LeaderRequest,
    expiresMs: number,
    done: (answer: PeerResponse | RegistryError) => void,
  ): void {
    if (this.#stopped) {
      done(stopping());
      return;
    }
    if (this.#clock.nowMs() >= expiresMs) {
      done(this.#owner.timeoutError());
      return;
    }
    const again = (): void => this.#owner.later(() => this.#askLeader(question, expiresMs, done));
    const settle = (reply: PeerOutcome): void => {
      if (reply.kind === 'expired') done(this.#owner.timeoutError());
      else if (reply.kind === 'lost') {
        if (question.kind === 'change-membership') done(connectionLost());
        else again();
      } else if (reply.kind !== 'refused') done(reply);
      else if (reply.code === 'not-leader') again();
      else done(new RegistryError(reply.code, reply.message));
    };
    const { leader } = this.#raft;
    if (this.#raft.role === 'leader') this.#leaderRequests.answer(question, expiresMs, settle);
    else if (leader !== undefined && this.#owner.isConnected(leader)) {
      this.#questions.ask(leader, question, expiresMs, settle);
    } else again();
    this.#owner.wake();
  }
}

function latestOf(waiting: readonly { readonly expiresMs: number }[]): number {
  return waiting.reduce((latest, { expiresMs }) => Math.max(latest, expiresMs), -Infinity);
}
