import { expect, test, vi } from 'vitest';
import { ClusterOfProcesses, eventually } from './processes.ts';
import type { MemberProcess } from './processes.ts';
import { Watcher } from './watcher.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Waits until a member follows another leader. */
function stepsDown(member: MemberProcess): Promise<true> {
  return eventually(`${member.name} stepping down`, async () => {
    const { leader, header } = await member.client.status();
    return leader !== '0' && leader !== header.member_id ? true : undefined;
  });
}

test('a leader that was paused follows the new one, and revokes no lease twice or too early', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  const leader = await cluster.leader();
  const [other, third] = cluster.others(leader);
  const watchers = cluster.others(leader).map((member) => new Watcher(() => [member], 'leased/'));
  try {
    await leader.client.call('Lease', 'LeaseGrant', { ID: '11', TTL: '2' });
    await leader.client.call('Lease', 'LeaseGrant', { ID: '22', TTL: '2' });
    await leader.client.put('leased/kept', 'alive', { lease: '11' });
    await leader.client.put('leased/lapses', 'soon', { lease: '22' });
    const keeper = third!.client.stream('Lease', 'LeaseKeepAlive');
    keeper.on('error', () => {});
    keeper.on('data', () => {});
    const renew = setInterval(() => keeper.write({ ID: '11' }), 200);

    leader.pause();
    const successor = await cluster.leader(cluster.others(leader));
    expect(successor).not.toBe(leader);
    // By its own clock both leases have expired by now; the new leader has renewed one.
    await eventually('the deletion', () =>
      Promise.resolve(watchers[0]!.deletionsOf('leased/lapses') > 0 ? true : undefined),
    );
    await other!.client.put('leased/lapses', 'again, without a lease');
    leader.resume();
    await stepsDown(leader);
    await leader.client.put('leased/last', 'of all');
    for (const watcher of watchers) {
      await eventually('the last event', () =>
        Promise.resolve(watcher.events.at(-1)?.key === 'leased/last' ? true : undefined),
      );
      expect(watcher.deletionsOf('leased/lapses')).toBe(1);
      expect(watcher.deletionsOf('leased/kept')).toBe(0);
    }
    clearInterval(renew);
    keeper.cancel();
    expect(await leader.client.get('leased/kept')).toBe('alive');
    expect(await leader.client.get('leased/lapses')).toBe('again, without a lease');
  } finally {
    for (const watcher of watchers) watcher.close();
    await cluster.end();
  }
});

test('a leader that was paused answers no read with stale data', async () => {
  const cluster = await ClusterOfProcesses.start(3);
  const leader = await cluster.leader();
  const [other] = cluster.others(leader);
  try {
    await leader.client.put('key', 'old');

    leader.pause();
    await cluster.leader(cluster.others(leader));
    await other!.client.put('key', 'new');
    // These are in its socket buffer, and processed first when it resumes.
    const reads = Array.from({ length: 20 }, () => leader.client.get('key', {}, 8000));
    const answers = Promise.allSettled(reads);
    leader.resume();

    for (const answer of await answers) {
      if (answer.status === 'fulfilled') expect(answer.value).toBe('new');
      else expect(answer.reason).toMatchObject({ code: 14 });
    }
    await stepsDown(leader);
    expect(await leader.client.get('key')).toBe('new');
  } finally {
    await cluster.end();
  }
});
