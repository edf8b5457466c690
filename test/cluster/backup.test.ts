import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import type { EtcdClient } from './etcd-client.ts';
import { ClusterOfProcesses, eventually, rollcall } from './processes.ts';
import type { MemberProcess } from './processes.ts';

vi.setConfig({ testTimeout: 120_000 });

const main = rollcall.args[0] ?? '';

/** Runs one command; returns its output. */
async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args]);
  return stdout;
}

/** Keys of many kinds: old, changed, deleted, leased, and a partly compacted history. */
async function write(client: EtcdClient): Promise<void> {
  for (let number = 0; number < 50; number++) {
    await client.put(`data/${number}`, `${number} `.repeat(200));
  }
  await client.put('data/7', 'changed');
  await client.call('KV', 'DeleteRange', { key: Buffer.from('data/8') });
  await client.call('KV', 'Compact', { revision: '20' });
  await client.call('Lease', 'LeaseGrant', { ID: '77', TTL: '600' });
  await client.put('data/leased', 'for a while', { lease: '77' });
}

async function content(client: EtcdClient) {
  const { kvs, header } = await client.range('data/');
  const { leases } = await client.call('Lease', 'LeaseLeases', {});
  const request = { ID: '77', keys: true };
  const { grantedTTL, keys } = await client.call('Lease', 'LeaseTimeToLive', request);
  return { kvs, revision: header.revision, leases, grantedTTL, keys };
}

test('a backup of one cluster is restored into another: keys, revisions, the past and leases', async () => {
  const first = await ClusterOfProcesses.start(1);
  const file = join(first.directory, 'backup.db');
  let restored: ClusterOfProcesses | undefined;
  try {
    const [member] = first.members;
    await write(member!.client);
    const before = await content(member!.client);
    await run('snapshot', 'save', file, '--endpoints', member!.clientUrl);
    await member!.client.put('data/later', 'not in the backup');
    expect(await run('snapshot', 'status', file, '--json')).toContain(
      `"revision":${before.revision}`,
    );

    restored = await ClusterOfProcesses.prepare(3);
    for (const { name, dataDir, peerUrl } of restored.members) {
      await run(
        'snapshot',
        'restore',
        file,
        `--name=${name}`,
        `--data-dir=${dataDir}`,
        `--initial-cluster=${restored.initialCluster}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
      );
    }
    await restored.startAll();

    for (const { client } of restored.members) expect(await content(client)).toEqual(before);
    await expectPast(restored.members[1]!, before.revision);
  } finally {
    await first.end();
    await restored?.end();
  }
});

test('after a restore that bumps revisions, a watcher from an old revision is canceled', async () => {
  const first = await ClusterOfProcesses.start(1);
  const file = join(first.directory, 'backup.db');
  let restored: ClusterOfProcesses | undefined;
  try {
    const [member] = first.members;
    await write(member!.client);
    const before = await content(member!.client);
    await run('snapshot', 'save', file, '--endpoints', member!.clientUrl);
    // A client saw this; the restored cluster must not reuse its revision.
    const { header: lost } = await member!.client.put('data/later', 'not in the backup');

    restored = await ClusterOfProcesses.prepare(3);
    for (const { name, dataDir, peerUrl } of restored.members) {
      const flags = [
        `--name=${name}`,
        `--data-dir=${dataDir}`,
        `--initial-cluster=${restored.initialCluster}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        '--bump-revision=1000000000',
        '--mark-compacted',
      ];
      await run('snapshot', 'restore', file, ...flags);
    }
    await restored.startAll();

    const revision = Number(before.revision) + 1_000_000_000;
    const hashes = new Set<unknown>();
    for (const { client } of restored.members) {
      expect(await content(client)).toEqual({ ...before, revision: `${revision}` });
      const hashed = await client.call('Maintenance', 'HashKV', { revision: `${revision}` });
      expect(hashed).toMatchObject({ compact_revision: `${revision}` });
      hashes.add(hashed['hash']);
    }
    expect(hashes.size).toBe(1);
    const { client } = restored.members[2]!;
    for (const old of [before.revision, lost.revision, `${revision - 1}`]) {
      expect(await firstAnswerOfWatch(client, old)).toMatchObject({
        canceled: true,
        compact_revision: `${revision}`,
      });
      await expect(client.get('data/1', { revision: old })).rejects.toMatchObject({ code: 11 });
    }
    expect(await client.get('data/7', { revision: `${revision}` })).toBe('changed');
    const { header } = await client.put('data/new', 'after the restore');
    expect(Number(header.revision)).toBe(revision + 1);
    // The same after a restart of the members.
    await restored.members[2]!.stop();
    restored.members[2]!.start();
    await restored.ready();
    expect((await client.range('data/')).header.revision).toBe(`${revision + 1}`);
  } finally {
    await first.end();
    await restored?.end();
  }
});

/** After the message that the watch was created. */
async function firstAnswerOfWatch(client: EtcdClient, from: string): Promise<unknown> {
  const stream = client.stream('Watch', 'Watch');
  stream.write({ create_request: { key: Buffer.from('data/1'), start_revision: from } });
  try {
    for await (const message of stream) {
      const answer: Record<string, unknown> = message;
      if (answer['created'] !== true || answer['canceled'] === true) return answer;
    }
    return undefined;
  } finally {
    stream.on('error', () => {});
    stream.cancel();
  }
}

/** Compacted revisions stay compacted, others are readable, and new revisions follow the old ones. */
async function expectPast(member: MemberProcess, revision: string): Promise<void> {
  const { client } = member;
  await expect(client.get('data/1', { revision: '19' })).rejects.toMatchObject({ code: 11 });
  expect(await client.get('data/7', { revision: '51' })).toBe('7 '.repeat(200));
  const { header } = await client.put('data/new', 'after the restore');
  expect(Number(header.revision)).toBe(Number(revision) + 1);
}

test('members that come back with their data do not disturb a cluster that was made without them', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  const [survivor, ...others] = cluster.members;
  try {
    const initial = `--initial-cluster=${cluster.initialCluster}`;
    await write(survivor!.client);
    await Promise.all(cluster.members.map((member) => member.kill()));
    cluster.members.splice(1);
    survivor!.start(['--force-new-cluster', initial]);
    await cluster.ready();
    await survivor!.client.put('new/1', 'value');

    for (const member of others) member.start([initial]);
    for (const member of others) {
      // It ends, since it was removed, or the two go on by themselves.
      await eventually('an end or a leader', async () => {
        if (!member.running) return true;
        return (await member.client.status()).leader === '0' ? undefined : true;
      });
    }
    for (let nth = 2; nth < 20; nth++) await survivor!.client.put(`new/${nth}`, 'value');
    const status = await survivor!.client.status();
    expect(status.leader).toBe(status.header.member_id);
  } finally {
    for (const member of others) await member.kill();
    await cluster.end();
  }
});

test('one member that survives makes a new cluster of its data, which grows again', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  try {
    const [survivor, ...lost] = cluster.members;
    await write(survivor!.client);
    const before = await content(survivor!.client);
    await Promise.all(cluster.members.map((member) => member.kill()));
    for (const member of lost) member.wipe();
    cluster.members.splice(1);

    survivor!.start(['--force-new-cluster', '--initial-cluster', `m1=${survivor!.peerUrl}`]);
    await cluster.ready();
    expect(await content(survivor!.client)).toEqual(before);
    const { members } = await survivor!.client.call('Cluster', 'MemberList', {});
    expect(members).toHaveLength(1);

    await survivor!.stop();
    survivor!.start(['--initial-cluster', `m1=${survivor!.peerUrl}`]);
    await cluster.ready();
    const joining = await cluster.join('m2');
    await survivor!.client.call('Cluster', 'MemberAdd', { peerURLs: [joining.peerUrl] });
    joining.start(cluster.joinFlags());
    await cluster.ready();
    expect(await content(joining.client)).toEqual(before);
  } finally {
    await cluster.end();
  }
});
