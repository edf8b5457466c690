import { present } from '../base/assert.ts';
import type { Cancel } from '../base/clock.ts';
import { rangeHolds } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type { KeyEvent, KeyValue } from '../state/index.ts';
import type { WatchMessage, WatchStream } from '../watch/index.ts';
import { readOf } from './core.ts';
import type { Core } from './core.ts';

/** A part of this member that follows the keys of some ranges. Its methods must not throw. */
export interface RangeFollower {
  /** All keys of the ranges at `revision`, in place of everything before; taken in slices. */
  load(kvs: readonly KeyValue[], revision: number): Steps<void>;
  /** The changes since then, in order, in whole revisions. */
  apply(events: readonly KeyEvent[], revision: number): void;
}

/** After a read of the range has failed. */
const retryMs = 1000;

/** A follower at work. */
export interface Follow {
  /** The newest revision of which the follower has everything; 0 before the first reading is done. */
  revision(): number;
  stop(): void;
}

/**
 * Tells a part of this member what is under some ranges and how it changes, as this member applies it: it needs no leader,
 * and also a learner does it. `load` comes again after a compaction or a snapshot that the follower did not keep up with.
 */
export function followRanges(
  core: Core,
  ranges: readonly KeyRange[],
  follower: RangeFollower,
): Follow {
  const following = new Following(core, ranges, follower);
  following.load();
  return following;
}

class Following implements Follow {
  readonly #core: Core;
  readonly #ranges: readonly KeyRange[];
  readonly #follower: RangeFollower;
  #stream: WatchStream | undefined;
  /** Of a revision whose rest has not come yet. */
  #parts: KeyEvent[] = [];
  #cancelRetry: Cancel = () => {};
  #stopped = false;
  #revision = 0;

  constructor(core: Core, ranges: readonly KeyRange[], follower: RangeFollower) {
    this.#core = core;
    this.#ranges = ranges;
    this.#follower = follower;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
    this.#stream?.close();
  }

  revision(): number {
    // Answered within the call, if nothing is on its way.
    this.#stream?.requestProgress();
    return this.#revision;
  }

  load(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#parts = [];
    const { revision } = this.#core.state;
    this.#takeAll(revision).catch((error: unknown) => this.#retry(error));
  }

  async #takeAll(revision: number): Promise<void> {
    const kvs = await this.#read(revision);
    if (this.#stopped) return;
    await this.#core.inSlices(this.#follower.load(kvs, revision));
    if (this.#stopped) return;
    this.#revision = revision;
    this.#watch(revision + 1);
  }

  #retry(error: unknown): void {
    if (this.#stopped) return;
    const { logger } = this.#core.options;
    logger.warn('failed to read keys that this member follows; trying again', {
      error: String(error),
    });
    this.#cancelRetry = this.#core.clock.after(retryMs, () => this.load());
  }

  /** The reads begin in one turn, so they show one revision even if a compaction comes in between. */
  async #read(revision: number): Promise<readonly KeyValue[]> {
    const { state } = this.#core;
    const reads = this.#ranges.map(async (range) =>
      this.#core.read(state.openRange(readOf(range, { revision })), { call: {} }),
    );
    const kvs: KeyValue[] = [];
    for (const { value, release } of await Promise.all(reads)) {
      for (const kv of value.kvs) kvs.push(kv);
      release();
    }
    return kvs;
  }

  #watch(startRevision: number): void {
    const stream = this.#core.replica.watch.open({
      push: (message) => this.#take(message),
      failed: () => this.load(),
    });
    this.#stream = stream;
    stream.create({
      range: hullOf(this.#ranges),
      startRevision,
      watchId: 0,
      prevKv: false,
      progressNotify: false,
      noPut: false,
      noDelete: false,
      fragment: false,
    });
  }

  /** It is never slow: what it does with an event is done when this returns. */
  #take(message: WatchMessage): boolean {
    if (message.kind === 'canceled') {
      // Compacted before it was read.
      this.#cancelRetry = this.#core.clock.after(0, () => this.load());
    } else if (message.kind === 'progress') {
      this.#revision = message.revision;
    } else if (message.kind === 'events') {
      for (const { event } of message.events) {
        if (this.#follows(event.kv.key)) this.#parts.push(event);
      }
      if (!message.isPart && this.#parts.length > 0) {
        const events = this.#parts;
        this.#parts = [];
        this.#follower.apply(events, message.revision);
      }
    }
    return true;
  }

  #follows(key: Key): boolean {
    for (const range of this.#ranges) if (rangeHolds(range, key)) return true;
    return false;
  }
}

/**
 * From the first key of the ranges to the last. One watcher of all that has the events of a revision together; one for
 * each range would have them one after the other.
 */
function hullOf(ranges: readonly KeyRange[]): KeyRange {
  const [first, ...others] = ranges;
  let hull = present(first, 'a range to follow');
  for (const { start, end } of others) {
    hull = {
      start: start < hull.start ? start : hull.start,
      end:
        end === undefined || hull.end === undefined ? undefined : end > hull.end ? end : hull.end,
    };
  }
  return hull;
}
