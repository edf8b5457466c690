import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { eventually } from '../cluster/processes.ts';
import { failureOf } from './raw.ts';
import type { MemberMessage, Reply } from './raw.ts';
import { onEachTarget } from './targets.ts';
import type { Subject } from './targets.ts';

const invalidUrls = {
  code: 'INVALID_ARGUMENT',
  details: 'etcdserver: given member URLs are invalid',
};
const memberNotFound = { code: 'NOT_FOUND', details: 'etcdserver: member not found' };
const notEnoughStarted = {
  code: 'UNKNOWN',
  details: 'etcdserver: re-configuration failed due to not enough started members',
};
const unhealthy = { code: 'UNAVAILABLE', details: 'etcdserver: unhealthy cluster' };

/** Changes are refused until the members have been connected for a while. */
function changed({ raw }: Subject, method: string, request: object): Promise<Reply> {
  return eventually('a healthy cluster', async () => {
    try {
      return await raw.ask(method, request);
    } catch (error) {
      expect(failureOf(error)).toEqual(unhealthy);
      return undefined;
    }
  });
}

/** The first eight bytes of the SHA-1 sum, as a decimal number. */
function sumOf(bytes: string | Uint8Array): string {
  return createHash('sha1').update(bytes).digest().readBigUInt64BE().toString();
}

/** Calls with one answer that a learner refuses, whatever they ask. */
const votersOnly: readonly string[] = [
  ...['Txn', 'DeleteRange', 'Compact'].map((name) => `KV.${name}`),
  ...['LeaseGrant', 'LeaseRevoke', 'LeaseTimeToLive', 'LeaseLeases'].map((name) => `Lease.${name}`),
  ...['MemberAdd', 'MemberRemove', 'MemberUpdate', 'MemberPromote'].map(
    (name) => `Cluster.${name}`,
  ),
  ...['Alarm', 'Defragment', 'Hash', 'HashKV', 'MoveLeader'].map((name) => `Maintenance.${name}`),
  ...['AuthStatus', 'AuthEnable', 'AuthDisable', 'Authenticate'].map((name) => `Auth.${name}`),
  ...['UserList', 'UserGet', 'UserAdd', 'RoleList', 'RoleGet', 'RoleAdd'].map(
    (name) => `Auth.${name}`,
  ),
  'Lock.Lock',
  'Lock.Unlock',
  ...['Campaign', 'Proclaim', 'Leader', 'Resign'].map((name) => `Election.${name}`),
  'Health.Check',
];

onEachTarget('members', (subject) => {
  const list = async (): Promise<readonly MemberMessage[]> =>
    (await subject.raw.ask('Cluster.MemberList', { linearizable: true })).members;
  const idOf = async (name: string): Promise<string> =>
    (await list()).find((member) => member.name === name)!.ID;

  test('are listed by every member, without a revision', async () => {
    for (const member of subject.members) {
      for (const linearizable of [false, true]) {
        const reply = await subject.rawOf(member).ask('Cluster.MemberList', { linearizable });
        expect(reply.header?.revision).toBe('0');
        expect(Number(reply.header?.member_id)).toBeGreaterThan(0);
        const named = reply.members.toSorted((a, b) => a.name.localeCompare(b.name));
        expect(named).toMatchObject(
          subject.members.map(({ name, peerUrl, clientUrl }) => ({
            name,
            peerURLs: [peerUrl],
            clientURLs: [clientUrl],
            isLearner: false,
          })),
        );
      }
    }
  });

  const badUrls: readonly string[][] = [
    [],
    ['nonsense'],
    ['127.0.0.1:1234'],
    ['http://127.0.0.1'],
    ['http://127.0.0.1:1234/path'],
    ['ftp://127.0.0.1:1234'],
    ['http://127.0.0.1:1234', 'nonsense'],
  ];
  test.each(badUrls.map((urls) => [urls]))('are not added with the URLs %j', async (peerURLs) => {
    expect(await subject.raw.failure('Cluster.MemberAdd', { peerURLs })).toEqual(invalidUrls);
    // A real etcd updates a member to anything, and is lost: nobody reaches that member any more.
    if (!subject.isRollcall) return;
    const ID = await idOf('m1');
    const failure = await subject.raw.failure('Cluster.MemberUpdate', { ID, peerURLs });
    expect(failure).toEqual(invalidUrls);
  });

  test('that are not known can neither be removed, nor updated, nor promoted', async () => {
    const { raw } = subject;
    expect(await raw.failure('Cluster.MemberRemove', { ID: 4711 })).toEqual(memberNotFound);
    const update = { ID: 4711, peerURLs: ['http://127.0.0.1:1234'] };
    expect(await raw.failure('Cluster.MemberUpdate', update)).toEqual(memberNotFound);
    expect(await raw.failure('Cluster.MemberPromote', { ID: 4711 })).toEqual(memberNotFound);
  });

  test('that vote cannot be promoted', async () => {
    const failure = await subject.raw.failure('Cluster.MemberPromote', { ID: await idOf('m2') });
    expect(failure).toEqual({
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: can only promote a learner member',
    });
  });

  test('do not share peer URLs', async () => {
    const exists = {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: Peer URLs already exists',
    };
    const peerURLs = [subject.members[0]!.peerUrl];
    await eventually('the refusal', async () => {
      const failure = await subject.raw.failure('Cluster.MemberAdd', { peerURLs });
      if (failure.details === unhealthy.details) return undefined;
      expect(failure).toEqual(exists);
      return true;
    });
    const ID = await idOf('m2');
    expect(await subject.raw.failure('Cluster.MemberUpdate', { ID, peerURLs })).toEqual(exists);
  });

  test('have ids that are made of their peer URLs and the token, and the cluster one of theirs', async () => {
    const { header, members } = await subject.raw.ask('Cluster.MemberList');
    const first = members.filter(({ name }) => ['m1', 'm2', 'm3'].includes(name));
    expect(first.map(({ ID }) => ID)).toEqual(
      first.map(({ peerURLs }) => sumOf(`${peerURLs.join('')}etcd-cluster`)),
    );
    const ids = first.map(({ ID }) => BigInt(ID)).toSorted((a, b) => (a < b ? -1 : 1));
    const bytes = Buffer.alloc(8 * ids.length);
    for (const [at, id] of ids.entries()) bytes.writeBigUInt64BE(id, 8 * at);
    expect(header?.cluster_id).toBe(sumOf(bytes));
  });

  describe('that learn', () => {
    test('are added, one at a time, read, are promoted when they have caught up, and go', async () => {
      const { raw } = subject;
      await raw.put('before', 'the learner came');
      const learner = await subject.cluster.join('m4');
      const peerURLs = [learner.peerUrl];
      const added = await changed(subject, 'Cluster.MemberAdd', { peerURLs, isLearner: true });
      expect(added.header?.revision).toBe('0');
      expect(added.member).toMatchObject({
        name: '',
        peerURLs,
        clientURLs: [],
        isLearner: true,
      });
      expect(added.members).toHaveLength(4);
      const { ID } = added.member;
      const now = Math.floor(Date.now() / 1000);
      const seconds = Array.from({ length: 60 }, (_, ago) =>
        sumOf(`${peerURLs.join('')}${now - ago}`),
      );
      expect(seconds).toContain(ID);

      expect(await raw.failure('Cluster.MemberPromote', { ID })).toEqual({
        code: 'FAILED_PRECONDITION',
        details: 'etcdserver: can only promote a learner member which is in sync with leader',
      });
      const second = { peerURLs: ['http://127.0.0.1:1'], isLearner: true };
      const failure = await raw.failure('Cluster.MemberAdd', second);
      if (failure.details !== unhealthy.details) {
        expect(failure).toEqual({
          code: 'FAILED_PRECONDITION',
          details: 'etcdserver: too many learner members in cluster',
        });
      }

      learner.start(subject.cluster.joinFlags());
      const own = subject.rawOf(learner);
      await eventually('the learner reading', async () => {
        const { kvs } = await own.get('before', { serializable: true });
        return kvs.length > 0 ? true : undefined;
      });
      expect(await own.ask('Maintenance.Status')).toMatchObject({ isLearner: true });
      const refused = {
        code: subject.since('3.6') ? 'FAILED_PRECONDITION' : 'UNAVAILABLE',
        details: 'etcdserver: rpc not supported for learner',
      };
      expect(await own.failure('KV.Range', { key: 'before' })).toEqual(refused);
      expect(await own.failure('KV.Put', { key: 'before', value: '1' })).toEqual(refused);
      expect(await own.failure('Cluster.MemberList')).toEqual(refused);
      const watching = own.watching();
      expect(await watching.ended()).toEqual(refused);
      for (const method of votersOnly) {
        if (method === 'Auth.AuthStatus' && !subject.since('3.6')) continue;
        expect([method, await own.failure(method)]).toEqual([method, refused]);
      }
      for (const method of ['KV.RangeStream', 'Lease.LeaseKeepAlive', 'Election.Observe']) {
        if (method === 'KV.RangeStream' && !subject.since('3.7')) continue;
        const stream = method.startsWith('Lease') ? own.open(method) : own.listen(method);
        expect([method, await stream.ended()]).toEqual([method, refused]);
      }

      const promoted = await eventually('the learner being in sync', () =>
        raw.ask('Cluster.MemberPromote', { ID }),
      );
      expect(promoted.members.find((member) => member.ID === ID)).toMatchObject({
        isLearner: false,
        name: 'm4',
        clientURLs: [learner.clientUrl],
      });
      await eventually('the new member writing', () => own.put('after', 'it votes'));

      const removed = await changed(subject, 'Cluster.MemberRemove', { ID });
      expect(removed.members.map(({ name }) => name).toSorted()).toEqual(['m1', 'm2', 'm3']);
      await learner.kill();
    });
  });

  describe('that are not started', () => {
    test('have neither name nor client URLs, and not so many of them are added that most are not', async () => {
      const { raw } = subject;
      const peerURLs = ['http://127.0.0.1:2'];
      const { member } = await changed(subject, 'Cluster.MemberAdd', { peerURLs });
      expect(member).toMatchObject({ name: '', clientURLs: [], isLearner: false });
      const another = { peerURLs: ['http://127.0.0.1:3'] };
      if (subject.since('3.7')) {
        const { ID } = (await raw.ask('Cluster.MemberAdd', another)).member;
        const third = { peerURLs: ['http://127.0.0.1:5'] };
        expect(await raw.failure('Cluster.MemberAdd', third)).toEqual(notEnoughStarted);
        await raw.ask('Cluster.MemberRemove', { ID });
      } else {
        expect(await raw.failure('Cluster.MemberAdd', another)).toEqual(unhealthy);
      }

      const update = { ID: member.ID, peerURLs: ['http://127.0.0.1:4'] };
      const updated = await raw.ask('Cluster.MemberUpdate', update);
      expect(updated.members.find(({ ID }) => ID === member.ID)).toMatchObject({
        peerURLs: ['http://127.0.0.1:4'],
      });
      await raw.ask('Cluster.MemberRemove', { ID: member.ID });
      expect(await list()).toHaveLength(3);
      expect(await raw.failure('Cluster.MemberRemove', { ID: member.ID })).toEqual(memberNotFound);
    });
  });
});

onEachTarget(
  'a member alone',
  (subject) => {
    test('gets company by a learner, which is promoted', async () => {
      const { raw } = subject;
      const second = await subject.cluster.join('m2');
      const peerURLs = [second.peerUrl];
      const { member } = await raw.ask('Cluster.MemberAdd', { peerURLs, isLearner: true });
      second.start(subject.cluster.joinFlags());
      await eventually('the learner being in sync', () =>
        raw.ask('Cluster.MemberPromote', { ID: member.ID }),
      );
      const { members } = await raw.ask('Cluster.MemberList');
      expect(members.map(({ isLearner }) => isLearner)).toEqual([false, false]);
      await eventually('the new member writing', () => subject.rawOf(second).put('a', '1'));
      await changed(subject, 'Cluster.MemberRemove', { ID: member.ID });
      await second.kill();
      expect((await raw.get('a')).count).toBe('1');
    });

    test('is not removed while the one to come has not been started', async () => {
      const { raw } = subject;
      const { members } = await raw.ask('Cluster.MemberList');
      const ID = members[0]!.ID;
      const peerURLs = ['http://127.0.0.1:2'];
      await raw.ask('Cluster.MemberAdd', { peerURLs });
      expect(await raw.failure('Cluster.MemberRemove', { ID })).toEqual(notEnoughStarted);
    });
  },
  { size: 1 },
);
