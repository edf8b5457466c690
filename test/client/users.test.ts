import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prefixesOfService } from '../../src/cli/commands/roles.ts';
import { Rollcall } from '../../src/client/index.ts';
import { rangeHolds, prefixRange } from '../../src/base/key.ts';
import { keyOfCheck, keyOfDeparture, keyOfInstance } from '../../src/registry/keys.ts';
import { run, type RunOptions } from '../cli/run.ts';
import { startCluster, type TestCluster } from './server.ts';

describe('with authentication on', () => {
  let cluster: TestCluster;
  let root: Rollcall;
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-users-'));
  const logins: string[] = [];

  beforeAll(async () => {
    cluster = await startCluster(1, () => ({ 'bcrypt-cost': '4' }));
    const anonymous = new Rollcall({ endpoints: cluster.endpoints });
    await anonymous.auth.addUser('root', { password: 'root:password' });
    await anonymous.auth.addRole('root');
    await anonymous.auth.grantRole('root', 'root');
    await anonymous.auth.addRole('a');
    await anonymous.auth.grantPermission('a', 'readwrite', { prefix: 'a/' });
    await anonymous.auth.addUser('ann', { password: 'p' });
    await anonymous.auth.grantRole('ann', 'a');
    await anonymous.auth.enable();
    anonymous.close();
    root = new Rollcall({ endpoints: cluster.endpoints, user: 'root', password: 'root:password' });
  });
  afterAll(async () => {
    root.close();
    await cluster[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const ann = (password = 'p'): Rollcall =>
    new Rollcall({
      endpoints: cluster.endpoints,
      user: 'ann',
      password,
      onAnswer: (path, _endpoint, answer) => {
        if (path.endsWith('/Authenticate')) logins.push(JSON.stringify(answer));
      },
    });

  test('calls at the same time share one login', async () => {
    await using client = ann();
    const before = logins.length;
    await Promise.all(Array.from({ length: 50 }, (_, at) => client.put(`a/${at}`, 'v')));
    expect(logins.length - before).toBe(1);
  });

  test('a client without a user is refused, and what a role does not permit, too', async () => {
    await using anonymous = new Rollcall({ endpoints: cluster.endpoints });
    await expect(anonymous.get('a/1')).rejects.toMatchObject({ code: 'user-empty' });
    await using client = ann();
    await expect(client.get('b')).rejects.toMatchObject({ code: 'permission-denied' });
    await expect(client.auth.users()).rejects.toMatchObject({ code: 'permission-denied' });
    expect(await client.auth.rolesOf('ann')).toEqual(['a']);
    await using wrong = ann('wrong');
    await expect(wrong.get('a/1')).rejects.toMatchObject({ code: 'auth-failed' });
  });

  test('a client logs in again when its token has ended, also for streams', async () => {
    await using client = ann();
    await using watcher = client.watchPrefix('a/w/');
    await watcher.ready;
    const lease = await client.leases.grant(60);
    const before = logins.length;
    // Ends all logins.
    await root.auth.disable();
    await using anonymous = new Rollcall({ endpoints: cluster.endpoints });
    await anonymous.auth.enable();

    await Promise.all(Array.from({ length: 20 }, (_, at) => client.put(`a/again/${at}`, 'v')));
    expect(logins.length - before).toBe(1);
    expect(await client.leases.renew(lease.id)).toBe(60);
    await client.put('a/w/1', 'seen');
    const { value: event } = await watcher.next();
    expect(event).toMatchObject({ type: 'put', kv: { key: 'a/w/1', value: 'seen' } });
  });

  test('a client logs in again for streams of answers, too', async () => {
    await using client = ann();
    await client.put('a/first', 'v');
    await using owner = new Rollcall({
      endpoints: cluster.endpoints,
      user: 'root',
      password: 'root:password',
    });
    await owner.get('b');
    const leaders = client.election('a/e').observe();
    await using first = await client.election('a/e').campaign('one');
    expect((await leaders.next()).value).toMatchObject({ value: 'one' });
    await using anonymous = new Rollcall({ endpoints: cluster.endpoints });
    // Ends all logins.
    await root.auth.disable();
    await anonymous.auth.enable();

    let bytes = 0;
    for await (const part of owner.maintenance.snapshot()) bytes += part.bytes.length;
    expect(bytes).toBeGreaterThan(0);
    const fresh = client.election('a/e').observe();
    expect((await fresh.next()).value).toMatchObject({ value: 'one' });
    await first.proclaim('two');
    for (const each of [leaders, fresh]) {
      expect((await each.next()).value).toMatchObject({ value: expect.stringMatching(/one|two/) });
      await each.return();
    }
  });

  test('a token that was issued elsewhere is used as it is', async () => {
    await using client = ann();
    await client.get('a/1');
    const token = /"token":"([^"]+)"/.exec(logins.at(-1) ?? '')?.[1] ?? '';
    await using other = new Rollcall({ endpoints: cluster.endpoints, token });
    await other.get('a/1');
    await using forged = new Rollcall({ endpoints: cluster.endpoints, token: `x${token}` });
    await expect(forged.get('a/1')).rejects.toMatchObject({ code: 'invalid-auth-token' });
  });

  test('a new password ends the logins of its user at once', async () => {
    await root.auth.addUser('carl', { password: 'old' });
    await root.auth.grantRole('carl', 'a');
    await using client = new Rollcall({
      endpoints: cluster.endpoints,
      user: 'carl',
      password: 'old',
    });
    await client.put('a/carl', '1');
    await root.auth.changePassword('carl', 'new');
    await expect(client.put('a/carl', '2')).rejects.toMatchObject({ code: 'auth-failed' });
    expect((await root.get('a/carl'))?.value).toBe('1');
  });

  const rollcall = (line: string, options: RunOptions = {}) => {
    const env = { ROLLCALL_ENDPOINTS: cluster.endpoints.join(','), ...options.env };
    return run(line.split(' '), { ...options, env });
  };
  const asRoot = { ROLLCALL_USER: 'root', ROLLCALL_PASSWORD: 'root:password' };

  test('the command line takes a user from flags, variables and a file', async () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'root:password\nanother line');
    const done = { exitCode: 0, stdout: 'OK\n', stderr: '' };
    expect(await rollcall('--user ann:p put a/cli 1')).toEqual(done);
    expect(await rollcall('--user ann --password p put a/cli 1')).toEqual(done);
    expect(await rollcall(`--user root --password-file ${file} put a/cli 1`)).toEqual(done);
    expect(await rollcall('put a/cli 1', { env: asRoot })).toEqual(done);
    const etcdctl = { ETCDCTL_USER: 'ann:p' };
    expect(await rollcall('put a/cli 1', { env: etcdctl })).toEqual(done);
  });

  test('the command line tells what to do when a password is missing, and shows none', async () => {
    const missing = await rollcall('--user ann get a/cli');
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain('--password-file');
    const wrong = await rollcall('--user ann:planted-secret get a/cli');
    expect(wrong).toMatchObject({ exitCode: 1, stdout: '' });
    expect(wrong.stderr).toContain('authentication failed, invalid user ID or password');
    expect(wrong.stderr).not.toContain('planted-secret');
  });

  test('users and roles by the command line, in the words of etcdctl', async () => {
    const told = async (line: string, options: RunOptions = {}): Promise<string> => {
      const { stdout, stderr, exitCode } = await rollcall(line, { ...options, env: asRoot });
      return exitCode === 0 ? stdout.trimEnd() : `${exitCode} ${stderr.trimEnd()}`;
    };
    expect(await told('user add dora --interactive=false', { stdin: 'secret\n' })).toBe(
      'User dora created',
    );
    expect(await told('user add cert --no-password')).toBe('User cert created');
    expect(await told('role add r')).toBe('Role r created');
    expect(await told('role grant-permission r readwrite k')).toBe('Role r updated');
    expect(await told('role grant-permission r read c d')).toBe('Role r updated');
    expect(await told('role grant-permission r write x --from-key')).toBe('Role r updated');
    expect(await told('user grant-role dora r')).toBe('Role r is granted to user dora');
    expect(await told('user get dora')).toBe('User: dora\nRoles: r');
    const role = 'Role r\nKV Read:\n\t[c, d) (prefix c)\n\tk\nKV Write:\n\tk\n\t[x, <open ended>';
    expect(await told('role get r')).toBe(role);
    expect(await told('user get dora --detail')).toBe(`User: dora\n\n${role}`);
    expect(await told('role revoke-permission r c d')).toBe(
      'Permission of range [c, d) is revoked from role r',
    );
    expect(await told('role revoke-permission r x --from-key')).toBe(
      'Permission of range [x, <open ended> is revoked from role r',
    );
    expect(await told('user passwd dora --interactive false', { stdin: 'next' })).toBe(
      'Password updated',
    );
    expect((await rollcall('--user dora:next put k v')).stdout).toBe('OK\n');
    expect(await told('user revoke-role dora r')).toBe('Role r is revoked from user dora');
    expect(await told('user delete dora')).toBe('User dora deleted');
    expect(await told('role delete r')).toBe('Role r deleted');
    expect(await told('role list')).toBe('a\nroot');
    expect(await told('user delete dora')).toMatch(/^3 .*user name not found$/);
    expect(await told('auth status')).toMatch(/^Authentication Status: true\nAuthRevision: \d+$/);
  });

  test('a role for a service permits its keys and no others', async () => {
    await rollcall('role add pay', { env: asRoot });
    await rollcall('role grant pay --service payment write', { env: asRoot });
    await rollcall('user add paul:p', { env: asRoot });
    await rollcall('user grant-role paul pay', { env: asRoot });
    await using paul = new Rollcall({ endpoints: cluster.endpoints, user: 'paul', password: 'p' });
    await paul.put('/services/payment/i1', '{"address":"10.0.0.1","port":80}');
    await paul.put('/checks/payment/i1/c', '{}');
    await expect(paul.put('/services/payments/i1', '{}')).rejects.toMatchObject({
      code: 'permission-denied',
    });
    await rollcall('role revoke pay --service payment', { env: asRoot });
    await expect(paul.get('/services/payment/i1')).rejects.toMatchObject({
      code: 'permission-denied',
    });
  });
});

test('the prefixes of a service cover all keys of its instances, whatever its name', () => {
  for (const service of ['payment', 'a/b', '50%', 'ä b']) {
    const ranges = prefixesOfService(service).map((prefix) =>
      prefixRange(Buffer.from(prefix).toString('latin1')),
    );
    const name = { namespace: 'default', service, instance: 'i/1%' };
    const subject = { kind: 'instance', name } as const;
    const keys = [
      keyOfInstance(name),
      keyOfCheck('checks', subject, 'c'),
      keyOfCheck('heartbeats', subject, 'c'),
      keyOfCheck('outputs', subject, 'c'),
      keyOfDeparture(name),
    ];
    for (const key of keys) {
      expect([key, ranges.some((range) => rangeHolds(range, key))]).toEqual([key, true]);
      const other = keyOfInstance({ ...name, service: `${service}x` });
      expect(ranges.some((range) => rangeHolds(range, other))).toBe(false);
    }
  }
});
