import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { eventually } from '../cluster/processes.ts';
import type { MemberProcess } from '../cluster/processes.ts';
import { revisionOf } from './raw.ts';
import type { Raw } from './raw.ts';
import { onEachTarget } from './targets.ts';

const noSpace = {
  code: 'RESOURCE_EXHAUSTED',
  details: 'etcdserver: mvcc: database space exceeded',
};

/** All that a member gives as its snapshot. */
async function snapshotOf({
  client,
}: MemberProcess): Promise<{ bytes: Buffer; remaining: number[] }> {
  const blobs: Buffer[] = [];
  const remaining: number[] = [];
  const stream = client.listen('Maintenance', 'Snapshot', {});
  for await (const message of stream) {
    const { blob, remaining_bytes }: { blob: Buffer; remaining_bytes: string } = message;
    blobs.push(blob);
    remaining.push(Number(remaining_bytes));
  }
  return { bytes: Buffer.concat(blobs), remaining };
}

onEachTarget('maintenance', (subject) => {
  const rawOfLeader = async (): Promise<Raw> => subject.rawOf(await subject.cluster.leader());

  test('the status of a member describes it', async () => {
    await subject.raw.put(subject.freshKey(), 'something');
    const leader = await subject.cluster.leader();
    const leaderId = (await subject.rawOf(leader).ask('Maintenance.Status')).header?.member_id;
    for (const member of subject.members) {
      await subject.rawOf(member).revision();
      const status = await subject.rawOf(member).ask('Maintenance.Status');
      expect(status).toMatchObject({ leader: leaderId, isLearner: false, errors: [] });
      expect(status.version).toMatch(new RegExp(`^${subject.target.release}\\.\\d+$`));
      expect(status['raftTerm']).toBe(status.header?.raft_term);
      for (const field of ['dbSize', 'dbSizeInUse', 'raftIndex', 'raftAppliedIndex']) {
        expect(Number(status[field])).toBeGreaterThan(0);
      }
      if (subject.since('3.6')) {
        expect(status['dbSizeQuota']).toBe('2147483648');
        expect(status['downgradeInfo']).toMatchObject({ enabled: false });
        expect(status['storageVersion']).toBe(`${subject.target.release}.0`);
      }
    }
  });

  describe('hashes', () => {
    test('of the same keys are the same on every member', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      for (const value of ['a', 'b', 'c']) await raw.put(key, value);
      const revision = revisionOf(await raw.remove(key));
      const hashes = await Promise.all(
        subject.members.map(async (member) => {
          const other = subject.rawOf(member);
          await other.get(key);
          return other.ask('Maintenance.HashKV', { revision });
        }),
      );
      expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(1);
      if (subject.since('3.6')) {
        expect(hashes.map(({ hash_revision }) => hash_revision)).toEqual(
          hashes.map(() => `${revision}`),
        );
      }
      const [{ hash } = { hash: 0 }] = hashes;
      await raw.put(key, 'd');
      expect((await raw.ask('Maintenance.HashKV', { revision })).hash).toBe(hash);
      expect((await raw.ask('Maintenance.HashKV')).hash).not.toBe(hash);
      expect((await raw.ask('Maintenance.Hash')).hash).toBeGreaterThan(0);
    });

    test('of a revision stay the same when it is compacted', async () => {
      // Older releases remember no hashes.
      if (!subject.since('3.6')) return;
      const { raw } = subject;
      const key = subject.freshKey();
      for (const value of ['a', 'b', 'c']) await raw.put(key, value);
      const revision = revisionOf(await raw.remove(key));
      const { header: _header, ...before } = await raw.ask('Maintenance.HashKV', { revision });
      await raw.ask('KV.Compact', { revision, physical: true });
      await raw.put(key, 'd');
      expect(await raw.ask('Maintenance.HashKV', { revision })).toMatchObject(before);
      expect((await raw.ask('Maintenance.HashKV'))['compact_revision']).toBe(`${revision}`);
    });

    test('of revisions that are gone, or to come, are refused', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const first = revisionOf(await raw.put(key, 'a'));
      await raw.put(key, 'b');
      await raw.ask('KV.Compact', { revision: first + 1, physical: true });
      const { compact_revision } = await raw.ask('Maintenance.HashKV');
      expect(compact_revision).toBe(`${first + 1}`);
      expect(await raw.failure('Maintenance.HashKV', { revision: first })).toEqual({
        code: 'OUT_OF_RANGE',
        details: 'etcdserver: mvcc: required revision has been compacted',
      });
      expect(await raw.failure('Maintenance.HashKV', { revision: first + 1000 })).toEqual({
        code: 'OUT_OF_RANGE',
        details: 'etcdserver: mvcc: required revision is a future revision',
      });
    });
  });

  test('a snapshot is whole pages and their SHA-256, and counts the remaining bytes down', async () => {
    await subject.raw.put(subject.freshKey(), 'x'.repeat(100_000));
    for (const member of subject.members) {
      const { bytes, remaining } = await snapshotOf(member);
      expect(bytes.length % 512).toBe(32);
      const sum = createHash('sha256').update(bytes.subarray(0, -32)).digest();
      expect(bytes.subarray(-32)).toEqual(sum);
      expect(remaining.length).toBeGreaterThan(1);
      expect(remaining).toEqual(remaining.toSorted((a, b) => b - a));
      expect(remaining.at(-1)).toBe(0);
    }
  });

  test('a snapshot comes in pieces of 32 KiB without a header, the sum by itself', async () => {
    await subject.raw.put(subject.freshKey(), 'x'.repeat(100_000));
    const stream = subject.members[0]!.client.listen('Maintenance', 'Snapshot', {});
    const pieces: Readonly<Record<string, unknown>>[] = [];
    for await (const piece of stream) pieces.push(piece);
    expect(new Set(pieces.map(({ header }) => header))).toEqual(new Set([null]));
    const lengths = pieces.map(({ blob }) => (Buffer.isBuffer(blob) ? blob.length : -1));
    expect(new Set(lengths.slice(0, -2))).toEqual(new Set([32 << 10]));
    expect(lengths.at(-2)).toBeGreaterThan(0);
    expect(lengths.at(-1)).toBe(32);
    if (!subject.since('3.6')) return;
    const storage = `${subject.target.release}.0`;
    expect(new Set(pieces.map(({ version }) => version))).toEqual(new Set([storage]));
  });

  test('defragmenting is answered without a header', async () => {
    expect((await subject.raw.ask('Maintenance.Defragment')).header).toBeNull();
  });

  describe('leadership', () => {
    test('moves to the member that is named', async () => {
      const leader = await subject.cluster.leader();
      const [target] = subject.cluster.others(leader);
      const targetID = (await subject.rawOf(target!).ask('Maintenance.Status')).header?.member_id;
      const reply = await subject.rawOf(leader).ask('Maintenance.MoveLeader', { targetID });
      expect(reply.header).toBeNull();
      await eventually('every member seeing the new leader', async () => {
        const seen = await Promise.all(
          subject.members.map((member) => subject.rawOf(member).ask('Maintenance.Status')),
        );
        return seen.every((status) => isDeepStrictEqual(status.leader, targetID))
          ? true
          : undefined;
      });
      await subject.raw.put(subject.freshKey(), 'still written');
    });

    test('is moved by the leader only, and only to a member', async () => {
      const leader = await subject.cluster.leader();
      const [other] = subject.cluster.others(leader);
      const targetID = (await subject.rawOf(leader).ask('Maintenance.Status')).header?.member_id;
      expect(await subject.rawOf(other!).failure('Maintenance.MoveLeader', { targetID })).toEqual({
        code: 'FAILED_PRECONDITION',
        details: 'etcdserver: not leader',
      });
      const bad = await subject.rawOf(leader).failure('Maintenance.MoveLeader', { targetID: 4711 });
      expect(bad).toEqual({
        code: 'FAILED_PRECONDITION',
        details: 'etcdserver: bad leader transferee',
      });
    });
  });

  describe('alarms', () => {
    test('are raised, listed on every member, and disarmed', async () => {
      const { raw } = subject;
      const memberID = (await raw.ask('Maintenance.Status')).header!.member_id;
      expect((await raw.ask('Maintenance.Alarm', { action: 'GET' })).alarms).toEqual([]);
      const alarm = { memberID, alarm: 'NOSPACE' };
      const raised = await raw.ask('Maintenance.Alarm', { action: 'ACTIVATE', ...alarm });
      expect(raised.alarms).toEqual([alarm]);
      for (const member of subject.members) {
        const other = subject.rawOf(member);
        expect((await other.ask('Maintenance.Alarm', { action: 'GET' })).alarms).toEqual([alarm]);
        // How many spaces there are differs from build to build of etcd.
        expect((await other.ask('Maintenance.Status'))['errors']).toEqual([
          expect.stringMatching(new RegExp(`^memberID:${memberID} +alarm:NOSPACE ?$`)),
        ]);
      }
      const disarmed = await raw.ask('Maintenance.Alarm', { action: 'DEACTIVATE', ...alarm });
      expect(disarmed.alarms).toEqual([alarm]);
      expect((await raw.ask('Maintenance.Alarm', { action: 'GET' })).alarms).toEqual([]);
      const again = await raw.ask('Maintenance.Alarm', { action: 'DEACTIVATE', ...alarm });
      expect(again.alarms).toEqual([]);
    });

    test('of member 0 are of no other member, and GET lists all of them', async () => {
      const { raw } = subject;
      const memberID = (await raw.ask('Maintenance.Status')).header!.member_id;
      const ask = async (action: string, member: string): Promise<unknown> =>
        (await raw.ask('Maintenance.Alarm', { action, memberID: member, alarm: 'NOSPACE' })).alarms;
      const [ofNobody, own] = ['0', memberID].map((id) => ({ memberID: id, alarm: 'NOSPACE' }));

      expect(await ask('ACTIVATE', '0')).toEqual([ofNobody]);
      expect(await ask('ACTIVATE', memberID)).toEqual([own]);
      for (const member of ['0', memberID, '5']) {
        expect(await ask('GET', member)).toEqual(expect.arrayContaining([ofNobody, own]));
      }
      expect(await ask('DEACTIVATE', '0')).toEqual([ofNobody]);
      expect(await ask('GET', '0')).toEqual([own]);
      expect(await ask('DEACTIVATE', '0')).toEqual([]);
      expect(await ask('DEACTIVATE', memberID)).toEqual([own]);
    });

    test('of space refuse growth, on every member, and nothing else', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const lease = await raw.grant();
      await raw.put(key, '1');
      const memberID = (await raw.ask('Maintenance.Status')).header!.member_id;
      await raw.ask('Maintenance.Alarm', { action: 'ACTIVATE', memberID, alarm: 'NOSPACE' });
      const grow = [{ request_put: { key, value: '2' } }];
      const shrink = [{ request_delete_range: { key: `${key}x` } }];
      for (const member of subject.members) {
        const other = subject.rawOf(member);
        expect(await other.failure('KV.Put', { key, value: '2' })).toEqual(noSpace);
        expect(await other.failure('KV.Txn', { success: grow })).toEqual(noSpace);
        expect(await other.failure('Lease.LeaseGrant', { TTL: 60 })).toEqual(noSpace);
        expect((await other.get(key)).kvs).toMatchObject([{ value: '1' }]);
        await other.ask('KV.Txn', { success: shrink });
      }
      await raw.ask('Lease.LeaseRevoke', { ID: lease });
      const revision = revisionOf(await raw.remove(key));
      await raw.ask('KV.Compact', { revision });
      await raw.ask('Maintenance.Alarm', { action: 'DEACTIVATE', memberID, alarm: 'NOSPACE' });
      await raw.put(key, '3');
    });

    test('of damage refuse everything that needs the keys', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const memberID = (await raw.ask('Maintenance.Status')).header!.member_id;
      await raw.ask('Maintenance.Alarm', { action: 'ACTIVATE', memberID, alarm: 'CORRUPT' });
      const corrupt = { code: 'DATA_LOSS', details: 'etcdserver: corrupt cluster' };
      expect(await raw.failure('KV.Put', { key, value: '1' })).toEqual(corrupt);
      expect(await raw.failure('KV.DeleteRange', { key })).toEqual(corrupt);
      expect(await raw.failure('Lease.LeaseGrant', { TTL: 60 })).toEqual(corrupt);
      await raw.ask('Maintenance.Alarm', { action: 'DEACTIVATE', memberID, alarm: 'CORRUPT' });
      await raw.put(key, '1');
    });
  });

  if (subject.since('3.7')) {
    describe('a downgrade', () => {
      test('is said to be possible by one minor release', async () => {
        const raw = await rawOfLeader();
        const reply = await eventually('the cluster agreeing on a version', () =>
          raw.ask('Maintenance.Downgrade', { action: 'VALIDATE', version: '3.6.0' }),
        );
        expect(reply.version).toBe('3.7');
        // Nothing is under way, which is no error.
        const canceled = await raw.ask('Maintenance.Downgrade', { action: 'CANCEL' });
        expect(canceled.version).toBe('3.7');
      });

      const refused: readonly [request: object, code: string, details: string][] = [
        [
          { action: 'VALIDATE', version: '3.5.0' },
          'INVALID_ARGUMENT',
          'etcdserver: invalid downgrade target version',
        ],
        [
          { action: 'VALIDATE', version: '3.7.0' },
          'INVALID_ARGUMENT',
          'etcdserver: invalid downgrade target version',
        ],
        [
          { action: 'VALIDATE', version: 'nonsense' },
          'INVALID_ARGUMENT',
          'etcdserver: wrong downgrade target version format',
        ],
        [
          { action: 'VALIDATE', version: '' },
          'INVALID_ARGUMENT',
          'etcdserver: wrong downgrade target version format',
        ],
      ];
      test.each(refused)('of %j is refused', async (request, code, details) => {
        const raw = await rawOfLeader();
        expect(await raw.failure('Maintenance.Downgrade', request)).toEqual({ code, details });
      });
    });
  }
});

onEachTarget(
  'a quota',
  (subject) => {
    test('raises an alarm when it is reached, and space comes back after a compaction', async () => {
      const { raw } = subject;
      const value = 'x'.repeat(256_000);
      const key = subject.freshKey();
      let failure = {};
      for (let at = 0; at < 64 && !('code' in failure); at++) {
        failure = await raw.put(`${key}${at}`, value).then(
          () => ({}),
          (error: { code: number; details: string }) => error,
        );
      }
      expect(failure).toMatchObject({ code: 8, details: noSpace.details });
      const status = await raw.ask('Maintenance.Status');
      const memberID = status.header!.member_id;
      await eventually('the alarm', async () => {
        const { alarms } = await raw.ask('Maintenance.Alarm', { action: 'GET' });
        return alarms.length > 0 ? alarms : undefined;
      }).then((alarms) => expect(alarms).toEqual([{ memberID, alarm: 'NOSPACE' }]));
      expect(await raw.failure('KV.Put', { key, value: 'small' })).toEqual(noSpace);
      const revision = revisionOf(await raw.remove(key, { range_end: '\0' }));
      await raw.ask('KV.Compact', { revision, physical: true });
      await raw.ask('Maintenance.Defragment');
      await raw.ask('Maintenance.Alarm', { action: 'DEACTIVATE', memberID, alarm: 'NOSPACE' });
      await raw.put(key, 'small');
    });
  },
  { size: 1, flags: () => ['--quota-backend-bytes', '2000000'] },
);
