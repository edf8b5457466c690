import { present } from '../base/assert.ts';
import { advance, sliceWork, workOf } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import type { RegistryError } from '../base/errors.ts';
import type { Entry, Raft, SnapshotPosition } from '../raft/index.ts';
import { decodeCommand, State } from '../state/index.ts';
import type { Applied, Command } from '../state/index.ts';
import type { WatchHub } from '../watch/index.ts';
import type { Forwarder } from './forwarder.ts';
import type { ReplicaMetrics } from './metrics.ts';
import type { Lessor } from './lessor.ts';
import type { ReplicaOptions } from './options.ts';
import { stopping } from './refusals.ts';
import { slowApplyMs } from './counters.ts';
import type { Counters } from './counters.ts';

/** What the desk needs from its replica. */
export interface ApplierOwner {
  /** Who belongs to the cluster, or under which addresses, may have changed. */
  membersChanged(): void;
  /** This member was removed from the cluster. Called once. */
  removed(): void;
  /** Does something as part of the event loop: a failure stops the member. */
  guard(action: () => void): void;
}

/** Bytes of changes that wait for the disk before compaction waits, too. A write begins by itself when so many wait. */
const compactionPendingMax = 1 << 20;

/** A command that is carried out over several turns. */
interface LongCommand {
  readonly entry: Entry;
  readonly command: Command;
  readonly steps: Steps<Applied>;
}

/**
 * Keeps the state: applies to it what is committed, and tells everybody whom that concerns; exchanges it for a
 * snapshot; compacts its past, a little in every turn.
 */
export class Applier {
  readonly #options: ReplicaOptions;
  #toldVersion: string | undefined;
  readonly #raft: Raft;
  readonly #lessor: Lessor;
  readonly #callers: Forwarder;
  readonly #watch: WatchHub;
  readonly #tally: Counters;
  readonly #figures: ReplicaMetrics;
  readonly #owner: ApplierOwner;
  #state: State;
  #installing = false;
  #removed = false;
  #compactionBeganMs: number | undefined;
  #awaitApplied: { readonly index: number; readonly done: (isApplied: boolean) => void }[] = [];
  #awaitCompaction: ((error: RegistryError | undefined) => void)[] = [];
  /** Committed entries, of which those from `#next` on are not applied yet. */
  #committed: Entry[] = [];
  #next = 0;
  #longCommand: LongCommand | undefined;
  readonly #turnWork: number;

  constructor(
    state: State,
    parts: {
      readonly options: ReplicaOptions;
      readonly raft: Raft;
      readonly lessor: Lessor;
      readonly callers: Forwarder;
      readonly watch: WatchHub;
      readonly tally: Counters;
      readonly figures: ReplicaMetrics;
      readonly owner: ApplierOwner;
    },
  ) {
    this.#state = state;
    this.#options = parts.options;
    this.#turnWork = parts.options.applyWorkPerTurn ?? sliceWork;
    this.#raft = parts.raft;
    this.#lessor = parts.lessor;
    this.#callers = parts.callers;
    this.#watch = parts.watch;
    this.#tally = parts.tally;
    this.#figures = parts.figures;
    this.#owner = parts.owner;
  }

  /** Another object after a snapshot was installed. */
  get state(): State {
    return this.#state;
  }

  /** The state is being exchanged for a snapshot; nothing may be applied meanwhile. */
  get installing(): boolean {
    return this.#installing;
  }

  // Applying.

  /** These entries were committed, in order; `applySome` applies them. */
  committed(entries: readonly Entry[]): void {
    if (this.#next === this.#committed.length) {
      this.#committed = [];
      this.#next = 0;
    }
    for (const entry of entries) this.#committed.push(entry);
  }

  /**
   * There is something to apply, and room for the records that it makes. The command under way may go on until the store
   * is full; the next one begins when what came before is on the disk, applied index and all.
   */
  get canGoOn(): boolean {
    const { store } = this.#options;
    if (this.#longCommand !== undefined) return !store.isFull;
    return this.#next < this.#committed.length && !store.isBehind;
  }

  /**
   * Calls back once the entry at `index` is applied; with false if that does not come about here. What the leader says
   * of leases must hold everything that was agreed on before it was asked, even if much waits to be applied.
   */
  whenApplied(index: number, done: (isApplied: boolean) => void): void {
    if (index <= this.#state.appliedIndex) done(true);
    else this.#awaitApplied.push({ index, done });
  }

  #tellApplied(): void {
    if (this.#awaitApplied.length === 0) return;
    const { appliedIndex } = this.#state;
    const waiting = this.#awaitApplied;
    this.#awaitApplied = waiting.filter(({ index }) => index > appliedIndex);
    for (const { index, done } of waiting) if (index <= appliedIndex) done(true);
  }

  /** A command is half done: the state is at no index now. */
  get isHalfway(): boolean {
    return this.#longCommand !== undefined;
  }

  /** The last entry that was begun; whoever is not waiting for its result by now will not get it. */
  get begunIndex(): number {
    return this.#longCommand?.entry.index ?? this.#state.appliedIndex;
  }

  /**
   * Applies what is committed, as much as one turn may: a few hundred entries, or a part of a command that touches many
   * keys. Heartbeats, votes and reads of the revision before go on in between.
   */
  applySome(): void {
    const { clock } = this.#options;
    const beganMs = clock.nowMs();
    let work = 0;
    while (work < this.#turnWork && this.canGoOn) {
      if (this.#longCommand !== undefined) work += this.#goOn(this.#longCommand, work);
      else {
        const entry = present(this.#committed[this.#next], 'a committed entry');
        this.#next++;
        work += this.#begin(entry, work);
      }
    }
    const tookMs = clock.nowMs() - beganMs;
    this.#figures.applySeconds.observe(tookMs / 1000);
    if (tookMs > slowApplyMs) this.#tally.slowApplies++;
    this.#callers.appliedTo(this.#state.appliedIndex);
    this.#tellApplied();
  }

  /** Returns the work that was done. */
  #begin(entry: Entry, workBefore: number): number {
    if (entry.data.length === 0) {
      this.#state.applySkip(entry.index);
      const isLeader = this.#raft.role === 'leader';
      if (entry.kind === 'empty' && isLeader && entry.term === this.#raft.term) {
        // The state now holds all that earlier leaders committed, leases included.
        this.#lessor.promote();
      }
      return 1;
    }
    const command = decodeCommand(entry.data);
    const begun = this.#state.begin(entry.index, command, this.#callers.awaits(entry.index));
    if ('next' in begun) {
      this.#longCommand = { entry, command, steps: begun };
      return this.#goOn(this.#longCommand, workBefore);
    }
    this.#applied(entry, command, begun);
    return workOf(1, entry.data.length);
  }

  #goOn({ entry, command, steps }: LongCommand, workBefore: number): number {
    const step = advance(steps, this.#turnWork - workBefore);
    if (step.done !== true) return step.value;
    this.#longCommand = undefined;
    this.#applied(entry, command, step.value);
    // What the last steps did is not told; enough of them would have ended the turn.
    return workOf(1, entry.data.length);
  }

  #applied(entry: Entry, command: Command, applied: Applied): void {
    const isLeader = this.#raft.role === 'leader';
    this.#tally.applied(command, applied);
    if (applied.result.kind === 'lease-granted') {
      this.#figures.leaseTtlSeconds.observe(applied.result.ttlSeconds);
    }
    if (applied.isLarge) this.#watch.publishLarge(applied.revision);
    else if (applied.events.length > 0) this.#watch.publish(applied.revision, applied.events);
    this.#afterCommand(command, applied);
    if (entry.kind === 'membership') this.#afterMembership();
    if (command.kind === 'member-promote' && isLeader) this.#tally.learnersPromoted++;
    this.#callers.applied(entry.index, entry.term, applied);
  }

  /** What a command changes outside the state. */
  #afterCommand(command: Command, applied: Applied): void {
    const { kind } = command;
    if (kind === 'lease-grant' || kind === 'lease-revoke' || kind === 'lease-checkpoint') {
      this.#lessor.applied(command, applied);
    } else if (kind === 'compact' && applied.result.kind !== 'error') this.#watch.compacted();
    else if (kind === 'member-update') this.#owner.membersChanged();
    else if (kind === 'cluster-version') this.noticeVersion();
  }

  /** Logs which version the cluster has now, if that is news: programs wait for this line of etcd's. */
  noticeVersion(): void {
    const version = this.#state.clusterVersion;
    if (version === undefined || version === this.#toldVersion) return;
    this.#toldVersion = version;
    const minor = version.split('.').slice(0, 2).join('.');
    this.#options.logger.info('enabled capabilities for version', { 'cluster-version': minor });
  }

  #afterMembership(): void {
    this.#owner.membersChanged();
    this.noticeRemoval();
  }

  /** The state may say that this member was removed. */
  noticeRemoval(): void {
    if (this.#state.removedMembers.includes(this.#options.id)) this.endAsRemoved();
  }

  /** This member was removed, whether or not its own state says so yet. */
  endAsRemoved(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#owner.removed();
  }

  // Taking over a snapshot.

  /** From now on the state is the past; the one that takes its place comes with `install`. */
  beginInstalling(): void {
    this.#installing = true;
    this.#committed = [];
    this.#next = 0;
    this.#longCommand = undefined;
  }

  /** The store's state is the snapshot's: everything in memory follows. */
  async install(position: SnapshotPosition): Promise<void> {
    const { clock, store } = this.#options;
    const pause = (): Promise<void> => new Promise((resolve) => clock.endOfTurn(resolve));
    this.#state = await State.load(store.engine, position.index, { pause });
    this.#owner.guard(() => {
      this.#installing = false;
      this.#options.logger.info('applied snapshot', {
        index: position.index,
        revision: this.#state.revision,
      });
      this.#callers.skippedTo(position.index);
      this.#tellApplied();
      this.#watch.replaceHistory(this.#state);
      this.#afterMembership();
    });
  }

  // Compacting.

  /** Does one step of a compaction that is due; true if there is more to do. */
  compactSome(): boolean {
    if (this.#installing) return false;
    if (!this.#state.compactionPending) {
      this.#tellCompacted(undefined);
      return false;
    }
    const { clock, logger, compactionBatchLimit, store } = this.#options;
    if (this.#state.compactionWaits) return false;
    // Deletions are written with an applied index only, and room for them is bounded.
    if (this.#longCommand !== undefined || store.pendingBytes >= compactionPendingMax) return false;
    const beganMs = clock.nowMs();
    this.#compactionBeganMs ??= beganMs;
    const more = this.#state.compactStep(compactionBatchLimit);
    const nowMs = clock.nowMs();
    this.#figures.compactionStepMs.observe(nowMs - beganMs);
    if (!more) {
      this.#figures.compactionMs.observe(nowMs - this.#compactionBeganMs);
      this.#compactionBeganMs = undefined;
      this.#tally.lastCompactionMs = nowMs;
      logger.info('finished scheduled compaction', { revision: this.#state.compactedRevision });
      this.#tellCompacted(undefined);
    }
    return more;
  }

  /** Calls back when nothing that was compacted is left to be removed here, or with an error when the member stops. */
  whenCompacted(done: (error: RegistryError | undefined) => void): void {
    if (this.#state.compactionPending) this.#awaitCompaction.push(done);
    else done(undefined);
  }

  /** The member stops. */
  stop(): void {
    const waiting = this.#awaitApplied;
    this.#awaitApplied = [];
    for (const { done } of waiting) done(false);
    this.#tellCompacted(stopping());
  }

  #tellCompacted(error: RegistryError | undefined): void {
    if (this.#awaitCompaction.length === 0) return;
    const waiting = this.#awaitCompaction;
    this.#awaitCompaction = [];
    for (const done of waiting) done(error);
  }
}
