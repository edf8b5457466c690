import { expect, test } from 'vitest';
import { defaultConfig } from '../../src/server/config.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { firstCluster } from '../../src/server/identity.ts';
import { establish } from '../../src/server/establish.ts';
import type { ClusterDescription } from '../../src/server/cluster-description.ts';
import type { DescribeCluster } from '../../src/server/establish.ts';
import type { Member } from '../../src/state/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';

const urlOf = (name: string): string => `http://${name}:2380`;

function configOf(name: string, more: Partial<ServerConfig> = {}): ServerConfig {
  return {
    ...defaultConfig,
    name,
    dataDir: `/data/${name}`,
    initialAdvertisePeerUrls: [urlOf(name)],
    initialCluster: ['m1', 'm2', 'm3'].map((each) => ({ name: each, peerUrl: urlOf(each) })),
    ...more,
  };
}

/** The cluster as its other members describe it, once these have published their names. */
function clusterWith(
  published: readonly string[],
  change: (members: readonly Member[]) => readonly Member[] = (members) => members,
): ClusterDescription {
  const { clusterId, members, idByName } = firstCluster(configOf('m1'));
  const nameOf = (id: string): string => [...idByName].find(([, each]) => each === id)?.[0] ?? '';
  const known = members.map((member): Member => {
    const name = nameOf(member.id);
    if (!published.includes(name)) return member;
    return { ...member, name, clientUrls: [`http://${name}:2379`] };
  });
  return { clusterId, members: change(known) };
}

const m3 = firstCluster(configOf('m1')).idByName.get('m3') ?? '';

const silence: DescribeCluster = (url) => Promise.reject(new Error(`${url}: no answer`));

/** The responses of the members at these URLs; others do not respond. */
function answering(answers: Readonly<Record<string, ClusterDescription>>): DescribeCluster {
  return (url, timeoutMs) => {
    const answer = answers[url];
    return answer === undefined ? silence(url, timeoutMs) : Promise.resolve(answer);
  };
}

/** Of URLs that need not be resolved. */
const asGiven = (config: ServerConfig): Promise<ServerConfig> => Promise.resolve(config);

async function begins(config: ServerConfig, describe: DescribeCluster): Promise<string> {
  const { identity } = await establish(createMemoryStore(), config, describe, asGiven);
  return identity.memberId;
}

test('a first member starts empty when no member responds, or none has seen it run', async () => {
  const config = configOf('m3');
  expect(await begins(config, silence)).toBe(m3);
  const others = clusterWith(['m1', 'm2']);
  expect(await begins(config, answering({ [urlOf('m1')]: others }))).toBe(m3);
  expect(await begins(config, answering({ [urlOf('m1')]: others, [urlOf('m2')]: others }))).toBe(
    m3,
  );
});

test('a first member that was at work before does not start with nothing, if one other knows', async () => {
  const behind = clusterWith(['m1']);
  const knows = clusterWith(['m1', 'm2', 'm3']);
  for (const answers of [
    { [urlOf('m1')]: knows },
    { [urlOf('m1')]: behind, [urlOf('m2')]: knows },
  ]) {
    await expect(begins(configOf('m3'), answering(answers))).rejects.toMatchObject({
      code: 'invalid-request',
      message:
        `member ${m3} has been part of the cluster before, and its data directory (/data/m3) is empty; ` +
        `give the right --data-dir, or, if the data is lost, run "rollcall member remove ${m3}" and ` +
        '"rollcall member add" with a member that works, and start this one with --initial-cluster-state existing',
    });
  }
});

test('a first member that was removed does not start with nothing', async () => {
  const without = clusterWith(['m1', 'm2'], (members) => members.filter(({ id }) => id !== m3));
  const begun = begins(configOf('m3'), answering({ [urlOf('m2')]: without }));
  await expect(begun).rejects.toThrow(`member ${m3} was removed from the cluster`);
});

/** A cluster of members with these URLs whose ids do not follow from the configuration. */
function olderClusterWith(published: readonly string[], urls = urlOf): ClusterDescription {
  const members = ['m1', 'm2', 'm3'].map((name, at): Member => {
    const hasRun = published.includes(name);
    return {
      id: `a${at}`,
      name: hasRun ? name : '',
      peerUrls: [urls(name)],
      clientUrls: hasRun ? [`http://${name}:2379`] : [],
      isLearner: false,
    };
  });
  return { clusterId: 'abc', members };
}

test('a first member that was at work in a cluster whose ids were made otherwise does not start with nothing', async () => {
  const knows = olderClusterWith(['m1', 'm2', 'm3']);
  await expect(begins(configOf('m3'), answering({ [urlOf('m2')]: knows }))).rejects.toThrow(
    'member a2 has been part of the cluster before, and its data directory (/data/m3) is empty',
  );
});

test('a first member that a cluster with other ids waits for is refused: it would begin another cluster', async () => {
  const waits = olderClusterWith(['m1', 'm2']);
  await expect(begins(configOf('m3'), answering({ [urlOf('m1')]: waits }))).rejects.toThrow(
    `the members of --initial-cluster that run belong to cluster abc, which waits for this one as its member a2`,
  );
});

test('members of a foreign cluster do not prevent a start', async () => {
  const others = olderClusterWith(['m1', 'm2', 'm3'], (name) => `http://other-${name}:2380`);
  expect(await begins(configOf('m3'), answering({ [urlOf('m1')]: others }))).toBe(m3);
});

test('a first member asks all others at once, and briefly', async () => {
  const asked: unknown[] = [];
  const begun = begins(configOf('m3'), (url, timeoutMs) => {
    asked.push([url, timeoutMs]);
    return new Promise((_resolve, reject) => {
      if (asked.length === 2) reject(new Error('too late'));
      else queueMicrotask(() => reject(new Error('too late')));
    });
  });
  expect(await begun).toBe(m3);
  expect(asked).toEqual([
    [urlOf('m1'), 1000],
    [urlOf('m2'), 1000],
  ]);
});

test('a member with data sends no requests to others', async () => {
  const store = createMemoryStore();
  await establish(store, configOf('m3'), silence, asGiven);
  const knows = clusterWith(['m1', 'm2', 'm3']);
  const { identity } = await establish(
    store,
    configOf('m3'),
    answering({ [urlOf('m1')]: knows }),
    asGiven,
  );
  expect(identity.memberId).toBe(m3);
});

const joining = configOf('m4', {
  initialClusterState: 'existing',
  initialCluster: ['m1', 'm2', 'm4'].map((name) => ({ name, peerUrl: urlOf(name) })),
});

function added(id: string, name: string): Member {
  return { id, name, peerUrls: [urlOf('m4')], clientUrls: [], isLearner: false };
}

test('a member joins by the member list that contains it, not by the list of a member that lags', async () => {
  const former = clusterWith(['m1', 'm2'], (members) => [...members, added('f00', 'm4')]);
  const newest = clusterWith(['m1', 'm2'], (members) => [...members, added('b00', '')]);
  const before = clusterWith(['m1', 'm2']);
  for (const behind of [former, before]) {
    const answers = { [urlOf('m1')]: behind, [urlOf('m2')]: newest };
    expect(await begins(joining, answering(answers))).toBe('b00');
  }
});

test('a member that joined and has lost its data does not join again as the same', async () => {
  const knows = clusterWith(['m1', 'm2'], (members) => [...members, added('f00', 'm4')]);
  const begun = begins(joining, answering({ [urlOf('m1')]: knows }));
  await expect(begun).rejects.toThrow('member f00 has been part of the cluster before');
});

test('a failed join says whether no member responded, or none knows this one', async () => {
  await expect(begins(joining, silence)).rejects.toThrow(
    `no member of the cluster to join answers (${urlOf('m1')}: no answer; ${urlOf('m2')}: no answer)`,
  );
  const others = answering({ [urlOf('m1')]: clusterWith(['m1', 'm2']) });
  await expect(begins(joining, others)).rejects.toMatchObject({
    code: 'member-not-found',
    message: `the cluster does not know ${urlOf('m4')}; run "rollcall member add" first`,
  });
});
