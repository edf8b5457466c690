import type { Cancel, Clock } from '../base/clock.ts';
import type { MemberId } from '../base/member-id.ts';
import { successorOf } from '../raft/index.ts';
import type { Raft } from '../raft/index.ts';
import type { ReplicaContext } from './context.ts';

/**
 * Hands leadership over before this member stops. From the beginning of a transfer on raft takes no proposals: those of
 * this member wait in its queue, those of followers are refused, and both are asked at the next leader. What is in the
 * log already gets to the successor before that one may lead. So callers do not notice the change.
 */
export class LeadershipHandover {
  readonly #raft: Raft;
  readonly #clock: Clock;
  readonly #context: HandoverContext;
  /** How long a follower may take to learn of the next leader; what it asks until then is to be answered. */
  readonly #lingerMs: number;
  #isLeaving = false;
  /** Voters that were told to take over, and have not. */
  readonly #tried = new Set<MemberId>();
  readonly #waiting = new Map<() => void, Cancel>();

  constructor(context: HandoverContext) {
    this.#context = context;
    this.#raft = context.raft;
    this.#clock = context.clock;
    this.#lingerMs = context.options.heartbeatIntervalMs;
  }

  /** Resolves when another member leads and may be known to all, or when nothing more can be done about it. */
  begin(timeoutMs: number): Promise<void> {
    this.#isLeaving = true;
    this.#tried.clear();
    if (this.#raft.role !== 'leader') return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(resolve, this.#clock.after(timeoutMs, resolve));
      this.advance();
    });
  }

  /** Call once a turn. */
  advance(): void {
    if (!this.#isLeaving) return;
    if (this.#raft.role === 'leader') this.#handOver();
    else if (this.#raft.leader !== undefined) {
      this.#tried.clear();
      this.#resolve(this.#lingerMs);
    }
  }

  /** The member stops. */
  stop(): void {
    this.#resolve(0);
  }

  #handOver(): void {
    if (this.#raft.transferringTo !== undefined) return;
    const next = successorOf(
      this.#raft
        .progress()
        .filter(({ id }) => this.#context.isConnected(id) && !this.#tried.has(id)),
    );
    if (next === undefined) {
      // It goes on leading until it stops.
      this.#isLeaving = false;
      this.#resolve(0);
      return;
    }
    this.#tried.add(next);
    this.#raft.transferLeadership(next);
  }

  #resolve(delayMs: number): void {
    for (const [resolve, cancel] of this.#waiting) {
      cancel();
      if (delayMs === 0) resolve();
      else this.#clock.after(delayMs, resolve);
    }
    this.#waiting.clear();
  }
}

type HandoverContext = Pick<ReplicaContext, 'options' | 'clock' | 'raft' | 'isConnected'>;
