import type { Cancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { ReplicaMetrics } from './metrics.ts';
import { requestTimeoutMs } from './options.ts';
import type { ReplicaOptions } from './options.ts';
import { connectionLost, unknownFate } from './refusals.ts';

/** Follows who leads, as seen from this member, and words what a caller is told whose request has timed out. */
export class LeaderObserver {
  readonly #options: ReplicaOptions;
  readonly #metrics: ReplicaMetrics;
  readonly #isConnected: (peer: MemberId) => boolean;
  #leader: MemberId | undefined;
  #lostMs = -Infinity;
  #foundMs = -Infinity;
  #heardMs: number;
  readonly #listeners = new Set<() => void>();

  constructor(
    options: ReplicaOptions,
    metrics: ReplicaMetrics,
    isConnected: (peer: MemberId) => boolean,
  ) {
    this.#options = options;
    this.#metrics = metrics;
    this.#isConnected = isConnected;
    this.#heardMs = options.clock.nowMs();
  }

  /** A message of the leader has arrived. */
  onContact(): void {
    this.#heardMs = this.#options.clock.nowMs();
  }

  /** Since a leader was last heard of, or since the start. */
  get sinceContactMs(): number {
    return this.#options.clock.nowMs() - this.#heardMs;
  }

  /** Calls back whenever the leader changes or is lost. Returns how to stop. */
  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Call once a turn. True if the leader has changed. */
  update(leader: MemberId | undefined, term: number): boolean {
    if (leader === this.#leader) return false;
    const { clock, logger } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#leader !== undefined) this.#lostMs = nowMs;
    if (leader !== undefined) this.#foundMs = nowMs;
    this.#leader = leader;
    for (const listener of this.#listeners) listener();
    if (leader === undefined) logger.warn('lost the leader', { term });
    else {
      this.#metrics.leaderChanges.add();
      logger.info('found a leader', { leader, term });
    }
    return true;
  }

  /**
   * Why a request that waited to its deadline got no response: one of etcd's three errors. Counts the failure.
   */
  timeoutError(): RegistryError {
    this.#metrics.failed.add();
    const { clock, electionTimeoutMs } = this.#options;
    const sinceMs = clock.nowMs() - requestTimeoutMs(electionTimeoutMs);
    if (this.#lostMs >= sinceMs && this.#foundMs >= this.#lostMs) {
      return new RegistryError(
        'timeout-leader-failure',
        'the leader failed while the request was under way; it may or may not have taken effect',
      );
    }
    const leader = this.#leader;
    return leader === undefined || this.#isConnected(leader) ? unknownFate() : connectionLost();
  }
}
