import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openLevelStore } from '../../src/storage/index.ts';
import { writeOf } from '../contract/store.ts';
import { ClusterOfProcesses, eventually } from './processes.ts';
import type { MemberProcess } from './processes.ts';

vi.setConfig({ testTimeout: 120_000 });

/** The key of the record of one change: `k`, revision and sub-revision, big endian. */
function recordKey(revision: number): string {
  const key = Buffer.alloc(17);
  key.write('k', 'latin1');
  key.writeBigUInt64BE(BigInt(revision), 1);
  return key.toString('latin1');
}

/** Changes the last byte of a value on the disk of a stopped member, as a bug of a program would. */
async function changeValue({ dataDir }: MemberProcess, revision: number): Promise<void> {
  const options = {
    clock: systemClock(),
    logger: silentLogger,
    metrics: silentMetrics,
    fsync: true,
  };
  const store = await openLevelStore(dataDir, options);
  try {
    const { appliedIndex } = await store.load();
    const record = store.engine.get(recordKey(revision));
    expect(record).toBeDefined();
    const changed = Buffer.from(record!);
    changed[changed.length - 1]! ^= 1;
    store.engine.put(recordKey(revision), changed);
    await store.write(writeOf({ appliedIndex }));
  } finally {
    await store.close();
  }
}

async function corruptAlarms({ client }: MemberProcess): Promise<readonly string[]> {
  const { alarms } = await client.call('Maintenance', 'Alarm', { action: 'GET' });
  return alarms.filter(({ alarm }) => alarm === 'CORRUPT').map(({ memberID }) => memberID);
}

function logOf({ logFile }: MemberProcess): Promise<string> {
  return readFile(logFile, 'utf8');
}

async function idOf({ client }: MemberProcess): Promise<string> {
  return (await client.status()).header.member_id;
}

/** A cluster with some keys, in which a stopped follower has another value. */
async function withChangedFollower(
  flags: readonly string[],
  check: (cluster: ClusterOfProcesses, changed: MemberProcess, id: string) => Promise<void>,
): Promise<void> {
  const cluster = await ClusterOfProcesses.start(3, flags);
  try {
    const leader = await cluster.leader();
    for (let nth = 0; nth < 10; nth++) await leader.client.put(`key ${nth % 4}`, `value ${nth}`);
    const [changed] = cluster.others(leader);
    await eventually('the last write', async () =>
      (await changed!.client.get('key 1', { serializable: true })) === 'value 9' ? true : undefined,
    );
    const id = await idOf(changed!);
    await changed!.stop();
    await changeValue(changed!, 9);
    await check(cluster, changed!, id);
  } finally {
    await cluster.end();
  }
}

/** All members show the alarm of this one, and none accepts a write. */
async function expectAlarm(cluster: ClusterOfProcesses, id: string): Promise<void> {
  for (const member of cluster.members) {
    const shown = await eventually(`the alarm at ${member.name}`, async () => {
      const alarms = await corruptAlarms(member);
      return alarms.length > 0 ? alarms : undefined;
    });
    expect(shown).toEqual([id]);
    await expect(member.client.put('after', 'the alarm')).rejects.toMatchObject({
      code: 15,
      details: 'etcdserver: corrupt cluster',
    });
  }
}

test('a member whose data was changed is found by the periodic check', async () => {
  await withChangedFollower(['--corrupt-check-time=300ms'], async (cluster, changed, id) => {
    changed.start();
    await expectAlarm(cluster, id);
  });
});

test('a member whose data was changed is found after the next compaction', async () => {
  const flags = ['--feature-gates=CompactHashCheck=true', '--compact-hash-check-time=300ms'];
  await withChangedFollower(flags, async (cluster, changed, id) => {
    changed.start();
    await cluster.ready([changed]);
    const leader = await cluster.leader();
    expect(await corruptAlarms(leader)).toEqual([]);
    await leader.client.call('KV', 'Compact', { revision: 10, physical: true });
    await expectAlarm(cluster, id);
  });
});

test('a member whose data was changed does not start where that is checked', async () => {
  const flags = ['--experimental-initial-corrupt-check'];
  await withChangedFollower(flags, async (cluster, changed, id) => {
    changed.start();
    const words = await eventually('the end', () => Promise.resolve(changed.lastWords));
    expect(words).toContain(`${BigInt(id).toString(16)} found data inconsistency with peers`);
    expect(changed.exitCode).toBe(1);
    const leader = await cluster.leader();
    expect(await corruptAlarms(leader)).toEqual([]);
    await leader.client.put('the others', 'go on');
  });
});

test('members with the same data raise no alarm, under load with compactions and a restart', async () => {
  const flags = [
    '--corrupt-check-time=50ms',
    '--feature-gates=CompactHashCheck=true,InitialCorruptCheck=true',
    '--compact-hash-check-time=50ms',
  ];
  const cluster = await ClusterOfProcesses.start(3, flags);
  try {
    const leader = await cluster.leader();
    const [other] = cluster.others(leader);
    for (let nth = 0; nth < 600; nth++) {
      const { header } = await leader.client.put(`key ${nth % 50}`, `value ${nth}`);
      if (nth % 40 === 39) {
        await leader.client.call('KV', 'Compact', { revision: Number(header.revision) - 5 });
      }
      if (nth === 200) await other!.stop();
      if (nth === 400) other!.start();
    }
    await cluster.ready();
    await eventually('a comparison of all three after a compaction', async () =>
      (await logOf(leader)).includes('finished compaction hash check') ? true : undefined,
    );
    const log = await logOf(leader);
    expect(log).toMatch(/finished peer corruption check.*"membersChecked":2/);
    for (const member of cluster.members) expect(await corruptAlarms(member)).toEqual([]);
    // Without compactions, members remember their hashes from before the stop.
    await other!.stop();
    other!.start();
    await cluster.ready();
    expect(await logOf(other!)).toMatch(/initial corruption checking passed.*"comparedCount":2/);
    await other!.client.put('after', 'all');
  } finally {
    await cluster.end();
  }
});
