import { present } from '../base/assert.ts';
import type { Cancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import { rangeHolds } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type { DirectoryDeletion, KeyEvent, KeyValue } from '../state/index.ts';
import type { WatchMessage, WatchStream } from '../watch/index.ts';
import { readOf } from './core.ts';
import type { Core } from './core.ts';

/** A part of this member that follows the keys of some ranges. Its methods must not throw. */
export interface RangeFollower {
  /**
   * All keys of the ranges at `revision`, and the last deletions in directories within them up to then (see `Deletions`),
   * in place of everything before; taken in slices.
   */
  load(
    kvs: readonly KeyValue[],
    deletions: readonly DirectoryDeletion[],
    revision: number,
  ): Steps<void>;
  /** The changes since then: all events of one revision, in the order of revisions. */
  apply(events: readonly KeyEvent[], revision: number): void;
}

/** After a read of the range has failed. */
const retryMs = 1000;
/** Calls that wait until one follower has caught up. */
const waitingMax = 10_000;
/** While calls wait, this member looks so often whether it has caught up: revisions of other keys come unannounced. */
const lookMs = 5;

/** A follower at work. */
export interface Follow {
  /** The newest revision of which the follower has everything; 0 before the first reading is done. */
  revision(): number;
  /**
   * Resolves when the follower has everything up to a revision that this member has applied; undefined: it has, as nearly
   * always. Rejects if that takes longer than a request may, or too many wait.
   */
  whenAt(revision: number): Promise<void> | undefined;
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

/** A call that waits until the follower has a revision. */
interface Waiting {
  readonly revision: number;
  readonly expiresMs: number;
  readonly done: (error: RegistryError | undefined) => void;
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
  readonly #waiting = new Set<Waiting>();

  constructor(core: Core, ranges: readonly KeyRange[], follower: RangeFollower) {
    this.#core = core;
    this.#ranges = ranges;
    this.#follower = follower;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
    this.#stream?.close();
    for (const waiting of this.#waiting) this.#end(waiting, stopping());
  }

  whenAt(revision: number): Promise<void> | undefined {
    if (this.revision() >= revision) return undefined;
    if (this.#stopped) return Promise.reject(stopping());
    if (this.#waiting.size >= waitingMax) return Promise.reject(tooManyWait());
    if (this.#waiting.size === 0) this.#lookSoon();
    const expiresMs = this.#core.deadlineMs();
    return new Promise((resolve, reject) => {
      const done = (error: RegistryError | undefined): void =>
        error === undefined ? resolve() : reject(error);
      this.#waiting.add({ revision, expiresMs, done });
    });
  }

  #lookSoon(): void {
    this.#core.clock.after(lookMs, () => {
      const nowMs = this.#core.clock.nowMs();
      const reached = this.revision();
      for (const waiting of this.#waiting) {
        if (reached >= waiting.revision) this.#end(waiting, undefined);
        else if (waiting.expiresMs <= nowMs) this.#end(waiting, behind());
      }
      if (this.#waiting.size > 0) this.#lookSoon();
    });
  }

  #end(waiting: Waiting, error: RegistryError | undefined): void {
    this.#waiting.delete(waiting);
    waiting.done(error);
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
    // The table of deletions has no past: it is copied in the turn in which the revision is taken.
    const { revision, deletions } = this.#core.state;
    const deleted = this.#ranges.flatMap((range) => deletions.list(range));
    this.#takeAll(revision, deleted).catch((error: unknown) => this.#retry(error));
  }

  async #takeAll(revision: number, deleted: readonly DirectoryDeletion[]): Promise<void> {
    const kvs = await this.#read(revision);
    if (this.#stopped) return;
    await this.#core.inSlices(this.#follower.load(kvs, deleted, revision));
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
    const stream = this.#core.replica.watch.openOwn({
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
      if (!message.isPart) this.#applyAll();
    }
    return true;
  }

  /** Gives the follower what has come: whole revisions, each by itself. */
  #applyAll(): void {
    const events = this.#parts;
    this.#parts = [];
    let start = 0;
    while (start < events.length) {
      const revision = revisionAt(events, start);
      let end = start + 1;
      while (revisionAt(events, end) === revision) end++;
      this.#follower.apply(events.slice(start, end), revision);
      this.#revision = revision;
      start = end;
    }
  }

  #follows(key: Key): boolean {
    for (const range of this.#ranges) if (rangeHolds(range, key)) return true;
    return false;
  }
}

function revisionAt(events: readonly KeyEvent[], at: number): number {
  return events[at]?.kv.modRevision ?? 0;
}

function stopping(): RegistryError {
  return new RegistryError('stopped', 'this member stops; ask another one');
}

function tooManyWait(): RegistryError {
  return new RegistryError(
    'too-many-requests',
    `${waitingMax} calls wait already until this member has caught up; try again later, or ask another one`,
  );
}

function behind(): RegistryError {
  return new RegistryError(
    'timeout',
    'this member has not caught up with the cluster yet; try again, or ask another one',
  );
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
