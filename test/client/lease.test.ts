import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall, compare, op } from '../../src/client/index.ts';
import { startCluster, type TestCluster } from './server.ts';

describe('leases, locks and elections', () => {
  let cluster: TestCluster;
  let client: Rollcall;

  beforeAll(async () => {
    cluster = await startCluster();
    client = new Rollcall({ endpoints: cluster.endpoints });
  });
  afterAll(async () => {
    client.close();
    await cluster[Symbol.asyncDispose]();
  });

  test('a key lives as long as its lease, and goes when it is released', async () => {
    const lease = await client.lease(30);
    await lease.put('/l/key', 'here');

    const kv = await client.get('/l/key');
    expect(kv).toMatchObject({ value: 'here', lease: lease.id });
    expect(await client.leases.timeToLive(lease.id, { keys: true })).toMatchObject({
      grantedTtlSeconds: 30,
      keys: ['/l/key'],
    });

    await lease.release();
    await lease.release();
    expect(await client.get('/l/key')).toBeUndefined();
    await expect(lease.put('/l/key', 'again')).rejects.toMatchObject({ code: 'lease-lost' });
  });

  test('a lease is renewed for as long as it is held', async () => {
    await using lease = await client.lease(2);
    await lease.put('/l/kept', 'here');
    await using watcher = client.watch('/l/kept', { only: 'delete' });
    await watcher.ready;
    const bystander = await client.leases.grant(lease.ttlSeconds + 2);
    await client.put('/l/bystander', 'x', { lease: bystander.id });
    await using other = client.watch('/l/bystander', { only: 'delete' });

    // The bystander, which nobody renews and which lasts longer, runs out first.
    const first = await Promise.race([
      other.next().then(() => 'bystander'),
      watcher.next().then(() => 'kept'),
    ]);

    expect(first).toBe('bystander');
    expect(lease.isHeld).toBe(true);
  });

  test('a revoked lease is granted again, and its keys are put again', async () => {
    await using lease = await client.lease(2);
    await lease.put('/l/a', 'one');
    await lease.put('/l/b', 'two');
    await lease.put('/l/c', 'three');
    await lease.delete('/l/c');
    const lostId = lease.id;
    const told: string[] = [];
    const regained = new Promise<bigint>((resolve) => {
      lease.on('lost', (reason) => told.push(reason.code)).on('regained', resolve);
    });

    await client.leases.revoke(lostId);
    const newId = await regained;

    expect(told).toEqual(['lease-not-found']);
    expect(newId).not.toBe(lostId);
    expect(lease.id).toBe(newId);
    const { kvs } = await client.getPrefix('/l/');
    const kept = kvs.filter((kv) => kv.lease === newId).map((kv) => `${kv.key}=${kv.value}`);
    expect(kept).toEqual(['/l/a=one', '/l/b=two']);
  });

  test('a put that hears that its lease is gone does not wait for the next renewal', async () => {
    await using lease = await client.lease(3600);
    await client.leases.revoke(lease.id);

    await lease.put('/l/prompt', 'here');

    expect(await client.get('/l/prompt')).toMatchObject({ value: 'here', lease: lease.id });
  });

  test('a key put while the lease is gone is there once it is regained', async () => {
    await using lease = await client.lease(2);
    await client.leases.revoke(lease.id);

    await lease.put('/l/late', 'here');

    expect(await client.get('/l/late')).toMatchObject({ value: 'here', lease: lease.id });
  });

  test('a lease survives a restart of the server', async () => {
    await using own = await startCluster();
    await using other = new Rollcall({ endpoints: own.endpoints, timeoutMs: 20_000 });
    await using lease = await other.lease(5);
    await lease.put('/l/key', 'here');

    await own.servers[0].kill();
    await own.servers[0].start();

    expect(await other.leases.renew(lease.id)).toBe(5);
    expect(await other.get('/l/key')).toMatchObject({ lease: lease.id });
  });

  test('only one holds a lock at a time', async () => {
    const first = await client.lock('/lock');
    const told: string[] = [];
    const waiting = client.lock('/lock').then((lock) => {
      told.push('second');
      return lock;
    });

    await expect(client.lock('/lock', { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'deadline-exceeded',
    });
    expect(told).toEqual([]);
    await first.release();
    const second = await waiting;

    expect(told).toEqual(['second']);
    const guarded = await client.txn().if(second.held()).do(op.put('/done', '1')).commit();
    const late = await client.txn().if(first.held()).do(op.put('/done', '2')).commit();
    expect([guarded.succeeded, late.succeeded]).toEqual([true, false]);
    expect(second.revision).toBeGreaterThan(first.revision);
    await second.release();
  });

  test('waiting for a lock can be canceled', async () => {
    const held = await client.lock('/busy');
    const stop = new AbortController();

    const waiting = client.lock('/busy', { signal: stop.signal });
    stop.abort();

    await expect(waiting).rejects.toMatchObject({ code: 'canceled' });
    await held.release();
  });

  test('canceling a lock does not wait for a server that hangs, and leaves no key', async () => {
    await using hanging = await startCluster();
    await using caller = new Rollcall({ endpoints: hanging.endpoints });
    await using held = await caller.lock('/locks/a', { ttlSeconds: 60 });
    const given = new AbortController();
    const waiting = caller.lock('/locks/a', { ttlSeconds: 60, signal: given.signal });
    const outcome = waiting.catch((error: unknown) => error);
    const keys = async () => (await caller.getPrefix('/locks/a/')).kvs.map(({ key }) => key);
    while ((await keys()).length < 2);

    const [server] = hanging.servers;
    server.signal('SIGSTOP');
    const beganMs = performance.now();
    given.abort();
    expect(await outcome).toMatchObject({ code: 'canceled' });
    expect(performance.now() - beganMs).toBeLessThan(5000);

    server.signal('SIGCONT');
    while ((await keys()).length > 1);
    expect(await keys()).toEqual([held.key]);
  });

  test('the holder of a lock is told when it is lost', async () => {
    const lock = await client.lock('/lost', { ttlSeconds: 2 });
    const lost = once(lock.lost, 'abort');
    const kv = await client.get(lock.key);

    await client.leases.revoke(kv?.lease ?? 0n);

    await lost;
    const next = await client.lock('/lost');
    const late = await client.txn().if(lock.held()).do(op.put('/x', 'y')).commit();
    expect(late.succeeded).toBe(false);
    await next.release();
  });

  test('a second candidate leads after the first, and observers see both', async () => {
    const election = client.election('/election');
    expect(await election.leader()).toBeUndefined();
    const stop = new AbortController();
    const observed: string[] = [];

    const first = await election.campaign('first');
    const next = election.campaign('second');
    expect((await election.leader())?.value).toBe('first');
    const observing = (async () => {
      for await (const leader of election.observe({ signal: stop.signal })) {
        observed.push(leader.value);
        if (leader.value === 'first') await first.proclaim('first, still');
        if (leader.value === 'first, still') await first.resign();
        if (leader.value === 'second') stop.abort();
      }
    })();
    const second = await next;
    await observing;

    expect(observed).toEqual(['first', 'first, still', 'second']);
    expect(second.key).toMatch(/^\/election\//);
    await second.resign();
    const after = await client.txn().if(compare.missing(second.key)).commit();
    expect(after.succeeded).toBe(true);
  });

  test('a registered instance is found until it is released', async () => {
    const stop = new AbortController();
    const lists = client.watchInstances('payment', { signal: stop.signal });
    expect((await lists.next()).value).toEqual([]);

    const registration = await client.registerInstance('payment', 'one', '10.0.1.45:8080');
    await client.put(
      '/services/payment/two',
      JSON.stringify({ address: '10.0.1.46', port: 8081, tags: ['blue'] }),
    );
    await client.put('/services/payment/odd', 'not an address');

    const one = {
      service: 'payment',
      name: 'one',
      address: '10.0.1.45:8080',
      tags: [],
      meta: {},
      weight: 1,
    };
    const two = { ...one, name: 'two', address: '10.0.1.46:8081', tags: ['blue'] };
    expect((await lists.next()).value).toEqual([one]);
    expect((await lists.next()).value).toEqual([one, two]);
    expect(await client.instances('payment')).toEqual([one, two]);
    await registration.release();
    expect(await client.instances('payment')).toEqual([two]);
    stop.abort();
  });
});
