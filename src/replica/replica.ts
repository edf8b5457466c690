import { present } from '../base/assert.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Meter } from '../base/meter.ts';
import type { Random } from '../base/random.ts';
import { Raft } from '../raft/index.ts';
import type {
  Effects,
  Entry,
  Message,
  PeerProgress,
  RaftOptions,
  SnapshotPosition,
} from '../raft/index.ts';
import { decodeCommand, encodeCommand, State } from '../state/index.ts';
import type { Applied, Command, LeaseId } from '../state/index.ts';
import { WatchHub } from '../watch/index.ts';
import { CallerDesk } from './caller-desk.ts';
import type { CallerDeskOwner, LeaseTime } from './caller-desk.ts';
import { declareFigures } from './figures.ts';
import type { ReplicaFigures } from './figures.ts';
import { LeaderDesk } from './leader-desk.ts';
import { LeaderSight } from './leader-sight.ts';
import { Lessor } from './lessor.ts';
import type { MembershipRequest, MembershipRules } from './membership.ts';
import type { PeerMessage, Question, QuestionId } from './peer-message.ts';
import type { Outcome } from './proposals.ts';
import { Rounds } from './rounds.ts';
import { SnapshotDesk } from './snapshot-desk.ts';
import type { SnapshotDeskOwner } from './snapshot-desk.ts';
import { slowApplyMs, slowReadIndexMs, Tally } from './tally.ts';
import type { Recovered, Store } from './store.ts';
import type { Transport } from './transport.ts';
import { WriteDesk } from './write-desk.ts';
import type { WriteDeskOwner } from './write-desk.ts';

/** What runs a member, besides what it found on its disk. */
export interface ReplicaOptions {
  readonly id: MemberId;
  readonly clusterId: MemberId;
  readonly store: Store;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly preVote: boolean;
  /** Start the first election early: at most one election timeout is waited, instead of up to two. */
  readonly initialElectionTickAdvance: boolean;
  /** Applied entries after which the log is shortened. */
  readonly snapshotCount: number;
  /** Entries that stay in the shortened log for followers that lag. */
  readonly snapshotCatchupEntries: number;
  readonly leaseCheckpointIntervalMs: number;
  readonly progressNotifyIntervalMs: number;
  readonly compactionBatchLimit: number;
  readonly membership: MembershipRules;
  /** The member can no longer trust itself or its disk, and has stopped. */
  readonly onFatal: (error: unknown) => void;
  /** This member was removed from the cluster; there is nothing left for it to do. */
  readonly onRemoved: () => void;
}

/** Bytes of log that are kept in memory at most; beyond it the log is shortened earlier than configured. */
const logBytesMax = 64 << 20;
/** Raft's settings: a tick is a heartbeat, and what is under way is bounded. */
function raftOptions(options: ReplicaOptions): RaftOptions {
  const { id, random, preVote, electionTimeoutMs, heartbeatIntervalMs } = options;
  return {
    id,
    random,
    heartbeatTicks: 1,
    electionTicks: Math.max(2, Math.round(electionTimeoutMs / heartbeatIntervalMs)),
    preVote,
    checkQuorum: true,
    messageBytesMax: 1 << 20,
    inflightMessagesMax: 256,
    inflightBytesMax: 16 << 20,
    uncommittedBytesMax: 64 << 20,
  };
}

/**
 * One member at work: a single event loop. Whatever arrives in one turn of it travels together: `#turn` hands the
 * gathered proposals and reads to raft, carries out raft's effects, applies what was committed, and starts the next
 * write. Nothing here waits for a single request.
 */
export class Replica {
  readonly id: MemberId;
  readonly clusterId: MemberId;
  readonly watch: WatchHub;
  readonly tally: Tally = new Tally();
  readonly #options: ReplicaOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #transport: Transport;
  readonly #store: Store;
  readonly #raft: Raft;
  #state: State;
  readonly #lessor: Lessor;
  readonly #desk: LeaderDesk;
  readonly #writes: WriteDesk;
  readonly #snapshots: SnapshotDesk;
  readonly #callers: CallerDesk;
  readonly #rounds = new Rounds();
  #outbox = new Map<MemberId, PeerMessage[]>();
  #turnDue = false;
  #stopped = false;
  #stopping: Promise<void> | undefined;
  /** The state is being exchanged for a snapshot; nothing is applied meanwhile. */
  #installing = false;
  #removed = false;
  #cancelTick: Cancel = () => {};
  #ticksToProgress: number;
  #wasLeading = false;
  #compactionBeganMs: number | undefined;
  readonly #sight = new LeaderSight();
  readonly #figures: ReplicaFigures;

  /** `state` and `recovered` are what `store` holds. */
  constructor(options: ReplicaOptions, recovered: Recovered, state: State) {
    this.id = options.id;
    this.clusterId = options.clusterId;
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#transport = options.transport;
    this.#store = options.store;
    this.#state = state;
    this.#figures = declareFigures(options.meter);
    this.#raft = new Raft(raftOptions(options), {
      hardState: recovered.hardState,
      base: recovered.base,
      entries: recovered.entries,
      appliedIndex: recovered.appliedIndex,
    });
    this.watch = new WatchHub(state, { onWorkAvailable: () => this.#wake() });
    this.#ticksToProgress = this.#progressTicks();
    this.#lessor = new Lessor(
      {
        state: () => this.#state,
        confirmLeadership: (confirmed) => this.#confirm((index) => confirmed(index !== undefined)),
        proposeAsLeader: (commands) => this.#proposeAsLeader(commands.map(encodeCommand)),
      },
      {
        clock: options.clock,
        meter: options.meter,
        checkpointIntervalMs: options.leaseCheckpointIntervalMs,
      },
    );
    this.#desk = new LeaderDesk({
      raft: this.#raft,
      lessor: this.#lessor,
      clock: options.clock,
      rules: options.membership,
      owner: {
        state: () => this.#state,
        confirm: (confirmed) => this.#confirm(confirmed),
        connectedSinceMs: (peer) =>
          peer === options.id ? -Infinity : options.transport.connectedSinceMs(peer),
      },
    });
    this.#callers = new CallerDesk({
      raft: this.#raft,
      leaderDesk: this.#desk,
      clock: options.clock,
      firstQuestionId: options.random.between(1, 2 ** 40),
      owner: this.#callerDeskOwner(),
    });
    this.#writes = new WriteDesk(options.store, this.#writeDeskOwner(), recovered.appliedIndex);
    this.#snapshots = new SnapshotDesk({
      self: options.id,
      store: options.store,
      transport: options.transport,
      logger: options.logger,
      owner: this.#snapshotDeskOwner(),
    });
  }

  // What the desks may ask of the loop.

  #callerDeskOwner(): CallerDeskOwner {
    return {
      appliedIndex: () => this.#state.appliedIndex,
      isConnected: (peer) => this.isConnected(peer),
      confirm: (confirmed) => this.#confirm(confirmed),
      timeoutError: () => this.#timeoutError(),
      post: (to, id, question) => this.#post(to, { kind: 'question', id, question }),
      wake: () => this.#wake(),
      later: (callback) => this.#later(callback),
    };
  }

  #writeDeskOwner(): WriteDeskOwner {
    return {
      appliedIndex: () => (this.#installing ? undefined : this.#state.appliedIndex),
      send: (messages) => {
        for (const message of messages) this.#postRaft(message);
      },
      persisted: (tickets, messages) => this.#guard(() => this.#persisted(tickets, messages)),
      adopted: (position) => this.#adopted(position),
      failed: (error) => this.#fatal(error),
    };
  }

  #snapshotDeskOwner(): SnapshotDeskOwner {
    return {
      term: () => this.#raft.term,
      positionAt: (index) => this.#positionAt(index),
      sent: (to, ok) => {
        this.#raft.snapshotSent(to, ok);
        this.#wake();
      },
      isInstalling: () => this.#installing,
      received: (message) =>
        this.#guard(() => {
          this.#raft.step(message);
          this.#turn();
          this.#snapshots.decided();
        }),
    };
  }

  /** Begins to listen to the peers and to count time. */
  async start(): Promise<void> {
    await this.#transport.start({
      receive: (from, messages) => this.#guard(() => this.#receive(from, messages)),
      receiveSnapshot: (from, header, chunks) => this.#snapshots.receive(from, header, chunks),
      disconnected: (peer) => this.#guard(() => this.#disconnected(peer)),
    });
    this.#connectPeers();
    if (this.#raft.configuration.voters.length === 1) this.#raft.campaign();
    else if (this.#options.initialElectionTickAdvance) this.#advanceElection();
    this.#scheduleTick();
    this.#wake();
  }

  /** Stops after what was acknowledged is on the disk; whoever still waits is told. Leaves the store open. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopParts();
    return this.#stopping;
  }

  /** Also after a failure, which stops the work but leaves the doors to others open. */
  async #stopParts(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#cancelTick();
      this.#giveUpAll();
    }
    await this.#transport.stop();
    await this.#writes.stop();
  }

  // What operations look at.

  /** The state as applied here; another object after a snapshot was installed, so do not keep it. */
  get state(): State {
    return this.#state;
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

  get commitIndex(): number {
    return this.#raft.commitIndex;
  }

  /** Up to this index the state here is on the disk. */
  get flushedIndex(): number {
    return this.#writes.flushedIndex;
  }

  get pendingProposals(): number {
    return this.#callers.pendingProposals;
  }

  /** The state is being exchanged for a snapshot of the leader now. */
  get isInstalling(): boolean {
    return this.#installing;
  }

  get snapshotsReceived(): number {
    return this.#snapshots.receivedTotal;
  }

  /** The followers as this leader sees them; empty elsewhere. */
  get progress(): readonly PeerProgress[] {
    return this.#raft.progress();
  }

  isConnected(peer: MemberId): boolean {
    return peer === this.id || this.#transport.connectedSinceMs(peer) !== undefined;
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
    this.#callers.changeMembership(request, expiresMs, done);
  }

  /** Renews leases at the leader; calls back with the full TTLs, 0 for a lease that is gone. */
  renewLeases(
    ids: readonly LeaseId[],
    expiresMs: number,
    done: (result: readonly number[] | RegistryError) => void,
  ): void {
    this.#callers.renewLeases(ids, expiresMs, done);
  }

  /** The time a lease has left, as the leader counts it. */
  leaseTimeToLive(
    id: LeaseId,
    expiresMs: number,
    done: (result: LeaseTime | RegistryError) => void,
  ): void {
    this.#callers.leaseTimeToLive(id, expiresMs, done);
  }

  /** Hands leadership over; only here, on the leader. Whether it worked shows in `leader`. */
  transferLeadership(to: MemberId): 'started' | 'not-leader' | 'bad-target' | 'busy' {
    const result = this.#raft.transferLeadership(to);
    this.#wake();
    if (result.kind === 'transferring' || result.kind === 'change-in-progress') return 'busy';
    return result.kind;
  }

  // The loop.

  /** Whatever arrived in this turn of the event loop is dealt with at its end. */
  #wake(): void {
    if (this.#turnDue || this.#stopped) return;
    this.#turnDue = true;
    this.#clock.endOfTurn(() => {
      this.#turnDue = false;
      if (!this.#stopped) this.#guard(() => this.#turn());
    });
  }

  #turn(): void {
    this.#desk.handOverChanges();
    this.#callers.handOver();
    this.#rounds.begin(() => {
      const result = this.#raft.requestRead();
      return result.kind === 'accepted' ? result.ticket : undefined;
    });
    if (!this.#installing && this.#raft.hasEffects()) this.#carryOut(this.#raft.take());
    this.#flushOutbox();
    this.#writes.start();
    this.#noticeLeader();
    const moreToTell = this.watch.work();
    const moreToCompact = this.#compactSome();
    if (moreToTell || moreToCompact || (!this.#installing && this.#raft.hasEffects())) this.#wake();
  }

  #carryOut(effects: Effects): void {
    for (const message of effects.send) this.#postRaft(message);
    const { persist } = effects;
    if (persist?.snapshot === undefined) this.#writes.add(persist, effects.sendAfterPersist);
    else {
      const stage = present(this.#snapshots.take(persist.snapshot), 'the staged snapshot');
      this.#installing = true;
      this.#writes.adopt(persist, persist.snapshot, stage);
      this.#writes.add(undefined, effects.sendAfterPersist);
    }
    for (const { ticket, index } of effects.reads) this.#rounds.end(ticket, index);
    for (const ticket of effects.readsLost) this.#rounds.end(ticket, undefined);
    for (const peer of effects.sendSnapshotTo) this.#snapshots.send(peer);
    if (effects.committed.length === 0) return;
    // The messages leave and the write begins before the state gets to work.
    this.#flushOutbox();
    this.#writes.start();
    const beganMs = this.#clock.nowMs();
    for (const entry of effects.committed) this.#apply(entry);
    const tookMs = this.#clock.nowMs() - beganMs;
    this.#figures.applySeconds.observe(tookMs / 1000);
    if (tookMs > slowApplyMs) this.tally.slowApplies++;
    this.#callers.appliedTo(this.#state.appliedIndex);
    this.#shortenLog();
  }

  #apply(entry: Entry): void {
    if (entry.data.length === 0) {
      this.#state.applySkip(entry.index);
      if (entry.kind === 'empty' && this.isLeader && entry.term === this.#raft.term) {
        // The state now holds all that earlier leaders committed, leases included.
        this.#lessor.promote();
      }
      return;
    }
    const command = decodeCommand(entry.data);
    const applied = this.#state.apply(entry.index, command);
    this.tally.applied(command, applied);
    if (applied.result.kind === 'lease-granted') {
      this.#figures.leaseTtlSeconds.observe(applied.result.ttlSeconds);
    }
    if (applied.events.length > 0) this.watch.publish(applied.revision, applied.events);
    this.#afterCommand(command, applied);
    if (entry.kind === 'membership') this.#afterMembership();
    if (command.kind === 'member-promote' && this.isLeader) this.tally.learnersPromoted++;
    this.#callers.applied(entry.index, entry.term, applied);
  }

  /** What a command changes outside the state. */
  #afterCommand(command: Command, applied: Applied): void {
    const { kind } = command;
    if (kind === 'lease-grant' || kind === 'lease-revoke' || kind === 'lease-checkpoint') {
      this.#lessor.applied(command, applied);
    } else if (kind === 'compact' && applied.result.kind !== 'error') this.watch.compacted();
    else if (kind === 'member-update') this.#connectPeers();
  }

  #afterMembership(): void {
    this.#connectPeers();
    if (!this.#removed && this.#state.removedMembers.includes(this.id)) {
      this.#removed = true;
      this.#logger.warn('this member was removed from the cluster');
      this.#options.onRemoved();
    }
  }

  #persisted(tickets: readonly number[], messages: readonly Message[]): void {
    for (const ticket of tickets) this.#raft.persisted(ticket);
    for (const message of messages) this.#postRaft(message);
    // The disk is free: what gathered meanwhile goes at once, without waiting for the turn to end.
    if (!this.#stopped) this.#turn();
  }

  /** The store's state is the snapshot's: everything in memory follows. */
  async #adopted(position: SnapshotPosition): Promise<void> {
    this.#state = await State.load(this.#store.engine, position.index);
    this.#guard(() => {
      this.#installing = false;
      this.#logger.info('applied snapshot', {
        index: position.index,
        revision: this.#state.revision,
      });
      this.#callers.skippedTo(position.index);
      this.watch.replaceHistory(this.#state);
      this.#afterMembership();
    });
  }

  // Messages.

  #receive(from: MemberId, messages: readonly PeerMessage[]): void {
    if (this.#stopped) return;
    for (const message of messages) {
      switch (message.kind) {
        case 'raft':
          // An install-snapshot is made here, when its chunks have arrived; nobody may send one.
          if (message.message.kind !== 'install-snapshot' && message.message.from === from) {
            this.#raft.step(message.message);
          }
          break;
        case 'question':
          this.#answerQuestion(from, message.id, message.question);
          break;
        case 'answer':
          this.#callers.answered(from, message.id, message.answer);
          break;
      }
    }
    this.#wake();
  }

  #answerQuestion(from: MemberId, id: QuestionId, question: Question): void {
    this.#desk.answer(question, this.#clock.nowMs() + this.#options.electionTimeoutMs, (answer) => {
      this.#post(from, { kind: 'answer', id, answer });
      this.#wake();
    });
  }

  #later(callback: () => void): void {
    this.#clock.after(this.#options.heartbeatIntervalMs / 2, () => this.#guard(callback));
  }

  /** Joins the next confirmation round of this leader. */
  #confirm(confirmed: (index: number | undefined) => void): void {
    this.#rounds.ask(confirmed);
    this.#wake();
  }

  #proposeAsLeader(commands: readonly Uint8Array[]): boolean {
    const accepted = this.isLeader && this.#raft.propose(commands).kind === 'accepted';
    this.#wake();
    return accepted;
  }

  // Peers.

  #connectPeers(): void {
    this.#transport.setPeers(
      this.#state.members
        .filter(({ id }) => id !== this.id)
        .map(({ id, peerUrls }) => ({ id, urls: peerUrls })),
    );
  }

  #disconnected(peer: MemberId): void {
    this.#raft.unreachable(peer);
    this.#callers.disconnected(peer);
    this.#wake();
  }

  // Time.

  #scheduleTick(): void {
    const { heartbeatIntervalMs } = this.#options;
    const dueMs = this.#clock.nowMs() + heartbeatIntervalMs;
    this.#cancelTick = this.#clock.after(heartbeatIntervalMs, () => {
      if (this.isLeader && this.#clock.nowMs() > dueMs + heartbeatIntervalMs) {
        this.tally.lateHeartbeats++;
      }
      this.#scheduleTick();
      this.#guard(() => this.#tick());
    });
  }

  #tick(): void {
    this.#raft.tick();
    this.#callers.expire(this.#clock.nowMs());
    if (this.isLeader) this.#lessor.tick();
    this.#writes.flushSoon();
    this.#ticksToProgress--;
    if (this.#ticksToProgress <= 0) {
      this.#ticksToProgress = this.#progressTicks();
      this.watch.progressTick();
    }
    this.#wake();
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
    const { leader, term } = this.#raft;
    if (!this.#sight.notice(leader, this.#clock.nowMs())) return;
    if (leader === undefined) this.#logger.warn('lost the leader', { term });
    else {
      this.#figures.leaderChanges.add();
      this.#logger.info('found a leader', { leader, term });
    }
    this.#wake();
  }

  #timeoutError(): RegistryError {
    this.#figures.failed.add();
    const { electionTimeoutMs } = this.#options;
    const sinceMs = this.#clock.nowMs() - 5000 - 2 * electionTimeoutMs;
    return this.#sight.timeoutError(sinceMs, (leader) => this.isConnected(leader));
  }

  // The log and the past.

  /** Drops log entries whose effect is on the disk, once enough have gathered. */
  #shortenLog(): void {
    const { snapshotCount, snapshotCatchupEntries } = this.#options;
    const held = this.#state.appliedIndex - this.#raft.firstIndex + 1;
    const tooLarge = this.#raft.logBytes > logBytesMax;
    if (held < snapshotCount + snapshotCatchupEntries && !tooLarge) return;
    const keep = tooLarge ? Math.floor(held / 4) : snapshotCatchupEntries;
    const target = Math.min(this.#writes.flushedIndex, this.#state.appliedIndex - keep);
    if (target < this.#raft.firstIndex) {
      this.#writes.flushSoon();
      return;
    }
    const position = present(this.#positionAt(target), 'the configuration at an applied index');
    this.#raft.compact(target);
    this.#writes.shortenLog(position);
    this.#logger.info('saved snapshot', { index: target });
  }

  #positionAt(index: number): SnapshotPosition | undefined {
    const term = this.#raft.termAt(index);
    if (term === undefined) return undefined;
    return { index, term, configuration: this.#raft.configurationAt(index) };
  }

  #compactSome(): boolean {
    if (this.#installing || !this.#state.compactionPending) return false;
    const beganMs = this.#clock.nowMs();
    this.#compactionBeganMs ??= beganMs;
    const more = this.#state.compactStep(this.#options.compactionBatchLimit);
    const nowMs = this.#clock.nowMs();
    this.#figures.compactionStepMs.observe(nowMs - beganMs);
    if (!more) {
      this.#figures.compactionMs.observe(nowMs - this.#compactionBeganMs);
      this.#compactionBeganMs = undefined;
      this.tally.lastCompactionMs = nowMs;
      this.#logger.info('finished scheduled compaction', {
        revision: this.#state.compactedRevision,
      });
    }
    return more;
  }

  // Sending.

  #postRaft(message: Message): void {
    this.#post(message.to, { kind: 'raft', message });
  }

  #post(to: MemberId, message: PeerMessage): void {
    const box = this.#outbox.get(to);
    if (box === undefined) this.#outbox.set(to, [message]);
    else box.push(message);
  }

  #flushOutbox(): void {
    if (this.#outbox.size === 0) return;
    const outbox = this.#outbox;
    this.#outbox = new Map();
    for (const [to, messages] of outbox) this.#transport.send(to, messages);
  }

  // Ends.

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fatal(error);
    }
  }

  #fatal(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelTick();
    this.#logger.error('this member stops, because it can no longer trust itself', {
      error: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    this.#giveUpAll();
    this.#options.onFatal(error);
  }

  #giveUpAll(): void {
    this.#callers.stop();
    this.#rounds.stop();
  }
}
