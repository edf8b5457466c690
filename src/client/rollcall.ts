import { Auth } from './auth.ts';
import type { Bytes, Keys } from './bytes.ts';
import { Caller } from './caller.ts';
import type { CallOptions, TlsOptions } from './options.ts';
import { checkEndpoints, checkTimeoutMs } from './checks.ts';
import { Election } from './election.ts';
import { Endpoints } from './endpoints.ts';
import { showAs } from './inspect.ts';
import { KeepAliveStream } from './keep-alive-stream.ts';
import type {
  DeleteOptions,
  DeleteResult,
  KeyValue,
  PutOptions,
  PutResult,
  RangeOptions,
  RangeResult,
} from './key-value.ts';
import { Lease, type LeaseOptions } from './lease.ts';
import { Leases } from './leases.ts';
import { lock, type Lock, type LockOptions } from './lock.ts';
import { Maintenance } from './maintenance.ts';
import { Members } from './members.ts';
import {
  deleteRequest,
  deleteResultOf,
  putRequest,
  putResultOf,
  rangeRequest,
  rangeResultOf,
  txnRequest,
  txnResultOf,
} from './requests.ts';
import {
  instances,
  registerInstance,
  watchInstances,
  type Instance,
  type RegisterOptions,
} from './services.ts';
import { Txn } from './txn.ts';
import { WatchStream } from './watch-stream.ts';
import { Watcher, type WatchOptions } from './watcher.ts';
import { methods } from './wire.ts';

/** Options of a client. */
export interface RollcallOptions {
  /**
   * Its members, as `host:port`, `http://host:port` or `https://host:port`. Name all of them: they are asked in turn,
   * and one that does not answer is passed over.
   */
  readonly endpoints: readonly string[];
  /** Milliseconds a call may take if it does not say otherwise; 10,000 if left out. */
  readonly timeoutMs?: number;
  /** Certificates; with one of them, every endpoint is spoken to over TLS. */
  readonly tls?: TlsOptions;
  /** The user to act as, and its password. The client logs in by itself, and again whenever a server asks for it. */
  readonly user?: string;
  readonly password?: string;
  /** A token that was issued elsewhere, a JSON Web Token for instance. With a user as well, it is used first. */
  readonly token?: string;
  /**
   * True (the default): while no server accepts a connection, a call waits until its time is over. False: it fails as
   * soon as all have refused.
   */
  readonly waitForServer?: boolean;
  /**
   * For tools that show the servers' own answers: called with each message as it came on the wire. `path` is that of
   * the call, as in `/etcdserverpb.KV/Range`.
   */
  readonly onAnswer?: (path: string, endpoint: string, response: unknown) => void;
}

const timeoutMsDefault = 10_000;

/**
 * A client of a Rollcall cluster, or of any server that speaks etcd's v3 API. It connects when first used.
 *
 * Every call tries the next endpoint when one cannot be reached. Reads are repeated freely; a write is sent again
 * only if it surely reached no server. A write without an answer fails with {@link UnknownOutcome}.
 *
 * @example
 * import { Rollcall } from 'rollcall-client';
 *
 * await using client = new Rollcall({ endpoints: ['127.0.0.1:2379', '127.0.0.1:22379'] });
 * await client.put('/config/color', 'green');
 * console.log((await client.get('/config/color'))?.value); // green
 */
export class Rollcall {
  static {
    showAs(this, 'Rollcall', (one: Rollcall) => {
      const { endpoints } = one;
      return { endpoints, isClosed: one.#caller.closed.aborted };
    });
  }

  /** The endpoints as they were given. */
  readonly endpoints: readonly string[];
  /** Leases by hand. */
  readonly leases: Leases;
  /** The members of the cluster. */
  readonly members: Members;
  /** Status, snapshots, compaction, alarms. */
  readonly maintenance: Maintenance;
  /** Users and roles. */
  readonly auth: Auth;

  readonly #caller: Caller;
  readonly #watchStream: WatchStream;
  readonly #keepAlive: KeepAliveStream;

  constructor(options: RollcallOptions) {
    checkEndpoints((options as RollcallOptions | undefined)?.endpoints);
    checkTimeoutMs(options.timeoutMs);
    this.endpoints = [...options.endpoints];
    this.#caller = new Caller(
      new Endpoints(options.endpoints, options.tls),
      options.timeoutMs ?? timeoutMsDefault,
      options.waitForServer ?? true,
      options.onAnswer,
      options,
    );
    this.#watchStream = new WatchStream(this.#caller);
    this.#keepAlive = new KeepAliveStream(this.#caller);
    this.leases = new Leases(this.#caller, this.#keepAlive);
    this.members = new Members(this.#caller);
    this.maintenance = new Maintenance(this.#caller);
    this.auth = new Auth(this.#caller);
  }

  /**
   * Reads one key; undefined if it is not there.
   *
   * @example
   * const kv = await client.get('/config/color');
   * if (kv !== undefined) console.log(kv.value, kv.modRevision);
   */
  async get(key: Bytes, options: RangeOptions & CallOptions = {}): Promise<KeyValue | undefined> {
    const { kvs } = await this.range(key, options);
    return kvs[0];
  }

  /**
   * Reads all keys that begin with `prefix`, in order.
   *
   * @example
   * const { kvs, revision } = await client.getPrefix('/services/');
   * for (const { key, value } of kvs) console.log(key, value);
   */
  async getPrefix(prefix: Bytes, options: RangeOptions & CallOptions = {}): Promise<RangeResult> {
    return await this.range({ prefix }, options);
  }

  /**
   * Reads one key or a range of keys, with all options.
   *
   * @example
   * const newest = await client.range(
   *   { prefix: '/jobs/' },
   *   { sortBy: 'mod-revision', order: 'descending', limit: 10 },
   * );
   */
  async range(keys: Keys, options: RangeOptions & CallOptions = {}): Promise<RangeResult> {
    // A member without a leader can still tell what it knows.
    const aim = { ...options, leaderless: options.serializable === true };
    return rangeResultOf(await this.#caller.call(methods.range, rangeRequest(keys, options), aim));
  }

  /**
   * Puts a key.
   *
   * @example
   * const { revision, prevKv } = await client.put('/config/color', 'blue', { prevKv: true });
   */
  async put(key: Bytes, value: Bytes, options: PutOptions & CallOptions = {}): Promise<PutResult> {
    const request = putRequest(key, value, options);
    return putResultOf(await this.#caller.call(methods.put, request, options));
  }

  /**
   * Deletes keys; one, or a range.
   *
   * @example
   * const { deleted } = await client.delete('/config/color');
   */
  async delete(keys: Keys, options: DeleteOptions & CallOptions = {}): Promise<DeleteResult> {
    const request = deleteRequest(keys, options);
    return deleteResultOf(await this.#caller.call(methods.deleteRange, request, options));
  }

  /** Deletes all keys that begin with `prefix`, in one revision. */
  async deletePrefix(
    prefix: Bytes,
    options: DeleteOptions & CallOptions = {},
  ): Promise<DeleteResult> {
    return await this.delete({ prefix }, options);
  }

  /** Begins a transaction; see {@link Txn}. */
  txn(): Txn {
    return new Txn(async (plan, options) =>
      txnResultOf(await this.#caller.call(methods.txn, txnRequest(plan), options)),
    );
  }

  /** Gets a lease and keeps it alive; see {@link Lease}. */
  async lease(ttlSeconds: number, options: LeaseOptions = {}): Promise<Lease> {
    return await Lease.grant(this.#caller, this.#keepAlive, ttlSeconds, options);
  }

  /** Watches one key, or a range; see {@link Watcher}. */
  watch(keys: Keys, options: WatchOptions = {}): Watcher {
    return new Watcher(this.#watchStream, keys, options);
  }

  /** Watches all keys that begin with `prefix`; see {@link Watcher}. */
  watchPrefix(prefix: Bytes, options: WatchOptions = {}): Watcher {
    return this.watch({ prefix }, options);
  }

  /** Waits until the lock of this name is free and takes it; see {@link Lock}. */
  async lock(name: Bytes, options: LockOptions = {}): Promise<Lock> {
    return await lock(this.#caller, this.#keepAlive, name, options);
  }

  /** An election of this name; see {@link Election}. */
  election(name: Bytes): Election {
    return new Election(this.#caller, this.#keepAlive, name);
  }

  /**
   * Registers a running instance, for as long as this program lives: `/services/<service>/<instance>` holds its
   * address and the other data, and lapses `ttlSeconds` (10 if left out) after the program died.
   *
   * @example
   * const registration = await client.registerInstance('payment', 'instance-1', '10.0.1.45:8080', {
   *   tags: ['v2'],
   *   meta: { zone: 'a' },
   * });
   * await registration.release(); // when it shuts down
   */
  async registerInstance(
    service: string,
    instance: string,
    address: string,
    options: RegisterOptions = {},
  ): Promise<Lease> {
    return await registerInstance(this, service, instance, address, options);
  }

  /** The instances of a service that are registered now. */
  async instances(service: string, options?: CallOptions): Promise<readonly Instance[]> {
    return await instances(this, service, options);
  }

  /**
   * The instances of a service, now and after every change.
   *
   * @example
   * for await (const instances of client.watchInstances('payment')) {
   *   console.log(instances.map((instance) => instance.address));
   * }
   */
  watchInstances(
    service: string,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<readonly Instance[], void> {
    return watchInstances(this, service, options);
  }

  /**
   * Ends all watches (a `for await` over one ends without an error, as if its signal had fired), stops renewing leases
   * (they run out; release those that should go now), and disconnects. A call that still waits fails with `closed`.
   */
  close(): void {
    this.#caller.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
