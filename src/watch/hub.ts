import type { KeyRange } from '../base/key.ts';
import { rangeHolds } from '../base/key.ts';
import type { KeyEvent, KeyValue } from '../state/index.ts';
import type { History } from './history.ts';
import type { WatchId, WatchMessage, WatchRequest, WatchSink, WatchStream } from './messages.ts';
import { RangeIndex } from './range-index.ts';

export interface WatchHubOptions {
  /** Revisions, and about as many bytes, that one watcher catches up with at a time. */
  readonly catchUpRevisionsMax?: number;
  readonly catchUpBytesMax?: number;
  /** There is catching up to do: have `work` called soon. */
  readonly onWorkAvailable?: () => void;
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

class Watcher {
  readonly stream: Stream;
  readonly id: WatchId;
  readonly range: KeyRange;
  readonly request: WatchRequest;
  /**
   * Events of revisions before this one are of no interest, or were told. A watcher that keeps up does not move it:
   * it has been told of everything up to the newest revision.
   */
  nextRevision: number;
  /** Told of everything, and pushed to as things happen; otherwise it catches up from history. */
  synced = false;
  /** Canceled, or its reader is gone: nothing may begin with it any more. */
  removed = false;
  heardSinceTick = false;

  constructor(stream: Stream, id: WatchId, request: WatchRequest, nextRevision: number) {
    this.stream = stream;
    this.id = id;
    this.range = request.range;
    this.request = request;
    this.nextRevision = nextRevision;
  }
}

/** All watchers of a member, and what each has yet to be told. See docs/decisions/0003-no-queue-per-watcher.md. */
export class WatchHub {
  #history: History;
  readonly #revisionsMax: number;
  readonly #bytesMax: number;
  readonly #onWorkAvailable: () => void;
  readonly #index = new RangeIndex<Watcher>();
  readonly #streams = new Set<Stream>();
  /** Watchers that are behind and whose readers can take more; a set, so that each gets its turn. */
  readonly #runnable = new Set<Watcher>();
  #silent = false;
  #watcherCount = 0;
  #slowCount = 0;
  #eventsSent = 0;

  constructor(history: History, options: WatchHubOptions = {}) {
    this.#history = history;
    this.#revisionsMax = options.catchUpRevisionsMax ?? 1000;
    this.#bytesMax = options.catchUpBytesMax ?? 1 << 20;
    this.#onWorkAvailable = options.onWorkAvailable ?? (() => {});
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
      if (watcher.stream.ready) this.#tell(watcher, list, previous);
      else this.#fallBehind(watcher, revision);
    }
  }

  /** Revisions were compacted: those who still wanted them are told when it is their turn. */
  compacted(): void {
    if (this.#runnable.size > 0) this.#onWorkAvailable();
  }

  /** Lets one watcher catch up by one batch; true if there is more to do right now. */
  work(): boolean {
    const [watcher] = this.#runnable;
    if (watcher === undefined || this.#silent) return false;
    this.#runnable.delete(watcher);
    this.#catchUp(watcher);
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

  /** @internal */
  create(stream: Stream, request: WatchRequest): void {
    if (this.#silent) return;
    const { revision, compactedRevision } = this.#history;
    const refusal = refusalOf(stream, request);
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
    this.#watcherCount++;
    this.#index.add(watcher.range, watcher);
    if (start > revision) watcher.synced = true;
    else this.#fallBehind(watcher, start);
  }

  /** @internal */
  remove(watcher: Watcher): void {
    watcher.removed = true;
    watcher.stream.watchers.delete(watcher.id);
    this.#index.remove(watcher.range, watcher);
    this.#watcherCount--;
    if (!watcher.synced) this.#caughtUp(watcher);
  }

  /** @internal */
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

  /** @internal */
  requestProgress(stream: Stream): void {
    // Without watchers there is nobody whose progress it could be. A reader that is slow can ask again.
    if (stream.watchers.size === 0 || !stream.ready || this.#silent) return;
    for (const watcher of stream.watchers.values()) if (!this.#isCurrent(watcher)) return;
    stream.push({ kind: 'progress', watchId: allWatchers, revision: this.#history.revision });
  }

  /** @internal The reader can take more: those of its watchers that are behind go on. */
  resume(stream: Stream): void {
    for (const watcher of stream.behind) this.#mayRun(watcher);
  }

  /** @internal The reader is slow: its watchers wait. */
  pause(stream: Stream): void {
    for (const watcher of stream.behind) this.#runnable.delete(watcher);
  }

  /** @internal */
  close(stream: Stream): void {
    for (const watcher of stream.watchers.values()) this.remove(watcher);
    this.#streams.delete(stream);
  }

  // How it is done.

  /** Synced, and interested in what has happened until now. */
  #isCurrent(watcher: Watcher): boolean {
    return watcher.synced && watcher.nextRevision <= this.#history.revision + 1;
  }

  #fallBehind(watcher: Watcher, nextRevision: number): void {
    watcher.synced = false;
    watcher.nextRevision = nextRevision;
    watcher.stream.behind.add(watcher);
    this.#slowCount++;
    this.#mayRun(watcher);
  }

  #caughtUp(watcher: Watcher): void {
    watcher.synced = true;
    watcher.stream.behind.delete(watcher);
    this.#runnable.delete(watcher);
    this.#slowCount--;
  }

  #mayRun(watcher: Watcher): void {
    if (!watcher.stream.ready || watcher.removed) return;
    this.#runnable.add(watcher);
    this.#onWorkAvailable();
  }

  #catchUp(watcher: Watcher): void {
    if (watcher.nextRevision < this.#history.compactedRevision) {
      this.remove(watcher);
      this.#cancelCompacted(watcher);
      return;
    }
    const { revisions, nextRevision } = this.#history.read(watcher.nextRevision, {
      revisionsMax: this.#revisionsMax,
      bytesMax: this.#bytesMax,
    });
    const wanted = revisions.flatMap(({ events }) =>
      events.filter(
        (event) => rangeHolds(watcher.range, event.kv.key) && !isFiltered(watcher, event),
      ),
    );
    watcher.nextRevision = Math.max(watcher.nextRevision, nextRevision);
    if (watcher.nextRevision > this.#history.revision) this.#caughtUp(watcher);
    if (wanted.length > 0) this.#tell(watcher, wanted, new Map());
    if (!watcher.synced) this.#mayRun(watcher);
  }

  /** `previous` has what was looked up for other watchers of the same events. */
  #tell(
    watcher: Watcher,
    events: readonly KeyEvent[],
    previous: Map<KeyEvent, KeyValue | undefined>,
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

/** The watchers of one reader. */
class Stream implements WatchStream {
  readonly watchers: Map<WatchId, Watcher> = new Map();
  /** Those of them that have to catch up. */
  readonly behind: Set<Watcher> = new Set();
  /** The reader can take more. */
  ready: boolean = true;
  readonly #hub: WatchHub;
  readonly #sink: WatchSink;
  closed: boolean = false;
  #nextId: WatchId = 0;

  constructor(hub: WatchHub, sink: WatchSink) {
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
    if (this.closed || this.#sink.push(message) || !this.ready) return;
    this.ready = false;
    this.#hub.pause(this);
  }

  /** The next number that no watcher of the stream has. */
  freeId(): WatchId {
    while (this.watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
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
