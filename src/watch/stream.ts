import type { KeyRange } from '../base/key.ts';
import type { WatchId, WatchMessage, WatchRequest, WatchSink, WatchStream } from './messages.ts';

/** Memory that a watcher takes besides its keys, about. */
const watcherBytes = 600;

export function watcherBytesOf({ start, end }: KeyRange): number {
  return watcherBytes + start.length + (end?.length ?? 0);
}

/** What a stream asks of its hub. */
export interface StreamHub {
  create(stream: Stream, request: WatchRequest): void;
  cancel(stream: Stream, id: WatchId): void;
  requestProgress(stream: Stream): void;
  /** The reader is slow: the watchers of the stream wait. */
  pause(stream: Stream): void;
  /** The reader can take more: the watchers that are behind go on. */
  resume(stream: Stream): void;
  close(stream: Stream): void;
  /** A sink failed to be told that it had failed. */
  sinkFailed(error: unknown): void;
}

/** One watcher of a stream, and how far it is. */
export class Watcher {
  readonly stream: Stream;
  readonly id: WatchId;
  readonly range: KeyRange;
  readonly request: WatchRequest;
  /**
   * Events of revisions before this one are of no interest, or were told. A watcher that keeps up does not move it:
   * it has been told of everything up to the newest revision.
   */
  nextRevision: number;
  /** Events of `nextRevision` that were looked at already. */
  nextSub = 0;
  /** Told of a part of `nextRevision`. */
  hasPart = false;
  /** Told of everything, and pushed to as things happen; otherwise it catches up from history. */
  synced = false;
  /** Canceled, or its reader is gone: nothing may begin with it any more. */
  removed = false;
  heardSinceTick = false;

  /** Memory that it takes, about. */
  get bytes(): number {
    return watcherBytesOf(this.range);
  }

  constructor(stream: Stream, id: WatchId, request: WatchRequest, nextRevision: number) {
    this.stream = stream;
    this.id = id;
    this.range = request.range;
    this.request = request;
    this.nextRevision = nextRevision;
  }
}

/** The watchers of one reader. */
export class Stream implements WatchStream {
  readonly watchers: Map<WatchId, Watcher> = new Map();
  /** Those of them that have to catch up. */
  readonly behind: Set<Watcher> = new Set();
  /** Those of them that may still wait for a revision of the future. */
  readonly waiting: Set<Watcher> = new Set();
  /** Memory that its watchers take, about. */
  bytes: number = 0;
  /** The reader can take more. */
  ready: boolean = true;
  readonly #hub: StreamHub;
  readonly #sink: WatchSink;
  closed: boolean = false;
  #nextId: WatchId = 0;

  constructor(hub: StreamHub, sink: WatchSink) {
    this.#hub = hub;
    this.#sink = sink;
  }

  create(request: WatchRequest): void {
    if (!this.closed) this.#hub.create(this, request);
  }

  cancel(watchId: WatchId): void {
    if (!this.closed) this.#hub.cancel(this, watchId);
  }

  requestProgress(): void {
    if (!this.closed) this.#hub.requestProgress(this);
  }

  drained(): void {
    if (this.closed || this.ready) return;
    this.ready = true;
    this.#hub.resume(this);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#hub.close(this);
  }

  push(message: WatchMessage): void {
    if (this.closed) return;
    try {
      if (this.#sink.push(message) || !this.ready) return;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.ready = false;
    this.#hub.pause(this);
  }

  /** Whatever is wrong with a sink or its encoder ends this stream, and neither the other streams nor the member. */
  #fail(error: unknown): void {
    this.close();
    try {
      this.#sink.failed(error);
    } catch (another) {
      this.#hub.sinkFailed(another);
    }
  }

  /** The next number that no watcher of the stream has. */
  freeId(): WatchId {
    while (this.watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }
}
