import { bytesOf, textOf, type Bytes } from './bytes.ts';
import type { Caller } from './caller.ts';
import type { CallOptions } from './options.ts';
import { RollcallError, errorOf, isTransient } from './errors.ts';
import { showAs } from './inspect.ts';
import type { KeepAliveStream } from './keep-alive-stream.ts';
import type { Compare } from './key-value.ts';
import { Lease } from './lease.ts';
import { int64, numberOf } from './numbers.ts';
import { backOffMs, nowMs, pause } from './time.ts';
import { compare } from './txn.ts';
import { methods } from './wire.ts';

/** Options of a lock. */
export interface LockOptions extends CallOptions {
  /** Seconds until the lock is free if this program dies without unlocking; 10 if left out. */
  readonly ttlSeconds?: number;
}

const lockTtlSeconds = 10;

/**
 * A lock that is held. It is given back by {@link Lock.release}, at the end of an `await using` block, or, if this
 * program dies, when its lease runs out.
 *
 * A lock can be lost: the network may be cut for longer than the lease lasts. Watch {@link Lock.lost}, and guard
 * writes that must not happen twice with {@link Lock.held}.
 *
 * @example
 * await using lock = await client.lock('/locks/report', { timeoutMs: 5000 });
 * const { succeeded } = await client
 *   .txn()
 *   .if(lock.held())
 *   .do(op.put('/report', text))
 *   .commit();
 */
export class Lock {
  static {
    showAs(this, 'Lock', (one: Lock) => {
      return { key: one.key, isLost: one.lost.aborted, lease: one.#lease };
    });
  }

  /** The key by which the lock is held: the lock's name, a slash and the lease. */
  readonly key: string;
  /**
   * A revision of the store at which the lock was held: each holder has a greater one than those before it, so that it can
   * tell others which of two holders is the later one.
   */
  readonly revision: number;
  readonly #lease: Lease;

  /** @internal Made by the client. */
  constructor(key: string, revision: number, lease: Lease) {
    this.key = key;
    this.revision = revision;
    this.#lease = lease;
  }

  /** Fires when the lock is lost, or can no longer be known to be held. */
  get lost(): AbortSignal {
    return this.#lease.lost;
  }

  /** A comparison that holds as long as the lock is held; the servers check it, so it cannot be out of date. */
  held(): Compare {
    return compare.exists(this.key);
  }

  /** Gives the lock back. Releasing twice does nothing. */
  async release(): Promise<void> {
    await this.#lease.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** @internal Use {@link Rollcall.lock}. */
export async function lock(
  caller: Caller,
  keepAlive: KeepAliveStream,
  name: Bytes,
  options: LockOptions,
): Promise<Lock> {
  const { lease, result } = await acquire(caller, keepAlive, options, (candidate, callOptions) =>
    caller.call(methods.lock, { name: bytesOf(name), lease: int64(candidate.id) }, callOptions),
  );
  const revision = numberOf(result.header?.revision);
  return new Lock(textOf(result.key ?? new Uint8Array()), revision, lease);
}

/**
 * Runs `attempt` with a lease of its own until it succeeds; waits without limit unless one is asked for. After a
 * lost connection a fresh lease is used: a server that is only just noticing that we are gone removes the old
 * lease's key, and must not remove one by which we hold.
 *
 * @internal
 */
export async function acquire<Result>(
  caller: Caller,
  keepAlive: KeepAliveStream,
  options: LockOptions,
  attempt: (lease: Lease, callOptions: CallOptions) => Promise<Result>,
): Promise<{ lease: Lease; result: Result }> {
  const ttlSeconds = options.ttlSeconds ?? lockTtlSeconds;
  const deadlineMs = nowMs() + (options.timeoutMs ?? Infinity);
  for (let failures = 0; ; failures++) {
    const lease = await Lease.grant(caller, keepAlive, ttlSeconds, {
      onLost: 'stop',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(deadlineMs === Infinity ? {} : { timeoutMs: Math.max(0, deadlineMs - nowMs()) }),
    });
    try {
      const signals = options.signal === undefined ? [] : [options.signal];
      const signal = AbortSignal.any([lease.lost, ...signals]);
      return { lease, result: await attempt(lease, { timeoutMs: deadlineMs - nowMs(), signal }) };
    } catch (thrown) {
      const error = errorOf(thrown);
      // Our place in the queue goes with the lease, at the latest when that runs out. So we hold nothing, even if the
      // request was carried out.
      await lease.giveUp();
      const cause = { cause: error };
      if (options.signal?.aborted === true) {
        throw new RollcallError('canceled', 'waiting was canceled', cause);
      }
      if (nowMs() >= deadlineMs) {
        throw new RollcallError('deadline-exceeded', 'another client held it all the time', cause);
      }
      const again = error.code === 'unknown-outcome' || isTransient(error) || lease.lost.aborted;
      if (!again || error.code === 'unavailable') throw error;
      // A member that stops, or has too many calls, refuses at once: do not ask again in a busy loop.
      await pause(Math.min(backOffMs(failures), Math.max(0, deadlineMs - nowMs())), options.signal);
    }
  }
}
