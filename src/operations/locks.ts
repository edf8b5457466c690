import { RegistryError } from '../base/errors.ts';
import type { Key, KeyRange } from '../base/key.ts';
import { prefixRange, singleKey } from '../base/key.ts';
import type { Access, Compare, KeyValue, LeaseId, Operation } from '../state/index.ts';
import { orAborted, readOf, reasonOf, resultOf } from './core.ts';
import { checkKey } from '../state/index.ts';
import { leaseCost, putCost } from './cost.ts';
import type { Core } from './core.ts';
import { Gate } from './gate.ts';
import { useOf } from '../state/index.ts';
import { LockQueues } from './lock-queues.ts';
import { LockWaits } from './lock-waits.ts';
import { keyRights } from './needs.ts';
import type { GatedOperations, Needs } from './needs.ts';
import type { Answered, Caller, CallOptions, LeaderKey } from './operations.ts';

type LockOperations = GatedOperations<
  'lock' | 'unlock' | 'campaign' | 'proclaim' | 'leader' | 'observe' | 'resign'
>;

/** TTL of the lease that a call without a lease gets. */
const sessionTtlSeconds = 60;
const noValue = new Uint8Array();

const lockNeeds = {
  servedByLearner: false,
  leader: 'if-required',
  consistency: 'log',
  growthBytes: 0,
} as const;

/** A call that takes a place in a queue reads the places before its own. */
const acquireNeeds = {
  ...lockNeeds,
  access: ({ name, lease }) =>
    keyRights(
      useOf({
        reads: [queueRange(name)],
        writes: [lease === 0n ? queueRange(name) : singleKey(placeKey(name, lease))],
        writtenLeases: lease === 0n ? [] : [lease],
      }),
    ),
  growthBytes: ({ name, lease, value }) =>
    (lease === 0n ? leaseCost : 0) + putCost({ key: placeKey(name, lease), value }),
} satisfies Needs<Wanted>;

/**
 * Locks and elections in the layout of etcd's keys, so that clients with an implementation of their own take part. A call
 * for `name` puts the key `name/<lease id in hexadecimal>`. The key with the lowest create revision holds the lock, or
 * leads; each other waits until the keys before it are gone.
 */
export function lockOperations(core: Core, places: Places): LockOperations {
  return { ...lockCalls(core, places), ...electionCalls(core, places) };
}

function lockCalls(core: Core, places: Places): Pick<LockOperations, 'lock' | 'unlock'> {
  const gate = new Gate(core);
  return {
    lock: gate.once(
      'lock',
      {
        ...lockNeeds,
        access: (request) => acquireNeeds.access({ ...request, value: noValue }),
        growthBytes: (request) => acquireNeeds.growthBytes({ ...request, value: noValue }),
      },
      async ({ name, lease }, options) => {
        const { key } = await places.acquire({ name, lease, value: noValue }, options);
        return { key, header: core.header() };
      },
    ),

    unlock: gate.once(
      'unlock',
      {
        ...lockNeeds,
        access: (key) => keyRights(useOf({ writes: [singleKey(key)] })),
        check: checkKey,
      },
      async (key, { caller }) => ({ header: await remove(core, key, caller) }),
    ),
  };
}

function electionCalls(core: Core, places: Places): Omit<LockOperations, 'lock' | 'unlock'> {
  const gate = new Gate(core);
  return {
    campaign: gate.once('campaign', acquireNeeds, async ({ name, lease, value }, options) => {
      const place = await places.acquire({ name, lease, value }, options);
      const leader = { name, key: place.key, createRevision: place.revision, lease: place.lease };
      return { leader, header: core.header() };
    }),

    proclaim: gate.once(
      'proclaim',
      {
        ...lockNeeds,
        access: ({ leader }) => useOfLeader(leader),
        growthBytes: ({ leader, value }) => proclaimCost(leaderGiven(leader), value),
        check: ({ leader }) => checkKey(leaderGiven(leader).key),
      },
      async ({ leader, value }, { caller }) => {
        const own = leaderGiven(leader);
        const lease = own.lease === 0n ? core.options.random.positiveInt63() : own.lease;
        if (own.lease === 0n) await grantSession(core, lease, caller);
        const request = {
          compares: [createdAt(own.key, own.createRevision)],
          success: [put(own.key, value, lease)],
          failure: [],
        };
        const { succeeded, header } = await transact(core, request, caller);
        if (!succeeded) {
          throw new RegistryError('election-not-leader', 'the caller does not lead this election');
        }
        return { header };
      },
    ),

    leader: gate.once('leader', queueReadNeeds, async (name) => {
      const kv = firstOf(core, name);
      if (kv === undefined) {
        throw new RegistryError('election-no-leader', 'this election has no leader now');
      }
      return { kv, header: core.header() };
    }),

    observe: gate.stream('observe', queueReadNeeds, (name, options) =>
      observe(core, places.queues, name, options),
    ),

    resign: gate.once(
      'resign',
      {
        ...lockNeeds,
        access: (leader) => useOfLeader(leader),
        check: (leader) => checkKey(leaderGiven(leader).key),
      },
      async (leader, { caller }) => {
        const own = leaderGiven(leader);
        const range = singleKey(own.key);
        const request = {
          compares: [createdAt(own.key, own.createRevision)],
          success: [{ kind: 'delete-range', request: { range, prevKv: false } }] as const,
          failure: [],
        };
        const { header } = await transact(core, request, caller);
        return { header };
      },
    ),
  };
}

const queueReadNeeds = {
  ...lockNeeds,
  access: (name) => keyRights(useOf({ reads: [queueRange(name)] })),
  consistency: 'linearizable',
} satisfies Needs<Key>;

/** Proclaim and resign compare the create revision of the leader's key, and change the key. */
function useOfLeader(leader: LeaderKey | undefined): Access {
  const { key, lease } = leaderGiven(leader);
  const range = singleKey(key);
  const writtenLeases = lease === 0n ? [] : [lease];
  return keyRights(useOf({ reads: [range], writes: [range], writtenLeases }));
}

function proclaimCost({ key, lease }: LeaderKey, value: Uint8Array): number {
  return (lease === 0n ? leaseCost : 0) + putCost({ key, value });
}

/** The keys of all calls for `name`. */
function queueRange(name: Key): KeyRange {
  return prefixRange(`${name}/`);
}

function placeKey(name: Key, lease: LeaseId): Key {
  return `${name}/${lease.toString(16)}`;
}

interface Place {
  readonly key: Key;
  /** The create revision of the key; the queue is in its order. */
  readonly revision: number;
  readonly lease: LeaseId;
  /** Another call with the same lease has put the key before. */
  readonly isFound: boolean;
}

interface Wanted {
  readonly name: Key;
  readonly lease: LeaseId;
  readonly value: Uint8Array;
}

/** Takes places in queues, and removes those of calls that fail. */
export class Places {
  readonly waits: LockWaits;
  readonly queues: LockQueues;
  readonly #core: Core;
  /** The number of calls that wait for each key. */
  readonly #waiting = new Map<Key, number>();

  constructor(core: Core) {
    this.#core = core;
    this.waits = new LockWaits(core);
    this.queues = new LockQueues(core);
  }

  /** Takes a place; resolves when none is before it. */
  acquire(wanted: Wanted, { signal, caller }: CallOptions): Promise<Place> {
    return this.waits.run(signal, async (over) => {
      if (over.aborted) throw reasonOf(over);
      if (wanted.lease !== 0n) return this.#take(wanted, caller, over);
      const lease = this.#core.options.random.positiveInt63();
      try {
        await grantSession(this.#core, lease, caller);
        return await this.#take({ ...wanted, lease }, caller, over);
      } catch (error) {
        // The lease was granted for this call alone, so all its keys go with it.
        this.waits.clear({
          remove: () => revoke(this.#core, lease),
          isGone: () => false,
        });
        throw error;
      }
    });
  }

  async #take(wanted: Wanted, caller: Caller, over: AbortSignal): Promise<Place> {
    const core = this.#core;
    const key = placeKey(wanted.name, wanted.lease);
    const knownRevision = core.state.revision;
    let place: Place;
    try {
      place = await queueUp(core, key, wanted, caller);
    } catch (error) {
      // The key may exist, or appear later. A create revision above those known before the call shows that it is ours.
      if (isUnknown(error)) this.#giveUp(key, wanted.lease, knownRevision + 1, Infinity);
      throw error;
    }
    this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + 1);
    try {
      await this.#waitForTurn(wanted.name, place, over);
      return place;
    } catch (error) {
      const others = (this.#waiting.get(key) ?? 1) - 1;
      // Another call may wait for the same key, and a call that was answered holds the lock by it.
      const isNeeded = others > 0 || (place.isFound && this.#isFirst(wanted.name, place));
      if (!isNeeded) this.#giveUp(key, wanted.lease, place.revision, place.revision);
      throw error;
    } finally {
      const others = (this.#waiting.get(key) ?? 1) - 1;
      if (others === 0) this.#waiting.delete(key);
      else this.#waiting.set(key, others);
    }
  }

  async #waitForTurn(name: Key, place: Place, over: AbortSignal): Promise<void> {
    if (over.aborted) throw reasonOf(over);
    // Keys created later are never before this one, so this member's state suffices.
    if (this.queues.has(name) || !this.#isFirst(name, place)) {
      await this.queues.use(name, async (queue) => {
        for (;;) {
          const turn = await queue.turnOf(place.key, place.revision, over);
          if (turn === 'gone' || this.#isFirst(name, place)) return;
          queue.reload();
        }
      });
      // The lease may have expired in an entry that this member has not applied yet.
      await orAborted(this.#core.linearize(), over);
    }
    if (currentOf(this.#core, place.key)?.createRevision === place.revision) return;
    throw new RegistryError(
      'session-expired',
      'the lease expired while the call waited; grant a new one and try again',
    );
  }

  #isFirst(name: Key, { revision }: Place): boolean {
    const older = { maxCreateRevision: revision - 1, limit: 1 };
    return this.#core.state.range(readOf(prefixRange(`${name}/`), older)).kvs.length === 0;
  }

  /** Removes the key in the background if its create revision is between these. */
  #giveUp(key: Key, lease: LeaseId, fromRevision: number, toRevision: number): void {
    const core = this.#core;
    const compares = [created(key, 'greater', fromRevision - 1)];
    if (toRevision < Infinity) compares.push(created(key, 'less', toRevision + 1));
    const range = singleKey(key);
    const success: Operation[] = [{ kind: 'delete-range', request: { range, prevKv: false } }];
    this.waits.clear({
      remove: () => transact(core, { compares, success, failure: [] }),
      // If the key may still appear, so may its lease.
      isGone: () => toRevision < Infinity && core.state.leases.get(lease) === undefined,
    });
  }
}

/** Puts the caller's key, or finds that it exists. */
async function queueUp(core: Core, key: Key, wanted: Wanted, caller: Caller): Promise<Place> {
  const { lease, value } = wanted;
  const request = {
    compares: [createdAt(key, 0)],
    success: [put(key, value, lease)],
    failure: [get(key)],
  };
  const outcome = transact(core, request, caller).catch(refuseSession);
  const { succeeded, results, header } = await outcome;
  if (succeeded) return { key, revision: header.revision, lease, isFound: false };
  const [found] = results;
  const kv = found?.kind === 'range' ? found.kvs[0] : undefined;
  if (kv === undefined) return queueUp(core, key, wanted, caller);
  if (value.length > 0 && !Buffer.from(kv.value).equals(value)) {
    const change = {
      compares: [createdAt(key, kv.createRevision)],
      success: [put(key, value, lease)],
      failure: [],
    };
    const changed = await transact(core, change, caller);
    if (!changed.succeeded) return queueUp(core, key, wanted, caller);
  }
  return { key, revision: kv.createRevision, lease, isFound: true };
}

/** The write may have taken effect, or may do so later. */
function isUnknown(error: unknown): boolean {
  return error instanceof RegistryError && error.code.startsWith('timeout');
}

/** A missing lease means here that the caller's session is over; etcd has an error of its own for it. */
function refuseSession(error: unknown): never {
  if (error instanceof RegistryError && error.code === 'lease-not-found') {
    throw new RegistryError('session-lease-not-found', error.message, { cause: error });
  }
  throw error;
}

async function grantSession(core: Core, id: LeaseId, caller: Caller): Promise<void> {
  await core.propose({ kind: 'lease-grant', id, ttlSeconds: sessionTtlSeconds }, caller);
}

/** Revokes a lease. One that does not exist counts as revoked. */
async function revoke(core: Core, id: LeaseId): Promise<void> {
  try {
    await core.propose({ kind: 'lease-revoke', id });
  } catch (error) {
    if (!(error instanceof RegistryError && error.code === 'lease-not-found')) throw error;
  }
}

function currentOf(core: Core, key: Key): KeyValue | undefined {
  return core.state.range(readOf(singleKey(key))).kvs[0];
}

/** The oldest key of the queue: that of the holder, or of the leader. */
function firstOf(core: Core, name: Key): KeyValue | undefined {
  const oldest = { sortTarget: 'create', sortOrder: 'ascend', limit: 1 } as const;
  return core.state.range(readOf(prefixRange(`${name}/`), oldest)).kvs[0];
}

async function* observe(
  core: Core,
  queues: LockQueues,
  name: Key,
  options: CallOptions,
): AsyncGenerator<Answered<{ readonly kv: KeyValue }>> {
  const over = options.signal ?? new AbortController().signal;
  const queue = queues.join(name);
  try {
    let told: KeyValue | undefined;
    for (;;) {
      const { version, first } = queue;
      const kv = first === undefined ? undefined : currentOf(core, first);
      if (kv !== undefined && kv.modRevision !== told?.modRevision) {
        told = kv;
        yield { kv, header: core.header() };
      }
      await queue.changedSince(version, over);
    }
  } finally {
    queues.leave(queue);
  }
}

function leaderGiven(leader: LeaderKey | undefined): LeaderKey {
  if (leader === undefined) {
    throw new RegistryError(
      'election-leader-not-provided',
      'the leader key is missing; give the one that campaign returned',
    );
  }
  return leader;
}

async function transact(
  core: Core,
  request: {
    readonly compares: readonly Compare[];
    readonly success: readonly Operation[];
    readonly failure: readonly Operation[];
  },
  caller?: Caller,
) {
  const { result, header } = await core.propose({ kind: 'txn', request }, caller);
  return { ...resultOf(result, 'txn'), header };
}

async function remove(core: Core, key: Key, caller: Caller) {
  const request = { range: singleKey(key), prevKv: false };
  const { header } = await core.propose({ kind: 'delete-range', request }, caller);
  return header;
}

function createdAt(key: Key, value: number): Compare {
  return created(key, 'equal', value);
}

function created(key: Key, result: Compare['result'], value: number): Compare {
  return { range: singleKey(key), result, against: { target: 'create', value } };
}

function put(key: Key, value: Uint8Array, lease: LeaseId): Operation {
  return {
    kind: 'put',
    request: { key, value, lease, prevKv: false, ignoreValue: false, ignoreLease: false },
  };
}

function get(key: Key): Operation {
  return { kind: 'range', request: readOf(singleKey(key)) };
}
