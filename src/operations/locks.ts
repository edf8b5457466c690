import { nothingToCancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { prefixRange, singleKey } from '../base/key.ts';
import type { Compare, KeyValue, LeaseId, Operation, RangeRequest } from '../state/index.ts';
import { orAborted, resultOf } from './core.ts';
import type { Core } from './core.ts';
import type { Answered, CallOptions, LeaderKey, Operations } from './operations.ts';

type LockOperations = Pick<
  Operations,
  'lock' | 'unlock' | 'campaign' | 'proclaim' | 'leader' | 'observe' | 'resign'
>;

/** TTL of the lease that is made for a caller who brings none. */
const sessionTtlSeconds = 60;
const noValue = new Uint8Array();

/**
 * Locks and elections as etcd lays them out in keys, so that clients that do it themselves take part: everybody who
 * wants `name` puts `name/<lease id in hexadecimal>`; the one with the lowest create revision has it, and each
 * other waits for the one right before it to go.
 */
export function lockOperations(core: Core): LockOperations {
  return {
    async lock({ name, lease }, options) {
      core.admit(options);
      const { key, revision } = await queueUp(core, name, lease, noValue, options);
      await waitForTurn(core, name, key, revision, options);
      return { key, header: core.header() };
    },

    async unlock(key, options) {
      core.admit(options);
      return { header: await remove(core, key) };
    },

    async campaign({ name, lease, value }, options) {
      core.admit(options);
      const place = await queueUp(core, name, lease, value, options);
      await waitForTurn(core, name, place.key, place.revision, options);
      const leader = { name, key: place.key, createRevision: place.revision, lease: place.lease };
      return { leader, header: core.header() };
    },

    async proclaim({ leader, value }, options) {
      core.admit(options);
      const own = leaderGiven(leader);
      const { succeeded, header } = await transact(core, {
        compares: [createdAt(own.key, own.createRevision)],
        success: [put(own.key, value, own.lease)],
        failure: [],
      });
      if (!succeeded) {
        throw new RegistryError('election-not-leader', 'the caller does not lead this election');
      }
      return { header };
    },

    async leader(name, options) {
      core.admit(options);
      await core.linearize();
      const kv = firstOf(core, name);
      if (kv === undefined) {
        throw new RegistryError('election-no-leader', 'nobody leads this election now');
      }
      return { kv, header: core.header() };
    },

    observe: (name, options) => observe(core, name, options),

    async resign(leader, options) {
      core.admit(options);
      const own = leaderGiven(leader);
      const { header } = await transact(core, {
        compares: [createdAt(own.key, own.createRevision)],
        success: [{ kind: 'delete-range', request: { range: singleKey(own.key), prevKv: false } }],
        failure: [],
      });
      return { header };
    },
  };
}

interface Place {
  readonly key: Key;
  /** The create revision, which orders the queue. */
  readonly revision: number;
  readonly lease: LeaseId;
}

/** Puts the caller's key, or finds it there already. */
async function queueUp(
  core: Core,
  name: Key,
  leaseGiven: LeaseId,
  value: Uint8Array,
  options: CallOptions,
): Promise<Place> {
  options.signal?.throwIfAborted();
  const lease = leaseGiven === 0n ? await grantSession(core) : leaseGiven;
  const key = `${name}/${lease.toString(16)}`;
  const { succeeded, results, header } = await transact(core, {
    compares: [createdAt(key, 0)],
    success: [put(key, value, lease)],
    failure: [get(key)],
  }).catch(refuseSession);
  if (succeeded) return { key, revision: header.revision, lease };
  const [found] = results;
  const kv = found?.kind === 'range' ? found.kvs[0] : undefined;
  if (kv === undefined) return queueUp(core, name, lease, value, options);
  if (value.length > 0 && !Buffer.from(kv.value).equals(value)) {
    const changed = await transact(core, {
      compares: [createdAt(key, kv.createRevision)],
      success: [put(key, value, lease)],
      failure: [],
    });
    if (!changed.succeeded) return queueUp(core, name, lease, value, options);
  }
  return { key, revision: kv.createRevision, lease };
}

/** Here a missing lease means that the caller's session is over, which etcd tells apart from other missing leases. */
function refuseSession(error: unknown): never {
  if (error instanceof RegistryError && error.code === 'lease-not-found') {
    throw new RegistryError('session-lease-not-found', error.message, { cause: error });
  }
  throw error;
}

async function grantSession(core: Core): Promise<LeaseId> {
  const id = core.options.random.positiveInt63();
  const { result } = await core.propose({ kind: 'lease-grant', id, ttlSeconds: sessionTtlSeconds });
  return resultOf(result, 'lease-granted').id;
}

/** Resolves when everybody before the caller is gone; gives the place up when the caller goes away. */
async function waitForTurn(
  core: Core,
  name: Key,
  key: Key,
  revision: number,
  options: CallOptions,
): Promise<void> {
  try {
    for (;;) {
      await orAborted(core.linearize(), options.signal);
      const before = olderKey(core, name, revision);
      if (before === undefined) break;
      await nextChange(core, before.key, core.state.revision + 1, options.signal, 'delete');
    }
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'canceled') await remove(core, key);
    throw error;
  }
  const own = core.state.range(rangeOf(singleKey(key))).kvs[0];
  if (own?.createRevision !== revision) {
    throw new RegistryError(
      'session-expired',
      'the lease lapsed while waiting; take a new one and try again',
    );
  }
}

/** The newest key of the queue that is older than the caller's. */
function olderKey(core: Core, name: Key, revision: number): KeyValue | undefined {
  return core.state.range({
    ...rangeOf(prefixRange(`${name}/`)),
    maxCreateRevision: revision - 1,
    sortTarget: 'create',
    sortOrder: 'descend',
    limit: 1,
  }).kvs[0];
}

/** The oldest key of the queue: the holder, or leader. */
function firstOf(core: Core, name: Key): KeyValue | undefined {
  return core.state.range({
    ...rangeOf(prefixRange(`${name}/`)),
    sortTarget: 'create',
    sortOrder: 'ascend',
    limit: 1,
  }).kvs[0];
}

async function* observe(
  core: Core,
  name: Key,
  options: CallOptions,
): AsyncGenerator<Answered<{ readonly kv: KeyValue }>> {
  core.admit(options);
  await core.linearize();
  let told: KeyValue | undefined;
  for (;;) {
    const { revision } = core.state;
    const kv = firstOf(core, name);
    if (kv !== undefined && kv.modRevision !== told?.modRevision) {
      told = kv;
      yield { kv, header: core.header() };
    }
    await nextChange(core, `${name}/`, revision + 1, options.signal, 'any');
  }
}

/** Resolves at the next event from `revision` on: a deletion of one key, or anything below a prefix. */
async function nextChange(
  core: Core,
  key: Key,
  revision: number,
  signal: AbortSignal | undefined,
  what: 'delete' | 'any',
): Promise<void> {
  let stop = nothingToCancel;
  const changed = new Promise<void>((resolve, reject) => {
    const stream = core.replica.watch.open({
      push: (message) => {
        // A watcher that was cancelled as compacted has missed something: looking again is right, too.
        if (message.kind === 'events' || message.kind === 'canceled') resolve();
        return true;
      },
      failed: reject,
    });
    stop = () => stream.close();
    stream.create({
      range: what === 'delete' ? singleKey(key) : prefixRange(key),
      startRevision: revision,
      watchId: 0,
      prevKv: false,
      progressNotify: false,
      noPut: what === 'delete',
      noDelete: false,
      fragment: false,
    });
  });
  try {
    await orAborted(changed, signal);
  } finally {
    stop();
  }
}

function leaderGiven(leader: LeaderKey | undefined): LeaderKey {
  if (leader === undefined) {
    throw new RegistryError(
      'election-leader-not-provided',
      'give the leader key that campaign gave',
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
) {
  const { result, header } = await core.propose({ kind: 'txn', request });
  return { ...resultOf(result, 'txn'), header };
}

async function remove(core: Core, key: Key) {
  const request = { range: singleKey(key), prevKv: false };
  const { header } = await core.propose({ kind: 'delete-range', request });
  return header;
}

function createdAt(key: Key, value: number): Compare {
  return { range: singleKey(key), result: 'equal', against: { target: 'create', value } };
}

function put(key: Key, value: Uint8Array, lease: LeaseId): Operation {
  return {
    kind: 'put',
    request: { key, value, lease, prevKv: false, ignoreValue: false, ignoreLease: false },
  };
}

function get(key: Key): Operation {
  return { kind: 'range', request: rangeOf(singleKey(key)) };
}

function rangeOf(range: RangeRequest['range']): RangeRequest {
  return {
    range,
    limit: 0,
    revision: 0,
    sortOrder: 'none',
    sortTarget: 'key',
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0,
  };
}
