import { describe, expect, test } from 'vitest';
import { WatchHub } from '../../src/watch/index.ts';
import type { History, WatchHubOptions, WatchMessage, WatchStream } from '../../src/watch/index.ts';
import type { Operation } from '../../src/state/index.ts';
import { Past, putOf, rangeOf, requestOf } from './history.ts';

/** A past, a hub, and readers that can fail or be slow. */
class World {
  readonly past = new Past();
  readonly hub: WatchHub;
  /** How often the newest revision was read. */
  looks = 0;
  /** How often events were read. */
  reads = 0;

  constructor(options: WatchHubOptions = {}) {
    this.hub = new WatchHub(this.#history(), options);
  }

  #history(): History {
    const { state } = this.past;
    const look = (): number => {
      this.looks++;
      return state.revision;
    };
    return {
      get revision() {
        return look();
      },
      get compactedRevision() {
        return state.compactedRevision;
      },
      read: (from, bounds, withPrevious) => {
        this.reads++;
        return state.read(from, bounds, withPrevious);
      },
      isChangedSince: (range, revision) => state.isChangedSince(range, revision),
      previous: (key, revision) => state.previous(key, revision),
      bytesBefore: (event) => state.bytesBefore(event),
    };
  }

  put(key: string, value = ''): void {
    this.publish([putOf(key, value)]);
    this.hub.flush();
  }

  publish(operations: readonly Operation[]): void {
    const { revision, events } = this.past.txn(operations);
    this.hub.publish(revision, events);
  }

  reader(failsAt?: WatchMessage['kind']): Reader {
    return new Reader(this.hub, failsAt);
  }
}

class Reader {
  readonly told: WatchMessage[] = [];
  readonly failures: unknown[] = [];
  readonly stream: WatchStream;
  isSlow = false;

  constructor(hub: WatchHub, failsAt: WatchMessage['kind'] | undefined) {
    this.stream = hub.open({
      push: (message) => {
        if (message.kind === failsAt) throw new TypeError(`cannot encode ${message.kind}`);
        this.told.push(message);
        return !this.isSlow;
      },
      failed: (error) => this.failures.push(error),
    });
  }

  get kinds(): string[] {
    return this.told.map(({ kind }) => kind);
  }

  /** Of each message with events: how many, and bytes of the versions before. */
  get sizes(): string[] {
    return this.told
      .filter((message) => message.kind === 'events')
      .map(({ events }) => {
        const bytes = events.reduce((sum, event) => sum + (event.previous?.value.length ?? 0), 0);
        return `${events.length}: ${bytes}`;
      });
  }
}

describe('a sink that fails', () => {
  const failing: readonly [
    what: WatchMessage['kind'],
    how: (world: World, reader: Reader) => void,
  ][] = [
    ['created', () => {}],
    ['events', (world) => world.put('k', '2')],
    [
      'events',
      ({ hub }, { stream }) => (
        stream.create(requestOf(rangeOf('k'), { startRevision: 1 })),
        hub.work()
      ),
    ],
    ['progress', ({ hub }) => (hub.progressTick(), hub.progressTick())],
    ['progress', (_world, { stream }) => stream.requestProgress()],
    ['canceled', (_world, { stream }) => stream.cancel(0)],
    ['canceled', (_world, { stream }) => stream.create(requestOf(rangeOf('b..a')))],
  ];
  test.each(failing)('at %s (%#) loses its stream, and nobody else anything', (kind, how) => {
    const world = new World();
    world.put('k', '1');
    const before = world.reader();
    before.stream.create(requestOf(rangeOf('k')));
    const broken = world.reader(kind);
    broken.stream.create(requestOf(rangeOf('k'), { progressNotify: true }));
    broken.stream.create(requestOf(rangeOf('k*')));
    const after = world.reader();
    after.stream.create(requestOf(rangeOf('k')));

    how(world, broken);
    expect(broken.failures).toEqual([new TypeError(`cannot encode ${kind}`)]);
    const heard = broken.told.length;
    world.put('k', 'last');
    while (world.hub.work());

    expect(broken.told).toHaveLength(heard);
    for (const { told } of [before, after]) {
      expect(told.at(-1)).toMatchObject({ kind: 'events', revision: world.past.state.revision });
    }
    expect(world.hub.stats).toMatchObject({ streams: 2, watchers: 2, slowWatchers: 0 });
  });

  test('and fails again in `failed` is reported', () => {
    const reported: unknown[] = [];
    const world = new World({ onSinkFailure: (error) => reported.push(error) });
    const stream = world.hub.open({
      push: () => {
        throw new Error('first');
      },
      failed: () => {
        throw new Error('second');
      },
    });
    stream.create(requestOf(rangeOf('k')));
    expect(reported).toEqual([new Error('second')]);
    expect(world.hub.stats.streams).toBe(0);
  });
});

test('a stream of a part of the member gets all events, and counts in no statistics', () => {
  const world = new World();
  world.put('k', '1');
  const told: WatchMessage[] = [];
  const own = world.hub.openOwn({ push: (message) => told.push(message) > 0, failed() {} });
  own.create(requestOf(rangeOf('k'), { startRevision: 1 }));
  const nothing = { streams: 0, watchers: 0, slowWatchers: 0, eventsSent: 0 };
  expect(world.hub.stats).toEqual(nothing);
  while (world.hub.work());
  world.put('k', '2');
  expect(told.map(({ kind }) => kind)).toEqual(['created', 'events', 'events']);
  expect(world.hub.stats).toEqual(nothing);
  const reader = world.reader();
  reader.stream.create(requestOf(rangeOf('k')));
  own.close();
  expect(world.hub.stats).toMatchObject({ streams: 1, watchers: 1 });
});

function idsIn(told: readonly WatchMessage[]): number[] {
  return told.flatMap((message) => (message.kind === 'events' ? message.watchIds : []));
}

function arraysIn(told: readonly WatchMessage[]): Set<unknown> {
  return new Set(told.map((message) => message.kind === 'events' && message.events));
}

describe('watchers of one stream that want the same events', () => {
  const count = 500;

  function withWatchers(range: string) {
    const world = new World();
    const reader = world.reader();
    for (let at = 0; at < count; at++) reader.stream.create(requestOf(rangeOf(range)));
    reader.told.length = 0;
    return { world, reader };
  }
  test('get them in few messages, each watcher once', () => {
    const { world, reader } = withWatchers('k');
    world.put('k', 'v'.repeat(250));
    expect(reader.told.length).toBeLessThan(5);
    expect(idsIn(reader.told)).toEqual(Array.from({ length: count }, (_, id) => id));
  });

  test('get the same array as those of another stream', () => {
    const { world, reader } = withWatchers('k');
    const other = world.reader();
    other.stream.create(requestOf(rangeOf('a..z')));
    other.stream.create(requestOf(rangeOf('k'), { prevKv: true }));
    world.put('k', '1');
    world.put('k', '2');
    expect(arraysIn(reader.told).size).toBe(2);
    expect(arraysIn([...reader.told, ...other.told]).size).toBe(1 + 2 + 2);
  });

  test('fall behind when they are large and the reader is slow', () => {
    const { world, reader } = withWatchers('k');
    reader.isSlow = true;
    world.put('k', 'v'.repeat(30_000));
    expect(idsIn(reader.told)).toEqual([0, 1]);
    expect(world.hub.stats).toMatchObject({ slowWatchers: count - 2 });
    reader.isSlow = false;
    reader.stream.drained();
    while (world.hub.work());
    expect(idsIn(reader.told).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, id) => id),
    );
  });
});

describe('ten thousand watchers on one stream', () => {
  const count = 10_000;

  test('cost a request for progress no more than one', () => {
    const world = new World();
    const { stream, told } = world.reader();
    for (let at = 0; at < count; at++) stream.create(requestOf(rangeOf(`k${at}`)));
    world.looks = 0;
    for (let asked = 0; asked < 1000; asked++) stream.requestProgress();
    expect(told.filter(({ kind }) => kind === 'progress')).toHaveLength(1000);
    expect(world.looks).toBeLessThan(10_000);
  });

  test('that wait for the future are looked at once when it has come', () => {
    const world = new World();
    const reader = world.reader();
    for (let at = 0; at < count; at++) {
      reader.stream.create(requestOf(rangeOf(`k${at}`), { startRevision: 3 }));
    }
    world.looks = 0;
    for (let asked = 0; asked < 1000; asked++) reader.stream.requestProgress();
    expect(reader.kinds).not.toContain('progress');
    world.put('other');
    for (let asked = 0; asked < 1000; asked++) reader.stream.requestProgress();
    expect(reader.kinds.filter((kind) => kind === 'progress')).toHaveLength(1000);
    expect(world.looks).toBeLessThan(count + 10_000);
  });

  test('that catch up with a slow reader ask for one turn for each message', () => {
    let wakes = 0;
    const world = new World({ onWorkAvailable: () => wakes++ });
    const reader = world.reader();
    world.put('k', 'past');
    const first = world.past.state.revision;
    // Each wants something else.
    for (let at = 0; at < count; at++) {
      reader.stream.create(requestOf(rangeOf(`k..k${at}`), { startRevision: first }));
    }
    wakes = 0;
    reader.isSlow = true;
    for (let turns = 0; world.hub.work() || world.hub.stats.slowWatchers > 0; turns++) {
      expect(turns).toBeLessThan(2 * count);
      reader.stream.drained();
    }
    expect(reader.kinds.filter((kind) => kind === 'events')).toHaveLength(count);
    expect(wakes).toBeLessThan(3 * count);
  });

  test('that continue from one place read once, and share messages', () => {
    const world = new World();
    world.put('k', 'past');
    const startRevision = world.past.state.revision;
    const readers = [world.reader(), world.reader()];
    for (const { stream } of readers) {
      for (let at = 0; at < count; at++) stream.create(requestOf(rangeOf('k'), { startRevision }));
    }
    while (world.hub.work());
    expect(world.reads).toBe(1);
    const arrays = new Set<unknown>();
    for (const { told } of readers) {
      const ids: number[] = [];
      let messages = 0;
      for (const message of told) {
        if (message.kind !== 'events') continue;
        messages++;
        ids.push(...message.watchIds);
        arrays.add(message.events);
      }
      expect(new Set(ids).size).toBe(count);
      expect(messages).toBeLessThan(count / 100);
    }
    expect(arrays.size).toBe(1);
  });

  test('that a reader becomes too slow for in the middle go on later, each once', () => {
    const world = new World();
    world.put('k', 'x'.repeat(10_000));
    const startRevision = world.past.state.revision;
    const reader = world.reader();
    for (let at = 0; at < 20; at++) {
      reader.stream.create(requestOf(rangeOf('k'), { startRevision }));
    }
    reader.isSlow = true;
    world.hub.work();
    const first = reader.told.at(-1);
    expect(first?.kind === 'events' && first.watchIds.length < 20).toBe(true);
    world.put('k', 'newer');
    while (world.hub.stats.slowWatchers > 0) {
      reader.stream.drained();
      world.hub.work();
    }
    const counts = new Map<number, string>();
    for (const message of reader.told) {
      if (message.kind !== 'events') continue;
      const revisions = message.events.map(({ event }) => event.kv.modRevision).join(' ');
      for (const id of message.watchIds) counts.set(id, `${counts.get(id) ?? ''} ${revisions}`);
    }
    expect(new Set(counts.values())).toEqual(new Set([` ${startRevision} ${startRevision + 1}`]));
    expect(counts.size).toBe(20);
  });

  test('that catch up do not keep the one watcher of another stream waiting', () => {
    const world = new World();
    world.put('k', 'past');
    const startRevision = world.past.state.revision;
    const many = world.reader();
    for (let at = 0; at < count; at++)
      many.stream.create(requestOf(rangeOf('k'), { startRevision }));
    const one = world.reader();
    one.stream.create(requestOf(rangeOf('k'), { startRevision }));
    world.hub.work();
    world.hub.work();
    expect(one.kinds).toEqual(['created', 'events']);
  });
});

/** Creates watchers until one is refused; returns how many there are, and why there are no more. */
function fill({ stream, told }: Reader, range: string): { count: number; reason: string } {
  for (let count = 0; count < 10_000; count++) {
    stream.create(requestOf(rangeOf(range)));
    const answer = told.at(-1);
    if (answer?.kind === 'canceled') return { count, reason: answer.reason };
  }
  throw new Error('none was refused');
}

describe('watchers beyond the limit', () => {
  const bytes = 10_000;

  test('are refused on the stream that has too many, and on no other', () => {
    const world = new World({ streamBytesMax: bytes });
    const full = world.reader();
    const { count, reason } = fill(full, 'k');
    expect(count).toBeGreaterThan(5);
    expect(reason).toContain('on this stream');
    expect(fill(world.reader(), 'k').count).toBe(count);
    full.stream.cancel(0);
    expect(fill(full, 'k').count).toBe(1);
    world.put('k');
    const last = full.told.at(-1);
    expect(last?.kind === 'events' && last.watchIds).toHaveLength(count);
  });

  test('are refused on all streams when the member has too many, until a stream ends', () => {
    const world = new World({ bytesMax: bytes });
    const full = world.reader();
    const { count, reason } = fill(full, 'k');
    expect(reason).toContain('on this member');
    const other = world.reader();
    expect(fill(other, 'k').count).toBe(0);
    full.stream.close();
    expect(fill(other, 'k').count).toBe(count);
  });

  test('are counted with their keys', () => {
    const world = new World({ streamBytesMax: bytes });
    expect(fill(world.reader(), `${'k'.repeat(4000)}..${'l'.repeat(4000)}`).count).toBe(1);
  });
});

describe('the versions before count among the bytes of a message', () => {
  const keys = Array.from({ length: 6 }, (_, at) => `k${at}`);
  /** Six keys with a kilobyte each, watched with and without the versions before. */
  function stage(options: WatchHubOptions = {}) {
    const world = new World({ catchUpBytesMax: 2500, ...options });
    for (const key of keys) world.put(key, 'x'.repeat(1000));
    const [plain, before] = [world.reader(), world.reader()];
    plain.stream.create(requestOf(rangeOf('k*')));
    before.stream.create(requestOf(rangeOf('k*'), { prevKv: true }));
    return { world, plain, before };
  }

  test('when the revisions of a turn are gathered', () => {
    const { world, plain, before } = stage();
    for (const key of keys) world.publish([putOf(key, '')]);
    world.hub.flush();
    expect(before.sizes).toEqual(['2: 2000', '2: 2000', '2: 2000']);
    // The versions before are small now.
    for (const key of keys) world.publish([putOf(key, '')]);
    world.hub.flush();
    expect(before.sizes.slice(3)).toEqual(['6: 0']);
    expect(plain.sizes).toEqual(['2: 0', '2: 0', '2: 0', '6: 0']);
  });

  test('but not when no watcher wants them', () => {
    const { world, plain, before } = stage();
    before.stream.close();
    for (const key of keys) world.publish([putOf(key, '')]);
    world.hub.flush();
    expect(plain.sizes).toEqual(['6: 0']);
  });

  test('when a watcher catches up', () => {
    const { world } = stage();
    const from = world.past.state.revision + 1;
    for (const key of keys) world.put(key, '');
    const [plain, before] = [world.reader(), world.reader()];
    plain.stream.create(requestOf(rangeOf('k*'), { startRevision: from }));
    before.stream.create(requestOf(rangeOf('k*'), { startRevision: from, prevKv: true }));
    while (world.hub.work());
    expect(plain.sizes).toEqual(['6: 0']);
    expect(before.sizes).toEqual(['3: 3000', '3: 3000']);
  });

  test('of one revision, which comes in parts when it alone has too many', () => {
    const { world, before } = stage({ revisionBytesMax: 5000 });
    world.publish([{ kind: 'delete-range', request: { range: rangeOf('k*'), prevKv: false } }]);
    world.hub.flush();
    while (world.hub.work());
    expect(before.sizes).toEqual(['3: 3000', '3: 3000']);
    expect(before.told.map((message) => message.kind === 'events' && message.isPart)).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('but a version that was compacted has none', () => {
    const { world, before } = stage();
    const { revision } = world.past.state;
    for (const key of keys) world.past.txn([putOf(key, '')]);
    world.past.compact(revision + 1);
    before.stream.create(
      requestOf(rangeOf('k*'), { startRevision: revision + 1, prevKv: true, watchId: 7 }),
    );
    while (world.hub.work());
    expect(before.sizes).toEqual(['4: 3000', '2: 2000']);
  });
});
