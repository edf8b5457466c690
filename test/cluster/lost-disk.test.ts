import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ClusterOfProcesses, eventually } from './processes.ts';
import type { MemberProcess } from './processes.ts';

vi.setConfig({ testTimeout: 120_000 });

async function expectRefused(member: MemberProcess, why: RegExp): Promise<void> {
  const words = await eventually('the end', () => Promise.resolve(member.lastWords));
  expect([member.exitCode, words]).toEqual([1, expect.stringMatching(why)]);
}

/** A member can tell another only what it knows itself. */
async function knowsAll({ client }: MemberProcess): Promise<void> {
  await eventually('the names of all', async () => {
    const { members } = await client.call('Cluster', 'MemberList', { linearizable: false });
    return members.every(({ name }) => name !== '') ? true : undefined;
  });
}

const wasHere = /has been part of the cluster before, and its data directory \(.*\) is empty/;

test('a member that lost its disk and is started as before does not let an acknowledged write be forgotten', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  try {
    const knowing = await cluster.leader();
    const [away, wiped] = cluster.others(knowing);
    await knowsAll(away!);
    await away!.stop();
    await knowing.client.put('acknowledged', 'by two');
    await wiped!.kill();
    wiped!.wipe();
    wiped!.start();
    await expectRefused(wiped!, wasHere);

    await knowing.kill();
    away!.start();
    wiped!.start(['--initial-cluster', cluster.initialCluster, '--initial-cluster-state=existing']);
    // The remaining member does not know the write, but knows that the other is not new.
    await expectRefused(wiped!, /has been part of the cluster before|no member .* answers/);
    knowing.start();
    expect(await eventually('a leader', () => away!.client.get('acknowledged'))).toBe('by two');
  } finally {
    await cluster.end();
  }
});

test('a first member that starts long after the others is no member that lost its disk', async () => {
  const cluster = await ClusterOfProcesses.prepare(3);
  try {
    const [first, second, late] = cluster.members;
    const flags = ['--initial-cluster', cluster.initialCluster];
    first!.start(flags);
    second!.start(flags);
    await cluster.ready([first!, second!]);
    await first!.client.put('before', 'the third');
    late!.start(flags);
    await cluster.ready([late!]);
    expect(await late!.client.get('before')).toBe('the third');
  } finally {
    await cluster.end();
  }
});

test('a member whose disk went back in time is named by the leader, which does not build on it', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  try {
    const leader = await cluster.leader();
    const [other, forgetful] = cluster.others(leader);
    await forgetful!.stop();
    const old = join(cluster.directory, 'old');
    cpSync(forgetful!.dataDir, old, { recursive: true });
    forgetful!.start();
    await cluster.ready([forgetful!]);
    await leader.client.put('key', 'forgotten');
    expect(await forgetful!.client.get('key')).toBe('forgotten');
    await forgetful!.kill();
    forgetful!.wipe();
    cpSync(old, forgetful!.dataDir, { recursive: true });
    forgetful!.start();
    await eventually('its return', () => forgetful!.client.status());
    await leader.client.put('key', 'known to two');

    const line = await eventually('the word of the leader', () =>
      Promise.resolve(linesOf(leader).find((text) => text.includes('has lost data'))),
    );
    expect(JSON.parse(line)).toMatchObject({ level: 'error', name: forgetful!.name });
    expect(await forgetful!.client.get('key', { serializable: true })).toBeUndefined();
    expect(await other!.client.get('key')).toBe('known to two');
    expect(linesOf(leader).filter((text) => text.includes('has lost data'))).toHaveLength(1);
  } finally {
    await cluster.end();
  }
});

function linesOf({ logFile }: MemberProcess): string[] {
  return readFileSync(logFile, 'utf8').split('\n');
}
