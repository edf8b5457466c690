import { present } from '../base/assert.ts';
import type { Effects } from '../raft/index.ts';
import type { ReplicaContext } from './context.ts';
import type { ReplicaParts } from './parts.ts';

type Parts = Pick<
  ReplicaParts,
  | 'handover'
  | 'leaderRequests'
  | 'forwarder'
  | 'reads'
  | 'lessor'
  | 'applier'
  | 'persister'
  | 'logTruncation'
  | 'snapshots'
  | 'watch'
>;

/**
 * One turn of the event loop, in the order in which a write passes through it. All that arrived since the last turn
 * travels together: one call to raft, one batch for each peer, one write to the disk. Nothing waits for a single
 * request.
 */
export class Turn {
  readonly #context: ReplicaContext;
  readonly #raft: ReplicaContext['raft'];
  readonly #applied: ReplicaContext['applied'];
  readonly #outbox: ReplicaContext['outbox'];
  readonly #parts: Parts;
  #wasLeader = false;

  constructor(context: ReplicaContext, parts: Parts) {
    this.#context = context;
    this.#raft = context.raft;
    this.#applied = context.applied;
    this.#outbox = context.outbox;
    this.#parts = parts;
  }

  run(): void {
    const { clock, loop, metrics } = this.#context;
    const { handover, leaderRequests, forwarder, reads, applier, persister, watch } = this.#parts;
    const beganMs = clock.nowMs();
    handover.advance();
    leaderRequests.retryMembershipChanges();
    forwarder.submit();
    reads.requestIndex();
    if (this.#raft.hasEffects()) this.#carryOut(this.#raft.take());
    const moreToApply = this.#applySome();
    this.#outbox.flush();
    persister.start();
    this.#noticeLeader();
    const moreToTell = watch.work();
    const moreToCompact = applier.compactSome();
    if (moreToApply || moreToTell || moreToCompact || this.#raft.hasEffects()) loop.wake();
    metrics.turnSeconds.observe((clock.nowMs() - beganMs) / 1000);
  }

  /**
   * Also while a snapshot replaces the state, which can take seconds: votes and heartbeats are answered. What raft
   * persists then is written after the snapshot, and what it commits is applied after it.
   */
  #carryOut(effects: Effects): void {
    const { confirmations } = this.#context;
    const { applier, persister, snapshots } = this.#parts;
    this.#outbox.postRaft(effects.send);
    const { persist } = effects;
    if (persist?.snapshot === undefined) persister.add(persist, effects.sendAfterPersist);
    else {
      const stage = present(snapshots.takeStaged(persist.snapshot), 'the staged snapshot');
      applier.beginInstalling();
      persister.adopt(persist, persist.snapshot, stage);
      persister.add(undefined, effects.sendAfterPersist);
    }
    confirmations.settle(effects);
    for (const peer of effects.sendSnapshotTo) snapshots.send(peer);
    if (effects.committed.length > 0) applier.enqueue(effects.committed);
  }

  /** True if more is left to apply. */
  #applySome(): boolean {
    const { applier, persister, logTruncation } = this.#parts;
    if (this.#applied.isInstalling || !applier.canGoOn) return false;
    // Peers and the disk get their work before this member spends time on applying.
    this.#outbox.flush();
    persister.start();
    applier.applySome();
    logTruncation.truncate();
    return applier.canGoOn;
  }

  #noticeLeader(): void {
    const { leaderObserver, loop } = this.#context;
    const { lessor } = this.#parts;
    const isLeader = this.#raft.role === 'leader';
    if (this.#wasLeader && !isLeader) lessor.demote();
    this.#wasLeader = isLeader;
    if (leaderObserver.update(this.#raft.leader, this.#raft.term)) loop.wake();
  }
}
