import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOfText, rangeHolds } from '../../src/base/key.ts';
import type { KeyEvent } from '../../src/state/index.ts';
import { WatchHub } from '../../src/watch/index.ts';
import type {
  EventsMessage,
  WatchMessage,
  WatchRequest,
  WatchStream,
} from '../../src/watch/index.ts';
import { deleteOf, Past, putOf, rangeOf, requestOf } from './history.ts';

type Step =
  | { readonly kind: 'write'; readonly keys: readonly string[]; readonly isDelete: boolean }
  | { readonly kind: 'watch'; readonly reader: number; readonly start: number; readonly how: How }
  | { readonly kind: 'cancel' | 'progress' | 'drain'; readonly reader: number; readonly id: number }
  | { readonly kind: 'slow'; readonly reader: number; readonly afterMessages: number }
  | { readonly kind: 'compact'; readonly back: number }
  | { readonly kind: 'work' | 'tick' };

interface How {
  readonly range: string;
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly progressNotify: boolean;
}

const keys = ['a', 'b', 'ba', 'c', 'd'];
const anyReader = fc.nat({ max: 2 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      keys: fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 3 }),
      isDelete: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('watch' as const),
      reader: anyReader,
      start: fc.integer({ min: -3, max: 8 }),
      how: fc.record({
        range: fc.constantFrom('a', 'ba', 'b*', 'a..c', 'b..', '..', 'c..d'),
        prevKv: fc.boolean(),
        noPut: fc.integer({ min: 0, max: 4 }).map((value) => value === 0),
        noDelete: fc.integer({ min: 0, max: 4 }).map((value) => value === 0),
        progressNotify: fc.boolean(),
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel', 'progress', 'drain', 'drain'),
      reader: anyReader,
      id: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('slow' as const),
      reader: anyReader,
      afterMessages: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), back: fc.nat({ max: 6 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('work', 'work', 'tick') }) },
);

/** Mostly short; some alone have more bytes than are read or sent together, or than the state keeps of a revision. */
function lengthOf(value: number): number {
  if (value % 23 === 22) return 2100;
  return value % 11 === 10 ? 310 : value % 60;
}

/** Of the events that are sent together; the longest write has more than the least of these. */
const anyBound = fc.integer({ min: 2, max: 8 });

/** The events that one watcher has received, and may expect. */
class Told {
  readonly request: WatchRequest;
  readonly start: number;
  readonly events: KeyEvent[] = [];
  /** Of a revision of which more is to come. */
  readonly parts: KeyEvent[] = [];
  ended: 'canceled' | 'compacted' | undefined;

  constructor(request: WatchRequest, start: number) {
    this.request = request;
    this.start = start;
  }
}

/** One reader; it checks what it receives against the whole history. */
class Reader {
  readonly told: Map<number, Told> = new Map();
  readonly all: Told[] = [];
  stream!: WatchStream;
  /** Messages that it takes before it is slow. */
  patience = Infinity;
  isWaiting = false;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  push(message: WatchMessage): boolean {
    if (this.isWaiting && message.kind !== 'created' && message.kind !== 'canceled') {
      throw new Error(`${message.kind} came to a reader that had asked to wait`);
    }
    this.#take(message);
    if (--this.patience > 0) return true;
    this.isWaiting = true;
    return false;
  }

  #take(message: WatchMessage): void {
    if (message.kind === 'events') {
      expect(new Set(message.watchIds).size).toBe(message.watchIds.length);
      expect(message.watchIds).not.toEqual([]);
      for (const id of message.watchIds) this.#takeEvents(this.told.get(id), message);
      return;
    }
    if (message.kind === 'progress') {
      const all = [...this.told.values()];
      const one = this.told.get(message.watchId);
      for (const told of message.watchId === -1 ? all : [one]) {
        expect(told).toBeDefined();
        if (told === undefined) continue;
        expect(told.events).toEqual(this.#world.expectedBy(told, message.revision));
        expect(told.start).toBeLessThanOrEqual(message.revision + 1);
      }
      return;
    }
    const told = this.told.get(message.watchId);
    switch (message.kind) {
      case 'created':
        expect(told).toBeUndefined();
        this.#world.created(this, message.watchId);
        break;
      case 'canceled':
        if (told === undefined) break;
        told.ended = message.compactRevision === 0 ? 'canceled' : 'compacted';
        this.told.delete(message.watchId);
        if (told.ended === 'compacted') {
          const last = told.events.at(-1)?.kv.modRevision ?? 0;
          expect(last).toBeLessThan(message.compactRevision);
          expect(message.compactRevision).toBe(this.#world.past.state.compactedRevision);
        }
        break;
    }
  }

  #takeEvents(told: Told | undefined, message: EventsMessage): void {
    expect(told?.ended).toBeUndefined();
    for (const { event, previous } of message.events) {
      told?.parts.push(event);
      this.#world.checkPrevious(told, event, previous?.modRevision);
    }
    expect(message.revision).toBeLessThanOrEqual(this.#world.past.state.revision);
    // Otherwise the rest of the revision follows.
    if (message.isPart || told === undefined) return;
    told.events.push(...told.parts.splice(0));
    // Clients take a response without events for progress.
    const last =
      message.events.length === 0 ? message.revision : (told.events.at(-1)?.kv.modRevision ?? 0);
    expect(told.events).toEqual(this.#world.expectedBy(told, last));
    expect(message.revision).toBeGreaterThanOrEqual(last);
  }
}

class World {
  readonly past = new Past();
  readonly hub: WatchHub;
  readonly #readers: readonly Reader[];
  readonly #happened: KeyEvent[] = [];
  #creating: { readonly request: WatchRequest; readonly start: number } | undefined;
  #value = 0;
  /** Findings of the readers. */
  #failure: { readonly error: unknown } | undefined;

  constructor(eventsMax: number) {
    this.hub = new WatchHub(this.past.state, {
      catchUpRevisionsMax: 2,
      catchUpBytesMax: 300,
      eventsMax,
    });
    this.#readers = [0, 1, 2].map(() => new Reader(this));
    for (const reader of this.#readers) {
      reader.stream = this.hub.open({
        push: (message) => reader.push(message),
        failed: (error) => {
          this.#failure ??= { error };
        },
      });
    }
  }

  /** All that this watcher must receive up to a revision. */
  expectedBy({ request, start }: Told, revision: number): KeyEvent[] {
    return this.#happened.filter(
      ({ kind, kv }) =>
        kv.modRevision >= start &&
        kv.modRevision <= revision &&
        rangeHolds(request.range, kv.key) &&
        !(kind === 'put' ? request.noPut : request.noDelete),
    );
  }

  created(reader: Reader, id: number): void {
    const creating = this.#creating;
    if (creating === undefined) throw new Error('created, and nobody had asked');
    const told = new Told(creating.request, creating.start);
    reader.told.set(id, told);
    reader.all.push(told);
  }

  checkPrevious(told: Told | undefined, { kv }: KeyEvent, revision: number | undefined): void {
    const before = this.#happened.findLast(
      (event) => event.kv.key === kv.key && event.kv.modRevision < kv.modRevision,
    );
    const readable = kv.modRevision > this.past.state.compactedRevision;
    const wanted = told?.request.prevKv === true && before?.kind === 'put' && readable;
    expect(revision).toBe(wanted ? before.kv.modRevision : undefined);
  }

  take(step: Step): void {
    const { revision } = this.past.state;
    // Writes that follow each other are those of one turn.
    if (step.kind !== 'write') this.hub.flush();
    switch (step.kind) {
      case 'write':
        this.#write(step.keys, step.isDelete);
        break;
      case 'watch': {
        const start = Math.max(0, revision - step.start);
        const { range, ...how } = step.how;
        const request = requestOf(rangeOf(range), { ...how, startRevision: start });
        this.#creating = { request, start: start === 0 ? revision + 1 : start };
        this.#reader(step.reader).stream.create(request);
        break;
      }
      case 'cancel':
        this.#reader(step.reader).stream.cancel(step.id);
        break;
      case 'progress':
        this.#reader(step.reader).stream.requestProgress();
        break;
      case 'slow':
        this.#reader(step.reader).patience = step.afterMessages;
        break;
      case 'drain':
        this.#drain(this.#reader(step.reader));
        break;
      case 'compact':
        if (revision - step.back > this.past.state.compactedRevision) {
          this.past.compact(revision - step.back);
          this.hub.compacted();
        }
        break;
      case 'work':
        this.hub.work();
        break;
      case 'tick':
        this.hub.progressTick();
        break;
    }
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** All readers read again; each open watcher has received everything. */
  end(): void {
    this.hub.flush();
    for (const reader of this.#readers) this.#drain(reader);
    while (this.hub.work());
    const { revision } = this.past.state;
    for (const reader of this.#readers) {
      for (const told of reader.told.values()) {
        expect(told.events).toEqual(this.expectedBy(told, revision));
      }
      for (const told of reader.all) {
        const last = told.events.at(-1)?.kv.modRevision ?? 0;
        expect(told.events).toEqual(this.expectedBy(told, last));
      }
      reader.stream.close();
    }
    expect(this.hub.stats).toMatchObject({ streams: 0, watchers: 0, slowWatchers: 0 });
    expect(this.hub.work()).toBe(false);
    this.#check();
  }

  #write(names: readonly string[], isDelete: boolean): void {
    const value = 'v'.repeat(lengthOf(++this.#value));
    const applied = this.past.txn(
      names.map((name) => (isDelete ? deleteOf(name) : putOf(keyOfText(name), value))),
    );
    const { revision, events, isLarge } = applied;
    if (isLarge) {
      this.#happened.push(...this.past.eventsOf(revision));
      this.hub.publishLarge(revision);
    } else if (events.length > 0) {
      this.#happened.push(...events);
      this.hub.publish(revision, events);
    }
  }

  #drain(reader: Reader): void {
    reader.patience = Infinity;
    reader.isWaiting = false;
    reader.stream.drained();
  }

  #reader(at: number): Reader {
    const reader = this.#readers[at];
    if (reader === undefined) throw new Error('no such reader');
    return reader;
  }
}

test('every watcher sees every matching revision once, in order, without a gap, at any pace', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 20, maxLength: 120 }), anyBound, (steps, max) => {
      const world = new World(max);
      for (const step of steps) world.take(step);
      world.end();
    }),
    { numRuns: 300 },
  );
});
