import type { Cancel } from '../base/clock.ts';
import type { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { PeerProgress } from '../raft/index.ts';
import { encodeCommand } from '../state/index.ts';
import type { Command, LeaseId, State } from '../state/index.ts';
import type { WatchHub } from '../watch/index.ts';
import { ReplicaContext } from './context.ts';
import type { Counters } from './counters.ts';
import { EventLoop } from './event-loop.ts';
import type { FlushMark } from './flush-marks.ts';
import type { OnLeaseTime, OnRenewed } from './forwarder.ts';
import type { OnLinearizable } from './linearizable-reads.ts';
import type { MembershipRequest } from './membership.ts';
import type { ReplicaOptions } from './options.ts';
import { buildParts } from './parts.ts';
import type { ReplicaParts } from './parts.ts';
import type { HashResponder } from './peer-messages.ts';
import type { PeerOutcome } from './peer-requests.ts';
import type { OnProposed } from './proposals.ts';
import { stopping } from './refusals.ts';
import type { Slices } from './slices.ts';
import type { Recovered } from './store.ts';
import { Ticks } from './ticks.ts';
import { Turn } from './turn.ts';

/**
 * One member at work: what operations may look at and ask for. `Turn` says in which order things happen, `ReplicaParts`
 * what does the work, and `ReplicaContext` what the parts share.
 */
export class Replica {
  readonly id: MemberId;
  readonly clusterId: MemberId;
  readonly counters: Counters;
  readonly #context: ReplicaContext;
  readonly #options: ReplicaOptions;
  readonly #loop: EventLoop;
  readonly #raft: ReplicaContext['raft'];
  readonly #parts: ReplicaParts;
  readonly #ticks: Ticks;
  readonly #turn: Turn;
  #stopped: Promise<void> | undefined;

  /** `state` and `recovered` are what the store holds. */
  constructor(options: ReplicaOptions, recovered: Recovered, state: State) {
    this.id = options.id;
    this.clusterId = options.clusterId;
    this.#options = options;
    this.#loop = new EventLoop(
      options.clock,
      () => this.#turn.run(),
      (error) => this.#onFailure(error),
    );
    this.#context = new ReplicaContext(options, recovered, state, this.#loop);
    this.counters = this.#context.counters;
    this.#raft = this.#context.raft;
    this.#parts = buildParts(this.#context, recovered.appliedIndex);
    this.#ticks = new Ticks(this.#context, this.#parts);
    this.#turn = new Turn(this.#context, this.#parts);
  }

  /** Begins to listen to the peers and to count time. */
  async start(): Promise<void> {
    const whileRunning = (action: () => void): void => {
      if (!this.#loop.stopped) this.#loop.guard(action);
    };
    await this.#options.transport.start({
      receive: (from, messages) => whileRunning(() => this.#parts.peers.dispatch(from, messages)),
      receiveSnapshot: (from, header, chunks) =>
        this.#parts.snapshots.receive(from, header, chunks),
      disconnected: (peer) => this.#loop.guard(() => this.#parts.peers.onDisconnected(peer)),
      gone: (peer) => this.#loop.guard(() => this.#parts.peers.onGone(peer)),
      isRemoved: (peer) => this.#parts.applier.isRemoved(peer),
      refusedAsRemoved: (by) => whileRunning(() => this.#onRefusedAsRemoved(by)),
    });
    this.#parts.peers.updatePeers();
    this.#parts.applier.checkRemoval();
    this.#parts.applier.logClusterVersion();
    if (this.#raft.configuration.voters.length === 1) this.#raft.campaign();
    else if (this.#options.initialElectionTickAdvance) this.#ticks.advanceElection();
    this.#ticks.start();
    this.#loop.wake();
  }

  /**
   * Stops once all that was acknowledged is on the disk; those who still wait get an error. Leaves the store open.
   * After a failure nothing more is written: the member comes back with what was durable before, as after a crash.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopParts();
    return this.#stopped;
  }

  // The view of operations.

  get watch(): WatchHub {
    return this.#parts.watch;
  }

  /** Long work of this member, in slices. */
  get slices(): Slices {
    return this.#parts.slices;
  }

  /** The state as applied here; another object after a snapshot was installed, so do not keep it. */
  get state(): State {
    return this.#context.applied.state;
  }

  get term(): number {
    return this.#raft.term;
  }

  get leader(): MemberId | undefined {
    return this.#raft.leader;
  }

  /** Milliseconds since a leader was last heard of, or since the start; 0 on the leader. */
  get leaderContactMs(): number {
    return this.isLeader ? 0 : this.#context.leaderObserver.sinceContactMs;
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
    return this.#parts.persister.flushedIndex;
  }

  /** Has the state written to the disk now, up to what is applied. */
  flushSoon(): void {
    this.#parts.persister.flushSoon();
    this.#loop.wake();
  }

  /** Properties of the state at an applied index that was flushed not long ago. */
  flushMarkAt(index: number): FlushMark | undefined {
    return this.#parts.persister.flushMarkAt(index);
  }

  get pendingProposals(): number {
    return this.#parts.forwarder.pendingProposals;
  }

  /** The state is being exchanged for a snapshot of the leader now. */
  get isInstalling(): boolean {
    return this.#context.applied.isInstalling;
  }

  get snapshotsReceived(): number {
    return this.#parts.snapshots.receivedTotal;
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

  // Requests of operations.

  /** Brings a command into the log, wherever the leader is; calls back once it is applied here, or failed. */
  propose(command: Command, expiresMs: number, done: OnProposed): void {
    this.proposeEncoded(encodeCommand(command), expiresMs, done);
  }

  /** The same for a command that was encoded before (to measure it, say). */
  proposeEncoded(command: Uint8Array, expiresMs: number, done: OnProposed): void {
    this.#parts.forwarder.propose(command, expiresMs, done);
  }

  /** Calls back when a read of the state here is linearizable. */
  linearize(expiresMs: number, done: OnLinearizable): void {
    this.#parts.reads.add(expiresMs, done);
  }

  /** Asks the leader to change who belongs to the cluster. */
  changeMembership(request: MembershipRequest, expiresMs: number, done: OnProposed): void {
    this.#loop.guard(() => this.#parts.forwarder.changeMembership(request, expiresMs, done));
  }

  /** Renews leases at the leader; calls back with the full TTLs, 0 for a lease that is gone. */
  renewLeases(ids: readonly LeaseId[], expiresMs: number, done: OnRenewed): void {
    this.#loop.guard(() => this.#parts.forwarder.renewLeases(ids, expiresMs, done));
  }

  /** The time a lease has left, as the leader counts it. */
  leaseTimeToLive(id: LeaseId, expiresMs: number, done: OnLeaseTime): void {
    this.#loop.guard(() => this.#parts.forwarder.leaseTimeToLive(id, expiresMs, done));
  }

  /** Asks another member for the hash of what it can read up to a revision. */
  askHash(
    member: MemberId,
    revision: number,
    expiresMs: number,
    done: (outcome: PeerOutcome) => void,
  ): void {
    const request = { kind: 'hash', revision } as const;
    this.#loop.guard(() => this.#parts.forwarder.askMember(member, request, expiresMs, done));
  }

  /** Sets what responds to members that ask for a hash; until then they are refused. */
  respondToHashesWith(respond: HashResponder): void {
    this.#parts.peers.respondToHashesWith(respond);
  }

  /** Calls back when nothing that was compacted is left to be removed here. */
  whenCompacted(done: (error: RegistryError | undefined) => void): void {
    if (this.#loop.stopped) done(stopping());
    else this.#parts.applier.whenCompacted(done);
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
   * stops it serves its callers as a follower. Resolves after `timeoutMs` at the latest, or earlier if no member can
   * take over.
   */
  leave(timeoutMs: number): Promise<void> {
    const left = this.#parts.handover.begin(timeoutMs);
    this.#loop.wake();
    return left;
  }

  // The end.

  /** Also after a failure, which ends the work but leaves transport and store running. */
  async #stopParts(): Promise<void> {
    if (this.#loop.stop()) this.#endWork();
    await this.#options.transport.stop();
    await this.#parts.persister.stop();
  }

  /** Believed unless this member follows another leader: a peer may hold data of another cluster of the same name. */
  #onRefusedAsRemoved(by: MemberId): void {
    const { leader } = this.#raft;
    if (leader !== undefined && leader !== by && this.isConnected(leader)) return;
    this.#parts.applier.endAsRemoved();
  }

  #onFailure(error: unknown): void {
    this.#parts.persister.abandon();
    this.#parts.watch.silence();
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

  /** Callers first, so that they hear that this member stops, and not that a request of theirs was lost. */
  #endWork(): void {
    const { requests, confirmations } = this.#context;
    this.#ticks.stop();
    this.#parts.handover.stop();
    this.#parts.forwarder.stop();
    this.#parts.reads.stop();
    requests.stop();
    confirmations.stop();
    this.#parts.applier.stop();
    this.#parts.slices.stop(stopping());
  }
}
