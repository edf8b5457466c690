import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Compacted,
  Rollcall,
  compare,
  op,
  type WatchEvent,
  type Watcher,
} from '../../src/client/index.ts';
import { startCluster, type TestCluster } from './server.ts';

describe('watching', () => {
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

  test('every change after `ready` is seen, in order', async () => {
    await using watcher = client.watchPrefix('/seen/', { prevKv: true });
    await watcher.ready;

    await client.put('/seen/a', '1');
    await client.put('/elsewhere', 'no');
    await client.put('/seen/a', '2');
    await client.delete('/seen/a');

    expect((await take(watcher, 3)).map(told)).toEqual([
      'put /seen/a=1',
      'put /seen/a=2 was 1',
      'delete /seen/a was 2',
    ]);
  });

  test('one revision may bring several events; only the last of them ends it', async () => {
    const { revision } = await client.put('/batch/1', 'x');
    await client.put('/batch/2', 'x');
    await client.deletePrefix('/batch/');

    await using watcher = client.watchPrefix('/batch/', { fromRevision: revision, only: 'delete' });

    const events = await take(watcher, 2);
    expect(events.map((event) => event.revision)).toEqual([revision + 2, revision + 2]);
    expect(events.map((event) => event.endsRevision)).toEqual([false, true]);
  });

  test('a thousand watchers share one stream and each gets only its own events', async () => {
    const watchers = Array.from({ length: 1000 }, (_, index) => client.watch(`/many/${index}`));
    await Promise.all(watchers.map((watcher) => watcher.ready));

    await client.put('/many/7', 'seven');
    await client.put('/many/999', 'last');

    expect((await take(watchers[7]!, 1)).map(told)).toEqual(['put /many/7=seven']);
    expect((await take(watchers[999]!, 1)).map(told)).toEqual(['put /many/999=last']);
    await Promise.all(watchers.map((watcher) => watcher.return()));
  });

  test('a slow reader loses nothing, and does not hold up a fast one', async () => {
    const slow = client.watchPrefix('/flood/', { bufferMax: 10 });
    const fast = client.watchPrefix('/flood/');
    await Promise.all([slow.ready, fast.ready]);

    for (let number = 0; number < 100; number++) await client.put('/flood/key', String(number));

    const expected = Array.from({ length: 100 }, (_, number) => `put /flood/key=${number}`);
    expect((await take(fast, 100)).map(told)).toEqual(expected);
    expect((await take(slow, 100)).map(told)).toEqual(expected);
    await Promise.all([slow.return(), fast.return()]);
  });

  test('the signal ends the loop without an error', async () => {
    const stop = new AbortController();
    const watcher = client.watchPrefix('/quiet/', { signal: stop.signal });
    await watcher.ready;
    const seen: string[] = [];
    const looping = (async () => {
      for await (const event of watcher) {
        seen.push(told(event));
        stop.abort();
      }
    })();

    await client.put('/quiet/one', '1');

    await looping;
    expect(seen).toEqual(['put /quiet/one=1']);
    await expect(client.watch('/x', { signal: AbortSignal.abort() }).next()).resolves.toMatchObject(
      { done: true },
    );
  });

  test('a watch of a compacted revision fails and names the oldest one that can be watched', async () => {
    const { revision } = await client.put('/compact/a', '1');
    const last = await client.put('/compact/a', '2');
    await client.maintenance.compact(last.revision);

    const watcher = client.watch('/compact/a', { fromRevision: revision });

    const failure = await watcher.next().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Compacted);
    expect(failure).toMatchObject({ code: 'revision-compacted', compactRevision: last.revision });
    await expect(watcher.next()).resolves.toMatchObject({ done: true });
  });

  test('a watch of a compacted revision with resync reads the keys and goes on from there', async () => {
    const { revision } = await client.put('/fresh/a', '1');
    await client.put('/fresh/b', '1');
    const last = await client.put('/fresh/b', '2');
    await client.maintenance.compact(last.revision);

    await using watcher = client.watchPrefix('/fresh/', {
      fromRevision: revision,
      onCompacted: 'resync',
    });

    const [resync] = await take(watcher, 1);
    expect(resync).toMatchObject({ type: 'resync', kvs: [{ value: '1' }, { value: '2' }] });
    await client.put('/fresh/c', '3');
    expect((await take(watcher, 1)).map(told)).toEqual(['put /fresh/c=3']);
  });

  test('closing the client ends every watch, without an error', async () => {
    const other = new Rollcall({ endpoints: cluster.endpoints });
    const watcher = other.watch('/closing');
    await watcher.ready;

    const next = watcher.next();
    other.close();

    expect(await next).toEqual({ done: true, value: undefined });
  });
});

describe('watching through a restart', () => {
  test('every change comes once, across restarts of the server', async () => {
    await using cluster = await startCluster();
    const [server] = cluster.servers;
    await using client = new Rollcall({ endpoints: cluster.endpoints, timeoutMs: 20_000 });
    await using watcher = client.watchPrefix('/w/');
    await using second = client.watchPrefix('/w/', { bufferMax: 2 });
    await Promise.all([watcher.ready, second.ready]);
    const seen = take(watcher, 9);

    for (let round = 0; round < 3; round++) {
      for (let number = 0; number < 3; number++) await client.put(`/w/${round}`, String(number));
      await server.kill();
      await server.start();
    }

    const expected = [0, 1, 2].flatMap((round) =>
      [0, 1, 2].map((number) => `put /w/${round}=${number}`),
    );
    expect((await seen).map(told)).toEqual(expected);
    expect((await take(second, 9)).map(told)).toEqual(expected);
  });

  test('a watch moves to another member when its own dies, and to the next leader', async () => {
    await using cluster = await startCluster(3);
    await using client = new Rollcall({ endpoints: cluster.endpoints, timeoutMs: 20_000 });
    await using watcher = client.watchPrefix('/w/');
    await watcher.ready;
    const seen = take(watcher, 6);

    for (const [index, server] of cluster.servers.entries()) {
      await server.kill();
      // Conditional, so that it is safe to repeat when its outcome is unknown.
      await putOnce(client, `/w/${index}a`);
      await putOnce(client, `/w/${index}b`);
      await server.start();
    }

    expect((await seen).map((event) => event.type === 'put' && event.kv.key)).toEqual(
      [0, 1, 2].flatMap((index) => [`/w/${index}a`, `/w/${index}b`]),
    );
  }, 60_000);
});

async function take(watcher: Watcher, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  while (events.length < count) {
    const result = await watcher.next();
    if (result.done === true) break;
    events.push(result.value);
  }
  return events;
}

function told(event: WatchEvent): string {
  if (event.type === 'resync') return `resync ${event.kvs.length}`;
  const value = event.type === 'put' ? `=${event.kv.value}` : '';
  const before = event.prevKv === undefined ? '' : ` was ${event.prevKv.value}`;
  return `${event.type} ${event.kv.key}${value}${before}`;
}

async function putOnce(client: Rollcall, key: string): Promise<void> {
  for (;;) {
    try {
      await client.txn().if(compare.missing(key)).do(op.put(key, 'x')).commit();
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'unknown-outcome'))
        throw error;
    }
  }
}
