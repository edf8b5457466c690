import { nothingToCancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Core } from './core.ts';

/** Calls that may wait at one member for a lock or an election, and places that are being removed. */
const callsMaxDefault = 50_000;
/** Between tries to remove a place; a try waits for a leader by itself. */
const pauseMinMs = 500;
const pauseMaxMs = 30_000;
/** Of a place whose lease is not known to be gone. */
const triesMax = 100;

/** What a call that failed leaves behind. */
export interface Leftover {
  /** Tries to remove it. Rejects if that is not known to have worked. */
  remove(): Promise<unknown>;
  /** It is gone for certain, though no try has said so. */
  isGone(): boolean;
}

/**
 * The calls that wait for a lock or an election, bounded in number, and ended when the member stops. A call that fails
 * leaves its place to `clear`, which removes it in the background, however long there is no leader.
 */
export class LockWaits {
  readonly #core: Core;
  readonly #callsMax: number;
  readonly #calls = new Set<AbortController>();
  readonly #clearing = new Set<Promise<void>>();
  readonly #pauses = new Set<() => void>();
  #lastEnded: () => void = () => {};
  #stopping = false;
  /** Nothing is tried any more. */
  #over = false;

  constructor(core: Core, { callsMax = callsMaxDefault }: { readonly callsMax?: number } = {}) {
    this.#core = core;
    this.#callsMax = callsMax;
  }

  get count(): number {
    return this.#calls.size;
  }

  /** Carries out a call. Its signal is aborted, with the reason, when the caller goes away or the member stops. */
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

  /** Removes what a call has left behind. */
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

  /** Ends every call, and resolves when their places are removed, or after `limitMs`. */
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

  /** Resolves when every call has ended, and what they left is removed. */
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
  return new RegistryError('stopped', 'this member stops; ask another one');
}
