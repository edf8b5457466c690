import { rangeHolds } from '../base/key.ts';
import type { KeyEvent, KeyValue, Position, ReadBounds, RevisionEvents } from '../state/index.ts';
import type { History } from './history.ts';
import type { WatchedEvent } from './messages.ts';
import { bytesOfEvents, isFiltered } from './selection.ts';
import type { Stream, Watcher } from './stream.ts';

/** Watchers that catch up together. */
const togetherMax = 500;

/**
 * The watchers at the front of a stream's `behind` that continue from one place and want the same events, so that
 * one read and one message serve them all. Watchers that fell behind together stand there together.
 */
export function aheadInTurn({ behind }: Stream): readonly Watcher[] {
  const run: Watcher[] = [];
  for (const watcher of behind) {
    const first = run[0] ?? watcher;
    if (run.length === togetherMax || !continueAlike(first, watcher)) break;
    run.push(watcher);
  }
  return run;
}

function continueAlike(one: Watcher, other: Watcher): boolean {
  return (
    one.nextRevision === other.nextRevision &&
    one.nextSub === other.nextSub &&
    one.hasPart === other.hasPart &&
    one.request.fragment === other.request.fragment &&
    one.request.prevKv === other.request.prevKv &&
    one.request.noPut === other.request.noPut &&
    one.request.noDelete === other.request.noDelete &&
    one.range.start === other.range.start &&
    one.range.end === other.range.end
  );
}

/** The same text for watchers that want the same events of any revision. */
function wishOf({ request, range: { start, end } }: Watcher): string {
  const { prevKv, noPut, noDelete } = request;
  const flags = Number(prevKv) + 2 * Number(noPut) + 4 * Number(noDelete);
  return `${flags} ${start.length} ${start}${end === undefined ? '' : ` ${end}`}`;
}

/** The version before an event. `known` has those that were looked up for other watchers. */
export function previousOf(
  history: History,
  event: KeyEvent,
  known: Map<KeyEvent, KeyValue | undefined>,
): KeyValue | undefined {
  const { key, createRevision, modRevision } = event.kv;
  // A key that was just created has no previous version.
  if (event.kind === 'put' && createRevision === modRevision) return undefined;
  if (!known.has(event)) known.set(event, history.previous(key, modRevision));
  return known.get(event);
}

/** Work of a turn, or the bounds of it. */
export interface Cost {
  readonly revisions: number;
  readonly events: number;
  readonly bytes: number;
}

/** Events that were read from one place on, and what of them watchers want. */
export class Batch {
  readonly from: Position;
  readonly next: Position;
  /** More of the last revision follows. */
  readonly isPart: boolean;
  /** The work of reading it. */
  readonly cost: Cost;
  readonly #revisions: readonly RevisionEvents[];
  readonly #history: History;
  /** History as it was when this was read. */
  readonly #revision: number;
  readonly #compactedRevision: number;
  readonly #wanted = new Map<string, readonly WatchedEvent[]>();
  readonly #previous = new Map<KeyEvent, KeyValue | undefined>();

  constructor(history: History, from: Position, bounds: ReadBounds, withPrevious: boolean) {
    const { revisions, next } = history.read(from, bounds, withPrevious);
    this.from = from;
    this.next = next;
    this.isPart = next.sub > 0;
    this.cost = { revisions: next.revision - from.revision, ...sizeOf(revisions) };
    this.#revisions = revisions;
    this.#history = history;
    this.#revision = history.revision;
    this.#compactedRevision = history.compactedRevision;
  }

  /** Read again, it would be the same. */
  isCurrent(history: History, { revision, sub }: Position): boolean {
    return (
      this.from.revision === revision &&
      this.from.sub === sub &&
      this.#history === history &&
      this.#revision === history.revision &&
      this.#compactedRevision === history.compactedRevision
    );
  }

  /** The same array for all watchers that want the same, so that what is made of it is made once. */
  wantedBy(watcher: Watcher): readonly WatchedEvent[] {
    const wish = wishOf(watcher);
    let wanted = this.#wanted.get(wish);
    if (wanted === undefined) {
      wanted = this.#select(watcher);
      this.#wanted.set(wish, wanted);
    }
    return wanted;
  }

  #select(watcher: Watcher): readonly WatchedEvent[] {
    const { prevKv } = watcher.request;
    const wanted: WatchedEvent[] = [];
    for (const { events } of this.#revisions) {
      for (const event of events) {
        if (!rangeHolds(watcher.range, event.kv.key) || isFiltered(watcher, event)) continue;
        const previous = prevKv ? previousOf(this.#history, event, this.#previous) : undefined;
        wanted.push({ event, previous });
      }
    }
    return wanted;
  }
}

function sizeOf(revisions: readonly RevisionEvents[]): Omit<Cost, 'revisions'> {
  let count = 0;
  let bytes = 0;
  for (const { events } of revisions) {
    count += events.length;
    bytes += bytesOfEvents(events);
  }
  return { events: count, bytes };
}

/**
 * Reads history for watchers that are behind. Of several that continue from one place, only the first one reads, and the first
 * one that wants the versions before.
 */
export class CatchUpReader {
  readonly #bounds: ReadBounds;
  #plain: Batch | undefined;
  #withPrevious: Batch | undefined;

  constructor(bounds: ReadBounds) {
    this.#bounds = bounds;
  }

  read(history: History, { nextRevision: revision, nextSub: sub, request }: Watcher): Batch {
    const from = { revision, sub };
    const last = request.prevKv ? this.#withPrevious : this.#plain;
    if (last?.isCurrent(history, from) === true) return last;
    const batch = new Batch(history, from, this.#bounds, request.prevKv);
    if (request.prevKv) this.#withPrevious = batch;
    else this.#plain = batch;
    return batch;
  }

  /** Nobody is behind: what was read last needs no memory. */
  forget(): void {
    this.#plain = undefined;
    this.#withPrevious = undefined;
  }
}
