import type { Cancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { ReplicaMetrics } from './metrics.ts';
import { requestTimeoutMs } from './options.ts';
import type { ReplicaOptions } from './options.ts';
import { connectionLost, unknownFate } from './refusals.ts';

/** What this member sees of the cluster's leaders over time. */
export class LeaderObserver {
  readonly #options: ReplicaOptions;
  readonly #figures: ReplicaMetrics;
  #leader: MemberId | undefined;
  #lostMs = -Infinity;
  #foundMs = -Infinity;
  readonly #listeners = new Set<() => void>();

  constructor(options: ReplicaOptions, figures: ReplicaMetrics) {
    this.#options = options;
    this.#figures = figures;
  }

  /** Calls whenever the leader changes or is lost. Returns how to stop. */
  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes note of who leads now; true if that is news. */
  notice(leader: MemberId | undefined, term: number): boolean {
    if (leader === this.#leader) return false;
    const { clock, logger } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#leader !== undefined) this.#lostMs = nowMs;
    if (leader !== undefined) this.#foundMs = nowMs;
    this.#leader = leader;
    for (const listener of this.#listeners) listener();
    if (leader === undefined) logger.warn('lost the leader', { term });
    else {
      this.#figures.leaderChanges.add();
      logger.info('found a leader', { leader, term });
    }
    return true;
  }

  /**
   * Why a request that waited to its deadline got no answer: the three variants that etcd knows. `isReachable` tells
   * whether the present leader is this member, or connected to it.
   */
  timeoutError(isReachable: (leader: MemberId) => boolean): RegistryError {
    this.#figures.failed.add();
    const { clock, electionTimeoutMs } = this.#options;
    const sinceMs = clock.nowMs() - requestTimeoutMs(electionTimeoutMs);
    if (this.#lostMs >= sinceMs && this.#foundMs >= this.#lostMs) {
      return new RegistryError(
        'timeout-leader-failure',
        'the leader failed while the request was under way; it may or may not have taken effect',
      );
    }
    const leader = this.#leader;
    return leader === undefined || isReachable(leader) ? unknownFate() : connectionLost();
  }
}
