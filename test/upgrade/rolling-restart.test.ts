import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { Load } from '../cluster/load.ts';
import { eventually, rollcall } from '../cluster/processes.ts';
import type { MemberProcess } from '../cluster/processes.ts';
import { Watcher } from '../cluster/watcher.ts';
import {
  careless,
  carelessKey,
  firstLevelOnly,
  nextLevel,
  note,
  plantRelease,
  secondLevelOnly,
} from './future.ts';
import { endOf, RollingCluster } from './rolling.ts';

vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'rollcall-releases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function featureLevelOf({ clientUrl }: MemberProcess): Promise<string | undefined> {
  const text = await (await fetch(`${clientUrl}/metrics`)).text();
  return /^rollcall_feature_level (\S+)$/m.exec(text)?.[1];
}

/** The value that a put through this member gets: with the new part, or without. */
async function putThrough({ client, name }: MemberProcess): Promise<string | undefined> {
  await client.put(`put-through/${name}`, 'value');
  return client.get(`put-through/${name}`);
}

const tooOld = {
  exitCode: 1,
  words: expect.stringMatching(
    /the cluster has feature level 5, .* this release knows 4; run a newer release/,
  ),
};

/** All acknowledged writes are on every member, and the watcher got each once, in order. */
async function expectNothingLost(
  rolling: RollingCluster,
  load: Load,
  watcher: Watcher,
): Promise<void> {
  await load.stop();
  expect(await rolling.agreedHash()).toBeDefined();
  const { members } = rolling.cluster;
  for (const member of members) expect(await load.lost(member)).toEqual([]);
  const { kvs } = await members[0]!.client.range('load/', { keys_only: true });
  const written = kvs
    .map((kv) => ({ type: 'PUT', key: kv.key.toString(), revision: Number(kv.mod_revision) }))
    .toSorted((a, b) => a.revision - b.revision);
  await eventually('the last event', () =>
    Promise.resolve(watcher.events.length >= written.length ? true : undefined),
  );
  expect(watcher.events).toEqual(written);
}

test('members are upgraded one by one, and back, under load: nothing is lost, and nothing new is used before all know it', async () => {
  const next = await plantRelease(join(folder, 'next'), '0.2.0', nextLevel);
  const rolling = await RollingCluster.start(rollcall, rollcall, rollcall);
  const { members } = rolling.cluster;
  const watcher = new Watcher(() => members.filter((member) => member.running), 'load/');
  try {
    const load = Load.start(rolling.cluster);
    await load.more(30);
    for (const [name, program] of [
      ['m1', next],
      ['m2', next],
      ['m1', rollcall],
      ['m3', next],
    ] as const) {
      await rolling.upgrade(name, program);
      await load.more(30);
      for (const member of members) {
        expect([await putThrough(member), await featureLevelOf(member)]).toEqual(['value', '4']);
      }
    }

    await rolling.upgrade('m1', next);
    await load.more(30);
    for (const member of members) {
      await eventually('the next level', async () =>
        (await featureLevelOf(member)) === '5' ? true : undefined,
      );
      expect(await putThrough(member)).toBe(`value${note}`);
    }
    await expectNothingLost(rolling, load, watcher);

    const goneBack = await rolling.exchange('m3', rollcall);
    expect(await endOf(goneBack)).toMatchObject(tooOld);
    // Three members with one down admit no new member.
    await rolling.upgrade('m3', next);

    const joining = await rolling.cluster.join('m4');
    const urls = { peerURLs: [joining.peerUrl], isLearner: true };
    // The others must have been connected for 5 s.
    await eventually('the addition', () => members[0]!.client.call('Cluster', 'MemberAdd', urls));
    joining.start(rolling.cluster.joinFlags());
    expect(await endOf(joining)).toMatchObject(tooOld);
    expect(await featureLevelOf(members[0]!)).toBe('5');
  } finally {
    watcher.close();
    await rolling.end();
  }
});

/** Whether this text is on the disk of a member. */
function diskHolds({ dataDir }: MemberProcess, text: string): boolean {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text));
}

/** Whether the user is on the disk of a member. */
function namesUser(member: MemberProcess): boolean {
  return diskHolds(member, 'planted');
}

/** Lets a lease run out, which the leader then revokes by a command of its own. */
async function lapse({ client, name }: MemberProcess): Promise<void> {
  const key = `lapsing/${name}`;
  const { ID } = await client.call('Lease', 'LeaseGrant', { TTL: '2' });
  await client.put(key, 'for a while', { lease: String(ID) });
  await eventually('the end of the lease', async () =>
    (await client.get(key)) === undefined ? true : undefined,
  );
}

function addUser({ client }: MemberProcess): Promise<unknown> {
  return client.call('Auth', 'UserAdd', { name: 'planted', password: 'secret' });
}

test('there are users once all members know them, and commands say nothing of who proposed them before', async () => {
  const first = await plantRelease(join(folder, 'first'), '0.1.0', firstLevelOnly);
  const rolling = await RollingCluster.start(first, first, first);
  const { members } = rolling.cluster;
  const watcher = new Watcher(() => members.filter((member) => member.running), 'load/');
  try {
    const load = Load.start(rolling.cluster);
    for (const name of ['m1', 'm2']) {
      await rolling.upgrade(name, rollcall);
      await load.more(30);
      for (const member of members) {
        expect([await putThrough(member), await featureLevelOf(member)]).toEqual(['value', '1']);
        await expect(addUser(member)).rejects.toMatchObject({
          details: expect.stringContaining('all members'),
        });
      }
      // A member of the first level would end at a command that says who proposed it.
      await lapse(members[0]!);
    }
    expect(members.some(namesUser)).toBe(false);

    await rolling.upgrade('m3', rollcall);
    await load.more(30);
    for (const member of members) {
      await eventually('the level of the last member', async () =>
        (await featureLevelOf(member)) === '4' ? true : undefined,
      );
    }
    await addUser(members[0]!);
    await lapse(members[0]!);
    await eventually('the user on all disks', () =>
      Promise.resolve(members.every(namesUser) ? true : undefined),
    );
    await expectNothingLost(rolling, load, watcher);
    for (const { name } of members) {
      await rolling.exchange(name, rollcall);
      await rolling.cluster.ready(members);
    }
    expect(await rolling.agreedHash()).toBeDefined();
  } finally {
    watcher.close();
    await rolling.end();
  }
});

async function deleteOne({ client, name }: MemberProcess): Promise<void> {
  const key = `/services/gone/${name}`;
  await client.put(key, '10.0.0.1:80');
  await client.call('KV', 'DeleteRange', { key: Buffer.from(key) });
}

/** Whether the table of last deletions is on the disk of a member. */
function hasTable(member: MemberProcess): boolean {
  return diskHolds(member, 'sdeletions');
}

test('the table of last deletions begins when the last member is upgraded, not before', async () => {
  const second = await plantRelease(join(folder, 'second'), '0.1.0', secondLevelOnly);
  const rolling = await RollingCluster.start(second, second, second);
  const { members } = rolling.cluster;
  try {
    for (const name of ['m1', 'm2']) {
      await rolling.upgrade(name, rollcall);
      for (const member of members) {
        await deleteOne(member);
        expect(await featureLevelOf(member)).toBe('2');
      }
    }
    expect(members.some(hasTable)).toBe(false);
    await rolling.upgrade('m3', rollcall);
    for (const member of members) {
      await eventually('the level of the last member', async () =>
        (await featureLevelOf(member)) === '4' ? true : undefined,
      );
      await deleteOne(member);
    }
    await eventually('the table on all disks', () =>
      Promise.resolve(members.every(hasTable) ? true : undefined),
    );
    expect(await rolling.agreedHash()).toBeDefined();
  } finally {
    await rolling.end();
  }
});

test('a member stops at a command of a newer release, says so, and continues as that release', async () => {
  const future = await plantRelease(join(folder, 'future'), '0.9.0', careless);
  const rolling = await RollingCluster.start(future, future, rollcall);
  const { members } = rolling.cluster;
  try {
    await members[0]!.client.put('before', 'known to all');
    // A leader that does not know the command would refuse it.
    const { header } = await members[0]!.client.status();
    const leader = await rolling.cluster.leader();
    if (leader !== members[0]) {
      await leader.client.call('Maintenance', 'MoveLeader', { targetID: header.member_id });
    }
    await members[0]!.client.put(carelessKey, 'known to two');

    const stopped = await endOf(members[2]!);
    expect(stopped.exitCode).toBe(1);
    expect(stopped.words).toMatch(/a command of the unknown kind 99; run a newer release/);
    await members[1]!.client.put('after', 'the two go on');

    const again = await rolling.exchange('m3', rollcall);
    expect(await endOf(again)).toMatchObject({
      exitCode: 1,
      words: expect.stringMatching(/unknown kind 99; run a newer release/),
    });

    await rolling.upgrade('m3', future);
    const caughtUp = members[2]!.client;
    expect(await caughtUp.get('before')).toBe('known to all');
    expect(await caughtUp.get(carelessKey)).toBe('known to two');
    expect(await caughtUp.get('after')).toBe('the two go on');
    expect(await rolling.agreedHash()).toBeDefined();
  } finally {
    await rolling.end();
  }
});
