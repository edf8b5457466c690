import { wireRange, type Keys } from './bytes.ts';
import { invalid } from './checks.ts';
import { RollcallError } from './errors.ts';
import { showAs } from './inspect.ts';
import type { KeyValue } from './key-value.ts';
import { int64 } from './numbers.ts';

/** Options of a watch. */
export interface WatchOptions {
  /** The first revision to deliver, in the past or the future; from now on if left out. */
  readonly fromRevision?: number;
  /** Also give what was there before. */
  readonly prevKv?: boolean;
  /** Only one kind of events. */
  readonly only?: 'put' | 'delete';
  /** Ends the watch; the loop over it then ends too, without an error. */
  readonly signal?: AbortSignal;
  /**
   * What to do when history no longer holds the next event: `throw` (the default) ends the watch with
   * {@link Compacted}; `resync` reads the keys afresh, gives them as one {@link ResyncEvent} and goes on from there.
   */
  readonly onCompacted?: 'throw' | 'resync';
  /**
   * Events kept for a reader that is slower than they come. Beyond that the server is told to stop, and asked to go
   * on from the right revision once the reader has caught up.
   */
  readonly bufferMax?: number;
}

/** A key was put. */
export interface PutEvent {
  readonly type: 'put';
  /** The key and its new value. */
  readonly kv: KeyValue;
  /** With `prevKv`: what was there before; undefined for a new key, or if history no longer holds it. */
  readonly prevKv: KeyValue | undefined;
  readonly revision: number;
  /**
   * False if more events of the same revision follow. After an event with `true`, `revision + 1` is where another
   * watch goes on without loss or repetition.
   */
  readonly endsRevision: boolean;
}

/** A key was deleted, or its lease ran out. */
export interface DeleteEvent {
  readonly type: 'delete';
  /** The key; its value is empty. */
  readonly kv: KeyValue;
  readonly prevKv: KeyValue | undefined;
  readonly revision: number;
  readonly endsRevision: boolean;
}

/** Events were lost to compaction. Replace everything known about the keys by this. */
export interface ResyncEvent {
  readonly type: 'resync';
  /** The keys that are watched, as of `revision`. */
  readonly kvs: readonly KeyValue[];
  readonly revision: number;
  readonly endsRevision: true;
}

export type WatchEvent = PutEvent | DeleteEvent | ResyncEvent;

/** @internal What a watcher asks of the stream that feeds it. */
export interface WatchFeed {
  /** Ask the server for this watcher's events, from its `nextRevision`. */
  start(watcher: Watcher): void;
  /** Tell the server to stop sending them. */
  stop(watcher: Watcher): void;
}

const bufferMaxDefault = 1000;

/**
 * A watch on some keys: loop over it with `for await`. Every matching change comes once, in order of its revision,
 * across lost connections, restarts and changes of the leader. Leaving the loop ends the watch.
 *
 * @example
 * for await (const event of client.watchPrefix('/services/payment/')) {
 *   if (event.type === 'put') console.log(event.kv.key, 'is at', event.kv.value);
 *   if (event.type === 'delete') console.log(event.kv.key, 'is gone');
 * }
 */
export class Watcher implements AsyncIterableIterator<WatchEvent> {
  static {
    showAs(this, 'Watcher', (one: Watcher) => {
      const { keys, nextRevision } = one;
      return { keys, nextRevision, state: one.#state };
    });
  }

  readonly keys: Keys;
  readonly options: WatchOptions;
  /**
   * Resolves once a server watches, with the revision that the store had then: a change made after this is seen.
   */
  readonly ready: Promise<number>;

  readonly #feed: WatchFeed;
  readonly #bufferMax: number;
  readonly #announceReady: PromiseWithResolvers<number>;
  readonly #waiting: PromiseWithResolvers<IteratorResult<WatchEvent, undefined>>[] = [];
  #events: WatchEvent[] = [];
  #taken = 0;
  #nextRevision: number | undefined;
  #state: 'flowing' | 'paused' | 'ended' = 'flowing';
  #failure: RollcallError | undefined;

  /** @internal Made by the client. */
  constructor(feed: WatchFeed, keys: Keys, options: WatchOptions) {
    this.#feed = feed;
    this.keys = keys;
    this.options = options;
    this.#bufferMax = options.bufferMax ?? bufferMaxDefault;
    if (!(this.#bufferMax >= 1)) throw invalid('bufferMax must be 1 event or more');
    wireRange(keys);
    int64(options.fromRevision ?? 0);
    this.#nextRevision = options.fromRevision;
    this.#announceReady = withResolvers();
    this.ready = this.#announceReady.promise;
    // Programs need not await `ready`: a failure is thrown in the loop as well.
    this.ready.catch(() => {});
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal?.aborted === true) this.#abandon();
    else feed.start(this);
  }

  /** The next revision to deliver; undefined before the server has accepted a watch "from now". */
  get nextRevision(): number | undefined {
    return this.#nextRevision;
  }

  /** False while the reader has to catch up first, and after the end. */
  get isFlowing(): boolean {
    return this.#state === 'flowing';
  }

  async next(): Promise<IteratorResult<WatchEvent, undefined>> {
    const event = this.#take();
    if (event !== undefined) return { done: false, value: event };
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    if (this.#state === 'ended') return { done: true, value: undefined };
    const waiting = withResolvers<IteratorResult<WatchEvent, undefined>>();
    this.#waiting.push(waiting);
    return await waiting.promise;
  }

  /** Ends the watch; called by `for await` when the loop is left. */
  return(): Promise<IteratorResult<WatchEvent, undefined>> {
    this.#abandon();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** @internal The feed says: a server watches, and its store is at this revision. */
  accepted(storeRevision: number): void {
    this.#nextRevision ??= storeRevision + 1;
    this.#announceReady.resolve(storeRevision);
  }

  /** @internal The feed brings all events of one or more whole revisions, or only the news that there were none. */
  deliver(events: readonly WatchEvent[], nextRevision: number): void {
    if (this.#state !== 'flowing') return;
    this.#nextRevision = Math.max(nextRevision, this.#nextRevision ?? 0);
    for (const event of events) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#events.push(event);
      else waiting.resolve({ done: false, value: event });
    }
    if (this.#buffered >= this.#bufferMax) {
      this.#state = 'paused';
      this.#feed.stop(this);
    }
  }

  /** @internal The feed says that this watch cannot go on. Events that came before are still given. */
  fail(error: RollcallError): void {
    if (this.#state === 'ended') return;
    this.#announceReady.reject(error);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#failure = error;
    else waiting.reject(error);
    this.#end();
  }

  #take(): WatchEvent | undefined {
    const event = this.#events[this.#taken];
    if (event === undefined) return undefined;
    this.#taken++;
    if (this.#taken * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#taken);
      this.#taken = 0;
    }
    if (this.#state === 'paused' && this.#buffered * 2 <= this.#bufferMax) {
      this.#state = 'flowing';
      this.#feed.start(this);
    }
    return event;
  }

  get #buffered(): number {
    return this.#events.length - this.#taken;
  }

  readonly #onAbort = (): void => this.#abandon();

  /** The reader wants no more, not even what is here already. */
  #abandon(): void {
    this.#end();
    this.#events = [];
    this.#taken = 0;
    this.#failure = undefined;
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#announceReady.reject(new RollcallError('canceled', 'the watch was ended'));
    this.#feed.stop(this);
    for (const waiting of this.#waiting.splice(0))
      waiting.resolve({ done: true, value: undefined });
  }
}

/** `Promise.withResolvers`, which Node.js 20 does not have yet. */
interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: ((value: T) => void) | undefined;
  let reject: ((reason: Error) => void) | undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve: (value) => resolve?.(value), reject: (reason) => reject?.(reason) };
}
