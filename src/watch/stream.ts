import type { KeyRange } from '../base/key.ts';
import type {
  WatchGuard,
  WatchId,
  WatchMessage,
  WatchRequest,
  WatchSink,
  WatchStream,
} from './messages.ts';
import type { Group, Selection } from './selection.ts';

/** Approximate memory of a watcher besides its keys. */
const watcherBytes = 600;

export function watcherBytesOf({ start, end }: KeyRange): number {
  return watcherBytes + start.length + (end?.length ?? 0);
}

/** The hub, as its streams see it. */
export interface StreamHub {
  create(stream: Stream, request: WatchRequest): void;
  cancel(stream: Stream, id: WatchId): void;
  requestProgress(stream: Stream): void;
  /** The reader is slow: the stream's watchers wait. */
  pause(stream: Stream): void;
  /** The reader can take more: the watchers that are behind continue. */
  resume(stream: Stream): void;
  close(stream: Stream): void;
  /** `WatchSink.failed` threw. */
  sinkFailed(error: unknown): void;
}

/** One watcher of a stream, and how far it is. */
export class Watcher {
  readonly stream: Stream;
  readonly id: WatchId;
  readonly range: KeyRange;
  readonly request: WatchRequest;
  /**
   * Events before this revision were sent, or are not wanted. Publishing does not move it: a synced watcher has been
   * sent everything up to the newest revision.
   */
  nextRevision: number;
  /** Events of `nextRevision` that were already read. */
  nextSub = 0;
  /** A part of `nextRevision` was sent. */
  hasPart = false;
  /** All its events were sent, and new ones are sent as they are published. Otherwise it catches up from history. */
  synced = false;
  /** Canceled, or its reader is gone: it must not be used any more. */
  removed = false;
  /** While a revision is published: its events that this watcher wants. */
  selection: Selection | undefined;
  heardSinceTick = false;

  /** Approximate memory. */
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
  /** Watchers that have to catch up. */
  readonly behind: Set<Watcher> = new Set();
  /** Watchers that may start at a future revision. */
  readonly waiting: Set<Watcher> = new Set();
  /** Approximate memory of its watchers. */
  bytes: number = 0;
  /** The reader can take more. */
  ready: boolean = true;
  /** Undefined: its reader has every right. */
  readonly guard: WatchGuard | undefined;
  readonly #hub: StreamHub;
  readonly #sink: WatchSink;
  closed: boolean = false;
  /** While a revision is published: the group that one of its watchers was put into last. */
  group: Group | undefined;
  #nextId: WatchId = 0;

  constructor(hub: StreamHub, sink: WatchSink, guard: WatchGuard | undefined) {
    this.#hub = hub;
    this.#sink = sink;
    this.guard = guard;
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

  /** A failure of a sink or its encoder ends this stream only, not other streams and not the member. */
  #fail(error: unknown): void {
    this.close();
    try {
      this.#sink.failed(error);
    } catch (another) {
      this.#hub.sinkFailed(another);
    }
  }

  /** The next id that no watcher of the stream has. */
  freeId(): WatchId {
    while (this.watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }
}
