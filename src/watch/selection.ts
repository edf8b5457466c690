import type { KeyEvent, KeyValue } from '../state/index.ts';
import type { WatchedEvent } from './messages.ts';
import type { RangeIndex } from './range-index.ts';
import type { Stream, Watcher } from './stream.ts';

export function isFiltered({ request }: Watcher, { kind }: KeyEvent): boolean {
  return kind === 'put' ? request.noPut : request.noDelete;
}

/**
 * The events that a watcher wants of those that are sent now. Watchers that want the same ones have the same selection, so that
 * what is made of it is made once.
 */
export class Selection {
  readonly #before: Selection | undefined;
  readonly #event: KeyEvent | undefined;
  /** The selection that has one event more; events are added in one order, so that the last one is enough. */
  #after: Selection | undefined;
  #plain: readonly WatchedEvent[] | undefined;
  #withPrevious: readonly WatchedEvent[] | undefined;

  constructor(before?: Selection, event?: KeyEvent) {
    this.#before = before;
    this.#event = event;
  }

  /** This one and `event`, which comes behind all that any selection has. */
  and(event: KeyEvent): Selection {
    if (this.#after === undefined || this.#after.#event !== event) {
      this.#after = new Selection(this, event);
    }
    return this.#after;
  }

  /** The same array for all watchers. */
  get plain(): readonly WatchedEvent[] {
    this.#plain ??= Selection.#eventsOf(this).map((event) => ({ event, previous: undefined }));
    return this.#plain;
  }

  /** The same with the versions before. */
  withPrevious(previousOf: (event: KeyEvent) => KeyValue | undefined): readonly WatchedEvent[] {
    this.#withPrevious ??= Selection.#eventsOf(this).map((event) => ({
      event,
      previous: previousOf(event),
    }));
    return this.#withPrevious;
  }

  static #eventsOf(selection: Selection): KeyEvent[] {
    const events: KeyEvent[] = [];
    for (let at: Selection | undefined = selection; at !== undefined; at = at.#before) {
      if (at.#event !== undefined) events.push(at.#event);
    }
    return events.toReversed();
  }
}

/** Watchers of one stream that get the same message. */
export interface Group {
  readonly stream: Stream;
  readonly selection: Selection;
  readonly prevKv: boolean;
  readonly fragment: boolean;
  readonly watchers: Watcher[];
}

/** Synced watchers that want any of these events, which are in their order, in groups. Each watcher is in one group. */
export function groupsFor(
  index: RangeIndex<Watcher>,
  events: readonly KeyEvent[],
): readonly Group[] {
  const found: Watcher[] = [];
  const nothing = new Selection();
  let event: KeyEvent;
  // One function for all events: most are of keys that nobody watches.
  const select = (watcher: Watcher): void => {
    const { modRevision } = event.kv;
    if (!watcher.synced || watcher.nextRevision > modRevision || isFiltered(watcher, event)) return;
    if (watcher.selection === undefined) found.push(watcher);
    watcher.selection = (watcher.selection ?? nothing).and(event);
  };
  for (event of events) index.forEachAt(event.kv.key, select);
  return found.length === 0 ? [] : groupsOf(found);
}

/** Puts watchers with a selection into groups, and takes the selection from them. */
function groupsOf(watchers: readonly Watcher[]): readonly Group[] {
  const groups: Group[] = [];
  for (const watcher of watchers) {
    const { stream, selection } = watcher;
    watcher.selection = undefined;
    if (selection === undefined) continue;
    const { prevKv, fragment } = watcher.request;
    const { group } = stream;
    if (group?.selection === selection && group.prevKv === prevKv && group.fragment === fragment) {
      group.watchers.push(watcher);
    } else {
      stream.group = { stream, selection, prevKv, fragment, watchers: [watcher] };
      groups.push(stream.group);
    }
  }
  for (const { stream } of groups) stream.group = undefined;
  return groups;
}

/** Bytes of events that leave a member together, unless one watcher alone has more. */
const togetherBytesMax = 64 << 10;
/** Of one message, besides its events. */
const messageBytes = 100;

/** How many watchers of one stream get these events before it is seen whether the reader can take more. */
export function watchersTogether(events: readonly WatchedEvent[]): number {
  return Math.max(1, Math.floor(togetherBytesMax / bytesOfMessage(events)));
}

/** About the size of a message with these events. */
export function bytesOfMessage(events: readonly WatchedEvent[]): number {
  let bytes = messageBytes;
  for (const { event, previous } of events) {
    bytes += bytesOf(event.kv) + (previous === undefined ? 0 : bytesOf(previous));
  }
  return bytes;
}

/** Of keys and values. */
export function bytesOfEvents(events: readonly KeyEvent[]): number {
  let bytes = 0;
  for (const { kv } of events) bytes += bytesOf(kv);
  return bytes;
}

function bytesOf(kv: KeyValue): number {
  return kv.key.length + kv.value.length;
}
