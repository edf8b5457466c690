import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { Answer, ListedMember } from './etcd-client.ts';
import { Load } from './load.ts';
import { ClusterOfProcesses, eventually } from './processes.ts';
import type { MemberProcess } from './processes.ts';

vi.setConfig({ testTimeout: 120_000 });

/** A membership change may be refused for some seconds after another one, until all members are known to be healthy. */
function change(via: MemberProcess, method: string, request: object): Promise<Answer> {
  return eventually(method, () => via.client.call('Cluster', method, request), 30_000);
}

async function idOf(member: MemberProcess): Promise<string> {
  const { header } = await member.client.status();
  return header.member_id;
}

async function listed(via: MemberProcess): Promise<readonly ListedMember[]> {
  const { members } = await via.client.call('Cluster', 'MemberList', { linearizable: true });
  return members;
}

test('a member whose disk is wiped comes back as a new one, and catches up by snapshot', async () => {
  const cluster = await ClusterOfProcesses.start(3, [
    '--snapshot-count=100',
    '--snapshot-catchup-entries=20',
  ]);
  try {
    const leader = await cluster.leader();
    const [wiped] = cluster.others(leader);
    const load = Load.start(cluster);
    await load.more(400);

    await wiped!.kill();
    wiped!.wipe();
    const { members } = await leader.client.call('Cluster', 'MemberList', {});
    const former = members.find(({ name }) => name === wiped!.name);
    await change(leader, 'MemberRemove', { ID: former!.ID });
    await change(leader, 'MemberAdd', { peerURLs: [wiped!.peerUrl] });
    wiped!.start(cluster.joinFlags());
    await cluster.ready([wiped!]);
    await load.more(100);
    await load.stop();

    expect(await load.lost(wiped!)).toEqual([]);
    expect(readFileSync(wiped!.logFile, 'utf8')).toContain('applied snapshot');
    expect(await idOf(wiped!)).not.toBe(former!.ID);
    expect((await listed(wiped!)).map(({ name }) => name).toSorted()).toEqual(['m1', 'm2', 'm3']);
  } finally {
    await cluster.end();
  }
});

test('a learner is added, catches up and is promoted, and the leader is removed, all under load', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  try {
    const leader = await cluster.leader();
    const [other] = cluster.others(leader);
    const load = Load.start(cluster);
    await load.more(100);

    const joining = await cluster.join('m4');
    const { member } = await change(other!, 'MemberAdd', {
      peerURLs: [joining.peerUrl],
      isLearner: true,
    });
    const { ID } = member;
    joining.start(cluster.joinFlags());
    await eventually('the learner being told', () =>
      joining.client.get('load/0/000000', { serializable: true }),
    );
    await expect(joining.client.get('load/0/000000')).rejects.toMatchObject({
      code: 9,
      details: 'etcdserver: rpc not supported for learner',
    });
    await change(other!, 'MemberPromote', { ID });
    await cluster.ready([joining]);
    expect((await listed(joining)).filter(({ isLearner }) => isLearner)).toEqual([]);

    const ended = cluster.members.indexOf(leader);
    await change(leader, 'MemberRemove', { ID: await idOf(leader) });
    await eventually('the removed leader ending by itself', () =>
      Promise.resolve(leader.running ? undefined : true),
    );
    cluster.members.splice(ended, 1);
    await load.more(200);
    await load.stop();

    expect(await load.lost(joining)).toEqual([]);
    expect(await listed(joining)).toHaveLength(3);
    expect(await cluster.leader()).not.toBe(leader);
  } finally {
    await cluster.end();
  }
});

/** Waits until it has ended by itself; its exit code. */
function exitCodeOf(member: MemberProcess): Promise<number | null | undefined> {
  return eventually(`${member.name} ending by itself`, () =>
    Promise.resolve(member.running ? undefined : { exitCode: member.exitCode }),
  ).then(({ exitCode }) => exitCode);
}

test('followers that are removed end by themselves, and again if they are started again', async () => {
  const cluster = await ClusterOfProcesses.start(4);
  try {
    const leader = await cluster.leader();
    const [away, present] = cluster.others(leader);

    // A member that learns of its removal from the leader, through the log.
    await change(leader, 'MemberRemove', { ID: await idOf(present!) });
    expect(await exitCodeOf(present!)).toBe(0);
    expect(present!.lastWords).toContain('this member was removed from the cluster');

    // A member that was down at its removal learns of it from any member that it calls.
    const idOfAway = await idOf(away!);
    await away!.kill();
    await change(leader, 'MemberRemove', { ID: idOfAway });
    away!.start();
    expect(await exitCodeOf(away!)).toBe(0);
    expect(readFileSync(away!.logFile, 'utf8')).toContain('was removed from the cluster');

    expect(await listed(leader)).toHaveLength(2);
    await leader.client.put('key', 'value');

    // The first one knows already.
    for (const member of cluster.others(present!)) await member.kill();
    present!.start();
    expect(await exitCodeOf(present!)).toBe(0);
  } finally {
    await cluster.end();
  }
});
