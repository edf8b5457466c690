import { prefixRange } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import type { KeyEvent } from '../state/index.ts';
import type { WatchStream } from '../watch/index.ts';
import { orAborted, readOf } from './core.ts';
import type { Core } from './core.ts';

/** The end of a wait: no key is before the place any more, or the place is gone. */
export type Turn = 'first' | 'gone';

/** The queues of locks and elections that callers of this member wait in or observe, by name. */
export class LockQueues {
  readonly #core: Core;
  readonly #queues = new Map<Key, LockQueue>();

  constructor(core: Core) {
    this.#core = core;
  }

  has(name: Key): boolean {
    return this.#queues.has(name);
  }

  /** Runs `action` with the queue of a name, which is kept up to date meanwhile. */
  async use<T>(name: Key, action: (queue: LockQueue) => Promise<T>): Promise<T> {
    const queue = this.join(name);
    try {
      return await action(queue);
    } finally {
      this.leave(queue);
    }
  }

  join(name: Key): LockQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new LockQueue(this.#core, name);
      this.#queues.set(name, queue);
    }
    queue.users++;
    return queue;
  }

  leave(queue: LockQueue): void {
    queue.users--;
    if (queue.users > 0) return;
    this.#queues.delete(queue.name);
    queue.close();
  }
}

interface Waiter {
  readonly revision: number;
  readonly tell: (turn: Turn) => void;
  readonly fail: (error: unknown) => void;
}

interface Observer {
  readonly tell: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The keys below one name in the order of their creation. One watcher keeps them up to date for all calls that wait here,
 * so an arrival costs the same however many wait. The queue may lag behind the state: newer keys may be missing, and it
 * may still hold keys that are gone.
 */
export class LockQueue {
  readonly name: Key;
  users = 0;
  readonly #core: Core;
  #watch: WatchStream;
  /** The create revision of each key, lowest first. */
  #places = new Map<Key, number>();
  readonly #waiters = new Map<Key, Set<Waiter>>();
  readonly #observers = new Set<Observer>();
  /** Incremented with every change. */
  version = 0;

  constructor(core: Core, name: Key) {
    this.#core = core;
    this.name = name;
    this.#watch = this.#load();
  }

  /** The key of the lock's holder, or of the leader. */
  get first(): Key | undefined {
    const [first] = this.#places.keys();
    return first;
  }

  /** Waits until the place is first, as far as this queue knows, or gone. `over` ends the wait with its reason. */
  async turnOf(key: Key, revision: number, over: AbortSignal): Promise<Turn> {
    const waiters = this.#waiters.get(key) ?? new Set<Waiter>();
    let waiter: Waiter | undefined;
    try {
      return await orAborted(
        new Promise<Turn>((tell, fail) => {
          waiter = { revision, tell, fail };
          this.#waiters.set(key, waiters.add(waiter));
          this.#tellFirst();
        }),
        over,
      );
    } finally {
      if (waiter !== undefined) waiters.delete(waiter);
      if (waiters.size === 0) this.#waiters.delete(key);
    }
  }

  /** Waits until the queue has changed since `version`. */
  async changedSince(version: number, over: AbortSignal): Promise<void> {
    if (version !== this.version) return;
    let observer: Observer | undefined;
    try {
      await orAborted(
        new Promise<void>((tell, fail) => {
          observer = { tell, fail };
          this.#observers.add(observer);
        }),
        over,
      );
    } finally {
      if (observer !== undefined) this.#observers.delete(observer);
    }
  }

  /** Reads the keys again: the state is ahead of the watcher. */
  reload(): void {
    this.#watch.close();
    this.#watch = this.#load();
  }

  close(): void {
    this.#watch.close();
  }

  #load(): WatchStream {
    const { state, replica } = this.#core;
    const range = prefixRange(`${this.name}/`);
    const { kvs } = state.range(readOf(range, { sortTarget: 'create', sortOrder: 'ascend' }));
    this.#places = new Map(kvs.map(({ key, createRevision }) => [key, createRevision]));
    const stream = replica.watch.open({
      push: (message) => {
        if (message.kind === 'events') this.#happened(message.events.map(({ event }) => event));
        // The events that the watcher missed are compacted; the state has their outcome.
        else if (message.kind === 'canceled')
          this.#core.clock.endOfTurn(() => this.#reloadIf(stream));
        return true;
      },
      failed: (error) => this.#fail(error),
    });
    stream.create({
      range,
      startRevision: state.revision + 1,
      watchId: 0,
      prevKv: false,
      progressNotify: false,
      noPut: false,
      noDelete: false,
      fragment: false,
    });
    return stream;
  }

  #reloadIf(stream: WatchStream): void {
    if (stream !== this.#watch || this.users === 0) return;
    this.reload();
    this.#changed();
  }

  #happened(events: readonly KeyEvent[]): void {
    for (const { kind, kv } of events) {
      if (kind === 'delete') this.#gone(kv.key, kv.modRevision);
      else if (this.#places.get(kv.key) !== kv.createRevision) {
        this.#places.delete(kv.key);
        this.#places.set(kv.key, kv.createRevision);
      }
    }
    this.#changed();
  }

  #gone(key: Key, revision: number): void {
    this.#places.delete(key);
    for (const waiter of this.#waiters.get(key) ?? []) {
      if (waiter.revision < revision) waiter.tell('gone');
    }
  }

  #changed(): void {
    this.version++;
    for (const { tell } of this.#observers) tell();
    this.#tellFirst();
  }

  /** Several keys are first if one transaction created them. */
  #tellFirst(): void {
    const [lowest] = this.#places.values();
    if (lowest === undefined) {
      for (const waiters of this.#waiters.values()) for (const { tell } of waiters) tell('first');
      return;
    }
    for (const [key, revision] of this.#places) {
      if (revision !== lowest) return;
      for (const waiter of this.#waiters.get(key) ?? []) {
        if (waiter.revision <= revision) waiter.tell('first');
      }
    }
  }

  #fail(error: unknown): void {
    for (const waiters of this.#waiters.values()) for (const { fail } of waiters) fail(error);
    for (const { fail } of this.#observers) fail(error);
  }
}
