import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createAuthority, writePair } from '../tls/certificates.ts';
import { Load } from './load.ts';
import { ClusterOfProcesses, eventually } from './processes.ts';
import type { MemberProcess } from './processes.ts';

vi.setConfig({ testTimeout: 120_000 });

function encrypted({ peerUrl }: MemberProcess): string {
  return peerUrl.replace('http:', 'https:');
}

/** What a metric of a member says about its peers. */
async function metricOf(
  { clientUrl }: MemberProcess,
  name: string,
  result: string,
): Promise<number> {
  const text = await (await fetch(`${clientUrl}/metrics`)).text();
  const line = text
    .split('\n')
    .find((one) =>
      [`${name}{`, `result="${result}"`, 'side="peer"'].every((part) => one.includes(part)),
    );
  return Number(line?.split(' ').at(-1) ?? 0);
}

const reloads = 'rollcall_tls_reloads_total';

/** Has a member read its certificates again. */
async function reload(member: MemberProcess): Promise<void> {
  const before = await metricOf(member, reloads, 'taken');
  process.kill(member.pid, 'SIGHUP');
  await eventually(`the new certificates of ${member.name}`, async () =>
    (await metricOf(member, reloads, 'taken')) > before ? true : undefined,
  );
}

async function peerUrlsIn({ client }: MemberProcess): Promise<string[]> {
  await client.connected('Cluster');
  const { members } = await client.call('Cluster', 'MemberList', {});
  return members.flatMap(({ peerURLs }) => peerURLs);
}

test('a cluster goes over to TLS, and to another authority, member by member under load: nothing is lost', async () => {
  const former = await createAuthority('former');
  const next = await createAuthority('next');
  const cluster = await ClusterOfProcesses.prepare(3);
  const { directory, members } = cluster;
  const folderOf = ({ name }: MemberProcess): string => join(directory, `tls-${name}`);
  const trust = (member: MemberProcess, authorities: string): void =>
    writeFileSync(join(folderOf(member), 'ca.crt'), authorities);
  const flags = new Map<MemberProcess, string[]>();
  for (const member of members) {
    const issued = await former.issue({ names: ['127.0.0.1'] });
    const { certFile, keyFile } = writePair(folderOf(member), 'peer', issued);
    trust(member, former.cert);
    flags.set(member, [
      `--initial-cluster=${cluster.initialCluster}`,
      `--peer-cert-file=${certFile}`,
      `--peer-key-file=${keyFile}`,
      `--peer-trusted-ca-file=${join(folderOf(member), 'ca.crt')}`,
      '--peer-client-cert-auth',
    ]);
    member.start(flags.get(member));
  }
  try {
    await cluster.ready();
    const load = Load.start(cluster);
    await load.more(10);

    for (const member of members) {
      const [other] = cluster.others(member);
      // It may have started again a moment ago.
      await other!.client.connected('Cluster');
      const { members: listed } = await other!.client.call('Cluster', 'MemberList', {});
      const id = listed.find(({ name }) => name === member.name)?.ID;
      await other!.client.call('Cluster', 'MemberUpdate', {
        ID: id,
        peerURLs: [encrypted(member)],
      });
      // The others look for it at its new URL, and go on with the connection that works.
      await load.more(10);
      await member.stop();
      const urls = ['--listen-peer-urls', '--initial-advertise-peer-urls'];
      member.start([
        ...(flags.get(member) ?? []),
        ...urls.map((flag) => `${flag}=${encrypted(member)}`),
      ]);
      await cluster.ready([member]);
      await load.more(10);
    }
    expect((await peerUrlsIn(members[0]!)).toSorted()).toEqual(members.map(encrypted).toSorted());

    for (const member of members) {
      trust(member, former.cert + next.cert);
      await reload(member);
    }
    for (const member of members) {
      writePair(folderOf(member), 'peer', await next.issue({ names: ['127.0.0.1'] }));
      await reload(member);
    }
    for (const member of members) {
      trust(member, next.cert);
      await reload(member);
    }
    await load.more(10);
    // All connections of this one are new, and made with what the next authority has issued.
    await members[2]!.stop();
    members[2]!.start();
    await cluster.ready([members[2]!]);
    await load.more(10);

    await load.stop();
    for (const member of members) expect(await load.lost(member)).toEqual([]);
    for (const member of members) {
      expect(await metricOf(member, 'rollcall_tls_handshakes_total', 'done')).toBeGreaterThan(0);
    }
  } finally {
    await cluster.end();
  }
});
