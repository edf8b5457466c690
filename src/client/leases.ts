import type { Caller } from './caller.ts';
import type { CallOptions } from './options.ts';
import { textOf } from './bytes.ts';
import type { KeepAliveStream } from './keep-alive-stream.ts';
import { bigintOf, int64, numberOf } from './numbers.ts';
import { methods } from './wire.ts';

/** A lease as a server knows it. */
export interface LeaseInfo {
  readonly id: bigint;
  /** Seconds that remain, or -1 if there is no such lease. */
  readonly ttlSeconds: number;
  readonly grantedTtlSeconds: number;
  /** The keys that lapse with it, if they were asked for. */
  readonly keys: readonly string[];
}

/**
 * Leases by hand, for tools. Programs that only want to keep something alive use {@link Rollcall.lease}.
 *
 * @example
 * const { id } = await client.leases.grant(60);
 * await client.put('/session', 'open', { lease: id });
 * await client.leases.revoke(id);
 */
export class Leases {
  readonly #caller: Caller;
  readonly #keepAlive: KeepAliveStream;

  /** @internal Made by the client. */
  constructor(caller: Caller, keepAlive: KeepAliveStream) {
    this.#caller = caller;
    this.#keepAlive = keepAlive;
  }

  /** Grants a lease and does not renew it; the server chooses the id unless one is given. */
  async grant(
    ttlSeconds: number,
    options: CallOptions & { readonly id?: bigint } = {},
  ): Promise<{ id: bigint; ttlSeconds: number }> {
    const request = { TTL: int64(ttlSeconds), ID: int64(options.id ?? 0) };
    const response = await this.#caller.call(methods.leaseGrant, request, options);
    return { id: bigintOf(response.ID), ttlSeconds: numberOf(response.TTL) };
  }

  /** Ends a lease and deletes its keys. */
  async revoke(id: bigint, options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.leaseRevoke, { ID: int64(id) }, options);
  }

  /** Renews a lease once. Gives the seconds it now has, 0 if there is no such lease. */
  async renew(id: bigint, options: CallOptions = {}): Promise<number> {
    return await this.#keepAlive.renewOnce(id, options);
  }

  async timeToLive(
    id: bigint,
    options: CallOptions & { readonly keys?: boolean } = {},
  ): Promise<LeaseInfo> {
    const request = { ID: int64(id), keys: options.keys === true };
    const response = await this.#caller.call(methods.leaseTimeToLive, request, options);
    return {
      id,
      ttlSeconds: numberOf(response.TTL),
      grantedTtlSeconds: numberOf(response.grantedTTL),
      keys: (response.keys ?? []).map(textOf),
    };
  }

  /** The ids of all leases. */
  async list(options?: CallOptions): Promise<readonly bigint[]> {
    const response = await this.#caller.call(methods.leaseList, {}, options);
    return (response.leases ?? []).map((lease) => bigintOf(lease.ID));
  }
}
