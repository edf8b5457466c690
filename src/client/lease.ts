import { EventEmitter, once } from 'node:events';
import type { Bytes } from './bytes.ts';
import { bytesOf } from './bytes.ts';
import type { Caller } from './caller.ts';
import type { CallOptions } from './options.ts';
import { checkTtl } from './checks.ts';
import { RollcallError, errorOf } from './errors.ts';
import { showAs } from './inspect.ts';
import type { KeepAliveStream } from './keep-alive-stream.ts';
import { bigintOf, int64, numberOf } from './numbers.ts';
import { backOffMs, nowMs, pause } from './time.ts';
import { methods } from './wire.ts';

/** A caller that gives up waits this long for the revocation of its lease. */
const giveUpWaitMs = 1000;

/** Options of a lease. `signal` and `timeoutMs` limit the grant, not the time for which it is held. */
export interface LeaseOptions extends CallOptions {
  /**
   * What to do when the lease is lost: `regrant` (the default) gets a new one and puts the keys again; `stop` leaves
   * it lost, as locks must.
   */
  readonly onLost?: 'regrant' | 'stop';
}

/** Events of a lease. */
export interface LeaseEvents {
  /**
   * The lease ran out, was revoked, or could not be renewed for so long that it may have run out. With `regrant` the
   * client is already busy getting it back.
   */
  lost: [reason: RollcallError];
  /** There is a lease again, and the keys are there. */
  regained: [leaseId: bigint];
}

/**
 * A lease that is kept alive: it is renewed every third of its time, until it is released or the program ends.
 * Keys put with {@link Lease.put} lapse with it. If it is lost all the same (the machine slept, the network was cut
 * for longer than its time, another client revoked it), a new one is granted and the keys are put again.
 *
 * @example
 * const lease = await client.lease(10);
 * await lease.put('/services/payment/instance-1', '10.0.1.45:8080');
 * lease.on('lost', (reason) => console.warn('not registered:', reason.message));
 * lease.on('regained', () => console.info('registered again'));
 * // at the end:
 * await lease.release();
 */
export class Lease {
  static {
    showAs(this, 'Lease', (one: Lease) => {
      const { id, ttlSeconds, isHeld } = one;
      const keys = [...one.#keys.keys()].map((key) => Buffer.from(key, 'latin1').toString());
      return { id: id.toString(16), ttlSeconds, isHeld, keys };
    });
  }

  readonly #caller: Caller;
  readonly #keepAlive: KeepAliveStream;
  readonly #options: LeaseOptions;
  readonly #events = new EventEmitter<LeaseEvents>();
  readonly #keys = new Map<string, { readonly key: Buffer; readonly value: Buffer }>();
  readonly #ended = new AbortController();
  readonly #lost = new AbortController();
  /** Fires when the next renewal shall not wait: a put was told that the lease is gone. */
  #due = new AbortController();
  #id: bigint;
  #ttlSeconds: number;
  /** By our own clock, counted from before the last renewal was sent: the server's lease lasts at least as long. */
  #expiresAtMs: number;
  #isHeld = true;

  /** Made by the client. */
  private constructor(
    caller: Caller,
    keepAlive: KeepAliveStream,
    options: LeaseOptions,
    granted: { readonly id: bigint; readonly ttlSeconds: number; readonly askedAtMs: number },
  ) {
    this.#caller = caller;
    this.#keepAlive = keepAlive;
    this.#options = options;
    this.#id = granted.id;
    this.#ttlSeconds = granted.ttlSeconds;
    this.#expiresAtMs = granted.askedAtMs + granted.ttlSeconds * 1000;
    void this.#keep();
  }

  /** @internal Use {@link Rollcall.lease}. */
  static async grant(
    caller: Caller,
    keepAlive: KeepAliveStream,
    ttlSeconds: number,
    options: LeaseOptions,
  ): Promise<Lease> {
    checkTtl(ttlSeconds);
    return new Lease(caller, keepAlive, options, await grant(caller, ttlSeconds, options));
  }

  /** The lease's id, for {@link PutOptions.lease} and for other programs. It changes when the lease is regained. */
  get id(): bigint {
    return this.#id;
  }

  /** Seconds the lease lasts without a renewal; the server may have raised what was asked for. */
  get ttlSeconds(): number {
    return this.#ttlSeconds;
  }

  /** False from `lost` until `regained`, and after the end. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Fires when a lease with `onLost: 'stop'` is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Calls `listener` whenever it happens; see {@link LeaseEvents}. */
  on(name: 'lost', listener: (reason: RollcallError) => void): this;
  on(name: 'regained', listener: (leaseId: bigint) => void): this;
  on(
    ...[name, listener]:
      | [name: 'lost', listener: (reason: RollcallError) => void]
      | [name: 'regained', listener: (leaseId: bigint) => void]
  ): this {
    if (name === 'lost') this.#events.on(name, listener);
    else this.#events.on(name, listener);
    return this;
  }

  /** Puts a key that lapses with the lease, and puts it again whenever the lease had to be regained. */
  async put(key: Bytes, value: Bytes): Promise<void> {
    if (this.#ended.signal.aborted) throw this.#gone();
    const entry = { key: Buffer.from(bytesOf(key)), value: Buffer.from(bytesOf(value)) };
    const name = entry.key.toString('latin1');
    this.#keys.set(name, entry);
    const leaseId = this.#id;
    try {
      await this.#caller.call(methods.put, { ...entry, lease: int64(leaseId) });
    } catch (error) {
      const { code } = errorOf(error);
      if (code === 'lease-not-found') {
        this.#due.abort();
        if (this.#options.onLost !== 'stop') return await this.#regainedAfter(leaseId);
      }
      // A put with an unknown outcome is repeated with the others after a regrant; a refused one is not.
      if (code !== 'unknown-outcome' && this.#keys.get(name) === entry) this.#keys.delete(name);
      throw error;
    }
  }

  /** Deletes a key and does not put it again. */
  async delete(key: Bytes): Promise<void> {
    const bytes = bytesOf(key);
    this.#keys.delete(bytes.toString('latin1'));
    await this.#caller.call(methods.deleteRange, { key: bytes });
  }

  /** Revokes the lease: its keys are deleted at once. Releasing twice does nothing. */
  async release(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    await this.#revoke(this.#caller.timeoutMs);
  }

  /**
   * @internal Releases in the background, for as long as the lease may live: its keys must not stay because no server
   * answers just now. Waits a moment for that.
   */
  async giveUp(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    const waited = new AbortController();
    const lifeMs = Math.max(this.#caller.timeoutMs, this.#ttlSeconds * 1000);
    const revoked = this.#revoke(lifeMs)
      // It runs out by itself.
      .catch(() => {})
      .finally(() => waited.abort());
    await Promise.race([revoked, pause(giveUpWaitMs, waited.signal)]);
  }

  async #revoke(timeoutMs: number): Promise<void> {
    this.#ended.abort();
    this.#isHeld = false;
    try {
      await this.#caller.call(methods.leaseRevoke, { ID: int64(this.#id) }, { timeoutMs });
    } catch (error) {
      if (errorOf(error).code !== 'lease-not-found') throw error;
    }
  }

  /** Releases, at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** Waits until the lease is there again, and with it all keys that were put before. */
  async #regainedAfter(lostId: bigint): Promise<void> {
    if (this.#id !== lostId && this.#isHeld) return;
    const over = AbortSignal.any([this.#ended.signal, this.#caller.closed]);
    try {
      await once(this.#events, 'regained', { signal: over });
    } catch {
      throw this.#gone();
    }
  }

  async #keep(): Promise<void> {
    const stopUsing = this.#keepAlive.use();
    try {
      await this.#renewUntil(AbortSignal.any([this.#ended.signal, this.#caller.closed]));
    } finally {
      stopUsing();
    }
  }

  async #renewUntil(over: AbortSignal): Promise<void> {
    for (let failures = 0; ;) {
      const untilNextMs = failures === 0 ? (this.#ttlSeconds * 1000) / 3 : backOffMs(failures);
      const woken = AbortSignal.any([over, this.#due.signal]);
      await pause(Math.min(untilNextMs, this.#untilExpiryMs()), woken);
      if (this.#due.signal.aborted) this.#due = new AbortController();
      if (over.aborted) return;
      const outcome = await this.#renew();
      if (over.aborted) return;
      failures = outcome === 'failed' ? failures + 1 : 0;
      const reason =
        outcome === 'gone'
          ? new RollcallError('lease-not-found', 'the lease ran out or was revoked')
          : new RollcallError('lease-lost', 'the lease could not be renewed in time');
      if (outcome === 'gone' || this.#untilExpiryMs() === 0) this.#tellLost(reason);
      if (!this.#isHeld && this.#options.onLost === 'stop') return;
      if (outcome === 'gone') await this.#regrant(over);
      else if (outcome === 'renewed' && !this.#isHeld) this.#tellRegained();
    }
  }

  async #renew(): Promise<'renewed' | 'gone' | 'failed'> {
    const sentAtMs = nowMs();
    const patienceMs = Math.min(
      Math.max(1000, (this.#ttlSeconds * 1000) / 3),
      Math.max(100, this.#untilExpiryMs()),
    );
    const ttlSeconds = await this.#keepAlive.renew(this.#id, patienceMs);
    if (ttlSeconds === undefined) return 'failed';
    if (ttlSeconds <= 0) return 'gone';
    this.#expiresAtMs = sentAtMs + ttlSeconds * 1000;
    return 'renewed';
  }

  /** Gets a new lease and puts the keys again, however long it takes. */
  async #regrant(over: AbortSignal): Promise<void> {
    for (let attempt = 0; !over.aborted; attempt++) {
      try {
        const granted = await grant(this.#caller, this.#ttlSeconds);
        this.#id = granted.id;
        this.#expiresAtMs = granted.askedAtMs + granted.ttlSeconds * 1000;
        for (const entry of this.#keys.values()) {
          await this.#caller.call(methods.putAgain, { ...entry, lease: int64(this.#id) });
        }
        if (over.aborted) await this.#caller.call(methods.leaseRevoke, { ID: int64(granted.id) });
        else this.#tellRegained();
        return;
      } catch {
        await pause(backOffMs(attempt), over);
      }
    }
  }

  #untilExpiryMs(): number {
    // Once it is lost there is nothing to be early for.
    return this.#isHeld ? Math.max(0, this.#expiresAtMs - nowMs()) : Infinity;
  }

  #tellLost(reason: RollcallError): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (this.#options.onLost === 'stop') {
      this.#ended.abort();
      this.#lost.abort(reason);
    }
    this.#events.emit('lost', reason);
  }

  #tellRegained(): void {
    this.#isHeld = true;
    this.#events.emit('regained', this.#id);
  }

  #gone(): RollcallError {
    return new RollcallError('lease-lost', 'the lease was released or lost');
  }
}

async function grant(
  caller: Caller,
  ttlSeconds: number,
  options: CallOptions = {},
): Promise<{ id: bigint; ttlSeconds: number; askedAtMs: number }> {
  const askedAtMs = nowMs();
  const request = { TTL: int64(ttlSeconds) };
  const response = await caller.call(methods.leaseGrant, request, options);
  return { id: bigintOf(response.ID), ttlSeconds: numberOf(response.TTL), askedAtMs };
}
