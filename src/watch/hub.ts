import { present } from '../base/assert.ts';
import type { RegistryError } from '../base/errors.ts';
import type { KeyEvent, KeyValue, ReadBounds } from '../state/index.ts';
import { aheadInTurn, CatchUpReader, previousOf } from './catch-up.ts';
import type { Batch, Cost } from './catch-up.ts';
import type { History } from './history.ts';
import type {
  EventsMessage,
  WatchedEvent,
  WatchGuard,
  WatchId,
  WatchRequest,
  WatchSink,
  WatchStream,
} from './messages.ts';
import { RangeIndex } from './range-index.ts';
import { bytesOfEvents, bytesOfMessage, groupsFor, watchersTogether } from './selection.ts';
import type { Group } from './selection.ts';
import { Stream, Watcher } from './stream.ts';
import type { StreamHub } from './stream.ts';
import { WatcherLimits } from './watcher-limits.ts';
import type { WatcherLimitsOptions } from './watcher-limits.ts';

export interface WatchHubOptions extends WatcherLimitsOptions {
  /** Bounds of one batch of a watcher that catches up, in revisions and bytes. */
  readonly catchUpRevisionsMax?: number;
  readonly catchUpBytesMax?: number;
  /** Bound in events of one batch, and of a revision that is published at once. */
  readonly eventsMax?: number;
  /** Bound in bytes of a revision that is published at once, with the versions before if any watcher wants these. */
  readonly revisionBytesMax?: number;
  /** Seed of the range index; must not be known to clients. */
  readonly seed?: number;
  /** A watcher has to catch up: `work` must be called soon. */
  readonly onWorkAvailable?: () => void;
  /** A sink threw, and threw again from `failed`. Its stream is closed. */
  readonly onSinkFailure?: (error: unknown) => void;
}

export interface WatchStats {
  readonly streams: number;
  readonly watchers: number;
  /** Watchers that catch up from history. */
  readonly slowWatchers: number;
  readonly eventsSent: number;
}

/** The watch id that stands for the whole stream. */
const allWatchers: WatchId = -1;

/**
 * All watchers of a member, and how far each is. There is no queue per watcher:
 * docs/decisions/0003-no-queue-per-watcher.md.
 *
 * A synced watcher has been sent all its events up to the newest revision. Any other one is in its stream's `behind`,
 * and catches up from `nextRevision`.
 */
export class WatchHub implements StreamHub {
  #history: History;
  /** Of one batch, and of a turn. */
  readonly #bounds: ReadBounds;
  readonly #revisionBytesMax: number;
  readonly #reader: CatchUpReader;
  readonly #onWorkAvailable: () => void;
  readonly #limits: WatcherLimits;
  readonly #onSinkFailure: (error: unknown) => void;
  readonly #index: RangeIndex<Watcher>;
  readonly #streams = new Set<Stream>();
  /** Those of this member's own parts. */
  readonly #own = new Set<Stream>();
  /** Streams that have watchers behind and a reader that can take more; a set, so that streams take turns. */
  readonly #runnable = new Set<Stream>();
  /** Published and not sent yet, in order; both are bounded by `#bounds`. */
  #gathered: KeyEvent[] = [];
  #gatheredBytes = 0;
  #silent = false;
  /** Users or roles have changed since the readers' rights were looked at. No event is sent before that is done. */
  #rightsChanged = false;
  #watcherCount = 0;
  /** Watchers that want the versions before. These count among the bytes that are gathered: they may be much larger. */
  #prevKvCount = 0;
  #slowCount = 0;
  #eventsSent = 0;

  constructor(history: History, options: WatchHubOptions = {}) {
    this.#history = history;
    this.#index = new RangeIndex(options.seed);
    this.#bounds = {
      revisionsMax: options.catchUpRevisionsMax ?? 1000,
      eventsMax: options.eventsMax ?? 500,
      bytesMax: options.catchUpBytesMax ?? 1 << 20,
    };
    this.#revisionBytesMax = options.revisionBytesMax ?? 16 << 20;
    this.#reader = new CatchUpReader(this.#bounds);
    this.#onWorkAvailable = options.onWorkAvailable ?? (() => {});
    this.#limits = new WatcherLimits(options);
    this.#onSinkFailure = options.onSinkFailure ?? (() => {});
  }

  /** Without the streams of this member's own parts. */
  get stats(): WatchStats {
    let streams = this.#streams.size;
    let watchers = this.#watcherCount;
    let slowWatchers = this.#slowCount;
    for (const own of this.#own) {
      streams--;
      watchers -= own.watchers.size;
      slowWatchers -= own.behind.size;
    }
    return { streams, watchers, slowWatchers, eventsSent: this.#eventsSent };
  }

  /** Without a guard its reader has every right. */
  open(sink: WatchSink, guard?: WatchGuard): WatchStream {
    const stream = new Stream(this, sink, guard);
    this.#streams.add(stream);
    return stream;
  }

  /** The same for a part of this member; it counts in no statistics. */
  openOwn(sink: WatchSink): WatchStream {
    const stream = new Stream(this, sink, undefined);
    this.#streams.add(stream);
    this.#own.add(stream);
    return stream;
  }

  /** The history was replaced (a snapshot was installed). Watchers continue in the new one from where they were. */
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
   * A publish failed half-way, so some watchers may miss this revision: send nothing more, not even progress. Clients
   * resume elsewhere from their last revision.
   */
  silence(): void {
    this.#silent = true;
  }

  /**
   * Takes the events of a revision that history already has, for the next `flush`. Called once for each revision, in
   * order.
   */
  publish(revision: number, events: readonly KeyEvent[]): void {
    if (this.#silent) return;
    if (events.length > this.#bounds.eventsMax) {
      this.publishLarge(revision);
      return;
    }
    let bytes = bytesOfEvents(events);
    if (this.#prevKvCount > 0) {
      for (const event of events) bytes += this.#history.bytesBefore(event);
      if (bytes > this.#revisionBytesMax) {
        this.publishLarge(revision);
        return;
      }
    }
    if (
      this.#gathered.length + events.length > this.#bounds.eventsMax ||
      this.#gatheredBytes + bytes > this.#bounds.bytesMax
    ) {
      this.flush();
    }
    for (const event of events) this.#gathered.push(event);
    this.#gatheredBytes += bytes;
  }

  /**
   * Sends what was published since the last time: a watcher gets the events of all these revisions in one message. Must
   * be called before anything else happens to the hub, to its history or to the rights of readers, so that nothing ever
   * meets events that were published and not sent.
   */
  flush(): void {
    if (this.#silent || this.#gathered.length === 0) return;
    this.#lookAtRights();
    const events = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    // History may be ahead of what was gathered.
    const revision = present(events.at(-1), 'an event').kv.modRevision;
    const previous = new Map<KeyEvent, KeyValue | undefined>();
    const before = (event: KeyEvent): KeyValue | undefined =>
      previousOf(this.#history, event, previous);
    for (const group of groupsFor(this.#index, events)) {
      const { selection, prevKv } = group;
      this.#tell(group, revision, prevKv ? selection.withPrevious(before) : selection.plain);
    }
  }

  /** Sends a group its events, for as long as the reader can take more. */
  #tell(
    { stream, watchers, fragment }: Group,
    revision: number,
    events: readonly WatchedEvent[],
  ): void {
    const together = watchersTogether(events);
    const first = present(events[0], 'an event').event.kv.modRevision;
    for (let at = 0; at < watchers.length; at += together) {
      // Closing a stream while a message is pushed removes its other watchers, too.
      const some = watchers.slice(at, at + together).filter(({ removed }) => !removed);
      if (some.length === 0) continue;
      if (stream.ready) this.#send(stream, some, { revision, events, isPart: false, fragment });
      else for (const watcher of some) this.#fallBehind(watcher, first);
    }
  }

  /**
   * The same for a revision of many events, the newest of history: watchers of its keys read it from history, in
   * parts.
   */
  publishLarge(revision: number): void {
    if (this.#silent) return;
    this.flush();
    this.#lookAtRights();
    for (const { watchers } of this.#streams) {
      for (const watcher of watchers.values()) {
        if (!watcher.synced || watcher.nextRevision > revision) continue;
        if (!this.#history.isChangedSince(watcher.range, revision)) continue;
        this.#fallBehind(watcher, revision);
      }
    }
  }

  /** Revisions were compacted. Watchers that still need them are canceled when it is their turn to catch up. */
  compacted(): void {
    if (this.#runnable.size > 0) this.#onWorkAvailable();
  }

  /**
   * Users or roles have changed. Watchers whose readers lack the right now are canceled: before the next event is sent,
   * and in the next turn at the latest. Changes of one turn are looked at together.
   */
  rightsChanged(): void {
    this.#rightsChanged = true;
    this.#onWorkAvailable();
  }

  #lookAtRights(): void {
    if (!this.#rightsChanged) return;
    this.#rightsChanged = false;
    for (const stream of this.#streams) {
      if (stream.guard === undefined) continue;
      for (const watcher of stream.watchers.values()) {
        const refusal = stream.guard.refusalNow(watcher.request);
        if (refusal === undefined) continue;
        this.remove(watcher);
        this.#refuse(stream, watcher.id, refusal);
      }
    }
  }

  #refuse(stream: Stream, watchId: WatchId, refusal: RegistryError): void {
    stream.push({
      kind: 'canceled',
      watchId,
      revision: this.#history.revision,
      created: watchId === allWatchers,
      compactRevision: 0,
      reason: refusal.message,
      refusal,
    });
  }

  /** Lets watchers catch up, by about one batch of events in all; true if there is more to do now. */
  work(): boolean {
    if (this.#silent) return false;
    this.#lookAtRights();
    const left = { ...this.#bounds };
    for (const stream of this.#runnable) {
      this.#runnable.delete(stream);
      const cost = this.#catchUp(stream);
      left.revisionsMax -= cost.revisions;
      left.eventsMax -= cost.events;
      left.bytesMax -= cost.bytes;
      if (stream.behind.size > 0) this.resume(stream);
      if (Math.min(left.revisionsMax, left.eventsMax, left.bytesMax) <= 0) break;
    }
    if (this.#slowCount === 0) this.#reader.forget();
    return this.#runnable.size > 0;
  }

  /**
   * A progress interval has passed: sends progress to watchers that asked for it and got no message since the last
   * one.
   */
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
    const denied = stream.guard?.refusalOf(request);
    if (denied !== undefined) {
      this.#refuse(stream, allWatchers, denied);
      return;
    }
    const refusal = this.#limits.refusalOf(stream, request);
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
    this.#limits.add(watcher);
    if (request.prevKv) this.#prevKvCount++;
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
    this.#limits.remove(watcher);
    if (watcher.request.prevKv) this.#prevKvCount--;
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
    // Dropped without watchers, as in etcd. A slow reader can ask again.
    if (stream.watchers.size === 0 || !stream.ready || this.#silent) return;
    // A client may ask with every message, so this must not visit every watcher of a stream.
    if (stream.behind.size > 0) return;
    for (const watcher of stream.waiting) {
      if (!this.#isCurrent(watcher)) return;
      stream.waiting.delete(watcher);
    }
    stream.push({ kind: 'progress', watchId: allWatchers, revision: this.#history.revision });
  }

  /** Called by streams. The reader can take more: its watchers that are behind continue. */
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
    this.#own.delete(stream);
  }

  /** Called by streams. `WatchSink.failed` threw. */
  sinkFailed(error: unknown): void {
    this.#onSinkFailure(error);
  }

  // Internals.

  /** Synced, and its start revision is not in the future. */
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

  /** One batch for the watchers of a stream whose turn it is. A watcher costs as much as an event. */
  #catchUp(stream: Stream): Cost {
    const run = aheadInTurn(stream);
    const [first] = run;
    if (first === undefined) return { revisions: 0, events: 0, bytes: 0 };
    if (first.nextRevision < this.#history.compactedRevision) {
      for (const watcher of run) {
        if (watcher.removed) continue;
        this.remove(watcher);
        this.#cancelCompacted(watcher);
      }
      return { revisions: 0, events: run.length, bytes: 0 };
    }
    const batch = this.#reader.read(this.#history, first);
    const { cost, isPart } = batch;
    const events = batch.wantedBy(first);
    const { fragment } = first.request;
    // Clients take a response without events, as the last part may be, for progress: it must not be ahead of what was sent.
    const revision = events.length > 0 ? this.#history.revision : batch.next.revision - 1;
    const together = watchersTogether(events);
    let sent = 0;
    for (let at = 0; at < run.length && stream.ready; at += together) {
      // Closing a stream while a message is pushed removes its other watchers, too.
      const some = run.slice(at, at + together).filter(({ removed }) => !removed);
      const told = some.filter((watcher) => this.#advance(watcher, batch, events.length > 0));
      if (told.length > 0) this.#send(stream, told, { revision, events, isPart, fragment });
      sent += told.length;
    }
    return {
      revisions: cost.revisions,
      events: cost.events + run.length,
      bytes: cost.bytes + sent * bytesOfMessage(events),
    };
  }

  /** The watcher has read a batch. True if it gets a message of that. */
  #advance(watcher: Watcher, { next, isPart }: Batch, isAnyWanted: boolean): boolean {
    watcher.nextRevision = Math.max(watcher.nextRevision, next.revision);
    watcher.nextSub = next.sub;
    const isSent = isAnyWanted || (watcher.hasPart && !isPart);
    watcher.hasPart = isPart && (watcher.hasPart || isAnyWanted);
    const { behind } = watcher.stream;
    if (!isPart && watcher.nextRevision > this.#history.revision) this.#caughtUp(watcher);
    else if (behind.delete(watcher)) behind.add(watcher);
    return isSent;
  }

  #send(
    stream: Stream,
    watchers: readonly Watcher[],
    message: Omit<EventsMessage, 'kind' | 'watchIds'>,
  ): void {
    for (const watcher of watchers) watcher.heardSinceTick = true;
    if (!this.#own.has(stream)) this.#eventsSent += message.events.length * watchers.length;
    const watchIds = watchers.map(({ id }) => id);
    stream.push({ kind: 'events', watchIds, ...message });
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
