import type { Cancel } from '../../src/base/clock.ts';

interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/** Awaiting it lets the callbacks of settled promises run. */
const settled = Promise.resolve();

/**
 * The time of a world: one queue of all future events. Nothing else makes anything happen, so a run is determined by
 * what is queued, in which order. Promises settle between two events.
 */
export class Scheduler {
  #nowMs = 0;
  #order = 0;
  #eventCount = 0;
  readonly #heap: Scheduled[] = [];
  #stopped = false;

  get nowMs(): number {
    return this.#nowMs;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  after(delayMs: number, action: () => void): Cancel {
    return this.at(this.#nowMs + Math.max(0, delayMs), action);
  }

  at(atMs: number, action: () => void): Cancel {
    const scheduled: Scheduled = {
      atMs: Math.max(atMs, this.#nowMs),
      order: this.#order++,
      action,
    };
    this.#push(scheduled);
    return () => {
      scheduled.action = undefined;
    };
  }

  /** Resolves after a time; for parts that read better as a sequence. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Ends `run` after the event that is under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** Runs all events up to a time, or until `stop`. */
  async run(untilMs: number): Promise<void> {
    this.#stopped = false;
    while (!this.#stopped) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#pop();
      const { action } = next;
      if (action === undefined) continue;
      this.#nowMs = next.atMs;
      this.#eventCount++;
      action();
      // Continuations of this event run before the next one.
      await settled;
      await settled;
    }
    if (!this.#stopped) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(scheduled);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent]!;
      if (!isBefore(scheduled, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = scheduled;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      const below = heap[child]!;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atMs !== b.atMs ? a.atMs < b.atMs : a.order < b.order;
}
