import { describe, expect, test, vi } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { prefixRange } from '../../src/base/key.ts';
import { LockWaits } from '../../src/operations/lock-waits.ts';
import { lockOperations, Places } from '../../src/operations/locks.ts';
import type { Operations } from '../../src/operations/index.ts';
import { getOf, operationsOf, putOf, rangeOf, Stage } from './stage.ts';
import { anonymous } from '../simulation/callers.ts';

async function session(stage: Stage, operations: Operations, id: bigint, ttlSeconds = 60) {
  await stage.settled(operations.leaseGrant({ id, ttlSeconds }, anonymous));
  return id;
}

/** Whether the promise has an answer by now. */
function watched<T>(promise: Promise<T>) {
  const seen: { answer?: T; error?: unknown } = {};
  promise.then(
    (answer) => (seen.answer = answer),
    (error: unknown) => (seen.error = error),
  );
  return seen;
}

describe('a lock', () => {
  test('passes from caller to caller in the order of their calls, through any member', async () => {
    const stage = await Stage.open({ members: 3 });
    const members = stage.machines.map(operationsOf);
    const first = members[0]!;
    const leases = [0x11n, 0x22n, 0x33n];
    for (const id of leases) await session(stage, first, id);
    const waiting: { readonly answer?: { readonly key: string } }[] = [];
    for (const [at, lease] of leases.entries()) {
      waiting.push(watched(members[at]!.lock({ name: 'l', lease }, anonymous)));
      await stage.pass(50);
    }
    expect(waiting.map(({ answer }) => answer?.key)).toEqual(['l/11', undefined, undefined]);

    await stage.settled(first.unlock('l/11', anonymous));
    await stage.until('the second holding it', () => waiting[1]!.answer !== undefined);
    expect(waiting.map(({ answer }) => answer?.key)).toEqual(['l/11', 'l/22', undefined]);

    // The holder vanishes: with its lease goes its key.
    await stage.settled(first.leaseRevoke(0x22n, anonymous));
    await stage.until('the third holding it', () => waiting[2]!.answer !== undefined);
    expect(waiting[2]!.answer?.key).toBe('l/33');
  });

  test('is the same key for a second call with the same lease', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    const lease = await session(stage, operations, 0x11n);
    const once = await stage.settled(operations.lock({ name: 'l', lease }, anonymous));
    const twice = await stage.settled(operations.lock({ name: 'l', lease }, anonymous));
    expect(twice.key).toBe(once.key);
    const { kvs } = await stage.settled(operations.range(getOf('l/11'), anonymous));
    expect(kvs).toMatchObject([{ version: 1, lease }]);
  });

  test('without a lease gets a lease of 60 s', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    const { key } = await stage.settled(operations.lock({ name: 'l', lease: 0n }, anonymous));
    const id = BigInt(`0x${key.slice(2)}`);
    const status = await stage.settled(operations.leaseTimeToLive({ id, keys: true }, anonymous));
    expect(status).toMatchObject({ grantedSeconds: 60, keys: [key] });
    await stage.pass(62_000);
    expect((await stage.settled(operations.range(getOf(key), anonymous))).count).toBe(0);
  });

  test('is refused to a waiting call whose lease expires, and the next call does not wait for it', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n, 600);
    await session(stage, operations, 0x22n, 5);
    await session(stage, operations, 0x33n, 600);
    await stage.settled(operations.lock({ name: 'l', lease: 0x11n }, anonymous));
    const lapsing = watched(operations.lock({ name: 'l', lease: 0x22n }, anonymous));
    await stage.pass(50);
    const last = watched(operations.lock({ name: 'l', lease: 0x33n }, anonymous));
    await stage.pass(8000);
    await stage.settled(operations.unlock('l/11', anonymous));
    await stage.until('an answer', () => lapsing.error !== undefined && last.answer !== undefined);
    expect(lapsing.error).toMatchObject({ code: 'session-expired' });
  });

  test('is refused for a lease that does not exist', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    expect(
      await stage.refusal(operations.lock({ name: 'l', lease: 0x99n }, anonymous)),
    ).toMatchObject({
      code: 'session-lease-not-found',
    });
  });

  test('is not awaited any more after its caller has gone away', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n);
    await session(stage, operations, 0x22n);
    await stage.settled(operations.lock({ name: 'l', lease: 0x11n }, anonymous));
    const gone = new AbortController();
    const waiting = watched(
      operations.lock({ name: 'l', lease: 0x22n }, { ...anonymous, signal: gone.signal }),
    );
    await stage.pass(50);
    gone.abort();
    await stage.until('the end of the call', () => waiting.error !== undefined);
    expect(waiting.error).toMatchObject({ code: 'canceled' });
    await stage.pass(50);
    expect(await keysOf(stage, operations, 'l')).toEqual(['l/11']);
  });
});

/** The places in a queue. */
async function keysOf(stage: Stage, operations: Operations, name: string): Promise<string[]> {
  const range = rangeOf(prefixRange(`${name}/`), {});
  return (await stage.settled(operations.range(range, anonymous))).kvs.map(({ key }) => key);
}

const timeout = new RegistryError('timeout', 'nobody leads');

/** Both ways to wait in a queue. */
const waysToWait: readonly [
  what: string,
  wait: (operations: Locks, name: string, lease: bigint, signal?: AbortSignal) => Promise<unknown>,
][] = [
  [
    'lock',
    (operations, name, lease, signal) => operations.lock({ name, lease }, { ...anonymous, signal }),
  ],
  [
    'campaign',
    (operations, name, lease, signal) =>
      operations.campaign({ name, lease, value: Buffer.from('v') }, { ...anonymous, signal }),
  ],
];
type Locks = Pick<Operations, 'lock' | 'campaign'>;

describe.each(waysToWait)('a %s that fails', (_what, wait) => {
  test('when its turn has come removes its key', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    for (const lease of [0x11n, 0x22n, 0x33n]) await session(stage, operations, lease);
    const core = stage.coreOf(stage.leader);
    const locks = lockOperations(core, new Places(core));
    await stage.settled(wait(locks, 'l', 0x11n));
    const failing = watched(wait(locks, 'l', 0x22n));
    await stage.pass(50);
    const next = watched(wait(operations, 'l', 0x33n));
    await stage.pass(50);
    expect(await keysOf(stage, operations, 'l')).toEqual(['l/11', 'l/22', 'l/33']);

    vi.spyOn(core, 'linearize').mockRejectedValue(timeout);
    await stage.settled(operations.unlock('l/11', anonymous));
    await stage.until('the end of the call', () => failing.error !== undefined);
    expect(failing.error).toBe(timeout);
    await stage.until('the next having it', () => next.answer !== undefined);
    expect(await keysOf(stage, operations, 'l')).toEqual(['l/33']);
  });

  test.each([0, 1, 2, 4, 30])(
    'as its leader is lost %i ms later leaves no key, whatever became of it',
    async (ms) => {
      const stage = await Stage.open({ members: 3 });
      const [asked, other] = stage.followers;
      const operations = operationsOf(asked!);
      await session(stage, operations, 0x11n, 6000);
      await session(stage, operations, 0x22n, 6000);
      await stage.settled(operations.lock({ name: 'l', lease: 0x11n }, anonymous));
      const outcome = watched(wait(operations, 'l', 0x22n));
      await stage.pass(ms);
      const { leader } = stage;
      leader.crash('process');
      other!.crash('process');
      await stage.pass(300_000);
      leader.start();
      other!.start();
      await stage.until('a leader', () => asked!.replica?.leader !== undefined);
      await stage.pass(60_000);
      // A call that had its place by then waits on, and has a right to it.
      const isWaiting = outcome.error === undefined;
      expect(await keysOf(stage, operations, 'l')).toEqual(isWaiting ? ['l/11', 'l/22'] : ['l/11']);
      if (ms === 0) expect(isWaiting).toBe(false);
    },
  );

  test('because its member stops removes its key, and ends at once', async () => {
    const stage = await Stage.open({ members: 3 });
    const [stopping] = stage.followers;
    const operations = operationsOf(stopping!);
    for (const lease of [0x11n, 0x22n, 0x33n]) await session(stage, operations, lease);
    const elsewhere = operationsOf(stage.leader);
    await stage.settled(wait(elsewhere, 'l', 0x11n));
    const waiting = [0x22n, 0x33n].map((lease) => watched(wait(operations, 'l', lease)));
    await stage.pass(100);
    expect(await keysOf(stage, elsewhere, 'l')).toHaveLength(3);
    const beganMs = stage.nowMs;
    await stage.settled(operations.endLockWaits(5000));
    expect(stage.nowMs - beganMs).toBeLessThan(200);
    for (const { error } of waiting) expect(error).toMatchObject({ code: 'stopped' });
    expect(await keysOf(stage, elsewhere, 'l')).toEqual(['l/11']);
    expect(await stage.refusal(wait(operations, 'l', 0x22n))).toMatchObject({ code: 'stopped' });
  });

  test('because its member stops without a leader delays the stop no longer than the limit', async () => {
    const stage = await Stage.open({ members: 3 });
    const [stopping] = stage.followers;
    const operations = operationsOf(stopping!);
    for (const lease of [0x11n, 0x22n]) await session(stage, operations, lease);
    await stage.settled(wait(operations, 'l', 0x11n));
    const waiting = watched(wait(operations, 'l', 0x22n));
    await stage.pass(100);
    for (const machine of stage.machines) if (machine !== stopping) machine.crash('process');
    const beganMs = stage.nowMs;
    await stage.settled(operations.endLockWaits(500));
    expect(stage.nowMs - beganMs).toBeLessThan(600);
    expect(waiting.error).toMatchObject({ code: 'stopped' });
  });

  test('and got a lease of its own revokes that lease', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n);
    await stage.settled(wait(operations, 'l', 0x11n));
    const gone = new AbortController();
    const waiting = watched(wait(operations, 'l', 0n, gone.signal));
    await stage.pass(50);
    expect((await stage.settled(operations.leaseList({}, anonymous))).ids).toHaveLength(2);
    gone.abort();
    await stage.pass(50);
    expect(waiting.error).toMatchObject({ code: 'canceled' });
    expect((await stage.settled(operations.leaseList({}, anonymous))).ids).toEqual([0x11n]);
    expect(await keysOf(stage, operations, 'l')).toEqual(['l/11']);
  });

  test('leaves the key to another call that waits with it', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    for (const lease of [0x11n, 0x22n]) await session(stage, operations, lease);
    await stage.settled(wait(operations, 'l', 0x11n));
    const gone = new AbortController();
    const first = watched(wait(operations, 'l', 0x22n, gone.signal));
    await stage.pass(20);
    const second = watched(wait(operations, 'l', 0x22n));
    await stage.pass(20);
    gone.abort();
    await stage.pass(20);
    expect(first.error).toMatchObject({ code: 'canceled' });
    await stage.settled(operations.unlock('l/11', anonymous));
    await stage.until('the second holding it', () => second.answer !== undefined);
    expect(await keysOf(stage, operations, 'l')).toEqual(['l/22']);
  });

  test('does not remove the key of a lock that its caller holds already', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n);
    await stage.settled(wait(operations, 'l', 0x11n));
    const gone = new AbortController();
    const again = watched(wait(operations, 'l', 0x11n, gone.signal));
    gone.abort();
    await stage.pass(100);
    expect(again.error).toMatchObject({ code: 'canceled' });
    expect(await keysOf(stage, operations, 'l')).toEqual(['l/11']);
  });

  test('because its caller goes while the key is put removes the key', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n);
    const gone = new AbortController();
    const call = watched(wait(operations, 'l', 0x11n, gone.signal));
    gone.abort();
    await stage.pass(100);
    expect(call.error).toMatchObject({ code: 'canceled' });
    expect(await keysOf(stage, operations, 'l')).toEqual([]);
  });
});

/** A call that lasts until it is ended. */
function endless(over: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    over.addEventListener('abort', () => reject(new Error('over')), { once: true });
  });
}

describe('many calls that wait for one lock', () => {
  test('share one watcher, and do not read the queue again for each call', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    const { replica } = stage.leader;
    const count = 500;
    const held: bigint[] = [];
    for (let lease = 1n; lease <= count; lease++) {
      void operations.leaseGrant({ id: lease, ttlSeconds: 6000 }, anonymous);
    }
    await stage.pass(200);
    const ranges = vi.spyOn(replica!.state, 'range');
    for (let lease = 1n; lease <= count; lease++) {
      void operations.lock({ name: 'l', lease }, anonymous).then(() => held.push(lease));
    }
    await stage.until('the first holding it', () => held.length > 0);
    await stage.pass(200);
    expect(replica!.watch.stats.watchers).toBe(1);
    expect(ranges.mock.calls.length).toBeLessThan(3 * 2);
    for (let lease = 1n; lease <= count; lease++) {
      await stage.until(`${lease} holding it`, () => held.length >= lease);
      void operations.unlock(`l/${lease.toString(16)}`, anonymous);
    }
    await stage.pass(200);
    expect(held).toEqual(Array.from({ length: count }, (_, at) => BigInt(at + 1)));
    expect(ranges.mock.calls.length).toBeLessThan(3 * count);
    expect(replica!.watch.stats).toMatchObject({ streams: 0, watchers: 0 });
  });

  test('are bounded, and further ones are accepted as they end', async () => {
    const stage = await Stage.open();
    const waits = new LockWaits(stage.coreOf(stage.leader), { callsMax: 100 });
    const one = new AbortController();
    const first = watched(waits.run(one.signal, endless));
    const others = Array.from({ length: 99 }, () => waits.run(undefined, endless));
    const all = Promise.allSettled(others);
    expect(await stage.refusal(waits.run(undefined, endless))).toMatchObject({
      code: 'too-many-requests',
    });
    one.abort();
    await stage.until('room', () => first.error !== undefined);
    const late = watched(waits.run(undefined, endless));
    await stage.settled(waits.stop(1000));
    await all;
    expect(late.error).toMatchObject({ message: 'over' });
    expect(waits.count).toBe(0);
  });

  test('keep their order after a compaction of events that their watcher missed', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    for (const lease of [0x11n, 0x22n, 0x33n]) await session(stage, operations, lease);
    await stage.settled(operations.lock({ name: 'l', lease: 0x11n }, anonymous));
    const waiting = [0x22n, 0x33n].map((lease) =>
      watched(operations.lock({ name: 'l', lease }, anonymous)),
    );
    await stage.pass(50);
    // The watcher is made to believe that it has missed what it needs.
    const hub = stage.leader.replica!.watch;
    const { state } = stage.leader.replica!;
    hub.replaceHistory(
      new Proxy(state, {
        get: (target, name) => {
          if (name === 'revision') return target.revision + 5;
          if (name === 'compactedRevision') return target.revision + 5;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    );
    hub.work();
    hub.replaceHistory(state);
    await stage.pass(50);
    await stage.settled(operations.unlock('l/11', anonymous));
    await stage.until('the next holding it', () => waiting[0]!.answer !== undefined);
    expect(waiting[1]!.answer).toBeUndefined();
  });
});

describe('an election', () => {
  test('is won, proclaimed, observed and resigned, and won by the next candidate', async () => {
    const stage = await Stage.open({ members: 3 });
    const operations = operationsOf(stage.machines[0]!);
    const elsewhere = operationsOf(stage.machines[1]!);
    await session(stage, operations, 0x11n);
    await session(stage, operations, 0x22n);
    expect(await stage.refusal(elsewhere.leader('e', anonymous))).toMatchObject({
      code: 'election-no-leader',
    });

    const observed: string[] = [];
    const gone = new AbortController();
    const observing = (async () => {
      for await (const { kv } of elsewhere.observe('e', { ...anonymous, signal: gone.signal })) {
        observed.push(Buffer.from(kv.value).toString());
      }
    })().catch((error: unknown) => error);

    const campaign = (lease: bigint, value: string) =>
      operations.campaign({ name: 'e', lease, value: Buffer.from(value) }, anonymous);
    const { leader } = await stage.settled(campaign(0x11n, 'one'));
    const next = watched(campaign(0x22n, 'two'));
    await stage.pass(100);
    expect(next.answer).toBeUndefined();
    const proclaim = (value: string) =>
      elsewhere.proclaim({ leader, value: Buffer.from(value) }, anonymous);
    await stage.settled(proclaim('one again'));
    await stage.until('being observed', () => observed.length === 2);
    const told = await stage.settled(elsewhere.leader('e', anonymous));
    expect(Buffer.from(told.kv.value).toString()).toBe('one again');

    await stage.settled(elsewhere.resign(leader, anonymous));
    await stage.until('the next winning', () => next.answer !== undefined);
    await stage.until('being observed', () => observed.length === 3);
    expect(observed).toEqual(['one', 'one again', 'two']);
    expect(await stage.refusal(proclaim('late'))).toMatchObject({ code: 'election-not-leader' });
    // Resigning what one does not have any more changes nothing.
    await stage.settled(elsewhere.resign(leader, anonymous));
    expect((await stage.settled(elsewhere.leader('e', anonymous))).kv.lease).toBe(0x22n);

    gone.abort();
    expect(await stage.settled(observing)).toMatchObject({ code: 'canceled' });
  });

  test('refuses proclaim and resign without a leader key', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    const proclaiming = operations.proclaim(
      { leader: undefined, value: new Uint8Array() },
      anonymous,
    );
    expect(await stage.refusal(proclaiming)).toMatchObject({
      code: 'election-leader-not-provided',
    });
    expect(await stage.refusal(operations.resign(undefined, anonymous))).toMatchObject({
      code: 'election-leader-not-provided',
    });
  });

  test('passes on when the lease of the leader expires, without a further call', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n, 5);
    await session(stage, operations, 0x22n, 600);
    const value = Buffer.from('x');
    await stage.settled(operations.campaign({ name: 'e', lease: 0x11n, value }, anonymous));
    const next = watched(operations.campaign({ name: 'e', lease: 0x22n, value }, anonymous));
    await stage.settled(operations.put(putOf('e-not-below-it'), anonymous));
    await stage.pass(4000);
    expect(next.answer).toBeUndefined();
    await stage.until('the next winning', () => next.answer !== undefined, 5000);
  });
});
