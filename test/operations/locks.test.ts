import { describe, expect, test } from 'vitest';
import type { Operations } from '../../src/operations/index.ts';
import { getOf, operationsOf, putOf, Stage } from './stage.ts';

async function session(stage: Stage, operations: Operations, id: bigint, ttlSeconds = 60) {
  await stage.settled(operations.leaseGrant({ id, ttlSeconds }, {}));
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
  test('goes from one to the next in the order of asking, wherever they ask', async () => {
    const stage = await Stage.open({ members: 3 });
    const members = stage.machines.map(operationsOf);
    const first = members[0]!;
    const leases = [0x11n, 0x22n, 0x33n];
    for (const id of leases) await session(stage, first, id);
    const waiting: { readonly answer?: { readonly key: string } }[] = [];
    for (const [at, lease] of leases.entries()) {
      waiting.push(watched(members[at]!.lock({ name: 'l', lease }, {})));
      await stage.pass(50);
    }
    expect(waiting.map(({ answer }) => answer?.key)).toEqual(['l/11', undefined, undefined]);

    await stage.settled(first.unlock('l/11', {}));
    await stage.until('the second holding it', () => waiting[1]!.answer !== undefined);
    expect(waiting.map(({ answer }) => answer?.key)).toEqual(['l/11', 'l/22', undefined]);

    // The holder vanishes: with its lease goes its key.
    await stage.settled(first.leaseRevoke(0x22n, {}));
    await stage.until('the third holding it', () => waiting[2]!.answer !== undefined);
    expect(waiting[2]!.answer?.key).toBe('l/33');
  });

  test('is the same again for the same lease', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    const lease = await session(stage, operations, 0x11n);
    const once = await stage.settled(operations.lock({ name: 'l', lease }, {}));
    const twice = await stage.settled(operations.lock({ name: 'l', lease }, {}));
    expect(twice.key).toBe(once.key);
    const { kvs } = await stage.settled(operations.range(getOf('l/11'), {}));
    expect(kvs).toMatchObject([{ version: 1, lease }]);
  });

  test('without a lease makes one of a minute', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    const { key } = await stage.settled(operations.lock({ name: 'l', lease: 0n }, {}));
    const id = BigInt(`0x${key.slice(2)}`);
    const status = await stage.settled(operations.leaseTimeToLive({ id, keys: true }, {}));
    expect(status).toMatchObject({ grantedSeconds: 60, keys: [key] });
    await stage.pass(62_000);
    expect((await stage.settled(operations.range(getOf(key), {}))).count).toBe(0);
  });

  test('is refused to who waits when its session is over, and the next does not wait for it', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n, 600);
    await session(stage, operations, 0x22n, 5);
    await session(stage, operations, 0x33n, 600);
    await stage.settled(operations.lock({ name: 'l', lease: 0x11n }, {}));
    const lapsing = watched(operations.lock({ name: 'l', lease: 0x22n }, {}));
    await stage.pass(50);
    const last = watched(operations.lock({ name: 'l', lease: 0x33n }, {}));
    await stage.pass(8000);
    await stage.settled(operations.unlock('l/11', {}));
    await stage.until('an answer', () => lapsing.error !== undefined && last.answer !== undefined);
    expect(lapsing.error).toMatchObject({ code: 'session-expired' });
  });

  test('is refused for a lease that is not there', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    expect(await stage.refusal(operations.lock({ name: 'l', lease: 0x99n }, {}))).toMatchObject({
      code: 'session-lease-not-found',
    });
  });

  test('is not waited for any more by who has gone away', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n);
    await session(stage, operations, 0x22n);
    await stage.settled(operations.lock({ name: 'l', lease: 0x11n }, {}));
    const gone = new AbortController();
    const waiting = watched(operations.lock({ name: 'l', lease: 0x22n }, { signal: gone.signal }));
    await stage.pass(50);
    gone.abort();
    await stage.until('the end of the call', () => waiting.error !== undefined);
    expect(waiting.error).toMatchObject({ code: 'canceled' });
    expect((await stage.settled(operations.range(getOf('l/22'), {}))).count).toBe(0);
  });
});

describe('an election', () => {
  test('is won, proclaimed, observed, resigned, and won by the next', async () => {
    const stage = await Stage.open({ members: 3 });
    const operations = operationsOf(stage.machines[0]!);
    const elsewhere = operationsOf(stage.machines[1]!);
    await session(stage, operations, 0x11n);
    await session(stage, operations, 0x22n);
    expect(await stage.refusal(elsewhere.leader('e', {}))).toMatchObject({
      code: 'election-no-leader',
    });

    const observed: string[] = [];
    const gone = new AbortController();
    const observing = (async () => {
      for await (const { kv } of elsewhere.observe('e', { signal: gone.signal })) {
        observed.push(Buffer.from(kv.value).toString());
      }
    })().catch((error: unknown) => error);

    const campaign = (lease: bigint, value: string) =>
      operations.campaign({ name: 'e', lease, value: Buffer.from(value) }, {});
    const { leader } = await stage.settled(campaign(0x11n, 'one'));
    const next = watched(campaign(0x22n, 'two'));
    await stage.pass(100);
    expect(next.answer).toBeUndefined();
    const proclaim = (value: string) =>
      elsewhere.proclaim({ leader, value: Buffer.from(value) }, {});
    await stage.settled(proclaim('one again'));
    await stage.until('being observed', () => observed.length === 2);
    const told = await stage.settled(elsewhere.leader('e', {}));
    expect(Buffer.from(told.kv.value).toString()).toBe('one again');

    await stage.settled(elsewhere.resign(leader, {}));
    await stage.until('the next winning', () => next.answer !== undefined);
    await stage.until('being observed', () => observed.length === 3);
    expect(observed).toEqual(['one', 'one again', 'two']);
    expect(await stage.refusal(proclaim('late'))).toMatchObject({ code: 'election-not-leader' });
    // Resigning what one does not have any more changes nothing.
    await stage.settled(elsewhere.resign(leader, {}));
    expect((await stage.settled(elsewhere.leader('e', {}))).kv.lease).toBe(0x22n);

    gone.abort();
    expect(await stage.settled(observing)).toMatchObject({ code: 'canceled' });
  });

  test('needs to be told whose leadership is meant', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    const proclaiming = operations.proclaim({ leader: undefined, value: new Uint8Array() }, {});
    expect(await stage.refusal(proclaiming)).toMatchObject({
      code: 'election-leader-not-provided',
    });
    expect(await stage.refusal(operations.resign(undefined, {}))).toMatchObject({
      code: 'election-leader-not-provided',
    });
  });

  test('is passed on when the lease of the leader lapses, though nobody asks', async () => {
    const stage = await Stage.open();
    const operations = operationsOf(stage.leader);
    await session(stage, operations, 0x11n, 5);
    await session(stage, operations, 0x22n, 600);
    const value = Buffer.from('x');
    await stage.settled(operations.campaign({ name: 'e', lease: 0x11n, value }, {}));
    const next = watched(operations.campaign({ name: 'e', lease: 0x22n, value }, {}));
    await stage.settled(operations.put(putOf('e-not-below-it'), {}));
    await stage.pass(4000);
    expect(next.answer).toBeUndefined();
    await stage.until('the next winning', () => next.answer !== undefined, 5000);
  });
});
