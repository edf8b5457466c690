import type { Cancel } from '../base/clock.ts';
import type { KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type { KeyEvent, KeyValue } from '../state/index.ts';
import type { WatchMessage, WatchStream } from '../watch/index.ts';
import { readOf } from './core.ts';
import type { Core } from './core.ts';

/** A part of this member that follows the keys of a range. Its methods must not throw. */
export interface RangeFollower {
  /** All keys of the range at `revision`, in place of everything before; taken in slices. */
  load(kvs: readonly KeyValue[], revision: number): Steps<void>;
  /** The changes since then, in order, in whole revisions. */
  apply(events: readonly KeyEvent[], revision: number): void;
}

/** After a read of the range has failed. */
const retryMs = 1000;

/**
 * Tells a part of this member what is under a range and how it changes, as this member applies it: it needs no leader,
 * and also a learner does it. `load` comes again after a compaction or a snapshot that the follower did not keep up with.
 */
export function followRange(core: Core, range: KeyRange, follower: RangeFollower): Cancel {
  const following = new Following(core, range, follower);
  following.load();
  return () => following.stop();
}

class Following {
  readonly #core: Core;
  readonly #range: KeyRange;
  readonly #follower: RangeFollower;
  #stream: WatchStream | undefined;
  /** Of a revision whose rest has not come yet. */
  #parts: KeyEvent[] = [];
  #cancelRetry: Cancel = () => {};
  #stopped = false;

  constructor(core: Core, range: KeyRange, follower: RangeFollower) {
    this.#core = core;
    this.#range = range;
    this.#follower = follower;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
    this.#stream?.close();
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
    if (!this.#stopped) this.#watch(revision + 1);
  }

  #retry(error: unknown): void {
    if (this.#stopped) return;
    const { logger } = this.#core.options;
    logger.warn('failed to read keys that this member follows; trying again', {
      error: String(error),
    });
    this.#cancelRetry = this.#core.clock.after(retryMs, () => this.load());
  }

  async #read(revision: number): Promise<readonly KeyValue[]> {
    const reading = this.#core.state.openRange(readOf(this.#range, { revision }));
    const { value, release } = await this.#core.read(reading, { call: {} });
    release();
    return value.kvs;
  }

  #watch(startRevision: number): void {
    const stream = this.#core.replica.watch.open({
      push: (message) => this.#take(message),
      failed: () => this.load(),
    });
    this.#stream = stream;
    stream.create({
      range: this.#range,
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
    } else if (message.kind === 'events') {
      for (const { event } of message.events) this.#parts.push(event);
      if (!message.isPart) {
        const events = this.#parts;
        this.#parts = [];
        this.#follower.apply(events, message.revision);
      }
    }
    return true;
  }
}
