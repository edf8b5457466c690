import { expect, test, vi } from 'vitest';
import { Load } from './load.ts';
import { Named } from './named.ts';
import { Probed } from './probed.ts';
import { ClusterOfProcesses, eventually } from './processes.ts';
import type { MemberProcess } from './processes.ts';
import { Watcher } from './watcher.ts';

vi.setConfig({ testTimeout: 120_000 });

test('killing the leader under load loses no acknowledged write; others write soon, and answer DNS all along', async () => {
  const named = await Named.start(3);
  const { cluster } = named;
  const probed = new Probed(cluster);
  try {
    const leader = await cluster.leader();
    const [survivor] = cluster.others(leader);
    await probed.start();
    await named.put(leader, 'first', '10.0.0.1');
    await named.answered(cluster.members, 1);
    await deregisteredAt(leader);
    const load = Load.start(cluster);
    await load.more(200);
    const lostChecks = await probed.ownedBy(leader);
    expect(lostChecks).not.toEqual([]);

    await leader.kill();
    const killedMs = performance.now();
    // From what they know, all the time in which there is no leader.
    const written = new AbortController();
    const answers = named.addressesUntil(written.signal, cluster.others(leader));
    // A failure is handled where they are awaited.
    answers.catch(() => {});
    await eventually('a write after the kill', () => survivor!.client.put('after', 'the kill'));
    const tookMs = Math.round(performance.now() - killedMs);
    written.abort();
    expect(new Set((await answers).flat())).toEqual(new Set(['10.0.0.1']));
    await named.put(survivor!, 'second', '10.0.0.2');
    await named.answered(cluster.others(leader), 2);
    await load.more(200);
    await load.stop();

    console.log(`a write succeeded ${tookMs} ms after the leader was killed`);
    for (const member of cluster.others(leader)) expect(await load.lost(member)).toEqual([]);
    const gapMs = Math.round(await probed.longestGapMs(lostChecks, killedMs));
    const takenMs = performance.now();
    console.log(
      `the ${lostChecks.length} checks of the leader were not run for ${gapMs} ms at most`,
    );

    leader.start();
    await cluster.ready([leader]);
    expect(await load.lost(leader)).toEqual([]);
    // Each runs once a second: two owners for the whole time would be twice as many.
    const endedMs = performance.now();
    expect(probed.mostLooks(takenMs, endedMs)).toBeLessThan(1.5 * ((endedMs - takenMs) / 1000) + 2);

    // The reason of a departure is a key: also a member that has forgotten its own memory tells it.
    for (const member of cluster.members) {
      const answer = await eventually(`the answer of ${member.name}`, () => explained(member));
      expect(answer).toMatchObject({
        First: { Kind: 'deregistered', Actor: { API: 'consul', Member: leader.name } },
      });
    }
  } finally {
    probed.stop();
    await cluster.end();
  }
});

test('when all members lose their power at once under load, everything acknowledged is there again', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  try {
    const load = Load.start(cluster);
    await load.more(300);

    await Promise.all(cluster.members.map((member) => member.kill()));
    await load.stop();
    for (const member of cluster.members) member.start();
    await cluster.ready();

    for (const member of cluster.members) expect(await load.lost(member)).toEqual([]);
    const hashes = await Promise.all(
      cluster.members.map(
        async ({ client }) => (await client.call('Maintenance', 'Hash', {}))['hash'],
      ),
    );
    expect(new Set(hashes).size).toBe(1);
  } finally {
    await cluster.end();
  }
});

test('a watch that is resumed after its member was killed has seen every revision once, in order', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  const [watched] = cluster.members;
  const running = () => cluster.members.filter((member) => member.running);
  const watcher = new Watcher(running, 'load/');
  try {
    const load = Load.start(cluster);
    await load.more(200);
    await eventually('some events', () =>
      Promise.resolve(watcher.events.length > 100 ? true : undefined),
    );

    await watched!.kill();
    await load.more(200);
    await load.stop();

    const { kvs } = await cluster.members[1]!.client.range('load/', { keys_only: true });
    const last = Math.max(...kvs.map(({ mod_revision }) => Number(mod_revision)));
    await eventually('the last event', () =>
      Promise.resolve((watcher.events.at(-1)?.revision ?? 0) >= last ? true : undefined),
    );
    expect(watcher.resumed).toBeGreaterThan(0);
    const written = kvs.map(({ key, mod_revision }) => [Number(mod_revision), key.toString()]);
    expect(watcher.events.map(({ revision, key }) => [revision, key])).toEqual(
      written.toSorted(([a], [b]) => Number(a) - Number(b)),
    );
  } finally {
    watcher.close();
    await cluster.end();
  }
});

/** Registers an instance through Consul's API of a member, and deregisters it. */
async function deregisteredAt({ clientUrl }: MemberProcess): Promise<void> {
  const put = async (path: string, body?: string): Promise<void> => {
    const answer = await fetch(`${clientUrl}/v1/agent/service/${path}`, {
      method: 'PUT',
      ...(body === undefined ? {} : { body }),
    });
    expect(await answer.text()).toBe('');
  };
  await put('register', '{"Name":"gone","ID":"gone-1","Address":"10.0.0.1","Port":80}');
  await put('deregister/gone-1');
}

/** The explanation of a member, once it has read its registrations. */
async function explained({ clientUrl }: MemberProcess): Promise<unknown> {
  const answer = await fetch(`${clientUrl}/v1/explain/gone/gone-1`);
  return answer.status === 200 ? answer.json() : undefined;
}
