import type { CheckStatus } from './check.ts';
import type { Thresholds } from './check-plan.ts';
import type { FlapDamping } from '../base/flap-damping.ts';
import type { ProbeResult } from './prober.ts';

/** An output that changes alone is written at most once in this time, as in Consul. */
const outputEveryMs = 5 * 60_000;

/** What should be written of a check. */
export interface Verdict {
  readonly status: CheckStatus;
  readonly output: string;
}

/**
 * Turns the results of one check into what is written of it: counts them against the thresholds, holds back a status that
 * flaps, and outputs that change alone. It reads no clock.
 */
export class CheckJudge {
  readonly #thresholds: Thresholds;
  readonly #dampingNow: () => FlapDamping | undefined;
  #successes = 0;
  #failures = 0;
  #isFirst = true;
  /** When it became worse, the last times. */
  #falls: number[] = [];
  #lastFailureMs = 0;
  #outputWrittenMs: number | undefined;

  /** `damping`: as it is now; undefined: none. */
  constructor(thresholds: Thresholds, damping: () => FlapDamping | undefined = () => undefined) {
    this.#thresholds = thresholds;
    this.#dampingNow = damping;
  }

  /** It fell so often that it has to be well for a while. */
  isFlapping(nowMs: number): boolean {
    const damping = this.#dampingNow();
    if (damping === undefined) return false;
    const { changes, windowMs } = damping;
    this.#falls = this.#falls.filter((ms) => nowMs - ms < 2 * windowMs).slice(-changes - 1);
    const oldest = this.#falls.at(-changes - 1);
    const newest = this.#falls.at(-1);
    if (oldest === undefined || newest === undefined) return false;
    return newest - oldest < windowMs && nowMs - this.#lastFailureMs < windowMs;
  }

  /** Takes a result of a check whose status is `now`. Undefined: there is nothing to write. */
  take({ status, output }: ProbeResult, now: Verdict, nowMs: number): Verdict | undefined {
    if (this.#isFirst && now.output === '') this.#countAtOnce();
    this.#isFirst = false;
    const next = this.#held(this.#counted(status, now.status), now.status, nowMs);
    if (next !== now.status) {
      if (next === 'critical') this.#falls.push(nowMs);
      this.#outputWrittenMs = nowMs;
      return { status: next, output: `${this.#noteOf(nowMs)}${output}` };
    }
    if (output === now.output) return undefined;
    // The former owner may have written this one just now.
    this.#outputWrittenMs ??= nowMs;
    if (now.output !== '' && nowMs - this.#outputWrittenMs < outputEveryMs) return undefined;
    this.#outputWrittenMs = nowMs;
    return { status: next, output };
  }

  /** Nobody has looked yet, so that the first result counts, whatever the thresholds. A new owner begins to count at zero. */
  #countAtOnce(): void {
    this.#successes = this.#thresholds.successBeforePassing;
    this.#failures = this.#thresholds.failuresBeforeCritical;
  }

  /** Warnings are successes, as in Consul. */
  #counted(status: CheckStatus, now: CheckStatus): CheckStatus {
    const { successBeforePassing, failuresBeforeWarning, failuresBeforeCritical } =
      this.#thresholds;
    if (status !== 'critical') {
      this.#successes++;
      this.#failures = 0;
      return this.#successes >= successBeforePassing ? status : now;
    }
    this.#failures++;
    this.#successes = 0;
    if (this.#failures >= failuresBeforeCritical) return 'critical';
    return this.#failures >= failuresBeforeWarning ? 'warning' : now;
  }

  #held(next: CheckStatus, now: CheckStatus, nowMs: number): CheckStatus {
    if (next === 'critical') {
      this.#lastFailureMs = nowMs;
      return next;
    }
    return now === 'critical' && this.isFlapping(nowMs) ? now : next;
  }

  /** For the output, so that people see why it stays critical. */
  #noteOf(nowMs: number): string {
    const damping = this.#dampingNow();
    if (damping === undefined || !this.isFlapping(nowMs)) return '';
    const { changes, windowMs } = damping;
    const seconds = windowMs / 1000;
    return `It failed more than ${changes} times within ${seconds} s, and stays critical until it was well for as long.\n`;
  }
}
