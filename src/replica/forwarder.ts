import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Applied, LeaseId } from '../state/index.ts';
import { Backoff } from './backoff.ts';
import type { LeaderRequests } from './leader-requests.ts';
import type { MembershipRequest } from './membership.ts';
import type { ReplicaContext } from './context.ts';
import { latestOf } from './deadline.ts';
import type { PeerResponse, HashRequest, LeaderRequest } from './peer-protocol.ts';
import { Proposals } from './proposals.ts';
import type { OnProposed, Proposal } from './proposals.ts';
import type { PeerOutcome } from './peer-requests.ts';
import { connectionLost, stopping, tooManyRequests, unknownFate } from './refusals.ts';

/** Bytes of commands in one request to the leader. */
const forwardBytesMax = 1 << 20;

/** Time a lease has left, as the leader counts it. */
export type LeaseTime =
  | { readonly kind: 'found'; readonly ttlSeconds: number; readonly grantedSeconds: number }
  | { readonly kind: 'not-found' };

/** Full TTLs in seconds in the order of the ids, 0 for a lease that is gone; or why they could not be renewed. */
export type OnRenewed = (result: readonly number[] | RegistryError) => void;

export type OnLeaseTime = (result: LeaseTime | RegistryError) => void;

/**
 * Brings what this member's callers ask to the leader, wherever it is. Proposals gather until the end of the turn and
 * then go to raft if this member leads, or else in one request to the leader; without a leader they wait.
 */
export class Forwarder {
  readonly #context: ForwarderContext;
  readonly #raft: ForwarderContext['raft'];
  readonly #requests: ForwarderContext['requests'];
  readonly #clock: ForwarderContext['clock'];
  readonly #loop: ForwarderContext['loop'];
  readonly #applied: ForwarderContext['applied'];
  readonly #leaderObserver: ForwarderContext['leaderObserver'];
  readonly #leaderRequests: LeaderRequests;
  readonly #proposals = new Proposals({ countMax: 50_000, bytesMax: 64 << 20 });
  /** For proposals that the leader refused. */
  readonly #backoff: Backoff;
  /** This member leads, and raft accepts no proposals for now. */
  #isBusy = false;
  #isStopped = false;

  constructor(context: ForwarderContext, leaderRequests: LeaderRequests) {
    const { heartbeatIntervalMs, electionTimeoutMs } = context.options;
    this.#context = context;
    this.#raft = context.raft;
    this.#requests = context.requests;
    this.#clock = context.clock;
    this.#loop = context.loop;
    this.#applied = context.applied;
    this.#leaderObserver = context.leaderObserver;
    this.#leaderRequests = leaderRequests;
    this.#backoff = new Backoff({ minMs: heartbeatIntervalMs / 2, maxMs: electionTimeoutMs });
  }

  get pendingProposals(): number {
    return this.#proposals.pendingCount;
  }

  propose(command: Uint8Array, expiresMs: number, done: OnProposed): void {
    if (this.#isStopped) done({ kind: 'failed', error: stopping() });
    else {
      this.#proposals.add({ command, expiresMs, done });
      this.#loop.wake();
    }
  }

  changeMembership(request: MembershipRequest, expiresMs: number, done: OnProposed): void {
    const asked: LeaderRequest = { kind: 'change-membership', request };
    const proposal = { command: new Uint8Array(), expiresMs, done };
    this.#untilLeaderAnswers(asked, expiresMs, (answer) => {
      if (answer instanceof RegistryError) done({ kind: 'failed', error: answer });
      else if (answer.kind !== 'proposed') done({ kind: 'failed', error: unknownFate() });
      else {
        this.#proposals.admit(proposal);
        this.#placed(answer.index, answer.term, [proposal]);
      }
    });
  }

  renewLeases(ids: readonly LeaseId[], expiresMs: number, done: OnRenewed): void {
    this.#untilLeaderAnswers({ kind: 'lease-keep-alive', ids }, expiresMs, (answer) => {
      if (answer instanceof RegistryError) done(answer);
      else done(answer.kind === 'lease-keep-alive' ? answer.ttlSeconds : unknownFate());
    });
  }

  leaseTimeToLive(id: LeaseId, expiresMs: number, done: OnLeaseTime): void {
    this.#untilLeaderAnswers({ kind: 'lease-time-to-live', id }, expiresMs, (answer) => {
      if (answer instanceof RegistryError) done(answer);
      else if (answer.kind !== 'lease-time-to-live') done(unknownFate());
      else if (answer.ttlSeconds < 0) done({ kind: 'not-found' });
      else {
        const { ttlSeconds, grantedSeconds } = answer;
        done({ kind: 'found', ttlSeconds, grantedSeconds });
      }
    });
  }

  /** Asks this one member, once. Without a connection to it the request counts as lost. */
  askMember(
    member: MemberId,
    request: HashRequest,
    expiresMs: number,
    done: (outcome: PeerOutcome) => void,
  ): void {
    if (this.#isStopped || !this.#context.isConnected(member)) done({ kind: 'lost' });
    else {
      this.#requests.ask(member, request, expiresMs, done);
      this.#loop.wake();
    }
  }

  // For the turn and the applier.

  /** Hands gathered proposals to raft or to the leader. Once a turn, before raft's effects are taken. */
  submit(): void {
    if (this.#raft.role === 'leader') {
      this.#proposeQueued();
      return;
    }
    this.#isBusy = false;
    const { leader } = this.#raft;
    if (leader !== undefined && this.#context.isConnected(leader)) this.#forwardProposals(leader);
  }

  /** True if a proposal may turn out to stand at this index, so that its result is wanted. */
  awaitsResult(index: number): boolean {
    return this.#proposals.isPlaced(index);
  }

  /** The entry with this index and term was applied here; `applied: undefined` if it is no command. */
  onEntryApplied(index: number, term: number, applied: Applied | undefined): void {
    this.#proposals.settleAt(index, term, applied);
  }

  /** A snapshot replaced the effects of everything up to `index`. */
  onSnapshotInstalled(index: number): void {
    this.#proposals.skipTo(index);
  }

  expire(nowMs: number): void {
    const error = (): RegistryError => this.#leaderObserver.timeoutError();
    const isBusy = this.#isBusy || this.#backoff.isBusy;
    this.#proposals.expire(nowMs, { queued: isBusy ? tooManyRequests : error, unknown: error });
  }

  /** Tells all that this member stops. */
  stop(): void {
    this.#isStopped = true;
    this.#proposals.stop();
  }

  // Proposals on their way to the leader.

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
    const share = this.#backoff.share(leader, this.#raft.term, this.#clock.nowMs());
    // The turn after the next tick looks again.
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
    this.#requests.ask(leader, { kind: 'propose', commands }, expiresMs, (outcome) => {
      if (outcome.kind === 'proposed') {
        this.#backoff.accepted();
        this.#placed(outcome.index, outcome.term, batch);
      } else if (outcome.kind === 'refused') this.#batchRefused(batch, term, outcome);
      else {
        const error =
          outcome.kind === 'lost' ? connectionLost() : this.#leaderObserver.timeoutError();
        this.#proposals.fail(batch, error);
      }
    });
  }

  /** None of the batch is in any log. */
  #batchRefused(
    batch: readonly Proposal[],
    term: number,
    { code, message }: Extract<PeerResponse, { readonly kind: 'refused' }>,
  ): void {
    if (code !== 'not-leader' && code !== 'too-many-requests') {
      this.#proposals.fail(batch, new RegistryError(code, message));
      return;
    }
    // They are proposed again, to the next leader or later to this one, until their deadline.
    this.#proposals.putBack(batch);
    this.#backoff.refused(term, this.#clock.nowMs(), code === 'too-many-requests');
  }

  #placed(index: number, term: number, proposals: readonly Proposal[]): void {
    if (index > this.#applied.begunIndex) {
      this.#proposals.place(index, term, proposals);
      return;
    }
    // The response arrived after the entry at this index had begun to be applied: its result is gone.
    this.#proposals.fail(proposals, unknownFate());
  }

  /**
   * Asks the leader, whichever member that is, until it answers or refuses for another reason than not being the
   * leader. A request that was lost is repeated, unless it may have changed something.
   */
  #untilLeaderAnswers(
    request: LeaderRequest,
    expiresMs: number,
    done: (answer: PeerResponse | RegistryError) => void,
  ): void {
    if (this.#isStopped) {
      done(stopping());
      return;
    }
    if (this.#clock.nowMs() >= expiresMs) {
      done(this.#outOfTime(request));
      return;
    }
    const { term } = this.#raft;
    const again = (): void =>
      this.#context.retryLater(() => this.#untilLeaderAnswers(request, expiresMs, done));
    const settle = (outcome: PeerOutcome): void => {
      if (outcome.kind === 'expired') done(this.#outOfTime(request));
      else if (outcome.kind === 'lost') {
        if (request.kind === 'change-membership') done(connectionLost());
        else again();
      } else if (outcome.kind !== 'refused') {
        // This member vouched for the leader of its term when it asked. In a later one another leader may count the leases by
        // now, and this answer may come from one that was paused.
        if (request.kind === 'change-membership' || this.#raft.term === term) done(outcome);
        else again();
      } else if (outcome.code === 'not-leader') again();
      else done(new RegistryError(outcome.code, outcome.message));
    };
    const { leader } = this.#raft;
    if (this.#raft.role === 'leader') {
      this.#leaderRequests.handle(request, { expiresMs, voucher: undefined }, settle);
    } else if (leader !== undefined && this.#context.isConnected(leader)) {
      this.#requests.ask(leader, request, expiresMs, settle);
    } else again();
    this.#loop.wake();
  }

  /** Of leases a leader alone knows how long they live, so that etcd tells these callers that there is none. */
  #outOfTime({ kind }: LeaderRequest): RegistryError {
    if (kind === 'change-membership' || this.#raft.leader !== undefined) {
      return this.#leaderObserver.timeoutError();
    }
    return new RegistryError('no-leader', 'the cluster has no leader now; try again shortly');
  }
}

type ForwarderContext = Pick<
  ReplicaContext,
  | 'options'
  | 'clock'
  | 'loop'
  | 'raft'
  | 'applied'
  | 'requests'
  | 'leaderObserver'
  | 'isConnected'
  | 'retryLater'
>;
