import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import { Backoff } from './backoff.ts';
import type { ReplicaContext } from './context.ts';
import { slowReadIndexMs } from './counters.ts';
import { EarliestDeadline, latestOf } from './deadline.ts';
import { stopping } from './refusals.ts';

/** Called once: the state here may be read now, or why not. */
export type OnLinearizable = (error: RegistryError | undefined) => void;

interface Read {
  readonly beganMs: number;
  readonly expiresMs: number;
  readonly done: OnLinearizable;
}

/** Reads that began in the same turn: they share a read index. Those that expire leave it. */
interface Batch {
  reads: Read[];
}

const countMax = 50_000;

/**
 * Linearizable reads of this member's callers. The reads that come while an index is asked for form a batch; a batch gets one read index, from a
 * confirmation round if this member leads and from the leader otherwise, and is served once that index is applied here
 * (thesis, section 6.4). Without a leader it gathers further reads. Nothing is kept per read but one object.
 */
export class LinearizableReads {
  readonly #context: ReadContext;
  readonly #raft: ReadContext['raft'];
  readonly #confirmations: ReadContext['confirmations'];
  readonly #applied: ReadContext['applied'];
  readonly #leaderObserver: ReadContext['leaderObserver'];
  readonly #backoff: Backoff;
  #gathering: Batch = { reads: [] };
  /** Batches that have asked for their index, or wait until it is applied. */
  readonly #underWay = new Set<Batch>();
  /** Reads in all batches; at most `countMax`. */
  #pendingCount = 0;
  readonly #earliest = new EarliestDeadline();
  /** When the leader was asked for an index that it has not given yet. */
  #askedMs = -Infinity;
  #isStopped = false;

  constructor(context: ReadContext) {
    const { heartbeatIntervalMs, electionTimeoutMs } = context.options;
    this.#context = context;
    this.#raft = context.raft;
    this.#confirmations = context.confirmations;
    this.#applied = context.applied;
    this.#leaderObserver = context.leaderObserver;
    this.#backoff = new Backoff({ minMs: heartbeatIntervalMs / 2, maxMs: electionTimeoutMs });
  }

  /** Takes a read in, or refuses it at once when too many wait. */
  add(expiresMs: number, done: OnLinearizable): void {
    const { clock, loop } = this.#context;
    if (this.#isStopped) {
      this.#refuse(done, stopping());
      return;
    }
    if (this.#pendingCount >= countMax) {
      const text = `${this.#pendingCount} reads already wait for the leader; slow down, or read serializably`;
      this.#refuse(done, new RegistryError('too-many-requests', text));
      return;
    }
    this.#pendingCount++;
    this.#gathering.reads.push({ beganMs: clock.nowMs(), expiresMs, done });
    this.#earliest.note(expiresMs);
    loop.wake();
  }

  /** Asks for the index of what has gathered, if there is a leader. Once a turn, before raft's effects are taken. */
  requestIndex(): void {
    if (this.#gathering.reads.length === 0) return;
    if (this.#raft.role === 'leader') {
      const batch = this.#takeGathered();
      this.#confirmations.confirm(undefined, (index) => this.#onIndex(batch, index));
      return;
    }
    const { leader } = this.#raft;
    if (leader !== undefined && this.#context.isConnected(leader)) this.#askLeader(leader);
  }

  #askLeader(leader: MemberId): void {
    const { term } = this.#raft;
    const { clock, requests } = this.#context;
    const nowMs = clock.nowMs();
    // The reads of later turns share the next request, unless this one takes long: its leader may be gone.
    if (nowMs - this.#askedMs < this.#context.options.heartbeatIntervalMs) return;
    // After a refusal the next tick looks again.
    if (this.#backoff.share(leader, term, nowMs) === 'none') return;
    const batch = this.#takeGathered();
    this.#askedMs = nowMs;
    requests.ask(leader, { kind: 'read-index' }, latestOf(batch.reads), (outcome) => {
      if (this.#askedMs === nowMs) this.#askedMs = -Infinity;
      if (outcome.kind === 'read-index') {
        this.#backoff.accepted();
        this.#onIndex(batch, outcome.index);
      } else {
        this.#onIndex(batch, undefined);
        this.#backoff.refused(term, clock.nowMs(), false);
      }
    });
  }

  #takeGathered(): Batch {
    const batch = this.#gathering;
    this.#gathering = { reads: [] };
    this.#underWay.add(batch);
    return batch;
  }

  /** Without an index the reads ask again: a read changes nothing, so that it may be asked for any number of times. */
  #onIndex(batch: Batch, index: number | undefined): void {
    if (this.#isStopped) return;
    if (index === undefined) {
      this.#underWay.delete(batch);
      this.#gathering.reads = [...batch.reads, ...this.#gathering.reads];
      return;
    }
    this.#applied.whenApplied(index, (isApplied) => {
      if (isApplied) this.#serve(batch);
    });
  }

  #serve(batch: Batch): void {
    this.#underWay.delete(batch);
    this.#pendingCount -= batch.reads.length;
    const { clock, counters } = this.#context;
    const slowMs = clock.nowMs() - slowReadIndexMs;
    for (const { beganMs, done } of batch.reads) {
      if (beganMs < slowMs) counters.slowReadIndexes++;
      done(undefined);
    }
  }

  /** Fails reads whose deadline has passed, wherever their batch is. */
  expire(nowMs: number): void {
    if (!this.#earliest.takePassed(nowMs)) return;
    const expired: Read[] = [];
    for (const batch of [this.#gathering, ...this.#underWay]) {
      const left: Read[] = [];
      for (const read of batch.reads) {
        if (read.expiresMs <= nowMs) expired.push(read);
        else {
          left.push(read);
          this.#earliest.note(read.expiresMs);
        }
      }
      batch.reads = left;
    }
    this.#pendingCount -= expired.length;
    for (const { done } of expired) this.#refuse(done, this.#leaderObserver.timeoutError());
  }

  /** Tells all that this member stops. */
  stop(): void {
    this.#isStopped = true;
    const batches = [this.#gathering, ...this.#underWay];
    this.#underWay.clear();
    this.#pendingCount = 0;
    for (const batch of batches) {
      for (const { done } of batch.reads.splice(0)) this.#refuse(done, stopping());
    }
  }

  #refuse(done: OnLinearizable, error: RegistryError): void {
    this.#context.counters.readIndexesFailed++;
    done(error);
  }
}

type ReadContext = Pick<
  ReplicaContext,
  | 'options'
  | 'clock'
  | 'loop'
  | 'raft'
  | 'applied'
  | 'confirmations'
  | 'requests'
  | 'leaderObserver'
  | 'counters'
  | 'isConnected'
>;
