import { bytesOf, textOf, type Bytes } from './bytes.ts';
import type { Caller } from './caller.ts';
import type { CallOptions } from './options.ts';
import { errorOf, isTransient } from './errors.ts';
import { showAs } from './inspect.ts';
import type { KeepAliveStream } from './keep-alive-stream.ts';
import type { KeyValue, Compare } from './key-value.ts';
import type { Lease } from './lease.ts';
import { acquire, type LockOptions } from './lock.ts';
import { int64 } from './numbers.ts';
import { keyValueOf } from './requests.ts';
import { compare } from './txn.ts';
import { backOffMs, pause } from './time.ts';
import { methods, type LeaderKey } from './wire.ts';

/**
 * An election: of all programs that campaign under one name, one leads at a time.
 *
 * @example
 * const election = client.election('/elections/scheduler');
 * await using leadership = await election.campaign('10.0.1.45:8080');
 * while (!leadership.lost.aborted) await scheduleOnce();
 */
export class Election {
  readonly #caller: Caller;
  readonly #keepAlive: KeepAliveStream;
  readonly #name: Buffer;

  /** @internal Made by {@link Rollcall.election}. */
  constructor(caller: Caller, keepAlive: KeepAliveStream, name: Bytes) {
    this.#caller = caller;
    this.#keepAlive = keepAlive;
    this.#name = bytesOf(name);
  }

  /** Waits until this program leads, and tells the others `value`, for instance where to reach it. */
  async campaign(value: Bytes, options: LockOptions = {}): Promise<Leadership> {
    const { lease, result } = await acquire(
      this.#caller,
      this.#keepAlive,
      options,
      (candidate, callOptions) => {
        const request = { name: this.#name, lease: int64(candidate.id), value: bytesOf(value) };
        return this.#caller.call(methods.campaign, request, callOptions);
      },
    );
    return new Leadership(this.#caller, lease, result.leader ?? {});
  }

  /** The current leader and its value; undefined if there is none. */
  async leader(options?: CallOptions): Promise<KeyValue | undefined> {
    try {
      const { kv } = await this.#caller.call(methods.leader, { name: this.#name }, options);
      return kv === undefined || kv === null ? undefined : keyValueOf(kv);
    } catch (thrown) {
      const error = errorOf(thrown);
      if (error.code === 'election-no-leader') return undefined;
      throw error;
    }
  }

  /**
   * The current leader, every later one, and each new value that one proclaims. After a lost connection the current
   * leader is given again.
   *
   * @example
   * for await (const leader of election.observe()) console.log(leader.value, 'leads');
   */
  async *observe(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<KeyValue, void> {
    const over = new AbortController();
    const signals = options.signal === undefined ? [] : [options.signal];
    const signal = AbortSignal.any([over.signal, this.#caller.closed, ...signals]);
    try {
      for (let failures = 0; !signal.aborted; failures++) {
        await pause(failures === 0 ? 0 : backOffMs(failures - 1), signal);
        for await (const leader of this.#observeOnce(signal)) {
          failures = 0;
          yield leader;
        }
      }
    } finally {
      over.abort();
    }
  }

  /** The leaders that one server reports, until its connection is lost. */
  async *#observeOnce(signal: AbortSignal): AsyncGenerator<KeyValue, void> {
    let isAnswered = false;
    try {
      const request = { name: this.#name };
      for await (const response of this.#caller.read(methods.observe, request, signal)) {
        isAnswered = true;
        if (response.kv) yield keyValueOf(response.kv);
      }
    } catch (thrown) {
      const error = errorOf(thrown);
      const goesOn =
        isTransient(error) || (isAnswered && this.#caller.mayRenew(error, this.#caller.token));
      if (!signal.aborted && !goesOn) throw error;
    }
  }
}

/** Being the leader, until it is resigned or lost. */
export class Leadership {
  static {
    showAs(this, 'Leadership', (one: Leadership) => {
      const { key, lost } = one;
      return { key, isLost: lost.aborted, lease: one.#lease };
    });
  }

  readonly #caller: Caller;
  readonly #lease: Lease;
  readonly #leader: LeaderKey;

  /** @internal Made by {@link Election.campaign}. */
  constructor(caller: Caller, lease: Lease, leader: LeaderKey) {
    this.#caller = caller;
    this.#lease = lease;
    this.#leader = leader;
  }

  /** The key by which the others know the leader. */
  get key(): string {
    return textOf(this.#leader.key ?? new Uint8Array());
  }

  /** Fires when the leadership is lost, or can no longer be known to be held. */
  get lost(): AbortSignal {
    return this.#lease.lost;
  }

  /** A comparison that holds as long as this program leads; guard with it what only the leader may write. */
  held(): Compare {
    return compare.exists(this.key);
  }

  /** Tells the others something else. */
  async proclaim(value: Bytes, options?: CallOptions): Promise<void> {
    const request = { leader: this.#leader, value: bytesOf(value) };
    await this.#caller.call(methods.proclaim, request, options);
  }

  /** Steps back; the next one leads. Resigning twice does nothing. */
  async resign(): Promise<void> {
    await this.#lease.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resign();
  }
}
