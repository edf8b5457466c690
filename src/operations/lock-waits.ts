import { nothingToCancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Core } from './core.ts';

/** Calls that wait at one member for a lock or an election, and places of failed calls that are not removed yet. */
const callsMaxDefault = 50_000;
/** Between attempts to remove a place. An attempt waits for a leader by itself. */
const pauseMinMs = 500;
const pauseMaxMs = 30_000;
/** Attempts for a place whose lease is not known to be gone. */
const triesMax = 100;

/** The place that a failed call leaves behind. */
export interface Leftover {
  /** Removes it. Rejects if the outcome is unknown. */
  remove(): Promise<unknown>;
  /** It is certainly gone, although no attempt succeeded. */
  isGone(): boolean;
}

/**
 * The calls that wait for a lock or an election: bounded in number, and ended when the member stops. `clear` removes the
 * places of failed calls in the background, however long there is no leader.
 */
export class LockWaits {
  readonly #core: Core;
  readonly #callsMax: number;
  readonly #calls = new Set<AbortController>();
  readonly #clearing = new Set<Promise<void>>();
  readonly #pauses = new Set<() => void>();
  #lastEnded: () => void = () => {};
  #stopping = false;
  /** No further attempt is made. */
  #over = false;

  constructor(core: Core, { callsMax = callsMaxDefault }: { readonly callsMax?: number } = {}) {
    this.#core = core;
    this.#callsMax = callsMax;
  }

  get count(): number {
    return this.#calls.size;
  }

  /** Runs a call. Its signal is aborted, with the reason, when the caller goes away or the member stops. */
  async run<T>(
    signal: AbortSignal | undefined,
    call: (over: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.#stopping) throw stopping();
    if (this.#calls.size + this.#clearing.size >= this.#callsMax) {
      const text = `${this.#callsMax} calls already wait for locks and elections here; try again later, or ask another member`;
      throw new RegistryError('too-many-requests', text);
    }
    const over = new AbortController();
    const giveUp = (): void => over.abort(callerGone());
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#calls.add(over);
    try {
      return await call(over.signal);
    } finally {
      this.#calls.delete(over);
      if (this.#calls.size === 0) this.#lastEnded();
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Removes the place of a failed call. */
  clear(leftover: Leftover): void {
    const cleared = this.#clear(leftover).finally(() => this.#clearing.delete(cleared));
    this.#clearing.add(cleared);
  }

  async #clear(leftover: Leftover): Promise<void> {
    for (let tries = 0; tries < triesMax && !this.#over; tries++) {
      try {
        await leftover.remove();
        return;
      } catch (error) {
        this.#core.options.logger.debug('the place of a failed call is not removed yet', {
          error: String(error),
        });
      }
      if (leftover.isGone() || this.#stopping) return;
      await this.#pause(Math.min(pauseMinMs * 2 ** tries, pauseMaxMs));
    }
  }

  /** Ends all calls; resolves when their places are removed, or after `limitMs`. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    for (const resume of this.#pauses) resume();
    for (const call of this.#calls) call.abort(stopping());
    let cancel = nothingToCancel;
    const limit = new Promise<void>((resolve) => {
      cancel = this.#core.clock.after(limitMs, resolve);
    });
    await Promise.race([this.#quiet(), limit]);
    cancel();
    this.#over = true;
  }

  /** Resolves when all calls have ended and their places are removed. */
  async #quiet(): Promise<void> {
    if (this.#calls.size > 0) {
      await new Promise<void>((resolve) => {
        this.#lastEnded = resolve;
      });
    }
    await Promise.all(this.#clearing);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = this.#core.clock.after(ms, end);
      this.#pauses.add(end);
    });
  }
}

function callerGone(): RegistryError {
  return new RegistryError('canceled', 'the caller gave up before the answer was there');
}

function stopping(): RegistryError {
  return new RegistryError('stopped', 'this member is stopping; ask another member');
}
