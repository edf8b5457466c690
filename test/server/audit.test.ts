import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditRecord } from '../../src/base/audit.ts';
import { startServer } from '../../src/server/index.ts';

/** A member with an audit log, which is read when it has stopped. */
async function openMember() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const auditLog = join(folder, 'audit.log');
  const member = await startServer({ auditLog, name: 'm7' });
  onTestFinished(() => member.stop());
  await member.ready;
  const call = async (path: string, body: object, token?: string) => {
    const response = await fetch(`${member.clientUrls[0]}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: token === undefined ? {} : { authorization: token },
    });
    const answer: Record<string, unknown> = JSON.parse(await response.text());
    return answer;
  };
  const stop = async () => {
    await member.stop();
    const text = readFileSync(auditLog, 'utf8');
    const lines = text
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const record: AuditRecord & { readonly member: string } = JSON.parse(line);
        return record;
      });
    return { text, lines };
  };
  return { call, stop };
}

test('a member writes its audit log until it has stopped', async () => {
  const { call, stop } = await openMember();
  expect(await call('cluster/member/remove', { ID: 10 })).toMatchObject({ code: 5 });
  expect((await stop()).lines).toMatchObject([
    {
      member: 'm7',
      api: 'etcd',
      operation: 'memberRemove',
      outcome: 'failed',
      subject: { member: 'a' },
    },
  ]);
});

test('users, roles and logins are recorded, without a password or a token', async () => {
  const { call, stop } = await openMember();
  const root = { name: 'root', password: 'planted secret' };
  expect(await call('auth/user/add', root)).toMatchObject({ header: {} });
  await call('auth/role/add', { name: 'root' });
  await call('auth/user/grant', { user: 'root', role: 'root' });
  const perm = { permType: 'WRITE', key: 'YQ==', range_end: 'Yg==' };
  await call('auth/role/add', { name: 'a' });
  await call('auth/role/grant', { name: 'a', perm });
  await call('auth/enable', {});
  await call('auth/authenticate', { ...root, password: 'another secret' });
  const { token } = await call('auth/authenticate', root);
  await call('auth/user/delete', { name: 'ann' }, String(token));
  await call('auth/user/list', {}, 'forged.12');
  const { text, lines } = await stop();
  expect(token).toEqual(expect.any(String));
  for (const secret of ['planted', 'another', String(token), 'forged']) {
    expect(text).not.toContain(secret);
  }
  expect(
    lines.map(
      ({ user = '-', operation, outcome, subject }) =>
        `${user} ${operation} ${outcome} ${JSON.stringify(subject ?? {})}`,
    ),
  ).toEqual([
    '- userAdd done {"user":"root"}',
    '- roleAdd done {"role":"root"}',
    '- userGrantRole done {"user":"root","role":"root"}',
    '- roleAdd done {"role":"a"}',
    '- roleGrantPermission done {"role":"a","type":"write","keys":"a to b"}',
    '- authEnable done {}',
    '- authenticate refused {"user":"root"}',
    '- authenticate done {"user":"root"}',
    'root userDelete failed {"user":"ann"}',
    '- userList refused {}',
  ]);
});

test('a member does not start without its audit log', async () => {
  const auditLog = join(tmpdir(), 'there', 'is', 'no', 'such', 'folder');
  await expect(startServer({ auditLog })).rejects.toThrow(
    /the file of --audit-log cannot be opened: .*ENOENT.*; choose one that this member may write/,
  );
});
