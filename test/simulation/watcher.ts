import { rangeHolds, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type {
  KeyEvent,
  WatchedEvent,
  WatchMessage,
  WatchRequest,
  WatchStream,
} from '../../src/operations/index.ts';
import { describeKeyValue, sameKeyValue } from './key-model.ts';
import type { Machine, Process } from './machine.ts';
import type { SeededRandom } from './random.ts';
import { allKeys, clientKeys, leaseKeys } from './requests.ts';
import { Violation } from './trace.ts';
import type { World } from './world.ts';
import { Session } from './users/session.ts';

/** A failure between hub and reader. */
class SinkFailure extends Error {}

/** One stream of a watcher to one member. */
interface Connection {
  readonly machine: Machine;
  readonly process: Process;
  stream: WatchStream | undefined;
  isOpen: boolean;
  watchId: number | undefined;
  /** Messages in flight or not read yet. */
  unread: number;
  /** The member was told that the reader is slow. */
  isFull: boolean;
  lastArrivalMs: number;
  /** The token that the stream shows, and the index that its member had applied when it was opened. */
  token: string | undefined;
  openedAt: number;
  /** The parts received of a revision that is not complete yet. */
  parts: WatchedEvent[];
  /** A second watcher was created in the stream, and both are compared until one is canceled. */
  twins: Twins | undefined;
}

/** Two watchers of one stream, created together. Their events of keys in both ranges must be the same. */
class Twins {
  readonly range: KeyRange;
  readonly #name: string;
  readonly #ids: number[] = [];
  #isOver = false;
  readonly #first: KeyRange;
  /** What each has received of the keys in both ranges. */
  readonly #received: readonly string[][] = [[], []];

  constructor(name: string, first: KeyRange, second: KeyRange) {
    this.#name = name;
    this.#first = first;
    this.range = second;
  }

  /** A watcher was created: the first, the second, or another one after the first was canceled. */
  isSecond(id: number): boolean {
    this.#ids.push(id);
    return this.#ids.length === 2;
  }

  /** One of them is canceled. */
  end(): void {
    this.#isOver = true;
  }

  heard({ watchIds, events }: Extract<WatchMessage, { kind: 'events' }>): void {
    for (const id of watchIds) {
      const at = this.#ids.indexOf(id);
      for (const { kv } of events.map(({ event }) => event)) {
        if (!rangeHolds(this.#first, kv.key) || !rangeHolds(this.range, kv.key)) continue;
        this.#received[at]?.push(`${kv.key}@${kv.modRevision}`);
      }
    }
  }

  /** All events were sent to both. */
  mustBeEqual(): void {
    const [first = '', second = ''] = this.#received.map((received) => received.join());
    if (this.#isOver || this.#ids.length < 2 || first === second) return;
    throw new Violation(
      `${this.#name} has two watchers; one was told of ${first}, the other one of ${second}`,
    );
  }
}

/**
 * Watches a range of keys during the whole world, at one member after the other, and requires every matching
 * revision: once, in order, whole.
 */
export class WatchClient {
  readonly name: string;
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  readonly #failures: SeededRandom;
  readonly #range: KeyRange;
  readonly #noPut: boolean;
  readonly #noDelete: boolean;
  readonly #prevKv: boolean;
  readonly #unreadMax: number;
  /** The first revision that was not received yet; 0 until the first member has sent its revision. */
  #nextRevision: number;
  #connection: Connection | undefined;
  #eventCount = 0;

  constructor(name: string, world: World, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#session = new Session(world, name, 'worker');
    this.#random = random;
    this.#failures = random.fork('failures');
    this.#range = random.pick([allKeys, clientKeys, leaseKeys, singleKey('k1')]);
    this.#noPut = random.chance(0.1);
    this.#noDelete = !this.#noPut && random.chance(0.1);
    this.#prevKv = random.chance(0.5);
    this.#unreadMax = random.pick([1, 3, 20]);
    this.#nextRevision = random.pick([0, 1]);
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** Continues in the second phase, to catch up. */
  async live(): Promise<void> {
    const { scheduler } = this.#world;
    await scheduler.sleep(this.#random.real(0, 2000));
    for (;;) {
      if (this.#connection?.isOpen !== true) {
        if (this.#session.needsLogin) {
          await this.#session.logIn(this.#random.pick(this.#world.callable()));
        }
        this.#connect();
      }
      await scheduler.sleep(this.#random.real(20, 1500));
      const connection = this.#connection;
      if (connection?.isOpen !== true) continue;
      const dice = this.#random.unit();
      if (!this.#world.isOpen) {
        // In the end it must have received everything, unless its member is not healed.
        if (!this.#world.callable().includes(connection.machine)) this.#disconnect(connection);
      } else if (dice < 0.15) this.#disconnect(connection);
      else if (dice < 0.25) this.#cancel(connection);
      else if (dice < 0.4) {
        connection.machine.run((process) => {
          if (process === connection.process) connection.stream?.requestProgress();
        });
      }
    }
  }

  /** The events that it has not received yet. */
  get missing(): readonly number[] {
    if (this.#nextRevision === 0) return [];
    return this.#expected(this.#nextRevision - 1, this.#world.model.revision);
  }

  #connect(): void {
    const machine = this.#random.pick(this.#world.callable());
    const { process } = machine;
    if (process === undefined || machine.operations === undefined) return;
    const connection: Connection = {
      machine,
      process,
      stream: undefined,
      isOpen: true,
      watchId: undefined,
      unread: 0,
      isFull: false,
      lastArrivalMs: 0,
      token: undefined,
      openedAt: 0,
      parts: [],
      twins: this.#random.chance(0.3) ? this.#twins() : undefined,
    };
    this.#connection = connection;
    process.onEnd.add(() => {
      connection.isOpen = false;
    });
    const asksAtOnce = this.#random.chance(0.3);
    machine.run(({ operations }) => {
      if (!connection.isOpen || operations === undefined) return;
      connection.token = this.#session.token;
      connection.openedAt = process.replica?.state.appliedIndex ?? 0;
      try {
        connection.stream = operations.watch(
          {
            push: (message) => this.#pushed(connection, message),
            failed: (error) => {
              connection.isOpen = false;
              if (error instanceof SinkFailure) return;
              const { scheduler } = this.#world;
              scheduler.at(scheduler.nowMs, () => {
                throw error;
              });
            },
          },
          this.#session.streamOptions(machine, process, operations),
        );
      } catch {
        // A learner: try another member.
        connection.isOpen = false;
        return;
      }
      connection.stream?.create(this.#request());
      const { twins } = connection;
      if (twins !== undefined)
        connection.stream?.create({ ...this.#request(), range: twins.range });
      // Requested this early, progress must wait or be dropped while past events are still to be sent.
      if (asksAtOnce) connection.stream?.requestProgress();
    });
    this.#world.trace.count('watches opened');
    this.#world.trace.tell(this.name, () => `watches ${machine.name} from ${this.#nextRevision}`);
  }

  #twins(): Twins {
    const second = this.#random.pick([this.#range, allKeys, clientKeys, singleKey('k1')]);
    return new Twins(this.name, this.#range, second);
  }

  #request(): WatchRequest {
    return {
      range: this.#range,
      startRevision: this.#nextRevision,
      watchId: 0,
      prevKv: this.#prevKv,
      progressNotify: true,
      noPut: this.#noPut,
      noDelete: this.#noDelete,
      fragment: false,
    };
  }

  #disconnect(connection: Connection): void {
    connection.isOpen = false;
    connection.machine.run((process) => {
      if (process === connection.process) connection.stream?.close();
    });
  }

  /** Cancels the watcher and begins another one on the same stream. */
  #cancel(connection: Connection): void {
    const { watchId } = connection;
    if (watchId === undefined) return;
    connection.watchId = undefined;
    connection.parts = [];
    connection.twins?.end();
    this.#world.trace.count('watches canceled');
    connection.machine.run((process) => {
      if (process !== connection.process || !connection.isOpen) return;
      connection.stream?.cancel(watchId);
      // From the client's position; messages in flight of the old watcher are ignored.
      connection.stream?.create(this.#request());
    });
  }

  // The member's side: pushes messages into the stream.

  #pushed(connection: Connection, message: WatchMessage): boolean {
    if (!connection.isOpen || !connection.process.isAlive) return true;
    if (connection.isFull && message.kind === 'events') {
      throw new Violation(`${this.name} was pushed events although it had said that it is slow`);
    }
    if (message.kind === 'events') {
      this.#world.check(() =>
        this.#session.hears(connection.token, this.#range, connection.process),
      );
    }
    const { scheduler, trace } = this.#world;
    if (this.#world.isOpen && this.#failures.chance(0.003)) {
      trace.count('watch sinks that failed');
      throw new SinkFailure('a message cannot be encoded');
    }
    connection.unread++;
    connection.lastArrivalMs = Math.max(
      connection.lastArrivalMs,
      scheduler.nowMs + this.#random.real(0.05, 5),
    );
    scheduler.at(connection.lastArrivalMs, () => this.#arrived(connection, message));
    if (connection.unread >= this.#unreadMax) connection.isFull = true;
    return !connection.isFull;
  }

  #arrived(connection: Connection, message: WatchMessage): void {
    if (connection !== this.#connection || !connection.isOpen) return;
    connection.unread--;
    if (connection.isFull && connection.unread === 0) {
      connection.isFull = false;
      connection.machine.run((process) => {
        // It may be full again before the member gets this.
        if (process !== connection.process || !connection.isOpen || connection.isFull) return;
        connection.stream?.drained();
      });
    }
    this.#world.check(() => this.#told(connection, message));
  }

  // The client's side: checks what it receives.

  #told(connection: Connection, message: WatchMessage): void {
    switch (message.kind) {
      case 'created':
        if (connection.twins?.isSecond(message.watchId) === true) break;
        connection.watchId = message.watchId;
        if (this.#nextRevision === 0) this.#nextRevision = message.revision + 1;
        break;
      case 'events':
        // A canceled watcher may still have messages in flight; the new one repeats them.
        if (message.watchIds.includes(connection.watchId ?? -1)) {
          this.#heardPart(connection, message);
        }
        connection.twins?.heard(message);
        break;
      case 'progress':
        if (message.watchId === -1) connection.twins?.mustBeEqual();
        if (message.watchId === connection.watchId || message.watchId === -1) {
          if (connection.watchId !== undefined) this.#progressed(message.revision);
        }
        break;
      case 'canceled':
        connection.twins?.end();
        this.#canceled(connection, message);
        break;
    }
  }

  /** Parts of a revision are joined before they are checked. */
  #heardPart(
    connection: Connection,
    { events, isPart }: Extract<WatchMessage, { kind: 'events' }>,
  ): void {
    connection.parts.push(...events);
    if (isPart) {
      this.#world.trace.count('parts of revisions');
      return;
    }
    const whole = connection.parts;
    connection.parts = [];
    this.#heard(whole);
  }

  #heard(events: readonly WatchedEvent[]): void {
    let at = 0;
    while (at < events.length) {
      const revision = events[at]!.event.kv.modRevision;
      let end = at;
      while (end < events.length && events[end]!.event.kv.modRevision === revision) end++;
      this.#heardRevision(revision, events.slice(at, end));
      at = end;
    }
  }

  #heardRevision(revision: number, events: readonly WatchedEvent[]): void {
    const { model } = this.#world;
    if (revision < this.#nextRevision) {
      throw new Violation(
        `${this.name} was told of revision ${revision} although it wanted those from ${this.#nextRevision} on`,
      );
    }
    const skipped = this.#expected(this.#nextRevision - 1, revision - 1);
    if (skipped.length > 0) {
      throw new Violation(
        `${this.name} was told of revision ${revision} and never of ${skipped.join(', ')}`,
      );
    }
    const expected = model.eventsOf(revision).filter((event) => this.#wants(event));
    const isWhole =
      expected.length === events.length &&
      expected.every((event, at) => {
        const told = events[at]!.event;
        return told.kind === event.kind && sameKeyValue(told.kv, event.kv);
      });
    if (!isWhole) {
      throw new Violation(
        `${this.name} was told ${events.length} events of revision ${revision}, which has ${expected.length} for it (or others)`,
      );
    }
    for (const { event, previous } of events) {
      if (!this.#prevKv) continue;
      // The previous version may be compacted.
      if (previous === undefined && model.compactedRevision >= revision) continue;
      const [before] = model.at(singleKey(event.kv.key), revision - 1);
      if (!sameKeyValue(previous, before)) {
        throw new Violation(
          `${this.name} was told ${describeKeyValue(previous)} as what was before revision ${revision}, and it was ${describeKeyValue(before)}`,
        );
      }
    }
    this.#eventCount += events.length;
    this.#nextRevision = revision + 1;
  }

  #progressed(revision: number): void {
    const skipped = this.#expected(this.#nextRevision - 1, revision);
    if (skipped.length > 0) {
      throw new Violation(
        `${this.name} was told that it knows everything up to ${revision}, and not of ${skipped.join(', ')}`,
      );
    }
    this.#world.trace.count('watch progress told');
    this.#nextRevision = Math.max(this.#nextRevision, revision + 1);
  }

  #canceled(
    connection: Connection,
    { watchId, compactRevision, reason, refusal }: Extract<WatchMessage, { kind: 'canceled' }>,
  ): void {
    if (refusal !== undefined && this.#session.hasUser) {
      this.#refused(connection, refusal.code);
      return;
    }
    if (watchId !== connection.watchId) return;
    connection.watchId = undefined;
    if (compactRevision === 0) {
      throw new Violation(`${this.name} was canceled for no reason: "${reason}"`);
    }
    if (
      compactRevision <= this.#nextRevision ||
      compactRevision > this.#world.model.compactedRevision
    ) {
      throw new Violation(
        `${this.name} wanted revision ${this.#nextRevision} and was told that ${compactRevision} is the oldest left`,
      );
    }
    this.#world.trace.count('watches compacted');
    this.#nextRevision = compactRevision;
    this.#disconnect(connection);
  }

  /** Its user must log in again, or has lost a right. It continues in another stream. */
  #refused(connection: Connection, code: string): void {
    const { token, openedAt } = connection;
    this.#world.users?.explainCancel(this.name, token, this.#range, code, openedAt);
    this.#world.trace.count('watches refused');
    this.#session.refused(code);
    this.#disconnect(connection);
  }

  #wants({ kind, kv }: KeyEvent): boolean {
    if (kind === 'put' ? this.#noPut : this.#noDelete) return false;
    return rangeHolds(this.#range, kv.key);
  }

  /** Revisions in (`from`, `to`] that it must receive. */
  #expected(from: number, to: number): number[] {
    const revisions: number[] = [];
    for (let revision = from + 1; revision <= to; revision++) {
      if (this.#world.model.eventsOf(revision).some((event) => this.#wants(event))) {
        revisions.push(revision);
      }
    }
    return revisions;
  }
}
