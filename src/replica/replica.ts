import { present } from '../base/assert.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Histogram } from '../base/meter.ts';
import type { MemberId } from '../base/member-id.ts';
import { Raft } from '../raft/index.ts';
import type { Effects, Message, PeerProgress } from '../raft/index.ts';
import { encodeCommand } from '../state/index.ts';
import type { Command, LeaseId, State } from '../state/index.ts';
import { WatchHub } from '../watch/index.ts';
import { Forwarder } from './forwarder.ts';
import type { ForwarderOwner, LeaseTime } from './forwarder.ts';
import { LeadershipHandover } from './leadership-handover.ts';
import { declareMetrics } from './metrics.ts';
import { EventLoop } from './event-loop.ts';
import { FlushMarks } from './flush-marks.ts';
import type { FlushMark } from './flush-marks.ts';
import { LeaderRequests } from './leader-requests.ts';
import type { LeaderRequestsOwner } from './leader-requests.ts';
import { LeaderObserver } from './leader-observer.ts';
import { Lessor } from './lessor.ts';
import type { LessorOwner } from './lessor.ts';
import { LogTruncation } from './log-truncation.ts';
import { LossReport } from './loss-report.ts';
import type { MembershipRequest } from './membership.ts';
import { raftOptions } from './options.ts';
import type { ReplicaOptions } from './options.ts';
import { PeerMessages } from './peer-messages.ts';
import type { HashResponder } from './peer-messages.ts';
import type { Outcome } from './proposals.ts';
import type { PeerOutcome } from './peer-requests.ts';
import { Rounds } from './rounds.ts';
import { refusedUnsupported, stopping } from './refusals.ts';
import { Slices } from './slices.ts';
import { SnapshotTransfer } from './snapshot-transfer.ts';
import type { SnapshotTransferOwner } from './snapshot-transfer.ts';
import { Applier } from './applier.ts';
import type { ApplierOwner } from './applier.ts';
import { slowReadIndexMs, Counters } from './counters.ts';
import { Ticker } from './ticker.ts';
import type { Recovered } from './store.ts';
import type { Transport } from './transport.ts';
import { Persister } from './persister.ts';
import type { PersisterOwner } from './persister.ts';

/**
 * One member at work: a single event loop. Whatever arrives in one turn of it travels together: `#turn` hands the
 * gathered proposals and reads to raft, carries out raft's effects, applies what was committed, and starts the next
 * write. Nothing here waits for a single request.
 */
export class Replica {
  readonly id: MemberId;
  readonly clusterId: MemberId;
  readonly watch: WatchHub;
  readonly tally: Counters = new Counters();
  /** Long work of this member, in slices. */
  readonly slices: Slices;
  readonly #options: ReplicaOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #transport: Transport;
  readonly #loop: EventLoop;
  readonly #sight: LeaderObserver;
  readonly #raft: Raft;
  readonly #applier: Applier;
  readonly #lessor: Lessor;
  readonly #leaderRequests: LeaderRequests;
  readonly #writes: Persister;
  readonly #logTruncation: LogTruncation;
  readonly #snapshots: SnapshotTransfer;
  readonly #callers: Forwarder;
  readonly #rounds = new Rounds();
  readonly #peers: PeerMessages;
  readonly #ticker: Ticker;
  readonly #losses: LossReport;
  readonly #turnSeconds: Histogram;
  readonly #flushMarks = new FlushMarks();
  readonly #departure: LeadershipHandover;
  #respondToHash: HashResponder = (_, answered) => answered(refusedUnsupported('hash'));
  #ticksToProgress: number;
  #wasLeading = false;
  #stopping: Promise<void> | undefined;

  /** `state` and `recovered` are what `store` holds. */
  constructor(options: ReplicaOptions, recovered: Recovered, state: State) {
    this.id = options.id;
    this.clusterId = options.clusterId;
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#losses = new LossReport(options);
    this.#transport = options.transport;
    this.#loop = new EventLoop(
      options.clock,
      () => this.#turn(),
      (error) => this.#failed(error),
    );
    const figures = declareMetrics(options.meter);
    this.#turnSeconds = figures.turnSeconds;
    this.slices = new Slices(options.clock, figures.sliceSeconds);
    this.#sight = new LeaderObserver(options, figures);
    this.#ticker = new Ticker(options.clock, options.heartbeatIntervalMs, (isLate) =>
      this.#loop.guard(() => this.#tick(isLate)),
    );
    this.#raft = new Raft(raftOptions(options), recovered);
    this.watch = this.#createHub(state);
    this.#ticksToProgress = this.#progressTicks();
    this.#lessor = new Lessor(this.#lessorOwner(), {
      clock: options.clock,
      meter: options.meter,
      checkpointIntervalMs: options.leaseCheckpointIntervalMs,
    });
    this.#leaderRequests = new LeaderRequests({
      raft: this.#raft,
      lessor: this.#lessor,
      clock: options.clock,
      rules: options.membership,
      owner: this.#leaderDeskOwner(),
    });
    this.#callers = new Forwarder({
      raft: this.#raft,
      leaderRequests: this.#leaderRequests,
      options,
      owner: this.#callerDeskOwner(),
    });
    this.#peers = new PeerMessages({
      options,
      raft: this.#raft,
      leaderRequests: this.#leaderRequests,
      callers: this.#callers,
      wake: () => this.#loop.wake(),
      respondToHash: (revision, answered) => this.#respondToHash(revision, answered),
    });
    this.#applier = new Applier(state, {
      options,
      raft: this.#raft,
      lessor: this.#lessor,
      callers: this.#callers,
      watch: this.watch,
      tally: this.tally,
      figures,
      owner: this.#stateDeskOwner(),
    });
    this.#writes = new Persister(options.store, this.#writeDeskOwner(), recovered.appliedIndex);
    this.#departure = new LeadershipHandover(options, this.#raft, (peer) => this.isConnected(peer));
    this.#logTruncation = new LogTruncation(options, this.#raft, this.#writes);
    this.#snapshots = new SnapshotTransfer({
      self: options.id,
      store: options.store,
      transport: options.transport,
      logger: options.logger,
      owner: this.#snapshotDeskOwner(),
    });
  }

  #createHub(state: State): WatchHub {
    const { watchEventsPerTurn: eventsMax } = this.#options;
    return new WatchHub(state, {
      ...(eventsMax === undefined ? {} : { eventsMax }),
      seed: this.#options.random.between(1, 2 ** 31 - 1),
      onWorkAvailable: () => this.#loop.wake(),
      onSinkFailure: (error) =>
        this.#logger.error('a watch stream was ended, and its reader could not be told', {
          error: error instanceof Error ? error.stack : String(error),
        }),
    });
  }

  // What the desks may ask of the loop.

  #lessorOwner(): LessorOwner {
    return {
      state: () => this.state,
      confirmLeadership: (confirmed, beforeApplied) =>
        this.#confirmApplied((index) => confirmed(index !== undefined), beforeApplied),
      proposeAsLeader: (commands) => this.#proposeAsLeader(commands.map(encodeCommand)),
    };
  }

  #leaderDeskOwner(): LeaderRequestsOwner {
    return {
      state: () => this.state,
      confirm: (confirmed) => this.#confirm(confirmed),
      confirmApplied: (confirmed) => this.#confirmApplied(confirmed),
      connectedSinceMs: (peer) =>
        peer === this.id ? -Infinity : this.#transport.connectedSinceMs(peer),
    };
  }

  #callerDeskOwner(): ForwarderOwner {
    return {
      appliedIndex: () => this.state.appliedIndex,
      begunIndex: () => this.#applier.begunIndex,
      isConnected: (peer) => this.isConnected(peer),
      confirm: (confirmed) => this.#confirm(confirmed),
      timeoutError: () => this.#sight.timeoutError((leader) => this.isConnected(leader)),
      post: (to, id, question) => this.#peers.post(to, { kind: 'question', id, question }),
      wake: () => this.#loop.wake(),
      later: (callback) => this.#later(callback),
    };
  }

  #stateDeskOwner(): ApplierOwner {
    return {
      membersChanged: () => this.#peers.connect(this.state),
      removed: () => {
        this.#logger.warn('this member was removed from the cluster');
        this.#options.onRemoved();
      },
      guard: (action) => this.#loop.guard(action),
    };
  }

  #writeDeskOwner(): PersisterOwner {
    return {
      appliedIndex: () => {
        const { installing, isHalfway } = this.#applier;
        return installing || isHalfway ? undefined : this.state.appliedIndex;
      },
      flushing: (index) => this.#markFlush(index),
      send: (messages) => this.#peers.postRaft(messages),
      persisted: (tickets, messages) => this.#loop.guard(() => this.#persisted(tickets, messages)),
      written: () => this.#loop.wake(),
      adopted: async (position) => {
        await this.#applier.install(position);
        this.#markFlush(position.index);
      },
      failed: (error) => this.#loop.fail(error),
    };
  }

  #snapshotDeskOwner(): SnapshotTransferOwner {
    return {
      term: () => this.#raft.term,
      positionAt: (index) => this.#logTruncation.positionAt(index),
      sent: (to, ok) => {
        if (this.#loop.stopped) return;
        this.#raft.snapshotSent(to, ok);
        this.#loop.wake();
      },
      isStopped: () => this.#loop.stopped,
      isInstalling: () => this.#applier.installing,
      received: (message) => {
        this.#loop.guard(() => {
          this.#raft.step(message);
          this.#turn();
        });
        this.#snapshots.decided();
      },
    };
  }

  /** Begins to listen to the peers and to count time. */
  async start(): Promise<void> {
    this.#markFlush(this.#writes.flushedIndex);
    await this.#transport.start({
      receive: (from, messages) => {
        if (!this.#loop.stopped) this.#loop.guard(() => this.#peers.receive(from, messages));
      },
      receiveSnapshot: (from, header, chunks) => this.#snapshots.receive(from, header, chunks),
      disconnected: (peer) => this.#loop.guard(() => this.#peers.disconnected(peer)),
      isRemoved: (peer) => this.state.removedMembers.includes(peer),
      refusedAsRemoved: (by) => {
        if (!this.#loop.stopped) this.#loop.guard(() => this.#refusedAsRemoved(by));
      },
    });
    this.#peers.connect(this.state);
    this.#applier.noticeRemoval();
    this.#applier.noticeVersion();
    if (this.#raft.configuration.voters.length === 1) this.#raft.campaign();
    else if (this.#options.initialElectionTickAdvance) this.#advanceElection();
    this.#ticker.start();
    this.#loop.wake();
  }

  /**
   * Stops after what was acknowledged is on the disk; whoever still waits is told. Leaves the store open. After a failure
   * nothing more is written: the member comes back with what was durable before, as after a crash.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopParts();
    return this.#stopping;
  }

  /** Also after a failure, which stops the work but leaves the doors to others open. */
  async #stopParts(): Promise<void> {
    if (this.#loop.stop()) this.#endWork();
    await this.#transport.stop();
    await this.#writes.stop();
  }

  // What operations look at.

  /** The state as applied here; another object after a snapshot was installed, so do not keep it. */
  get state(): State {
    return this.#applier.state;
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
    return this.#writes.flushedIndex;
  }

  /** What the state was like at an applied index that was taken to the disk not long ago. */
  flushMarkAt(index: number): FlushMark | undefined {
    return this.#flushMarks.at(index);
  }

  #markFlush(index: number): void {
    const { revision, keyCount } = this.state;
    this.#flushMarks.note({ index, revision, keyCount });
  }

  get pendingProposals(): number {
    return this.#callers.pendingProposals;
  }

  /** The state is being exchanged for a snapshot of the leader now. */
  get isInstalling(): boolean {
    return this.#applier.installing;
  }

  get snapshotsReceived(): number {
    return this.#snapshots.receivedTotal;
  }

  /** The followers as this leader sees them; empty elsewhere. */
  get progress(): readonly PeerProgress[] {
    return this.#raft.progress();
  }

  isConnected(peer: MemberId): boolean {
    return this.#peers.isConnected(peer);
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

  /** Calls whenever the leader, as seen from here, changes or is lost. Returns how to stop. */
  onLeaderChange(listener: () => void): Cancel {
    return this.#sight.onChange(listener);
  }

  // What operations ask for.

  /** Brings a command into the log, wherever the leader is; calls back once it is applied here, or failed. */
  propose(command: Command, expiresMs: number, done: (outcome: Outcome) => void): void {
    this.#callers.propose(encodeCommand(command), expiresMs, done);
  }

  /** The same for a command that was encoded before (to measure it, say). */
  proposeEncoded(command: Uint8Array, expiresMs: number, done: (outcome: Outcome) => void): void {
    this.#callers.propose(command, expiresMs, done);
  }

  /** Calls back when a read of the local state is linearizable. */
  linearize(expiresMs: number, done: (error: RegistryError | undefined) => void): void {
    const beganMs = this.#clock.nowMs();
    this.#callers.linearize(expiresMs, (error) => {
      if (error !== undefined) this.tally.readIndexesFailed++;
      else if (this.#clock.nowMs() - beganMs > slowReadIndexMs) this.tally.slowReadIndexes++;
      done(error);
    });
  }

  /** Asks the leader to change who belongs to the cluster. */
  changeMembership(
    request: MembershipRequest,
    expiresMs: number,
    done: (outcome: Outcome) => void,
  ): void {
    this.#loop.guard(() => this.#callers.changeMembership(request, expiresMs, done));
  }

  /** Renews leases at the leader; calls back with the full TTLs, 0 for a lease that is gone. */
  renewLeases(
    ids: readonly LeaseId[],
    expiresMs: number,
    done: (result: readonly number[] | RegistryError) => void,
  ): void {
    this.#loop.guard(() => this.#callers.renewLeases(ids, expiresMs, done));
  }

  /** The time a lease has left, as the leader counts it. */
  leaseTimeToLive(
    id: LeaseId,
    expiresMs: number,
    done: (result: LeaseTime | RegistryError) => void,
  ): void {
    this.#loop.guard(() => this.#callers.leaseTimeToLive(id, expiresMs, done));
  }

  /** Asks another member for the hash of what it can read up to a revision. */
  askHash(
    member: MemberId,
    revision: number,
    expiresMs: number,
    done: (reply: PeerOutcome) => void,
  ): void {
    const question = { kind: 'hash', revision } as const;
    this.#loop.guard(() => this.#callers.askMember(member, question, expiresMs, done));
  }

  /** What answers other members that ask for a hash; until it is set they are refused. */
  respondToHashesWith(respondToHash: HashResponder): void {
    this.#respondToHash = (revision, answered) =>
      respondToHash(revision, (answer) => this.#loop.guard(() => answered(answer)));
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
    const left = this.#departure.begin(timeoutMs);
    this.#loop.wake();
    return left;
  }

  // The loop.

  #turn(): void {
    const beganMs = this.#clock.nowMs();
    this.#departure.look();
    this.#leaderRequests.handOverChanges();
    this.#callers.handOver();
    this.#rounds.begin(() => {
      const result = this.#raft.requestRead();
      return result.kind === 'accepted' ? result.ticket : undefined;
    });
    if (!this.#applier.installing && this.#raft.hasEffects()) this.#carryOut(this.#raft.take());
    const moreToApply = this.#applySome();
    this.#peers.flush();
    this.#writes.start();
    this.#noticeLeader();
    const moreToTell = this.watch.work();
    const moreToCompact = this.#applier.compactSome();
    const moreToCarryOut = !this.#applier.installing && this.#raft.hasEffects();
    if (moreToApply || moreToTell || moreToCompact || moreToCarryOut) this.#loop.wake();
    this.#turnSeconds.observe((this.#clock.nowMs() - beganMs) / 1000);
  }

  #carryOut(effects: Effects): void {
    this.#peers.postRaft(effects.send);
    const { persist } = effects;
    if (persist?.snapshot === undefined) this.#writes.add(persist, effects.sendAfterPersist);
    else {
      const stage = present(this.#snapshots.take(persist.snapshot), 'the staged snapshot');
      this.#applier.beginInstalling();
      this.#writes.adopt(persist, persist.snapshot, stage);
      this.#writes.add(undefined, effects.sendAfterPersist);
    }
    for (const { ticket, index } of effects.reads) this.#rounds.end(ticket, index);
    for (const ticket of effects.readsLost) this.#rounds.end(ticket, undefined);
    for (const peer of effects.sendSnapshotTo) this.#snapshots.send(peer);
    if (effects.committed.length > 0) this.#applier.committed(effects.committed);
  }

  /** True if more is left to apply. */
  #applySome(): boolean {
    if (this.#applier.installing || !this.#applier.canGoOn) return false;
    // The messages leave and the write begins before the state gets to work.
    this.#peers.flush();
    this.#writes.start();
    this.#applier.applySome();
    this.#logTruncation.shorten(this.state.appliedIndex);
    return this.#applier.canGoOn;
  }

  #persisted(tickets: readonly number[], messages: readonly Message[]): void {
    for (const ticket of tickets) this.#raft.persisted(ticket);
    this.#peers.postRaft(messages);
    // The disk is free: what gathered meanwhile goes at once, without waiting for the turn to end.
    if (!this.#loop.stopped) this.#turn();
  }

  // What several desks do in the same way.

  #later(callback: () => void): void {
    this.#clock.after(this.#options.heartbeatIntervalMs / 2, () => this.#loop.guard(callback));
  }

  /** Joins the next confirmation round of this leader. */
  #confirm(confirmed: (index: number | undefined) => void): void {
    this.#rounds.ask(confirmed);
    this.#loop.wake();
  }

  /** The same, called back when the state here holds everything that was agreed on before. */
  #confirmApplied(
    confirmed: (index: number | undefined) => void,
    beforeApplied?: () => void,
  ): void {
    this.#confirm((index) => {
      if (index === undefined) confirmed(undefined);
      else {
        if (index > this.state.appliedIndex) beforeApplied?.();
        this.#applier.whenApplied(index, (isApplied) => confirmed(isApplied ? index : undefined));
      }
    });
  }

  #proposeAsLeader(commands: readonly Uint8Array[]): boolean {
    const accepted = this.isLeader && this.#raft.propose(commands).kind === 'accepted';
    this.#loop.wake();
    return accepted;
  }

  // Time.

  #tick(isLate: boolean): void {
    if (isLate && this.isLeader) this.tally.lateHeartbeats++;
    this.#raft.tick();
    this.#callers.expire(this.#clock.nowMs());
    if (this.isLeader) {
      this.#lessor.tick();
      this.#losses.look(this.progress, this.state.members);
    }
    this.#writes.flushSoon();
    this.#ticksToProgress--;
    if (this.#ticksToProgress <= 0) {
      this.#ticksToProgress = this.#progressTicks();
      this.watch.progressTick();
    }
    this.#loop.wake();
  }

  /** Ticks until watchers hear of progress again: the interval, and up to a tenth more. */
  #progressTicks(): number {
    const ticks = this.#options.progressNotifyIntervalMs / this.#options.heartbeatIntervalMs;
    return Math.max(1, Math.round(ticks * (1 + this.#options.random.between(0, 100) / 1000)));
  }

  #advanceElection(): void {
    const ticks = Math.round(this.#options.electionTimeoutMs / this.#options.heartbeatIntervalMs);
    for (let tick = 1; tick < ticks; tick++) this.#raft.tick();
  }

  #noticeLeader(): void {
    const leading = this.isLeader;
    if (this.#wasLeading && !leading) this.#lessor.demote();
    this.#wasLeading = leading;
    if (this.#sight.notice(this.leader, this.term)) this.#loop.wake();
  }

  // Ends.

  /**
   * A peer says that this member was removed while it was away. Ids are never used again, so that a peer that is behind
   * does not say so of anybody by mistake. One whose data is of another cluster with the same name might: as long as
   * there is another leader in sight, that one is believed.
   */
  #refusedAsRemoved(by: MemberId): void {
    const { leader } = this;
    if (leader !== undefined && leader !== by && this.isConnected(leader)) return;
    this.#applier.endAsRemoved();
  }

  #failed(error: unknown): void {
    this.#writes.abandon();
    this.watch.silence();
    this.#logger.error('this member stops, because it can no longer trust itself', {
      error: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    try {
      this.#endWork();
    } finally {
      this.#options.onFatal(error);
    }
  }

  #endWork(): void {
    this.#ticker.stop();
    this.#departure.stop();
    this.#callers.stop();
    this.#rounds.stop();
    this.#applier.stop();
    this.slices.stop(stopping());
  }
}
