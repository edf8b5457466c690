import { RegistryError } from '../base/errors.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { singleKey } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import type { CallOptions, Operations } from '../operations/index.ts';
import { keyOfRun } from './keys.ts';

/** The key that asks for a run. */
export interface RunRequest {
  readonly key: Key;
  readonly modRevision: number;
}

/** Runs that callers of this member wait for. */
const waitersMax = 1000;

/**
 * Runs that were asked for: a key names the check, its owner runs it, and removes the key together with the write of the
 * result.
 */
export class RunRequests {
  readonly #operations: Operations;
  readonly #clock: Clock;
  readonly #byCheck = new Map<Key, RunRequest>();
  readonly #waiters = new Set<Waiter>();

  constructor(operations: Operations, clock: Clock) {
    this.#operations = operations;
    this.#clock = clock;
  }

  /** The request for a run of a check that is not answered yet. */
  of(check: Key): RunRequest | undefined {
    return this.#byCheck.get(check);
  }

  /** These are all requests at a revision. */
  reset(requests: ReadonlyMap<Key, RunRequest>, revision: number): void {
    this.#byCheck.clear();
    for (const [check, request] of requests) this.#byCheck.set(check, request);
    const keys = new Set([...requests.values()].map(({ key }) => key));
    for (const waiter of this.#waiters) if (!keys.has(waiter.key)) waiter.goneAt(revision);
  }

  put(check: Key, request: RunRequest): void {
    this.#byCheck.set(check, request);
  }

  delete(check: Key, revision: number): void {
    this.#byCheck.delete(check);
    const gone = keyOfRun(check);
    for (const waiter of this.#waiters) if (waiter.key === gone) waiter.goneAt(revision);
  }

  /** Resolves when the check was run. `lease`: with it a request goes that nobody answers; 0: only this member removes it. */
  async ask(check: Key, lease: bigint, timeMs: number, options: CallOptions): Promise<void> {
    if (this.#waiters.size >= waitersMax) {
      throw new RegistryError('too-many-requests', 'too many checks are being run on request');
    }
    const key = keyOfRun(check);
    const waiter = new Waiter(key, this.#clock, timeMs, options.signal);
    this.#waiters.add(waiter);
    const flags = { prevKv: false, ignoreValue: false, ignoreLease: false };
    try {
      const request = { key, value: new Uint8Array(), lease, ...flags };
      const { header } = await this.#operations.put(request, options);
      waiter.askedAt(header.revision);
      if (await waiter.answered) return;
    } finally {
      waiter.end(false);
      this.#waiters.delete(waiter);
    }
    await this.#operations.deleteRange({ range: singleKey(key), prevKv: false }, options);
    throw new RegistryError(
      'deadline-exceeded',
      `no member has run the check within ${Math.round(timeMs / 1000)} s; try again`,
    );
  }
}

/** Waits until a key is gone, after it was put. A member may learn late of the end of an earlier request. */
class Waiter {
  readonly key: Key;
  /** True when the key is gone; false after the time, or when the caller gives up. */
  readonly answered: Promise<boolean>;
  #resolve: (isGone: boolean) => void = () => {};
  readonly #cancelTime: Cancel;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.end(false);
  #goneAt = 0;
  #askedAt = Infinity;

  constructor(key: Key, clock: Clock, timeMs: number, signal: AbortSignal | undefined) {
    this.key = key;
    this.answered = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#cancelTime = clock.after(timeMs, this.#onAbort);
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The revision of the request. */
  askedAt(revision: number): void {
    this.#askedAt = revision;
    this.#look();
  }

  /** At this revision the key does not exist. */
  goneAt(revision: number): void {
    this.#goneAt = revision;
    this.#look();
  }

  end(isGone: boolean): void {
    this.#cancelTime();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(isGone);
  }

  #look(): void {
    if (this.#goneAt > this.#askedAt) this.end(true);
  }
}
