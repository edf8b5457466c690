import type { Clock } from '../base/clock.ts';
import type { Histogram } from '../base/metrics.ts';

/** Long work that is done a slice at a time. */
export interface Job {
  /** Does one slice, which is to take a few milliseconds; true if more is left. */
  slice(): boolean;
  /** A slice threw this, or the member stops: there will be no further slice. */
  failed(error: unknown): void;
}

/** Controls a job under way. */
export interface RunningJob {
  /** No slice until `resume`. */
  pause(): void;
  resume(): void;
  /** No further slice, and no call to `failed`. */
  cancel(): void;
}

/**
 * Does long work in slices, one in each turn of the event loop, so that heartbeats, watches and small requests go on in
 * between. Jobs take turns. An urgent job has a slice in every turn, beside the one of the others.
 */
export class Slices {
  readonly #clock: Clock;
  readonly #sliceSeconds: Histogram;
  /** In the order of their turns. */
  readonly #jobs = new Set<Job>();
  readonly #urgent = new Set<Job>();
  readonly #paused = new Set<Job>();
  #turnDue = false;
  #stoppedBy: unknown;

  constructor(clock: Clock, sliceSeconds: Histogram) {
    this.#clock = clock;
    this.#sliceSeconds = sliceSeconds;
  }

  /** Jobs that are not done, the paused ones included. */
  get jobCount(): number {
    return this.#jobs.size + this.#urgent.size + this.#paused.size;
  }

  /** The first slice comes at the end of this turn. */
  start(job: Job, { urgent = false }: { readonly urgent?: boolean } = {}): RunningJob {
    const jobs = urgent ? this.#urgent : this.#jobs;
    if (this.#stoppedBy === undefined) jobs.add(job);
    else job.failed(this.#stoppedBy);
    this.#wake();
    return {
      pause: () => {
        if (jobs.delete(job)) this.#paused.add(job);
      },
      resume: () => {
        if (!this.#paused.delete(job)) return;
        jobs.add(job);
        this.#wake();
      },
      cancel: () => {
        jobs.delete(job);
        this.#paused.delete(job);
      },
    };
  }

  /** Every job that is not done fails with this. */
  stop(error: unknown): void {
    this.#stoppedBy = error;
    const left = [...this.#urgent, ...this.#jobs, ...this.#paused];
    this.#urgent.clear();
    this.#jobs.clear();
    this.#paused.clear();
    for (const job of left) job.failed(error);
  }

  #wake(): void {
    if (this.#turnDue || this.#jobs.size + this.#urgent.size === 0) return;
    this.#turnDue = true;
    this.#clock.endOfTurn(() => {
      this.#turnDue = false;
      this.#turn();
      this.#wake();
    });
  }

  #turn(): void {
    for (const job of this.#urgent) this.#slice(job, this.#urgent);
    const [next] = this.#jobs;
    if (next === undefined) return;
    this.#slice(next, this.#jobs);
    // Now the others come first.
    if (this.#jobs.delete(next)) this.#jobs.add(next);
  }

  #slice(job: Job, jobs: Set<Job>): void {
    const beganMs = this.#clock.nowMs();
    let isOver = true;
    try {
      isOver = !job.slice();
    } catch (error) {
      job.failed(error);
    }
    if (isOver) {
      jobs.delete(job);
      // A job may pause itself in its last slice.
      this.#paused.delete(job);
    }
    this.#sliceSeconds.observe((this.#clock.nowMs() - beganMs) / 1000);
  }
}
