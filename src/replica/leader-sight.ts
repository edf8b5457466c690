import type { Cancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import { connectionLost, unknownFate } from './refusals.ts';

/** What this member sees of the cluster's leaders over time. */
export class LeaderSight {
  #leader: MemberId | undefined;
  #lostMs = -Infinity;
  #foundMs = -Infinity;
  readonly #listeners = new Set<() => void>();

  get leader(): MemberId | undefined {
    return this.#leader;
  }

  /** Calls whenever the leader changes or is lost. Returns how to stop. */
  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes note of who leads now; true if that is news. */
  notice(leader: MemberId | undefined, nowMs: number): boolean {
    if (leader === this.#leader) return false;
    if (this.#leader !== undefined) this.#lostMs = nowMs;
    if (leader !== undefined) this.#foundMs = nowMs;
    this.#leader = leader;
    for (const listener of this.#listeners) listener();
    return true;
  }

  /**
   * Why a request that began at `sinceMs` and waited to its deadline got no answer: the three variants that etcd
   * knows. `isReachable` tells whether the present leader is this member, or connected to it.
   */
  timeoutError(sinceMs: number, isReachable: (leader: MemberId) => boolean): RegistryError {
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
