import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { hashOf, mixedHash } from '../base/hash.ts';
import type { Probe, Prober, ProbeResult } from './prober.ts';

/** First runs of new checks are spread over so long: many are no burst, and a single one is not kept waiting. */
const newSpreadMs = 1500;
/** Those of checks that a member takes over, which has thousands of them at once, over a third of their interval. */
const takeoverShare = 1 / 3;
const takeoverSpreadMsMax = 10_000;
const whole = 2 ** 32;

export interface Scheduled {
  readonly probe: Probe;
  readonly intervalMs: number;
  /** Nobody has run it yet. */
  readonly isNew: boolean;
}

/** When a check ran last, and when it runs next, on the clock of the member. */
export interface RunTimes {
  readonly lastMs: number | undefined;
  /** Undefined: it runs now. */
  readonly nextMs: number | undefined;
}

/**
 * Runs one check again and again, never twice at once. Runs begin one interval apart; one that takes longer than the
 * interval is followed at the next whole interval.
 */
export class CheckSchedule {
  readonly #clock: Clock;
  readonly #prober: Prober;
  readonly #scheduled: Scheduled;
  readonly #onResult: (result: ProbeResult, wasAsked: boolean) => void;
  readonly #seed: number;
  readonly #end = new AbortController();
  #cancel: Cancel = nothingToCancel;
  #dueMs: number;
  #lastMs: number | undefined;
  #isRunning = false;
  #isAsked = false;

  /** `name`: where in the interval it runs follows from it. */
  constructor(
    name: string,
    scheduled: Scheduled,
    { clock, prober }: { readonly clock: Clock; readonly prober: Prober },
    onResult: (result: ProbeResult, wasAsked: boolean) => void,
  ) {
    this.#clock = clock;
    this.#prober = prober;
    this.#scheduled = scheduled;
    this.#onResult = onResult;
    this.#seed = hashOf(name);
    this.#dueMs = clock.nowMs() + (this.#seed / whole) * spreadMsOf(scheduled);
    this.#wait();
  }

  get times(): RunTimes {
    return { lastMs: this.#lastMs, nextMs: this.#isRunning ? undefined : this.#dueMs };
  }

  /** Runs at once, or once more if it runs now; the result of that run `wasAsked`. */
  runNow(): void {
    this.#isAsked = true;
    if (!this.#isRunning) this.#run();
  }

  stop(): void {
    this.#cancel();
    this.#end.abort();
  }

  #wait(): void {
    this.#cancel = this.#clock.after(Math.max(0, this.#dueMs - this.#clock.nowMs()), () =>
      this.#run(),
    );
  }

  #run(): void {
    this.#cancel();
    this.#isRunning = true;
    const wasAsked = this.#isAsked;
    this.#isAsked = false;
    const isFirst = this.#lastMs === undefined;
    this.#lastMs = this.#clock.nowMs();
    void this.#look(isFirst, wasAsked);
  }

  async #look(isFirst: boolean, wasAsked: boolean): Promise<void> {
    const { signal } = this.#end;
    const result = await this.#prober.run(this.#scheduled.probe, signal);
    if (signal.aborted || result === undefined) return;
    this.#isRunning = false;
    this.#dueMs = this.#nextMs(isFirst);
    if (this.#isAsked) this.#run();
    else this.#wait();
    this.#onResult(result, wasAsked);
  }

  /** The first whole interval that is to come. After the first run it is a part of one, so that checks drift apart. */
  #nextMs(isFirst: boolean): number {
    const { intervalMs } = this.#scheduled;
    const nowMs = this.#clock.nowMs();
    if (isFirst) return nowMs + intervalMs * (0.5 + mixedHash(this.#seed, 1) / whole / 2);
    const beganMs = this.#lastMs ?? nowMs;
    return beganMs + intervalMs * Math.max(1, Math.ceil((nowMs - beganMs) / intervalMs));
  }
}

function spreadMsOf({ intervalMs, isNew }: Scheduled): number {
  return isNew
    ? Math.min(newSpreadMs, intervalMs)
    : Math.min(takeoverSpreadMsMax, intervalMs * takeoverShare);
}
