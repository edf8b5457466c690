import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EtcdClient } from '../cluster/etcd-client.ts';
import { Victim } from './member.ts';
import { allMethods, RawCaller } from './raw-calls.ts';

let victim: Victim;
let client: EtcdClient;

beforeAll(async () => {
  victim = await Victim.start();
  ({ client } = victim.member);
  await client.put('a', '1');
  await client.put('b', '2');
});
afterAll(() => victim[Symbol.asyncDispose]());

describe('bytes that are no message', () => {
  /** Named by the proto file, and served by no etcd either. */
  const unserved = '/grpc.health.v1.Health/List';
  // A field of length 127 that ends at once; a group that is never closed; the tag 0.
  const garbage = ['0a7f00', '0b', '00', 'ffffffffffffffffffff'];

  test.each(garbage)('(%s) are refused by every method, and nothing else happens', async (hex) => {
    const caller = new RawCaller(victim.clientPort);
    await victim.unchanged(async () => {
      for (const method of allMethods().filter(({ path }) => path !== unserved)) {
        const ending = await caller.call(method, Buffer.from(hex, 'hex'));
        expect([method.path, ending.code]).toEqual([method.path, 13]);
        expect(ending.details).toMatch(/^the request cannot be decoded: /);
      }
    });
    caller.close();
    await victim.goesOn();
  });

  test('a method or service that does not exist is named', async () => {
    const caller = new RawCaller(victim.clientPort);
    for (const path of ['/etcdserverpb.KV/Burn', '/etcdserverpb.Fire/Put', '/x']) {
      const method = { path, requestStream: false, responseStream: false };
      expect((await caller.call(method, Buffer.alloc(0))).code).toBe(12);
    }
    caller.close();
    await victim.goesOn();
  });
});

const key = (text: string): Buffer => Buffer.from(text);
const putOp = (name: string, more: object = {}) => ({
  request_put: { key: key(name), value: key('v'), ...more },
});
const deleteOp = (from: string, to: string) => ({
  request_delete_range: { key: key(from), range_end: key(to) },
});

type Row = [what: string, method: string, request: object, code: number, details: string];

describe('a request that makes no sense', () => {
  const tooLarge = Buffer.alloc(1.6 * 1024 * 1024);
  const muchTooLarge = Buffer.alloc(3 * 1024 * 1024);
  const duplicate = 'etcdserver: duplicate key given in txn request';
  const noLease = 'etcdserver: requested lease not found';
  const compacted = 'etcdserver: mvcc: required revision has been compacted';
  const future = 'etcdserver: mvcc: required revision is a future revision';
  const badSort = 'etcdserver: invalid sort option';

  test.each<Row>([
    [
      'a value beyond the limit',
      'KV.Put',
      { key: key('k'), value: tooLarge },
      3,
      'etcdserver: request is too large',
    ],
    ['a message beyond any limit', 'KV.Put', { key: key('k'), value: muchTooLarge }, 8, ''],
    ['no key', 'KV.Put', { value: key('v') }, 3, 'etcdserver: key is not provided'],
    ['no key to read', 'KV.Range', {}, 3, 'etcdserver: key is not provided'],
    ['no key to delete', 'KV.DeleteRange', {}, 3, 'etcdserver: key is not provided'],
    ['an unknown sort order', 'KV.Range', { key: key('a'), sort_order: 9 }, 3, badSort],
    ['an unknown sort target', 'KV.Range', { key: key('a'), sort_target: 9 }, 3, badSort],
    ['a negative sort order', 'KV.Range', { key: key('a'), sort_order: -1 }, 3, badSort],
    [
      'an unknown alarm action',
      'Maintenance.Alarm',
      { action: 9 },
      3,
      'there is no alarm action 9',
    ],
    ['an unknown downgrade', 'Maintenance.Downgrade', { action: 9 }, 2, 'unknown method'],
    ['a compaction below zero', 'KV.Compact', { revision: '-5' }, 11, compacted],
    ['a compaction of the future', 'KV.Compact', { revision: '999999' }, 11, future],
    ['a read of the future', 'KV.Range', { key: key('a'), revision: '999999' }, 11, future],
    ['a hash of the future', 'Maintenance.HashKV', { revision: '999999' }, 11, future],
    ['the same key put twice', 'KV.Txn', { success: [putOp('x'), putOp('x')] }, 3, duplicate],
    [
      'a put in what is deleted',
      'KV.Txn',
      { success: [putOp('m'), deleteOp('l', 'n')] },
      3,
      duplicate,
    ],
    [
      'a nested put of the same key',
      'KV.Txn',
      { success: [putOp('x'), { request_txn: { failure: [putOp('x')] } }] },
      3,
      duplicate,
    ],
    ['an operation that is empty', 'KV.Txn', { success: [{}] }, 3, 'etcdserver: key not found'],
    [
      'too many operations',
      'KV.Txn',
      { success: Array.from({ length: 129 }, (_, at) => putOp(`many${at}`)) },
      3,
      'etcdserver: too many operations in txn request',
    ],
    ['a lease that does not exist', 'KV.Put', { key: key('k'), lease: '404' }, 5, noLease],
    [
      'a lease that does not exist, after a good put',
      'KV.Txn',
      { success: [putOp('good'), putOp('bad', { lease: '404' })] },
      5,
      noLease,
    ],
    ['revoking what does not exist', 'Lease.LeaseRevoke', { ID: '404' }, 5, noLease],
    [
      'a lease of ages',
      'Lease.LeaseGrant',
      { TTL: '9000000001' },
      11,
      'etcdserver: too large lease TTL',
    ],
    [
      'a member that does not exist',
      'Cluster.MemberRemove',
      { ID: '404' },
      5,
      'etcdserver: member not found',
    ],
    [
      'moving to nobody',
      'Maintenance.MoveLeader',
      { targetID: '404' },
      9,
      'etcdserver: bad leader transferee',
    ],
    [
      'a peer URL that is none',
      'Cluster.MemberAdd',
      { peerURLs: ['telnet://x'] },
      3,
      'etcdserver: given member URLs are invalid',
    ],
  ])('%s is refused, and nothing is half-done', async (_what, method, request, code, details) => {
    const [service = '', name = ''] = method.split('.');
    await victim.unchanged(async () => {
      const refused = await client.call(service, name, request).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code });
      expect(refused).toHaveProperty('details', expect.stringContaining(details));
    });
    await victim.goesOn();
  });

  test('of a watch is answered with what is wrong, and the stream goes on', async () => {
    const stream = client.stream('Watch', 'Watch');
    const answers = stream[Symbol.asyncIterator]();
    const next = async () => (await answers.next()).value as unknown;

    stream.write({ create_request: { key: key('a'), start_revision: '-1' } });
    expect(await next()).toMatchObject({ created: true, canceled: true, watch_id: '-1' });
    stream.write({ create_request: { key: key('b'), range_end: key('a') } });
    expect(await next()).toMatchObject({
      created: true,
      canceled: true,
      cancel_reason: 'mvcc: watcher range is empty',
    });
    stream.write({ create_request: { key: key('a'), filters: [9], watch_id: '7' } });
    expect(await next()).toMatchObject({ created: true, canceled: false, watch_id: '7' });
    stream.write({ create_request: { key: key('a'), watch_id: '7' } });
    expect(await next()).toMatchObject({
      canceled: true,
      cancel_reason: 'mvcc: duplicate watch ID provided on the WatchStream',
    });
    stream.write({ cancel_request: { watch_id: '99' } });
    stream.write({});
    await client.put('a', 'seen');
    expect(await next()).toMatchObject({ watch_id: '7', events: [{ type: 'PUT' }] });
    stream.cancel();
    await victim.goesOn();
  });

  test('about a lease that does not exist is answered with no time left', async () => {
    const left = await client.call('Lease', 'LeaseTimeToLive', { ID: '404' });
    expect(left).toMatchObject({ TTL: '-1' });
    const stream = client.stream('Lease', 'LeaseKeepAlive');
    stream.write({ ID: '404' });
    const answer = await stream[Symbol.asyncIterator]().next();
    expect(answer.value).toMatchObject({ ID: '404', TTL: '0' });
    stream.cancel();
  });

  test('with a negative revision or limit means the newest, and all', async () => {
    const answer = await client.range('\0', { revision: '-3', limit: '-3' });
    expect(answer['count']).toBe(String(answer.kvs.length));
    expect(answer['more']).toBe(false);
  });
});
