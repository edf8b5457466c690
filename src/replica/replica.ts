import type { Cancel } from '../base/clock.ts';
import type { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { PeerProgress } from '../raft/index.ts';
import { encodeCommand } from '../state/index.ts';
import type { Command, LeaseId, State } from '../state/index.ts';
import { WatchHub } from '../watch/index.ts';
import { Applier } from './applier.ts';
import { ReplicaContext } from './context.ts';
import type { Counters } from './counters.ts';
import { EventLoop } from './event-loop.ts';
import type { FlushMark } from './flush-marks.ts';
import { Forwarder } from './forwarder.ts';
import type { LeaseTime } from './forwarder.ts';
import { LeaderRequests } from './leader-requests.ts';
import { LeadershipHandover } from './leadership-handover.ts';
import { Lessor } from './lessor.ts';
import { LinearizableReads } from './linearizable-reads.ts';
import type { OnLinearizable } from './linearizable-reads.ts';
import { LogTruncation } from './log-truncation.ts';
import type { MembershipRequest } from './membership.ts';
import type { ReplicaOptions } from './options.ts';
import { PeerMessages } from './peer-messages.ts';
import type { HashResponder } from './peer-messages.ts';
import type { PeerOutcome } from './peer-requests.ts';
import { Persister } from './persister.ts';
import type { Outcome } from './proposals.ts';
import { stopping } from './refusals.ts';
import { Slices } from './slices.ts';
import { SnapshotTransfer } from './snapshot-transfer.ts';
import type { Recovered } from './store.ts';
import { Ticks } from './ticks.ts';
import { Turn } from './turn.ts';

/**
 * One member at work: what operations may look at and ask for. `Turn` tells in which order things happen, and
 * `ReplicaContext` what the parts share.
 */
export class Replica {
  readonly id: MemberId;
  readonly clusterId: MemberId;
  readonly watch: WatchHub;
  readonly counters: Counters;
  /** Long work of this member, in slices. */
  readonly slices: Slices;
  readonly #context: ReplicaContext;
  readonly #options: ReplicaOptions;
  readonly #loop: EventLoop;
  readonly #raft: ReplicaContext['raft'];
  readonly #applied: ReplicaContext['applied'];
  readonly #reads: LinearizableReads;
  readonly #forwarder: Forwarder;
  readonly #peers: PeerMessages;
  readonly #applier: Applier;
  readonly #persister: Persister;
  readonly #snapshots: SnapshotTransfer;
  readonly #handover: LeadershipHandover;
  readonly #ticks: Ticks;
  readonly #turn: Turn;
  #stopped: Promise<void> | undefined;

  /** `state` and `recovered` are what the store holds. Each part is given the context and the earlier parts it calls. */
  constructor(options: ReplicaOptions, recovered: Recovered, state: State) {
    this.id = options.id;
    this.clusterId = options.clusterId;
    this.#options = options;
    const loop = new EventLoop(
      options.clock,
      () => this.#turn.run(),
      (error) => this.#onFailure(error),
    );
    const context = new ReplicaContext(options, recovered, state, loop);
    this.#loop = loop;
    this.#context = context;
    this.#raft = context.raft;
    this.#applied = context.applied;
    this.counters = context.counters;
    this.slices = new Slices(options.clock, context.metrics.sliceSeconds);
    const watch = createHub(context);
    this.watch = watch;
    const lessor = new Lessor(context);
    const leaderRequests = new LeaderRequests(context, lessor);
    const reads = new LinearizableReads(context);
    const forwarder = new Forwarder(context, leaderRequests);
    const peers = new PeerMessages(context, leaderRequests);
    const applier = new Applier(context, { lessor, forwarder, watch, peers });
    const persister = new Persister(context, recovered.appliedIndex, (at) => applier.install(at));
    const logTruncation = new LogTruncation(context, persister);
    const snapshots = new SnapshotTransfer(context);
    const handover = new LeadershipHandover(context);
    const parts = { lessor, reads, forwarder, applier, persister, snapshots, handover, watch };
    this.#reads = reads;
    this.#forwarder = forwarder;
    this.#peers = peers;
    this.#applier = applier;
    this.#persister = persister;
    this.#snapshots = snapshots;
    this.#handover = handover;
    this.#ticks = new Ticks(context, parts);
    this.#turn = new Turn(context, { ...parts, leaderRequests, logTruncation });
  }

  /** Begins to listen to the peers and to count time. */
  async start(): Promise<void> {
    const whileRunning = (action: () => void): void => {
      if (!this.#loop.stopped) this.#loop.guard(action);
    };
    await this.#options.transport.start({
      receive: (from, messages) => whileRunning(() => this.#peers.dispatch(from, messages)),
      receiveSnapshot: (from, header, chunks) => this.#snapshots.receive(from, header, chunks),
      disconnected: (peer) => this.#loop.guard(() => this.#peers.onDisconnected(peer)),
      isRemoved: (peer) => this.state.removedMembers.includes(peer),
      refusedAsRemoved: (by) => whileRunning(() => this.#onRefusedAsRemoved(by)),
    });
    this.#peers.updatePeers();
    this.#applier.checkRemoval();
    this.#applier.logClusterVersion();
    if (this.#raft.configuration.voters.length === 1) this.#raft.campaign();
    else if (this.#options.initialElectionTickAdvance) this.#ticks.advanceElection();
    this.#ticks.start();
    this.#loop.wake();
  }

  /**
   * Stops once all that was acknowledged is on the disk; those who still wait get an error. Leaves the store open. After
   * a failure nothing more is written: the member comes back with what was durable before, as after a crash.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopParts();
    return this.#stopped;
  }

  // What operations look at.

  /** The state as applied here; another object after a snapshot was installed, so do not keep it. */
  get state(): State {
    return this.#applied.state;
  }

  get term(): number {
    return this.#raft.term;
  }

  get leader(): MemberId | undefined {
    return this.#raft.leader;
  }

  get isLeader(): boolean {
    return this.#raft.role === 'leader';
  }

  get isLearner(): boolean {
    return this.#raft.configuration.learners.includes(this.id);
  }

  get lastIndex(): number {
    return this.#raft.lastIndex;
  }

  /** How many entries its log holds in memory. */
  get logLength(): number {
    return this.#raft.lastIndex - this.#raft.firstIndex + 1;
  }

  get commitIndex(): number {
    return this.#raft.commitIndex;
  }

  /** Up to this index the state here is on the disk. */
  get flushedIndex(): number {
    return this.#persister.flushedIndex;
  }

  /** What the state was like at an applied index that was taken to the disk not long ago. */
  flushMarkAt(index: number): FlushMark | undefined {
    return this.#persister.flushMarkAt(index);
  }

  get pendingProposals(): number {
    return this.#forwarder.pendingProposals;
  }

  /** The state is being exchanged for a snapshot of the leader now. */
  get isInstalling(): boolean {
    return this.#applied.isInstalling;
  }

  get snapshotsReceived(): number {
    return this.#snapshots.receivedTotal;
  }

  /** The followers as this leader sees them; empty elsewhere. */
  get progress(): readonly PeerProgress[] {
    return this.#raft.progress();
  }

  isConnected(peer: MemberId): boolean {
    return this.#context.isConnected(peer);
  }

  /** Keeps what a long read of the state needs; see `State.pin`. */
  pin(revision: number): () => void {
    const release = this.state.pin(revision);
    return () => {
      release();
      // A compaction may have waited for it.
      this.#loop.wake();
    };
  }

  /** Calls back whenever the leader, as seen from here, changes or is lost. Returns how to stop. */
  onLeaderChange(listener: () => void): Cancel {
    return this.#context.leaderObserver.onChange(listener);
  }

  // What operations ask for.

  /** Brings a command into the log, wherever the leader is; calls back once it is applied here, or failed. */
  propose(command: Command, expiresMs: number, done: (outcome: Outcome) => void): void {
    this.#forwarder.propose(encodeCommand(command), expiresMs, done);
  }

  /** The same for a command that was encoded before (to measure it, say). */
  proposeEncoded(command: Uint8Array, expiresMs: number, done: (outcome: Outcome) => void): void {
    this.#forwarder.propose(command, expiresMs, done);
  }

  /** Calls back when a read of the state here is linearizable. */
  linearize(expiresMs: number, done: OnLinearizable): void {
    this.#reads.add(expiresMs, done);
  }

  /** Asks the leader to change who belongs to the cluster. */
  changeMembership(
    request: MembershipRequest,
    expiresMs: number,
    done: (outcome: Outcome) => void,
  ): void {
    this.#loop.guard(() => this.#forwarder.changeMembership(request, expiresMs, done));
  }

  /** Renews leases at the leader; calls back with the full TTLs, 0 for a lease that is gone. */
  renewLeases(
    ids: readonly LeaseId[],
    expiresMs: number,
    done: (result: readonly number[] | RegistryError) => void,
  ): void {
    this.#loop.guard(() => this.#forwarder.renewLeases(ids, expiresMs, done));
  }

  /** The time a lease has left, as the leader counts it. */
  leaseTimeToLive(
    id: LeaseId,
    expiresMs: number,
    done: (result: LeaseTime | RegistryError) => void,
  ): void {
    this.#loop.guard(() => this.#forwarder.leaseTimeToLive(id, expiresMs, done));
  }

  /** Asks another member for the hash of what it can read up to a revision. */
  askHash(
    member: MemberId,
    revision: number,
    expiresMs: number,
    done: (reply: PeerOutcome) => void,
  ): void {
    const request = { kind: 'hash', revision } as const;
    this.#loop.guard(() => this.#forwarder.askMember(member, request, expiresMs, done));
  }

  /** Who responds to other members that ask for a hash; until it is set they are refused. */
  respondToHashesWith(respond: HashResponder): void {
    this.#peers.respondToHashesWith(respond);
  }

  /** Calls back when nothing that was compacted is left to be removed here. */
  whenCompacted(done: (error: RegistryError | undefined) => void): void {
    if (this.#loop.stopped) done(stopping());
    else this.#applier.whenCompacted(done);
  }

  /** Hands leadership over; only here, on the leader. Whether it worked shows in `leader`. */
  transferLeadership(to: MemberId): 'started' | 'not-leader' | 'bad-target' | 'busy' {
    const result = this.#raft.transferLeadership(to);
    this.#loop.wake();
    if (result.kind === 'transferring' || result.kind === 'change-in-progress') return 'busy';
    return result.kind;
  }

  /**
   * Hands leadership over, because this member is about to stop; resolves at once where it does not lead. Until it
   * stops it serves its callers as a follower. Resolves after `timeoutMs` at the latest, or earlier if nobody can take over.
   */
  leave(timeoutMs: number): Promise<void> {
    const left = this.#handover.begin(timeoutMs);
    this.#loop.wake();
    return left;
  }

  // The end.

  /** Also after a failure, which ends the work but leaves transport and store running. */
  async #stopParts(): Promise<void> {
    if (this.#loop.stop()) this.#endWork();
    await this.#options.transport.stop();
    await this.#persister.stop();
  }

  /**
   * A peer says that this member was removed while it was away. Ids are never used again, so that a peer that is behind
   * does not say so by mistake. A peer with the data of another cluster of the same name might: as long as this member is
   * connected to another leader, it believes that one.
   */
  #onRefusedAsRemoved(by: MemberId): void {
    const { leader } = this;
    if (leader !== undefined && leader !== by && this.isConnected(leader)) return;
    this.#applier.endAsRemoved();
  }

  #onFailure(error: unknown): void {
    this.#persister.abandon();
    this.watch.silence();
    this.#options.logger.error('this member stops, because it can no longer trust itself', {
      error: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    try {
      this.#endWork();
    } finally {
      this.#options.onFatal(error);
    }
  }

  /** Proposals first: their requests end as lost, which they then hear of no more. */
  #endWork(): void {
    const { requests, confirmations } = this.#context;
    this.#ticks.stop();
    this.#handover.stop();
    this.#forwarder.stop();
    this.#reads.stop();
    requests.stop();
    confirmations.stop();
    this.#applier.stop();
    this.slices.stop(stopping());
  }
}

function createHub({ applied, loop, options }: ReplicaContext): WatchHub {
  const { watchEventsPerTurn: eventsMax } = options;
  return new WatchHub(applied.state, {
    ...(eventsMax === undefined ? {} : { eventsMax }),
    seed: options.random.between(1, 2 ** 31 - 1),
    onWorkAvailable: () => loop.wake(),
    onSinkFailure: (error) =>
      options.logger.error('a watch stream was ended, and its reader could not be told', {
        error: error instanceof Error ? error.stack : String(error),
      }),
  });
}
