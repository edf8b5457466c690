import { RegistryError } from '../base/errors.ts';
import { nothingToCancel } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
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
  readonly #waiters = new Set<{ readonly key: Key; readonly onGone: () => void }>();

  constructor(operations: Operations, clock: Clock) {
    this.#operations = operations;
    this.#clock = clock;
  }

  /** The request for a run of a check that is not answered yet. */
  of(check: Key): RunRequest | undefined {
    return this.#byCheck.get(check);
  }

  /** These are all requests. */
  reset(requests: ReadonlyMap<Key, RunRequest>): void {
    this.#byCheck.clear();
    for (const [check, request] of requests) this.#byCheck.set(check, request);
    const keys = new Set([...requests.values()].map(({ key }) => key));
    for (const { key, onGone } of this.#waiters) if (!keys.has(key)) onGone();
  }

  put(check: Key, request: RunRequest): void {
    this.#byCheck.set(check, request);
  }

  delete(check: Key): void {
    this.#byCheck.delete(check);
    const gone = keyOfRun(check);
    for (const { key, onGone } of this.#waiters) if (key === gone) onGone();
  }

  /** Resolves when the check was run. `lease`: with it a request goes that nobody answers; 0: only this member removes it. */
  async ask(check: Key, lease: bigint, timeMs: number, options: CallOptions): Promise<void> {
    if (this.#waiters.size >= waitersMax) {
      throw new RegistryError('too-many-requests', 'too many checks are being run on request');
    }
    const key = keyOfRun(check);
    const gone = this.#whenGone(key, timeMs, options.signal);
    const flags = { prevKv: false, ignoreValue: false, ignoreLease: false };
    try {
      await this.#operations.put({ key, value: new Uint8Array(), lease, ...flags }, options);
    } catch (error) {
      gone.cancel();
      throw error;
    }
    if (await gone.happened) return;
    await this.#operations.deleteRange({ range: singleKey(key), prevKv: false }, options);
    throw new RegistryError(
      'deadline-exceeded',
      `no member has run the check within ${Math.round(timeMs / 1000)} s; try again`,
    );
  }

  /** True when the key is gone; false after the time. */
  #whenGone(
    key: Key,
    timeMs: number,
    signal: AbortSignal | undefined,
  ): { readonly happened: Promise<boolean>; readonly cancel: () => void } {
    let end = nothingToCancel;
    const happened = new Promise<boolean>((resolve) => {
      const waiter = { key, onGone: () => settle(true) };
      const settle = (isGone: boolean): void => {
        cancelTime();
        signal?.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
        resolve(isGone);
      };
      const onAbort = (): void => settle(false);
      const cancelTime = this.#clock.after(timeMs, onAbort);
      end = onAbort;
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    return { happened, cancel: () => end() };
  }
}
