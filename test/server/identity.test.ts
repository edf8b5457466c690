import { expect, test } from 'vitest';
import { addedMemberId, firstCluster } from '../../src/server/identity.ts';

test('the ids of the first members and of the cluster are those that etcd makes of the same flags', () => {
  // As `etcd member list` and the log of an etcd 3.7.3 show them.
  const initialCluster = [
    { name: 'm1', peerUrl: 'http://127.0.0.1:12380' },
    { name: 'm2', peerUrl: 'http://127.0.0.1:22380' },
    { name: 'm3', peerUrl: 'http://127.0.0.1:32380' },
  ];
  const { clusterId, idByName } = firstCluster({ initialCluster, initialClusterToken: 'tkn' });

  expect(Object.fromEntries(idByName)).toEqual({
    m1: '77f41cbd71028a3a',
    m2: 'e52329470e35c0c0',
    m3: '763c9e70aa15678a',
  });
  expect(clusterId).toBe('998d851d58177d55');
});

/** The id of a first member with these URLs. */
function idOf(...urls: string[]): string | undefined {
  return firstCluster({
    initialCluster: urls.map((peerUrl) => ({ name: 'm', peerUrl })),
    initialClusterToken: 't',
  }).idByName.get('m');
}

test('several URLs of a member are sorted first', () => {
  const one = 'http://a:2380';
  const other = 'http://b:2380';
  expect(idOf(one, other)).toBe(idOf(other, one));
  expect(idOf(one)).not.toBe(idOf(other));
});

test('a member that is added gets another id each second, and none that was given', () => {
  const urls = ['http://127.0.0.1:2380'];
  const free = addedMemberId(urls, 5999, () => false);

  expect(addedMemberId(urls, 5000, () => false)).toBe(free);
  expect(addedMemberId(urls, 5000, (id) => id === free)).toBe(
    addedMemberId(urls, 6000, () => false),
  );
});
