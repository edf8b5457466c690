import { rangeHolds } from '../base/key.ts';
import type { KeyEvent, KeyValue } from '../state/index.ts';
import type { History } from './history.ts';
import type { WatchId, WatchRequest, WatchSink, WatchStream } from './messages.ts';
import { RangeIndex } from './range-index.ts';
import { Stream, Watcher, watcherBytesOf } from './stream.ts';
import type { StreamHub } from './stream.ts';

export interface WatchHubOptions {
  /** Revisions, and about as many bytes, that one watcher catches up with at a time. */
  readonly catchUpRevisionsMax?: number;
  readonly catchUpBytesMax?: number;
  /** Events that one watcher catches up with at a time, and that are told at once when they happen. */
  readonly eventsMax?: number;
  /** For the shape of the index of ranges; one that nobody can know. */
  readonly seed?: number;
  /** There is catching up to do: have `work` called soon. */
  readonly onWorkAvailable?: () => void;
  /** What the watchers of one stream may cost in memory, and those of all streams together. */
  readonly streamBytesMax?: number;
  readonly bytesMax?: number;
  /** A sink failed, and failed again when it was told so. Its stream is closed. */
  readonly onSinkFailure?: (error: unknown) => void;
}

export interface WatchStats {
  readonly streams: number;
  readonly watchers: number;
  /** Watchers that are behind. */
  readonly slowWatchers: number;
  readonly eventsSent: number;
}

/** The stream as a whole, in messages. */
const allWatchers: WatchId = -1;

const streamBytesMaxDefault = 64 << 20;
const bytesMaxDefault = 512 << 20;

/** All watchers of a member, and what each has yet to be told. See docs/decisions/0003-no-queue-per-watcher.md. */
export class WatchHub implements StreamHub {
  #history: History;
  readonly #revisionsMax: number;
  readonly #bytesMax: number;
  readonly #eventsMax: number;
  readonly #onWorkAvailable: () => void;
  readonly #streamBytesMax: number;
  readonly #watcherBytesMax: number;
  readonly #onSinkFailure: (error: unknown) => void;
  readonly #index: RangeIndex<Watcher>;
  readonly #streams = new Set<Stream>();
  /** Streams with watchers that are behind, whose readers can take more; a set, so that each gets its turn. */
  readonly #runnable = new Set<Stream>();
  #silent = false;
  #watcherCount = 0;
  #watcherBytes = 0;
  #slowCount = 0;
  #eventsSent = 0;

  constructor(history: History, options: WatchHubOptions = {}) {
    this.#history = history;
    this.#index = new RangeIndex(options.seed);
    this.#revisionsMax = options.catchUpRevisionsMax ?? 1000;
    this.#bytesMax = options.catchUpBytesMax ?? 1 << 20;
    this.#eventsMax = options.eventsMax ?? 500;
    this.#onWorkAvailable = options.onWorkAvailable ?? (() => {});
    this.#streamBytesMax = options.streamBytesMax ?? streamBytesMaxDefault;
    this.#watcherBytesMax = options.bytesMax ?? bytesMaxDefault;
    this.#onSinkFailure = options.onSinkFailure ?? (() => {});
  }

  get stats(): WatchStats {
    return {
      streams: this.#streams.size,
      watchers: this.#watcherCount,
      slowWatchers: this.#slowCount,
      eventsSent: this.#eventsSent,
    };
  }

  open(sink: WatchSink): WatchStream {
    const stream = new Stream(this, sink);
    this.#streams.add(stream);
    return stream;
  }

  /** The history is another one now (a snapshot was installed); everybody reads on in it from where they were. */
  replaceHistory(history: History): void {
    const told = this.#history.revision;
    this.#history = history;
    for (const stream of this.#streams) {
      for (const watcher of stream.watchers.values()) {
        if (!watcher.synced) continue;
        watcher.nextRevision = Math.max(watcher.nextRevision, told + 1);
        if (watcher.nextRevision <= history.revision) {
          this.#fallBehind(watcher, watcher.nextRevision);
        }
      }
    }
  }

  /**
   * The history may hold what not everybody was told of, because telling has failed: from now on nobody is told anything,
   * nor that there was nothing to tell. Their readers go on elsewhere, from where they are.
   */
  silence(): void {
    this.#silent = true;
  }

  /** Tells of a revision that history already has. Called once for each, in order. */
  publish(revision: number, events: readonly KeyEvent[]): void {
    if (this.#silent) return;
    if (events.length > this.#eventsMax) {
      this.publishLarge(revision);
      return;
    }
    const matched = new Map<Watcher, KeyEvent[]>();
    for (const event of events) {
      this.#index.forEachAt(event.kv.key, (watcher) => {
        if (!watcher.synced || watcher.nextRevision > revision || isFiltered(watcher, event))
          return;
        const list = matched.get(watcher);
        if (list === undefined) matched.set(watcher, [event]);
        else list.push(event);
      });
    }
    const previous = new Map<KeyEvent, KeyValue | undefined>();
    for (const [watcher, list] of matched) {
      // A reader that goes away while it is told of something takes its other watchers with it.
      if (watcher.removed) continue;
      if (watcher.stream.ready) this.#tell(watcher, list, previous, false);
      else this.#fallBehind(watcher, revision);
    }
  }

  /**
   * The same for a revision of many events, the newest that history has: whoever watches one of its keys reads it from
   * history, a part at a time.
   */
  publishLarge(revision: number): void {
    if (this.#silent) return;
    for (const { watchers } of this.#streams) {
      for (const watcher of watchers.values()) {
        if (!watcher.synced || watcher.nextRevision > revision) continue;
        if (!this.#history.isChangedSince(watcher.range, revision)) continue;
        this.#fallBehind(watcher, revision);
      }
    }
  }

  /** Revisions were compacted: those who still wanted them are told when it is their turn. */
  compacted(): void {
    if (this.#runnable.size > 0) this.#onWorkAvailable();
  }

  /** Lets one watcher catch up by one batch; true if there is more to do right now. */
  work(): boolean {
    const [stream] = this.#runnable;
    if (stream === undefined || this.#silent) return false;
    const [watcher] = stream.behind;
    this.#runnable.delete(stream);
    if (watcher !== undefined) {
      // The next turn is that of another one.
      stream.behind.delete(watcher);
      stream.behind.add(watcher);
      this.#catchUp(watcher);
    }
    if (stream.behind.size > 0) this.resume(stream);
    return this.#runnable.size > 0;
  }

  /** A progress interval has passed: watchers that asked for it and heard nothing are told how far they are. */
  progressTick(): void {
    if (this.#silent) return;
    const { revision } = this.#history;
    for (const stream of this.#streams) {
      for (const watcher of stream.watchers.values()) {
        const quiet = !watcher.heardSinceTick;
        watcher.heardSinceTick = false;
        if (!watcher.request.progressNotify || !quiet || !this.#isCurrent(watcher)) continue;
        if (stream.ready) stream.push({ kind: 'progress', watchId: watcher.id, revision });
      }
    }
  }

  // For streams.

  /** Called by streams. */
  create(stream: Stream, request: WatchRequest): void {
    if (this.#silent) return;
    const { revision, compactedRevision } = this.#history;
    const refusal = refusalOf(stream, request) ?? this.#fullness(stream, request);
    if (refusal !== undefined) {
      stream.push({
        kind: 'canceled',
        watchId: allWatchers,
        revision,
        created: true,
        compactRevision: 0,
        reason: refusal,
      });
      return;
    }
    const id = request.watchId === 0 ? stream.freeId() : request.watchId;
    const start = request.startRevision === 0 ? revision + 1 : request.startRevision;
    const watcher = new Watcher(stream, id, request, start);
    stream.push({ kind: 'created', watchId: id, revision });
    if (stream.closed) return;
    if (start < compactedRevision) {
      this.#cancelCompacted(watcher);
      return;
    }
    stream.watchers.set(id, watcher);
    stream.bytes += watcher.bytes;
    this.#watcherBytes += watcher.bytes;
    this.#watcherCount++;
    this.#index.add(watcher.range, watcher);
    if (start > revision + 1) stream.waiting.add(watcher);
    if (start > revision) watcher.synced = true;
    else this.#fallBehind(watcher, start);
  }

  /** Called by streams. */
  remove(watcher: Watcher): void {
    watcher.removed = true;
    watcher.stream.watchers.delete(watcher.id);
    watcher.stream.waiting.delete(watcher);
    watcher.stream.bytes -= watcher.bytes;
    this.#watcherBytes -= watcher.bytes;
    this.#index.remove(watcher.range, watcher);
    this.#watcherCount--;
    if (!watcher.synced) this.#caughtUp(watcher);
  }

  /** Called by streams. */
  cancel(stream: Stream, id: WatchId): void {
    const watcher = stream.watchers.get(id);
    if (watcher === undefined) return;
    this.remove(watcher);
    stream.push({
      kind: 'canceled',
      watchId: id,
      revision: this.#history.revision,
      created: false,
      compactRevision: 0,
      reason: '',
    });
  }

  /** Called by streams. */
  requestProgress(stream: Stream): void {
    // Without watchers there is nobody whose progress it could be. A reader that is slow can ask again.
    if (stream.watchers.size === 0 || !stream.ready || this.#silent) return;
    // Asked for by every message of a stream with many watchers, this must not look at each of them.
    if (stream.behind.size > 0) return;
    for (const watcher of stream.waiting) {
      if (!this.#isCurrent(watcher)) return;
      stream.waiting.delete(watcher);
    }
    stream.push({ kind: 'progress', watchId: allWatchers, revision: this.#history.revision });
  }

  /** Called by streams. The reader can take more: those of its watchers that are behind go on. */
  resume(stream: Stream): void {
    if (!stream.ready || stream.closed || stream.behind.size === 0) return;
    this.#runnable.add(stream);
    this.#onWorkAvailable();
  }

  /** Called by streams. The reader is slow: its watchers wait. */
  pause(stream: Stream): void {
    this.#runnable.delete(stream);
  }

  /** Called by streams. */
  close(stream: Stream): void {
    for (const watcher of stream.watchers.values()) this.remove(watcher);
    this.#runnable.delete(stream);
    this.#streams.delete(stream);
  }

  /** Called by streams. A sink failed to be told so. */
  sinkFailed(error: unknown): void {
    this.#onSinkFailure(error);
  }

  // How it is done.

  /** Synced, and interested in what has happened until now. */
  #isCurrent(watcher: Watcher): boolean {
    return watcher.synced && watcher.nextRevision <= this.#history.revision + 1;
  }

  #fallBehind(watcher: Watcher, nextRevision: number): void {
    watcher.synced = false;
    watcher.nextRevision = nextRevision;
    watcher.nextSub = 0;
    watcher.stream.behind.add(watcher);
    this.#slowCount++;
    this.resume(watcher.stream);
  }

  #caughtUp(watcher: Watcher): void {
    watcher.synced = true;
    watcher.stream.behind.delete(watcher);
    this.#slowCount--;
  }

  /** Why there is no room for another watcher; undefined if there is. */
  #fullness(stream: Stream, { range }: WatchRequest): string | undefined {
    const bytes = watcherBytesOf(range);
    if (stream.bytes + bytes > this.#streamBytesMax) {
      return 'etcdserver: too many watchers on this stream; cancel some, or open another stream';
    }
    if (this.#watcherBytes + bytes > this.#watcherBytesMax) {
      return 'etcdserver: too many watchers on this member; cancel some, or ask another member';
    }
    return undefined;
  }

  #catchUp(watcher: Watcher): void {
    if (watcher.nextRevision < this.#history.compactedRevision) {
      this.remove(watcher);
      this.#cancelCompacted(watcher);
      return;
    }
    const from = { revision: watcher.nextRevision, sub: watcher.nextSub };
    const { revisions, next } = this.#history.read(from, {
      revisionsMax: this.#revisionsMax,
      eventsMax: this.#eventsMax,
      bytesMax: this.#bytesMax,
    });
    const wanted = revisions.flatMap(({ events }) =>
      events.filter(
        (event) => rangeHolds(watcher.range, event.kv.key) && !isFiltered(watcher, event),
      ),
    );
    watcher.nextRevision = Math.max(watcher.nextRevision, next.revision);
    watcher.nextSub = next.sub;
    const isPart = next.sub > 0;
    const isTold = wanted.length > 0 || (watcher.hasPart && !isPart);
    watcher.hasPart = isPart && (watcher.hasPart || wanted.length > 0);
    if (!isPart && watcher.nextRevision > this.#history.revision) this.#caughtUp(watcher);
    if (isTold) this.#tell(watcher, wanted, new Map(), isPart);
  }

  /** `previous` has what was looked up for other watchers of the same events. */
  #tell(
    watcher: Watcher,
    events: readonly KeyEvent[],
    previous: Map<KeyEvent, KeyValue | undefined>,
    isPart: boolean,
  ): void {
    watcher.heardSinceTick = true;
    this.#eventsSent += events.length;
    watcher.stream.push({
      kind: 'events',
      watchId: watcher.id,
      revision: this.#history.revision,
      events: events.map((event) => ({
        event,
        previous: watcher.request.prevKv ? this.#previousOf(event, previous) : undefined,
      })),
      isPart,
      fragment: watcher.request.fragment,
    });
  }

  #previousOf(event: KeyEvent, known: Map<KeyEvent, KeyValue | undefined>): KeyValue | undefined {
    const { key, createRevision, modRevision } = event.kv;
    // A key that was just created had nothing before.
    if (event.kind === 'put' && createRevision === modRevision) return undefined;
    if (!known.has(event)) known.set(event, this.#history.previous(key, modRevision));
    return known.get(event);
  }

  #cancelCompacted(watcher: Watcher): void {
    watcher.stream.push({
      kind: 'canceled',
      watchId: watcher.id,
      revision: this.#history.revision,
      created: false,
      compactRevision: this.#history.compactedRevision,
      reason: '',
    });
  }
}

function isFiltered({ request }: Watcher, { kind }: KeyEvent): boolean {
  return kind === 'put' ? request.noPut : request.noDelete;
}

/** Why a watcher cannot be, in the texts that etcd's clients know. */
function refusalOf(stream: Stream, request: WatchRequest): string | undefined {
  const { range, startRevision, watchId } = request;
  if (startRevision < 0) return 'etcdserver: mvcc: required revision has been compacted';
  if (range.end !== undefined && range.start >= range.end) return 'mvcc: watcher range is empty';
  if (watchId !== 0 && stream.watchers.has(watchId)) {
    return 'mvcc: duplicate watch ID provided on the WatchStream';
  }
  return undefined;
}
