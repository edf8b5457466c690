/**
 * `npx tsx scripts/keep-data.ts`, after `npm run build`: keeps what members of this release write, in
 * `test/data/VERSION`, so that the tests of later releases can open it. Run once for each release that changes a format,
 * before it goes out; what is kept is never made again.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EtcdClient } from '../test/cluster/etcd-client.ts';
import { eventually } from '../test/cluster/processes.ts';
import { contentOf } from '../test/upgrade/content.ts';
import type { Expected } from '../test/upgrade/kept.ts';
import { KeptMembers, keptGroups, keptReleases, runCommand } from '../test/upgrade/kept.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
const target = join(keptReleases, String(version));

/** Often enough that the log is shortened and leases are checkpointed. */
const flags = [
  '--snapshot-count=20',
  '--snapshot-catchup-entries=5',
  '--lease-checkpoint-interval=1s',
  '--strict-reconfig-check=false',
];

if (existsSync(target)) {
  console.error(`${target} is there already, and what is kept stays as it is`);
  process.exitCode = 1;
} else await keep();

async function keep(): Promise<void> {
  mkdirSync(target, { recursive: true });
  const backup = join(target, 'backup.db');
  const expected: Expected = {
    ...(await keepSingle(join(target, 'single'), backup)),
    cluster: await keepCluster(join(target, 'cluster')),
  };
  writeFileSync(join(target, 'expected.json'), `${JSON.stringify(expected, undefined, 1)}\n`);
}

async function keepSingle(
  folder: string,
  backup: string,
): Promise<Pick<Expected, 'single' | 'backup'>> {
  const kept = await KeptMembers.open(keptGroups.single);
  try {
    await kept.start(flags);
    const member = kept.member('m1');
    const { client, clientUrl } = member;
    await fill(client);
    await grantLeases(client);
    // Moves the content of LevelDB's log to its tables.
    await kept.stop();
    await kept.start(flags);
    await changeSome(client);
    await client.call('Maintenance', 'Alarm', {
      action: 'ACTIVATE',
      memberID: (await client.status()).header.member_id,
      alarm: 'NOSPACE',
    });
    await runCommand('snapshot', 'save', backup, '--endpoints', clientUrl);
    const saved = { ...(await contentOf(client)), members: [], alarms: [] };
    // At the end of the log is something whose effect may not be anywhere else.
    await client.call('KV', 'DeleteRange', { key: Buffer.from('tail/2') });
    await member.kill();
    copyData(kept, folder);
    await kept.start(flags);
    return { single: await contentOf(client), backup: saved };
  } finally {
    await kept.end();
  }
}

async function keepCluster(folder: string): Promise<Expected['cluster']> {
  const kept = await KeptMembers.open(['m1', 'm2', 'm3']);
  try {
    await kept.start(flags);
    const { client } = kept.member('m1');
    const leaving = kept.member('m3');
    await fill(client);
    await grantLeases(client);
    const { members } = await client.call('Cluster', 'MemberList', {});
    const listed = members.find(({ name }) => name === leaving.name);
    await client.call('Cluster', 'MemberRemove', { ID: listed?.ID });
    await leaving.stop();
    kept.members.pop();
    const joining = await kept.add('m4');
    const urls = { peerURLs: [joining.peerUrl], isLearner: true };
    // The others must have been connected for 5 s.
    const added = await eventually('the addition', () => client.call('Cluster', 'MemberAdd', urls));
    const all = `--initial-cluster=${kept.initialCluster}`;
    joining.start([all, '--initial-cluster-state=existing', ...flags]);
    await eventually('the promotion', () =>
      client.call('Cluster', 'MemberPromote', { ID: added.member.ID }),
    );
    await kept.start(flags);
    await changeSome(client);
    const content = await contentOf(joining.client);
    await kept.stop();
    copyData(kept, folder);
    return content;
  } finally {
    await kept.end();
  }
}

/** Keys of all kinds, some with a past, one part of which is compacted. */
async function fill(client: EtcdClient): Promise<void> {
  for (let number = 0; number < 30; number++) {
    await client.put(`data/${String(number).padStart(2, '0')}`, `value ${number}`);
  }
  await client.put('kürzel ✓', 'ÄÖÜ');
  await client.put('empty', '');
  await client.put('long', 'long '.repeat(20));
  const bytes = Buffer.of(0, 1, 0x80, 0xff);
  await client.call('KV', 'Put', { key: Buffer.concat([Buffer.from('b'), bytes]), value: bytes });
  await client.call('KV', 'DeleteRange', { key: Buffer.from('data/03') });
  await client.put('data/03', 'again');
  await client.put('data/04', 'changed');
  const range = { key: Buffer.from('data/10'), range_end: Buffer.from('data/15') };
  await client.call('KV', 'DeleteRange', range);
  await client.call('KV', 'Compact', { revision: '36', physical: true });
  await client.put('data/04', 'changed again');
  await client.put('data/20', 'changed');
}

async function grantLeases(client: EtcdClient): Promise<void> {
  for (const ID of ['7', '8', '9', '9223372036854775807']) {
    await client.call('Lease', 'LeaseGrant', { ID, TTL: '1000000' });
  }
  await client.put('leased/1', 'on 7', { lease: '7' });
  await client.put('leased/2', 'on 7', { lease: '7' });
  await client.put('leased/3', 'on 8', { lease: '8' });
  await client.put('leased/4', 'on the largest', { lease: '9223372036854775807' });
  await client.call('Lease', 'LeaseRevoke', { ID: '8' });
  await client.put('leased/2', 'on none');
  await eventually('a checkpoint', async () => {
    const { TTL } = await client.call('Lease', 'LeaseTimeToLive', { ID: '7' });
    return Number(TTL) < 999_996 ? true : undefined;
  });
}

async function changeSome(client: EtcdClient): Promise<void> {
  const key = Buffer.from('txn/1');
  await client.call('KV', 'Txn', {
    compare: [{ key, target: 'VERSION', result: 'EQUAL', version: '0' }],
    success: [
      { request_put: { key, value: Buffer.from('one of two') } },
      { request_put: { key: Buffer.from('txn/2'), value: Buffer.from('the other') } },
      { request_delete_range: { key: Buffer.from('data/21') } },
    ],
    failure: [],
  });
  await client.put('tail/1', 'at the end');
  await client.put('tail/2', 'deleted at the end', { lease: '9' });
}

/** Files that belong to the format: no logs, locks or sockets of LevelDB. */
function copyData(kept: KeptMembers, folder: string): void {
  for (const { name, dataDir } of kept.members) {
    cpSync(dataDir, join(folder, name), { recursive: true, filter: isKept });
  }
}

function isKept(path: string): boolean {
  return !['LOG', 'LOG.old', 'LOCK'].includes(basename(path));
}
