import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall, RollcallError, compare, op, type Compare } from '../../src/client/index.ts';
import { startCluster, type TestCluster } from './server.ts';

describe('keys and values', () => {
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

  test('a key can be read after a put, with its revisions', async () => {
    const { revision } = await client.put('/a/one', 'first');
    await client.put('/a/one', 'second');

    const kv = await client.get('/a/one');

    expect(kv).toMatchObject({
      key: '/a/one',
      value: 'second',
      createRevision: revision,
      modRevision: revision + 1,
      version: 2,
      lease: 0n,
    });
    expect((await client.get('/a/one', { revision }))?.value).toBe('first');
    expect(await client.get('/a/none')).toBeUndefined();
  });

  test('a time limit may be as long as any number is', async () => {
    for (const timeoutMs of [2 ** 31, 1e15, 1e18, Number.MAX_VALUE, Infinity]) {
      expect((await client.put('/long', 'x', { timeoutMs })).revision).toBeGreaterThan(1);
      expect(await client.get('/long', { timeoutMs })).toMatchObject({ value: 'x' });
    }
  });

  test('keys and values may be any bytes', async () => {
    const key = Uint8Array.of(0xff, 0x00, 0xfe);
    const value = Uint8Array.from({ length: 256 }, (_, byte) => byte);

    await client.put(key, value);

    expect((await client.get(key))?.valueBytes).toEqual(Buffer.from(value));
    expect((await client.range({ prefix: Uint8Array.of(0xff) })).kvs).toHaveLength(1);
  });

  test('a range is cut by its limit, and says so', async () => {
    for (const name of ['1', '2', '3']) await client.put(`/r/${name}`, name);

    const found = await client.getPrefix('/r/', { limit: 2, sortBy: 'key', order: 'descending' });

    expect(found.kvs.map((kv) => kv.key)).toEqual(['/r/3', '/r/2']);
    expect(found).toMatchObject({ count: 3, more: true });
    const counted = await client.getPrefix('/r/', { countOnly: true });
    expect(counted).toMatchObject({ kvs: [], count: 3 });
    const from = await client.range({ from: '/r/2', to: '/r/3' }, { keysOnly: true });
    expect(from.kvs.map((kv) => [kv.key, kv.value])).toEqual([['/r/2', '']]);
  });

  test('a deletion returns the number of keys, and their values on request', async () => {
    await client.put('/d/1', 'one');
    await client.put('/d/2', 'two');

    const deleted = await client.deletePrefix('/d/', { prevKv: true });

    expect(deleted.deleted).toBe(2);
    expect(deleted.prevKvs.map((kv) => kv.value)).toEqual(['one', 'two']);
    expect((await client.delete('/d/1')).deleted).toBe(0);
  });

  test('a transaction takes one branch, at one revision', async () => {
    const create = (): Promise<unknown> =>
      client
        .txn()
        .if(compare.missing('/t/leader'))
        .do(op.put('/t/leader', 'me'), op.put('/t/since', 'now'))
        .else(op.get('/t/leader'), op.get({ prefix: '/t/' }, { countOnly: true }))
        .commit();

    const first = await create();
    const second = await create();

    expect(first).toMatchObject({ succeeded: true, results: [{ kind: 'put' }, { kind: 'put' }] });
    expect(second).toMatchObject({
      succeeded: false,
      results: [
        { kind: 'get', kvs: [{ value: 'me' }] },
        { kind: 'get', count: 2 },
      ],
    });
    const { kvs } = await client.getPrefix('/t/');
    expect(new Set(kvs.map((kv) => kv.modRevision)).size).toBe(1);
  });

  test('each kind of comparison is sent as such', async () => {
    const { revision } = await client.put('/c/key', 'm');
    const holds = async (...compares: Compare[]): Promise<boolean> =>
      (
        await client
          .txn()
          .if(...compares)
          .commit()
      ).succeeded;

    expect(
      await holds(
        compare.value('/c/key', '=', 'm'),
        compare.value('/c/key', '>', 'a'),
        compare.value('/c/key', '<', 'z'),
        compare.value('/c/key', '!=', 'x'),
        compare.version('/c/key', '=', 1),
        compare.createRevision('/c/key', '=', revision),
        compare.modRevision('/c/key', '<', revision + 1),
        compare.lease('/c/key', '=', 0n),
        compare.exists('/c/key'),
        compare.value({ prefix: '/c/' }, '!=', ''),
      ),
    ).toBe(true);
    expect(await holds(compare.modRevision('/c/key', '>', revision))).toBe(false);
    expect(await holds(compare.version('/c/key', '!=', 1))).toBe(false);
    expect(await holds(compare.lease('/c/key', '>', 0n))).toBe(false);
    expect(await holds(compare.missing('/c/key'))).toBe(false);
  });

  test('a refusal has a code', async () => {
    const refused = client.put('/x', 'y', { lease: 0x7fff_ffff_ffff_ffffn });

    await expect(refused).rejects.toBeInstanceOf(RollcallError);
    await expect(refused).rejects.toMatchObject({ code: 'lease-not-found' });
    await expect(client.get('/x', { revision: 1_000_000 })).rejects.toMatchObject({
      code: 'revision-in-future',
    });
    await expect(client.put('', 'y')).rejects.toMatchObject({ code: 'key-not-provided' });
  });

  test('a transaction commits once, and is not awaitable', async () => {
    const txn = client.txn().do(op.put('/once', '1'));
    await txn.commit();

    await expect(txn.commit()).rejects.toMatchObject({ code: 'invalid-request' });
    expect('then' in txn).toBe(false);
  });
});
