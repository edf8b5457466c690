import type { MemberId } from '../base/member-id.ts';

/** How much the leader may be asked now: everything, one batch to find out, or nothing. */
export type Share = 'all' | 'one' | 'none';

/**
 * How soon the leader is asked again what it refused, because it had too much to do, handed leadership over, or does
 * not lead any more. Another leader is asked at once. The same one gets one batch at a time, after waits that double
 * from `minMs` to `maxMs`, until it accepts one.
 */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  #leader: MemberId | undefined;
  #term = 0;
  /** The present wait; 0 as long as nothing was refused. */
  #waitMs = 0;
  #untilMs = -Infinity;
  /** One batch was permitted, and not refused yet. */
  #isTrying = false;
  #isBusy = false;

  constructor({ minMs, maxMs }: { readonly minMs: number; readonly maxMs: number }) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  /** The last refusal said that the leader has too much to do. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** `one` counts as asked: the next one waits for its answer, or for the time that an answer may take. */
  share(leader: MemberId, term: number, nowMs: number): Share {
    if (leader !== this.#leader || term !== this.#term) {
      this.#leader = leader;
      this.#term = term;
      this.accepted();
    }
    if (this.#waitMs === 0) return 'all';
    if (nowMs < this.#untilMs) return 'none';
    this.#untilMs = nowMs + this.#waitMs;
    this.#isTrying = true;
    return 'one';
  }

  accepted(): void {
    this.#waitMs = 0;
    this.#untilMs = -Infinity;
    this.#isTrying = false;
    this.#isBusy = false;
  }

  /** The leader of this term refused. Of several that were asked at once, the first refusal counts. */
  refused(term: number, nowMs: number, isBusy: boolean): void {
    if (term !== this.#term) return;
    this.#isBusy = isBusy;
    if (this.#waitMs > 0 && !this.#isTrying) return;
    this.#waitMs = this.#waitMs === 0 ? this.#minMs : Math.min(2 * this.#waitMs, this.#maxMs);
    this.#untilMs = nowMs + this.#waitMs;
    this.#isTrying = false;
  }
}
