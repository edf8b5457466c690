import { present } from '../base/assert.ts';
import { advance, sliceWork, workOf } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import type { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import { membersOf } from '../raft/index.ts';
import type { Entry, SnapshotPosition } from '../raft/index.ts';
import { decodeCommand, State } from '../state/index.ts';
import type { Applied, Command } from '../state/index.ts';
import type { WatchHub } from '../watch/index.ts';
import type { ReplicaContext } from './context.ts';
import { slowApplyMs } from './counters.ts';
import type { Forwarder } from './forwarder.ts';
import type { Lessor } from './lessor.ts';
import type { ReplicaOptions } from './options.ts';
import type { PeerMessages } from './peer-messages.ts';
import { stopping } from './refusals.ts';

/** Bytes of changes that wait for the disk before compaction waits, too. A write begins by itself when so many wait. */
const compactionPendingMax = 1 << 20;

/**
 * Commands whose revisions reach watchers in one message. Before any other one, watchers are sent what came before it: with
 * versions that a compaction removes, and by the rights of readers as they were.
 */
const gathering: ReadonlySet<Command['kind']> = new Set([
  'put',
  'delete-range',
  'txn',
  'lease-grant',
  'lease-revoke',
]);

/** A command that is carried out over several turns. */
interface LongCommand {
  readonly entry: Entry;
  readonly command: Command;
  readonly steps: Steps<Applied>;
}

/** The parts that have to know what a command did. */
interface Parts {
  readonly lessor: Lessor;
  readonly forwarder: Forwarder;
  readonly watch: WatchHub;
  readonly peers: PeerMessages;
}

/**
 * Applies committed entries to the state in the order of the log, and tells the parts that have to know; replaces the
 * state by a snapshot; compacts its past, a little in every turn.
 */
export class Applier {
  readonly #options: ReplicaOptions;
  readonly #raft: ReplicaContext['raft'];
  readonly #loop: ReplicaContext['loop'];
  readonly #applied: ReplicaContext['applied'];
  readonly #counters: ReplicaContext['counters'];
  readonly #metrics: ReplicaContext['metrics'];
  readonly #lessor: Lessor;
  readonly #forwarder: Forwarder;
  readonly #watch: WatchHub;
  readonly #peers: PeerMessages;
  #loggedVersion: string | undefined;
  #isRemoved = false;
  /** The rights of watchers were looked at as of these users and roles. */
  #rights = { isEnabled: false, revision: 0 };
  #compactionBeganMs: number | undefined;
  #awaitCompaction: ((error: RegistryError | undefined) => void)[] = [];
  /** Committed entries, of which those from `#next` on are not begun yet. `0 <= #next <= #committed.length`. */
  #committed: Entry[] = [];
  #next = 0;
  #longCommand: LongCommand | undefined;
  readonly #turnWork: number;

  constructor(context: ReplicaContext, { lessor, forwarder, watch, peers }: Parts) {
    this.#options = context.options;
    this.#raft = context.raft;
    this.#loop = context.loop;
    this.#applied = context.applied;
    this.#counters = context.counters;
    this.#metrics = context.metrics;
    this.#lessor = lessor;
    this.#forwarder = forwarder;
    this.#watch = watch;
    this.#peers = peers;
    this.#turnWork = context.options.applyWorkPerTurn ?? sliceWork;
  }

  // Applying.

  /** Takes over entries that were committed, in order. `applySome` applies them. */
  enqueue(entries: readonly Entry[]): void {
    if (this.#next === this.#committed.length) {
      this.#committed = [];
      this.#next = 0;
    }
    for (const entry of entries) this.#committed.push(entry);
  }

  /**
   * There is something to apply, and room for the records that it makes. The command under way may go on until the
   * store is full; the next one begins when what came before is on the disk, applied index and all.
   */
  get canGoOn(): boolean {
    const { store } = this.#options;
    if (this.#longCommand !== undefined) return !store.isFull;
    return this.#next < this.#committed.length && !store.isBehind;
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
    this.#watch.flush();
    const tookMs = clock.nowMs() - beganMs;
    this.#metrics.applySeconds.observe(tookMs / 1000);
    if (tookMs > slowApplyMs) this.#counters.slowApplies++;
    this.#applied.notifyApplied();
  }

  /** Returns the work that was done. */
  #begin(entry: Entry, workBefore: number): number {
    if (entry.data.length === 0) {
      this.#applied.state.applySkip(entry.index);
      const isLeader = this.#raft.role === 'leader';
      // The end of a joint configuration, which a removed voter had to wait for.
      if (entry.kind === 'membership') this.#afterMembership();
      if (entry.kind === 'empty' && isLeader && entry.term === this.#raft.term) {
        // The state now holds all that earlier leaders committed, leases included.
        this.#lessor.promote();
      }
      // Where a leader's term begins, proposals of former terms may have stood.
      this.#forwarder.onEntryApplied(entry.index, entry.term, undefined);
      return 1;
    }
    const command = decodeCommand(entry.data);
    if (!gathering.has(command.kind)) this.#watch.flush();
    const begun = this.#applied.state.begin(
      entry.index,
      command,
      this.#forwarder.awaitsResult(entry.index),
    );
    if ('next' in begun) {
      this.#longCommand = { entry, command, steps: begun };
      this.#applied.beginHalfway(entry.index);
      return this.#goOn(this.#longCommand, workBefore);
    }
    this.#finish(entry, command, begun);
    return workOf(1, entry.data.length);
  }

  #goOn({ entry, command, steps }: LongCommand, workBefore: number): number {
    const step = advance(steps, this.#turnWork - workBefore);
    if (step.done !== true) return step.value;
    this.#longCommand = undefined;
    this.#applied.endHalfway();
    this.#finish(entry, command, step.value);
    // The work of the last steps is not reported; much of it would have ended the turn.
    return workOf(1, entry.data.length);
  }

  /** The command took effect: tells everyone whom that concerns, its proposer last. */
  #finish(entry: Entry, command: Command, applied: Applied): void {
    const isLeader = this.#raft.role === 'leader';
    this.#counters.countCommand(command, applied);
    if (applied.result.kind === 'lease-granted') {
      this.#metrics.leaseTtlSeconds.observe(applied.result.ttlSeconds);
    }
    if (applied.isLarge) this.#watch.publishLarge(applied.revision);
    else if (applied.events.length > 0) this.#watch.publish(applied.revision, applied.events);
    this.#afterCommand(command, applied);
    if (entry.kind === 'membership') this.#afterMembership();
    if (command.kind === 'member-promote' && isLeader) this.#counters.learnersPromoted++;
    this.#forwarder.onEntryApplied(entry.index, entry.term, applied);
  }

  /** Effects of a command outside the state. */
  #afterCommand(command: Command, applied: Applied): void {
    const { kind } = command;
    if (kind === 'lease-grant' || kind === 'lease-revoke' || kind === 'lease-checkpoint') {
      this.#lessor.onLeaseCommand(command, applied);
    } else if (kind === 'compact' && applied.result.kind !== 'error') this.#watch.compacted();
    else if (kind === 'member-update') this.#peers.updatePeers();
    else if (kind === 'cluster-version') this.logClusterVersion();
    this.#noticeRights();
  }

  /** Before the events of any later command are sent, watchers lose the rights that their readers have lost. */
  #noticeRights(): void {
    const { isEnabled, revision } = this.#applied.state.auth;
    if (isEnabled === this.#rights.isEnabled && revision === this.#rights.revision) return;
    this.#rights = { isEnabled, revision };
    this.#watch.rightsChanged();
  }

  /** Logs which version the cluster has now, if that is news: programs wait for this line of etcd's. */
  logClusterVersion(): void {
    const version = this.#applied.state.clusterVersion;
    if (version === undefined || version === this.#loggedVersion) return;
    this.#loggedVersion = version;
    const minor = version.split('.').slice(0, 2).join('.');
    this.#options.logger.info('enabled capabilities for version', { 'cluster-version': minor });
  }

  #afterMembership(): void {
    this.#peers.updatePeers();
    this.checkRemoval();
  }

  /**
   * This peer was removed, and no quorum needs it any more. The state names it as soon as the joint configuration is
   * committed, in which the old voters still count until that is left (Raft paper, section 6).
   */
  isRemoved(peer: MemberId): boolean {
    if (!this.#applied.state.removedMembers.includes(peer)) return false;
    return !membersOf(this.#raft.committedConfiguration).includes(peer);
  }

  checkRemoval(): void {
    if (this.isRemoved(this.#options.id)) this.endAsRemoved();
  }

  /** This member was removed, whether or not its own state says so yet. */
  endAsRemoved(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    this.#options.logger.warn('this member was removed from the cluster');
    this.#options.onRemoved();
  }

  // Taking over a snapshot.

  /** From now on the state is the past; the one that takes its place comes with `install`. */
  beginInstalling(): void {
    this.#applied.beginInstalling();
    this.#committed = [];
    this.#next = 0;
    this.#longCommand = undefined;
  }

  /** The store's state is the snapshot's: everything in memory follows. */
  async install(position: SnapshotPosition): Promise<void> {
    const { clock, store } = this.#options;
    const pause = (): Promise<void> => new Promise((resolve) => clock.endOfTurn(resolve));
    const state = await State.load(store.engine, position.index, { pause });
    this.#loop.guard(() => {
      this.#applied.replace(state);
      this.#options.logger.info('applied snapshot', {
        index: position.index,
        revision: state.revision,
      });
      this.#forwarder.onSnapshotInstalled(position.index);
      this.#applied.notifyApplied();
      this.#noticeRights();
      this.#watch.replaceHistory(state);
      this.#afterMembership();
    });
  }

  // Compacting.

  /** Does one step of a compaction that is due; true if there is more to do. */
  compactSome(): boolean {
    if (this.#applied.isInstalling) return false;
    if (!this.#applied.state.compactionPending) {
      this.#tellCompacted(undefined);
      return false;
    }
    const { clock, logger, compactionBatchLimit, store } = this.#options;
    if (this.#applied.state.compactionWaits) return false;
    // Deletions are written with an applied index only, and room for them is bounded.
    if (this.#longCommand !== undefined || store.pendingBytes >= compactionPendingMax) return false;
    const beganMs = clock.nowMs();
    this.#compactionBeganMs ??= beganMs;
    const more = this.#applied.state.compactStep(compactionBatchLimit);
    const nowMs = clock.nowMs();
    this.#metrics.compactionStepMs.observe(nowMs - beganMs);
    if (!more) {
      this.#metrics.compactionMs.observe(nowMs - this.#compactionBeganMs);
      this.#compactionBeganMs = undefined;
      this.#counters.lastCompactionMs = nowMs;
      logger.info('finished scheduled compaction', {
        revision: this.#applied.state.compactedRevision,
      });
      this.#tellCompacted(undefined);
    }
    return more;
  }

  /** Calls back when nothing that was compacted is left to be removed here, or with an error when the member stops. */
  whenCompacted(done: (error: RegistryError | undefined) => void): void {
    if (this.#applied.state.compactionPending) this.#awaitCompaction.push(done);
    else done(undefined);
  }

  /** The member stops. */
  stop(): void {
    this.#applied.stop();
    this.#tellCompacted(stopping());
  }

  #tellCompacted(error: RegistryError | undefined): void {
    if (this.#awaitCompaction.length === 0) return;
    const waiting = this.#awaitCompaction;
    this.#awaitCompaction = [];
    for (const done of waiting) done(error);
  }
}
