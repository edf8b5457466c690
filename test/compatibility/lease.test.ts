import { describe, expect, test } from 'vitest';
import { endOf, revisionOf } from './raw.ts';
import type { Reply } from './raw.ts';
import { onEachTarget } from './targets.ts';

const notFound = { code: 'NOT_FOUND', details: 'etcdserver: requested lease not found' };

onEachTarget('leases', (subject) => {
  const grant = (request: object): Promise<Reply> => subject.raw.ask('Lease.LeaseGrant', request);
  const timeToLive = (id: string, keys = false): Promise<Reply> =>
    subject.raw.ask('Lease.LeaseTimeToLive', { ID: id, keys });
  const revoke = (id: string): Promise<Reply> => subject.raw.ask('Lease.LeaseRevoke', { ID: id });

  describe('granting', () => {
    test('picks a positive id when none is given, and changes no revision', async () => {
      const before = await subject.raw.revision();
      const first = await grant({ TTL: 60 });
      const second = await grant({ TTL: 60 });
      expect(first.TTL).toBe('60');
      expect(first['error']).toBe('');
      expect(BigInt(first.ID) > 0n && BigInt(second.ID) > 0n).toBe(true);
      expect(first.ID).not.toBe(second.ID);
      expect(revisionOf(second)).toBe(before);
    });

    test('takes the id that is given, once', async () => {
      const id = '7587848390000000123';
      expect(await grant({ TTL: 60, ID: id })).toMatchObject({ ID: id, TTL: '60' });
      expect(await subject.raw.failure('Lease.LeaseGrant', { TTL: 60, ID: id })).toEqual({
        code: 'FAILED_PRECONDITION',
        details: 'etcdserver: lease already exists',
      });
      await revoke(id);
      expect(await grant({ TTL: 60, ID: id })).toMatchObject({ ID: id });
    });

    test.each([1, 0, -5])('raises a time to live of %i s to the shortest there is', async (TTL) => {
      const granted = await grant({ TTL });
      expect(granted.TTL).toBe('2');
      expect((await timeToLive(granted.ID)).grantedTTL).toBe('2');
    });

    test('refuses a time to live that is too long', async () => {
      expect(await subject.raw.failure('Lease.LeaseGrant', { TTL: '9000000001' })).toEqual({
        code: 'OUT_OF_RANGE',
        details: 'etcdserver: too large lease TTL',
      });
      const longest = await grant({ TTL: '9000000000' });
      expect(longest.TTL).toBe('9000000000');
      await revoke(longest.ID);
    });
  });

  describe('time to live', () => {
    test('counts down from the granted TTL', async () => {
      const { ID } = await grant({ TTL: 60 });
      const reply = await timeToLive(ID);
      expect(reply).toMatchObject({ ID, grantedTTL: '60', keys: [] });
      expect(Number(reply.TTL)).toBeGreaterThan(50);
      expect(Number(reply.TTL)).toBeLessThanOrEqual(60);
    });

    test('of a lease that is not there is -1, without error', async () => {
      for (const member of subject.members) {
        const reply = await subject
          .rawOf(member)
          .ask('Lease.LeaseTimeToLive', { ID: 4711, keys: true });
        expect(reply).toMatchObject({ ID: '4711', TTL: '-1', grantedTTL: '0', keys: [] });
      }
    });

    test('lists the keys of the lease, if asked', async () => {
      const key = subject.freshKey();
      const { ID } = await grant({ TTL: 60 });
      for (const name of ['b', 'a']) await subject.raw.put(`${key}${name}`, '1', { lease: ID });
      expect((await timeToLive(ID)).keys).toEqual([]);
      for (const member of subject.members) {
        const raw = subject.rawOf(member);
        const reply = await raw.ask('Lease.LeaseTimeToLive', { ID, keys: true });
        expect(reply.keys.toSorted()).toEqual([`${key}a`, `${key}b`]);
      }
      await subject.raw.remove(`${key}a`);
      expect((await timeToLive(ID, true)).keys).toEqual([`${key}b`]);
      await subject.raw.put(`${key}b`, 'without');
      expect((await timeToLive(ID, true)).keys).toEqual([]);
    });
  });

  describe('renewing', () => {
    test('is answered in order by every member, with 0 for a lease that is not there', async () => {
      const ids = [(await grant({ TTL: 60 })).ID, '4711', (await grant({ TTL: 30 })).ID];
      for (const member of subject.members) {
        const stream = subject.rawOf(member).open('Lease.LeaseKeepAlive');
        for (const ID of ids) stream.say({ ID });
        const replies = [await stream.next(), await stream.next(), await stream.next()];
        expect(replies.map(({ ID, TTL }) => [ID, TTL])).toEqual([
          [ids[0], '60'],
          ['4711', '0'],
          [ids[2], '30'],
        ]);
        expect(replies.every((reply) => revisionOf(reply) > 0)).toBe(true);
        stream.finish();
        expect(await stream.ended()).toMatchObject({ code: 'OK' });
      }
    });

    test('keeps a lease longer than it was granted for', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const kept = (await grant({ TTL: 2 })).ID;
      const left = (await grant({ TTL: 3 })).ID;
      await raw.put(`${key}kept`, '1', { lease: kept });
      await raw.put(`${key}left`, '1', { lease: left });
      const stream = raw.open('Lease.LeaseKeepAlive');
      const watcher = raw.watching();
      await watcher.create({ key, range_end: endOf(key) });
      const renew = setInterval(() => stream.say({ ID: kept }), 300);
      try {
        // The lease with the longer TTL expires, while the other is renewed.
        const gone = await watcher.next();
        expect(gone.events.map(({ type, kv }) => [type, kv.key])).toEqual([
          ['DELETE', `${key}left`],
        ]);
        expect((await raw.list(key)).kvs.map((kv) => kv.key)).toEqual([`${key}kept`]);
        expect(Number((await timeToLive(kept)).TTL)).toBeGreaterThan(0);
      } finally {
        clearInterval(renew);
      }
      expect((await timeToLive(left)).TTL).toBe('-1');
      watcher.hangUp();
      stream.hangUp();
    });
  });

  describe('the end of a lease', () => {
    test('removes all its keys in one revision, sorted, when it is revoked', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const { ID } = await grant({ TTL: 60 });
      for (const name of ['c', 'a', 'b']) await raw.put(`${key}${name}`, '1', { lease: ID });
      await raw.put(`${key}other`, '1');
      const watcher = raw.watching();
      await watcher.create({ key, range_end: endOf(key), prev_kv: true });
      const before = await raw.revision();
      expect(revisionOf(await revoke(ID))).toBe(before + 1);
      const { events } = await watcher.next();
      expect(events.map(({ type, kv }) => [type, kv.key, kv.mod_revision])).toEqual(
        ['a', 'b', 'c'].map((name) => ['DELETE', `${key}${name}`, `${before + 1}`]),
      );
      expect(events[0]?.prev_kv).toMatchObject({ lease: ID, value: '1' });
      expect((await raw.list(key)).kvs.map((kv) => kv.key)).toEqual([`${key}other`]);
      expect((await timeToLive(ID)).TTL).toBe('-1');
      watcher.hangUp();
    });

    test('changes no revision if it had no keys', async () => {
      const { ID } = await grant({ TTL: 60 });
      const before = await subject.raw.revision();
      expect(revisionOf(await revoke(ID))).toBe(before);
    });

    test('comes by itself, with an event for each key, in one revision', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const { ID } = await grant({ TTL: 2 });
      await raw.put(`${key}a`, '1', { lease: ID });
      const last = revisionOf(await raw.put(`${key}b`, '1', { lease: ID }));
      const streams = subject.members.map((member) => subject.rawOf(member).watching());
      // A member that lags may not have seen the puts yet.
      const range = { key, range_end: endOf(key), start_revision: last + 1 };
      for (const stream of streams) await stream.create(range);
      for (const stream of streams) {
        const { events } = await stream.next();
        expect(events.map(({ type, kv }) => [type, kv.key])).toEqual([
          ['DELETE', `${key}a`],
          ['DELETE', `${key}b`],
        ]);
        expect(new Set(events.map(({ kv }) => kv.mod_revision)).size).toBe(1);
        stream.hangUp();
      }
      expect(await raw.failure('Lease.LeaseRevoke', { ID })).toEqual(notFound);
    });

    test('spares keys that moved to another lease or to none', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const first = (await grant({ TTL: 60 })).ID;
      const second = (await grant({ TTL: 60 })).ID;
      await raw.put(`${key}a`, '1', { lease: first });
      await raw.put(`${key}b`, '1', { lease: first });
      await raw.put(`${key}c`, '1', { lease: first });
      await raw.put(`${key}a`, '2', { lease: second });
      await raw.put(`${key}b`, '2');
      await revoke(first);
      const { kvs } = await raw.list(key);
      expect(kvs.map((kv) => [kv.key, kv.lease])).toEqual([
        [`${key}a`, second],
        [`${key}b`, '0'],
      ]);
      await revoke(second);
      expect((await raw.list(key)).kvs.map((kv) => kv.key)).toEqual([`${key}b`]);
    });
  });

  test('revoking a lease that is not there is refused', async () => {
    expect(await subject.raw.failure('Lease.LeaseRevoke', { ID: 4711 })).toEqual(notFound);
    expect(await subject.raw.failure('Lease.LeaseRevoke', {})).toEqual(notFound);
  });

  test('all leases are listed', async () => {
    const ids: string[] = [];
    for (const TTL of [1000, 500, 2000]) ids.push((await grant({ TTL })).ID);
    for (const member of subject.members) {
      const { leases } = await subject.rawOf(member).ask('Lease.LeaseLeases');
      const known = leases.map(({ ID }) => ID).filter((id) => ids.includes(id));
      expect(known).toHaveLength(3);
      // Rollcall lists leases in the order of their grants: only the leader knows when each expires.
      if (!subject.isRollcall && member === (await subject.cluster.leader())) {
        expect(known).toEqual([ids[1], ids[0], ids[2]]);
      }
    }
    for (const id of ids) await revoke(id);
    const { leases } = await subject.raw.ask('Lease.LeaseLeases');
    expect(leases.filter(({ ID }) => ids.includes(ID))).toEqual([]);
  });

  test('a transaction puts keys on leases, too', async () => {
    const { raw } = subject;
    const key = subject.freshKey();
    const { ID } = await grant({ TTL: 60 });
    await raw.ask('KV.Txn', { success: [{ request_put: { key, value: '1', lease: ID } }] });
    expect((await timeToLive(ID, true)).keys).toEqual([key]);
    const compare = [{ key, target: 'LEASE', lease: ID }];
    expect((await raw.ask('KV.Txn', { compare })).succeeded).toBe(true);
    await revoke(ID);
    expect((await raw.get(key)).count).toBe('0');
  });
});
