import { once } from 'node:events';
import {
  Etcd3,
  EtcdLeaseInvalidError,
  EtcdLockFailedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotFoundError,
  GRPCOutOfRangeError,
} from 'etcd3';
import type { IKeyValue, Watcher } from 'etcd3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../cluster/processes.ts';
import { onEachTarget } from './targets.ts';

/** Collects a watcher's events, as "put a=1" or "delete a", until there are that many. */
function told(watcher: Watcher, count: number): Promise<string[]> {
  const seen: string[] = [];
  return new Promise((resolve) => {
    const note = (text: string): void => {
      seen.push(text);
      if (seen.length === count) resolve(seen);
    };
    watcher.on('put', (kv: IKeyValue) => note(`put ${kv.key.toString()}=${kv.value.toString()}`));
    watcher.on('delete', (kv: IKeyValue) => note(`delete ${kv.key.toString()}`));
  });
}

onEachTarget('etcd3 of npm', (subject) => {
  let etcd: Etcd3;
  beforeAll(() => {
    etcd = new Etcd3({ hosts: subject.members.map(({ clientUrl }) => clientUrl) });
  });
  afterAll(() => etcd.close());

  describe('keys', () => {
    test('are put, got, listed and deleted', async () => {
      const key = subject.freshKey();
      await etcd.put(`${key}a`).value('1');
      await etcd.put(`${key}b`).value('2');
      expect(await etcd.get(`${key}a`).string()).toBe('1');
      expect(await etcd.get(`${key}b`).number()).toBe(2);
      expect(await etcd.get(`${key}c`).string()).toBeNull();
      expect(await etcd.get(`${key}a`).exists()).toBe(true);
      expect(await etcd.getAll().prefix(key).strings()).toEqual({
        [`${key}a`]: '1',
        [`${key}b`]: '2',
      });
      const newest = etcd.getAll().prefix(key).sort('Mod', 'Descend').limit(1);
      expect(await newest.keys()).toEqual([`${key}b`]);
      expect(await etcd.getAll().prefix(key).count()).toBe(2);
      expect((await etcd.put(`${key}a`).value('3').getPrevious()).value.toString()).toBe('1');
      expect((await etcd.delete().prefix(key).exec()).deleted).toBe('2');
    });

    test('below a namespace are kept apart', async () => {
      const key = subject.freshKey();
      const below = etcd.namespace(key);
      await below.put('a').value('1');
      expect(await etcd.get(`${key}a`).string()).toBe('1');
      expect(await below.getAll().strings()).toEqual({ a: '1' });
      const watcher = await below.watch().key('b').create();
      const events = told(watcher, 1);
      await below.put('b').value('2');
      expect(await events).toEqual(['put b=2']);
      await watcher.cancel();
      await below.delete().all();
      expect(await etcd.get(`${key}a`).exists()).toBe(false);
    });

    test('are written by transactions', async () => {
      const key = subject.freshKey();
      const attempt = () =>
        etcd
          .if(key, 'Create', '==', 0)
          .then(etcd.put(key).value('first'))
          .else(etcd.get(key))
          .commit();
      expect((await attempt()).succeeded).toBe(true);
      const second = await attempt();
      expect(second.succeeded).toBe(false);
      expect(second.responses[0]?.response_range?.kvs[0]?.value.toString()).toBe('first');
      const both = etcd.if(key, 'Value', '==', 'first').and(key, 'Version', '>', 0);
      expect((await both.then(etcd.delete().key(key)).commit()).succeeded).toBe(true);
      expect(await etcd.get(key).exists()).toBe(false);
    });

    test('are counted up by many at once in software transactions', async () => {
      const key = subject.freshKey();
      await etcd.put(key).value(0);
      await Promise.all(
        Array.from({ length: 5 }, () =>
          etcd.stm({ retries: 50 }).transact(async (tx) => {
            const count = (await tx.get(key).number()) ?? 0;
            await tx.put(key).value(count + 1);
          }),
        ),
      );
      expect(await etcd.get(key).number()).toBe(5);
    });
  });

  describe('watchers', () => {
    test('hear of puts and deletions, several on one connection', async () => {
      const key = subject.freshKey();
      const one = await etcd.watch().key(`${key}a`).create();
      const all = await etcd.watch().prefix(key).withPreviousKV().create();
      const deletions = await etcd.watch().prefix(key).only('delete').create();
      const heard = [told(one, 2), told(all, 3), told(deletions, 1)];
      await etcd.put(`${key}a`).value('1');
      await etcd.put(`${key}b`).value('2');
      await etcd.delete().key(`${key}a`);
      expect(await Promise.all(heard)).toEqual([
        [`put ${key}a=1`, `delete ${key}a`],
        [`put ${key}a=1`, `put ${key}b=2`, `delete ${key}a`],
        [`delete ${key}a`],
      ]);
      await Promise.all([one.cancel(), all.cancel(), deletions.cancel()]);
    });

    test('begin in the past', async () => {
      const key = subject.freshKey();
      const { header } = await etcd.put(key).value('1').exec();
      await etcd.put(key).value('2');
      const watcher = etcd.watch().key(key).startRevision(header.revision).watcher();
      expect(await told(watcher, 2)).toEqual([`put ${key}=1`, `put ${key}=2`]);
      await watcher.cancel();
    });
  });

  describe('leases', () => {
    test('keep their keys, and take them along', async () => {
      const key = subject.freshKey();
      const lease = etcd.lease(30);
      await lease.put(key).value('1');
      const id = await lease.grant();
      expect((await etcd.get(key).exec()).kvs[0]?.lease).toBe(id);
      expect((await lease.keepaliveOnce()).TTL).toBe('30');
      await lease.revoke();
      expect(lease.revoked()).toBe(true);
      expect(await etcd.get(key).exists()).toBe(false);
    });

    test('that are gone are reported to a client that renews them', async () => {
      const lease = etcd.lease(5);
      const lost = once(lease, 'lost');
      const id = await lease.grant();
      await etcd.leaseClient.leaseRevoke({ ID: id });
      await expect(lease.keepaliveOnce()).rejects.toBeInstanceOf(EtcdLeaseInvalidError);
      const [error] = (await lost) as unknown[];
      expect(error).toBeInstanceOf(EtcdLeaseInvalidError);
      const put = etcd.put(subject.freshKey()).value('1').lease(id).exec();
      await expect(put).rejects.toBeInstanceOf(EtcdLeaseInvalidError);
    });
  });

  describe('locks and elections', () => {
    test('a lock has one holder', async () => {
      const name = subject.freshKey();
      const held = await etcd.lock(name).ttl(10).acquire();
      await expect(etcd.lock(name).acquire()).rejects.toBeInstanceOf(EtcdLockFailedError);
      await held.release();
      let ran = 0;
      await etcd.lock(name).do(() => {
        ran += 1;
      });
      expect(ran).toBe(1);
    });

    test('an election has one leader at a time, whom others observe', async () => {
      const election = etcd.election(subject.freshKey(), 10);
      const observer = await election.observe();
      const first = election.campaign('one');
      await first.wait();
      expect(await election.leader()).toBe('one');
      await eventually('the observer seeing it', async () =>
        observer.leader() === 'one' ? true : undefined,
      );
      await first.proclaim('still one');
      await eventually('the observer seeing that', async () =>
        observer.leader() === 'still one' ? true : undefined,
      );
      await first.resign();
      const second = election.campaign('two');
      await second.wait();
      expect(await election.leader()).toBe('two');
      await second.resign();
      await observer.cancel();
    });
  });

  describe('errors', () => {
    test('are told apart by class', async () => {
      const { kv, leaseClient: lease, cluster, maintenance } = etcd;
      const a = Buffer.from('a');
      const cases: readonly [
        call: () => Promise<unknown>,
        kind: new (...args: never[]) => Error,
      ][] = [
        [() => kv.put({ key: Buffer.alloc(0), value: a }), GRPCInvalidArgumentError],
        [() => kv.range({ key: a, revision: 1_000_000 }), GRPCOutOfRangeError],
        [() => lease.leaseRevoke({ ID: 4711 }), EtcdLeaseInvalidError],
        [() => cluster.memberRemove({ ID: '4711' }), GRPCNotFoundError],
        [() => maintenance.moveLeader({ targetID: '4711' }), GRPCFailedPreconditionError],
      ];
      for (const [call, kind] of cases) await expect(call()).rejects.toBeInstanceOf(kind);
    });
  });

  test('members and status are told', async () => {
    const { members } = await etcd.cluster.memberList({});
    expect(members.map(({ name }) => name).toSorted()).toEqual(['m1', 'm2', 'm3']);
    const { version, leader } = await etcd.maintenance.status();
    expect(version).toMatch(/^3\.\d+\.\d+$/);
    expect(members.map(({ ID }) => ID)).toContain(leader);
    expect(await etcd.getUsers()).toEqual([]);
    expect(await etcd.getRoles()).toEqual([]);
  });
});
