import { describe, expect, test } from 'vitest';
import { revisionOf } from './raw.ts';
import type { Reply } from './raw.ts';
import { onEachTarget } from './targets.ts';

/** A lease id as in the keys of locks and elections. */
const hex = (lease: string): string => BigInt(lease).toString(16);

onEachTarget('locks, elections, health and users', (subject) => {
  const lock = (name: string, lease: string): Promise<Reply> =>
    subject.raw.ask('Lock.Lock', { name, lease });

  describe('a lock', () => {
    test('is a key below its name, and goes to one at a time in the order of asking', async () => {
      const { raw } = subject;
      const name = subject.freshKey().slice(0, -1);
      const [first, second, third] = [await raw.grant(), await raw.grant(), await raw.grant()];
      const held = await lock(name, first);
      expect(held.key).toBe(`${name}/${hex(first)}`);
      expect(revisionOf(held)).toBeGreaterThan(1);
      const order: string[] = [];
      const waiting = async (lease: string): Promise<void> => {
        const before = await raw.list(`${name}/`);
        const granted = lock(name, lease).then(({ key }) => order.push(key));
        let { count } = before;
        while (count === before.count) ({ count } = await raw.list(`${name}/`));
        await Promise.race([granted, Promise.resolve()]);
      };
      await waiting(second);
      await waiting(third);
      expect(order).toEqual([]);
      await raw.ask('Lock.Unlock', { key: held.key });
      while (order.length < 1) await raw.get(name);
      expect(order).toEqual([`${name}/${hex(second)}`]);
      // A holder whose lease ended counts as one that unlocked.
      await raw.ask('Lease.LeaseRevoke', { ID: second });
      while (order.length < 2) await raw.get(name);
      expect(order[1]).toBe(`${name}/${hex(third)}`);
      const { kvs } = await raw.list(`${name}/`);
      expect(kvs).toMatchObject([{ key: `${name}/${hex(third)}`, lease: third, value: '' }]);
    });

    test('is granted again to its holder', async () => {
      const name = subject.freshKey().slice(0, -1);
      const lease = await subject.raw.grant();
      const first = await lock(name, lease);
      const again = await lock(name, lease);
      expect(again.key).toBe(first.key);
      expect((await subject.raw.list(`${name}/`)).count).toBe('1');
    });

    test('without a lease gets one of a minute', async () => {
      const { raw } = subject;
      const name = subject.freshKey().slice(0, -1);
      const { key } = await lock(name, '0');
      const { kvs } = await raw.get(key);
      const lease = kvs[0]!.lease;
      expect(key).toBe(`${name}/${hex(lease)}`);
      const { grantedTTL } = await raw.ask('Lease.LeaseTimeToLive', { ID: lease });
      expect(grantedTTL).toBe('60');
    });

    test('with a lease that is not there is refused', async () => {
      const request = { name: subject.freshKey(), lease: '4711' };
      expect(await subject.raw.failure('Lock.Lock', request)).toEqual({
        code: 'UNKNOWN',
        details: 'etcdserver: requested lease not found',
      });
    });

    test('that is not held can be unlocked', async () => {
      const reply = await subject.raw.ask('Lock.Unlock', { key: subject.freshKey() });
      expect(revisionOf(reply)).toBe(await subject.raw.revision());
    });
  });

  describe('an election', () => {
    test('is won, proclaimed, observed, resigned and won by the next', async () => {
      const { raw } = subject;
      const name = subject.freshKey().slice(0, -1);
      const [first, second] = [await raw.grant(), await raw.grant()];
      const observer = raw.listen('Election.Observe', { name });
      const won = await raw.ask('Election.Campaign', { name, lease: first, value: 'one' });
      expect(won.leader).toMatchObject({ name, key: `${name}/${hex(first)}`, lease: first });
      expect(await observer.next()).toMatchObject({ kv: { key: won.leader.key, value: 'one' } });

      const led = await raw.ask('Election.Leader', { name });
      expect(led.kv).toMatchObject({
        key: won.leader.key,
        value: 'one',
        create_revision: won.leader.rev,
        lease: first,
      });
      await raw.ask('Election.Proclaim', { leader: won.leader, value: 'still one' });
      expect(await observer.next()).toMatchObject({ kv: { value: 'still one' } });

      const next = raw.ask('Election.Campaign', { name, lease: second, value: 'two' });
      while ((await raw.list(`${name}/`)).count !== '2');
      expect((await raw.ask('Election.Leader', { name })).kv.value).toBe('still one');
      await raw.ask('Election.Resign', { leader: won.leader });
      const { leader } = await next;
      expect(leader.key).toBe(`${name}/${hex(second)}`);
      expect(await observer.next()).toMatchObject({ kv: { value: 'two' } });
      expect((await raw.ask('Election.Leader', { name })).kv.value).toBe('two');

      // A former leader can resign repeatedly, but not proclaim.
      await raw.ask('Election.Resign', { leader: won.leader });
      expect(
        await raw.failure('Election.Proclaim', { leader: won.leader, value: 'me again' }),
      ).toEqual({ code: 'UNKNOWN', details: 'election: not leader' });
      observer.hangUp();
    });

    test('is won again by its leader, with the new value', async () => {
      const { raw } = subject;
      const name = subject.freshKey().slice(0, -1);
      const lease = await raw.grant();
      const once = await raw.ask('Election.Campaign', { name, lease, value: 'a' });
      const again = await raw.ask('Election.Campaign', { name, lease, value: 'b' });
      expect(again.leader).toEqual(once.leader);
      expect((await raw.ask('Election.Leader', { name })).kv.value).toBe('b');
    });

    const name = 'nobody';
    const refused: readonly [call: string, request: object, code: string, details: string][] = [
      ['Leader', { name }, 'UNKNOWN', 'election: no leader'],
      ['Proclaim', { value: 'a' }, 'UNKNOWN', '"leader" field must be provided'],
      ['Resign', {}, 'UNKNOWN', '"leader" field must be provided'],
      ['Campaign', { name, lease: 4711 }, 'UNKNOWN', 'etcdserver: requested lease not found'],
    ];
    test.each(refused)('refuses %s of %j', async (call, request, code, details) => {
      expect(await subject.raw.failure(`Election.${call}`, request)).toEqual({ code, details });
    });
  });

  describe('health', () => {
    test('is that of the server as a whole', async () => {
      for (const member of subject.members) {
        const raw = subject.rawOf(member);
        expect(await raw.ask('Health.Check', {})).toMatchObject({ status: 'SERVING' });
      }
      const watching = subject.raw.listen('Health.Watch', {});
      expect(await watching.next()).toMatchObject({ status: 'SERVING' });
      watching.hangUp();
    });

    if (subject.since('3.7')) {
      test('is listed for the one service that has any', async () => {
        const { statuses } = await subject.raw.ask('Health.List');
        expect(statuses).toEqual({ '': { status: 'SERVING' } });
      });
    }

    test('of an unknown service is an error, or unknown to a watcher', async () => {
      const { client } = subject.members[0]!;
      const request = { service: 'nonsense' };
      expect(await subject.raw.failure('Health.Check', request)).toEqual({
        code: 'NOT_FOUND',
        details: 'unknown service',
      });
      const watching = client.listen('Health', 'Watch', request);
      watching.on('error', () => {});
      const [answer] = await new Promise<unknown[]>((resolve) => {
        watching.once('data', (...data: unknown[]) => resolve(data));
      });
      expect(answer).toMatchObject({ status: 'SERVICE_UNKNOWN' });
      watching.cancel();
    });
  });

  describe('users and roles, while authentication is off', () => {
    if (subject.since('3.5')) {
      test('the status says that it is off', async () => {
        const status = await subject.raw.ask('Auth.AuthStatus');
        expect(status).toMatchObject({ enabled: false, authRevision: '1' });
        expect(revisionOf(status)).toBe(await subject.raw.revision());
      });
    }

    test('there are no users and roles', async () => {
      const { raw } = subject;
      expect(await raw.ask('Auth.UserList')).toMatchObject({ users: [] });
      expect(await raw.ask('Auth.RoleList')).toMatchObject({ roles: [] });
      expect(revisionOf(await raw.ask('Auth.AuthDisable'))).toBe(await raw.revision());
    });

    test('authentication fails', async () => {
      const request = { name: 'root', password: 'secret' };
      expect(await subject.raw.failure('Auth.Authenticate', request)).toEqual({
        code: 'FAILED_PRECONDITION',
        details: 'etcdserver: authentication is not enabled',
      });
    });

    const noUser = ['FAILED_PRECONDITION', 'etcdserver: user name not found'] as const;
    const noRole = ['FAILED_PRECONDITION', 'etcdserver: role name not found'] as const;
    const perm = { permType: 'READ', key: Buffer.from('a') };
    const refused: readonly [call: string, request: object, code: string, details: string][] = [
      ['AuthEnable', {}, 'FAILED_PRECONDITION', 'etcdserver: root user does not exist'],
      ['UserAdd', { name: '' }, 'INVALID_ARGUMENT', 'etcdserver: user name is empty'],
      ['UserGet', { name: 'a' }, ...noUser],
      ['UserDelete', { name: 'a' }, ...noUser],
      ['UserChangePassword', { name: 'a', password: 'b' }, ...noUser],
      ['UserGrantRole', { user: 'a', role: 'b' }, ...noUser],
      ['UserRevokeRole', { name: 'a', role: 'b' }, ...noUser],
      ['RoleAdd', { name: '' }, 'INVALID_ARGUMENT', 'etcdserver: role name is empty'],
      ['RoleGet', { role: 'a' }, ...noRole],
      ['RoleDelete', { role: 'a' }, ...noRole],
      ['RoleGrantPermission', { name: 'a', perm }, ...noRole],
      ['RoleRevokePermission', { role: 'a', key: Buffer.from('a') }, ...noRole],
    ];
    test.each(refused)('%s of %j is refused', async (call, request, code, details) => {
      expect(await subject.raw.failure(`Auth.${call}`, request)).toEqual({ code, details });
    });

    test.each([
      ['User', 'user'],
      ['Role', 'role'],
    ])('%sAdd makes what it says, once', async (kind, field) => {
      const { raw } = subject;
      const request = { name: 'somebody', password: 'secret' };
      expect(revisionOf(await raw.ask(`Auth.${kind}Add`, request))).toBe(await raw.revision());
      expect(await raw.failure(`Auth.${kind}Add`, request)).toEqual({
        code: 'FAILED_PRECONDITION',
        details: `etcdserver: ${field} name already exists`,
      });
      expect(await raw.ask(`Auth.${kind}List`)).toMatchObject({ [`${field}s`]: ['somebody'] });
      await raw.ask(`Auth.${kind}Delete`, { name: 'somebody', role: 'somebody' });
      expect(await raw.ask(`Auth.${kind}List`)).toMatchObject({ [`${field}s`]: [] });
    });
  });
});
