import { assert } from '../base/assert.ts';
import type { Engine } from './engine.ts';
import type { KeyEvent, Position, ReadBounds, RevisionEvents } from './key-value.ts';
import { RecentEvents, bytesOfEvent } from './recent-events.ts';
import { decodeRecord, recordKey } from './record.ts';

interface PartBounds {
  readonly eventsMax: number;
  readonly bytesMax: number;
  readonly bytesOf: (event: KeyEvent) => number;
}

/** The events of a command. If `isLarge`, only the engine has them. */
export interface CommandEvents {
  readonly events: readonly KeyEvent[];
  readonly isLarge: boolean;
}

const nothingHappened: CommandEvents = { events: [], isLarge: false };

/**
 * The events of each revision, for watchers: those of the command under way, those of the newest revisions in memory,
 * and older ones from the engine, where each is a record.
 */
export class EventHistory {
  readonly #engine: Engine;
  readonly #recent: RecentEvents;
  readonly #pendingBytesMax: number;
  /** Events of the command under way, in order; empty once they have more bytes than memory may hold. */
  #pending: KeyEvent[] = [];
  #pendingCount = 0;
  #pendingBytes = 0;

  constructor(
    engine: Engine,
    { revisionsMax, bytesMax }: { readonly revisionsMax: number; readonly bytesMax: number },
  ) {
    this.#engine = engine;
    this.#recent = new RecentEvents({ revisionsMax, bytesMax });
    this.#pendingBytesMax = bytesMax;
  }

  /** Events of the command under way: the sub-revision of its next event. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** Adds an event of the command under way, and its record. */
  add(event: KeyEvent, record: Uint8Array): void {
    this.#pendingCount++;
    this.#pendingBytes += bytesOfEvent(event);
    if (this.#pendingCount === 1) {
      // One event is kept however large it is. Most commands have no other: an array that grows has room for 17.
      this.#pending = [event];
    } else if (this.#pendingBytes <= this.#pendingBytesMax) {
      this.#pending.push(event);
    } else {
      this.#pending = [];
      this.#recent.dropPending();
      return;
    }
    this.#recent.add(record);
  }

  /** The command under way is done: its events are all of `revision`. */
  commit(revision: number): CommandEvents {
    if (this.#pendingCount === 0) return nothingHappened;
    const events = this.#pending;
    const isLarge = events.length < this.#pendingCount;
    if (isLarge) this.#recent.skip(revision);
    else this.#recent.commit(revision);
    this.#pending = [];
    this.#pendingCount = 0;
    this.#pendingBytes = 0;
    return { events, isLarge };
  }

  /** The record of the event at a position, if it is in memory. */
  recent(revision: number, sub: number): Uint8Array | undefined {
    return this.#recent.get({ revision, sub });
  }

  /**
   * The events from a position on, up to revision `last`; see `History` in `watch`. `bytesOf` is what one counts. Of the
   * revisions, `eventless` may be without an event, as may revision 1.
   */
  read(
    from: Position,
    { revisionsMax, eventsMax, bytesMax }: ReadBounds,
    {
      last,
      eventless,
      bytesOf,
    }: {
      readonly last: number;
      readonly eventless: number;
      readonly bytesOf: (event: KeyEvent) => number;
    },
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position } {
    const revisions: RevisionEvents[] = [];
    let { revision, sub } = from;
    let eventsLeft = eventsMax;
    let bytesLeft = bytesMax;
    for (; revision <= last && revisions.length < revisionsMax; revision++) {
      if (revisions.length > 0 && (eventsLeft <= 0 || bytesLeft <= 0)) break;
      const bounds = { eventsMax: eventsLeft, bytesMax: bytesLeft, bytesOf };
      const { events, bytes, isWhole } = this.#eventsOf({ revision, sub }, bounds);
      assert(
        sub + events.length > 0 || revision <= 1 || revision === eventless,
        `the records of revision ${revision} are missing`,
      );
      if (!isWhole && revisions.length > 0) break;
      if (events.length > 0) revisions.push({ revision, events });
      if (!isWhole) return { revisions, next: { revision, sub: sub + events.length } };
      sub = 0;
      eventsLeft -= events.length;
      bytesLeft -= bytes;
    }
    return { revisions, next: { revision, sub: 0 } };
  }

  /** The events of one revision from a position on; at least one if there is any, whatever the bounds. */
  #eventsOf(
    from: Position,
    { eventsMax, bytesMax, bytesOf }: PartBounds,
  ): { readonly events: readonly KeyEvent[]; readonly bytes: number; readonly isWhole: boolean } {
    const { revision } = from;
    const isRecent = this.#recent.has(revision);
    const events: KeyEvent[] = [];
    let bytes = 0;
    let { sub } = from;
    for (let event = this.#eventAt(isRecent, { revision, sub }); event !== undefined;) {
      const isFull = events.length >= eventsMax || bytes >= bytesMax;
      if (isFull && events.length > 0) return { events, bytes, isWhole: false };
      events.push(event);
      bytes += bytesOf(event);
      sub++;
      event = this.#eventAt(isRecent, { revision, sub });
    }
    return { events, bytes, isWhole: true };
  }

  #eventAt(isRecent: boolean, { revision, sub }: Position): KeyEvent | undefined {
    const record = isRecent
      ? this.#recent.get({ revision, sub })
      : this.#engine.get(recordKey(revision, sub));
    return record === undefined ? undefined : decodeRecord(record, revision);
  }
}
