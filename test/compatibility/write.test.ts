import { describe, expect, test } from 'vitest';
import { endOf, revisionOf } from './raw.ts';
import { onEachTarget } from './targets.ts';

onEachTarget('writing keys', (subject) => {
  describe('headers', () => {
    test('say where and when an answer was given', async () => {
      const seen = await Promise.all(
        subject.members.map((member) => subject.rawOf(member).get('nothing')),
      );
      const headers = seen.map(({ header }) => header!);
      expect(new Set(headers.map(({ cluster_id }) => cluster_id)).size).toBe(1);
      expect(new Set(headers.map(({ member_id }) => member_id)).size).toBe(3);
      expect(new Set(headers.map(({ raft_term }) => raft_term)).size).toBe(1);
      for (const header of headers) {
        expect(Object.values(header).every((number) => BigInt(number) > 0n)).toBe(true);
      }
    });

    test('count a revision for each write that changed something', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const before = await raw.revision();
      expect(revisionOf(await raw.put(key, 'a'))).toBe(before + 1);
      expect(revisionOf(await raw.put(key, 'a'))).toBe(before + 2);
      expect(revisionOf(await raw.remove(`${key}nothing`))).toBe(before + 2);
      expect(revisionOf(await raw.remove(key))).toBe(before + 3);
      expect(revisionOf(await raw.remove(key))).toBe(before + 3);
      const read = { request_range: { key } };
      expect(revisionOf(await raw.ask('KV.Txn', { success: [read] }))).toBe(before + 3);
      expect(revisionOf(await raw.ask('KV.Txn'))).toBe(before + 3);
      const nothing = { request_delete_range: { key } };
      expect(revisionOf(await raw.ask('KV.Txn', { success: [nothing] }))).toBe(before + 3);
      const two = [
        { request_put: { key, value: '1' } },
        { request_put: { key: `${key}2`, value: '2' } },
      ];
      expect(revisionOf(await raw.ask('KV.Txn', { success: two }))).toBe(before + 4);
      expect(await raw.revision()).toBe(before + 4);
    });

    test('are the same through every member, whichever leads', async () => {
      for (const writer of subject.members) {
        const key = subject.freshKey();
        const revision = revisionOf(await subject.rawOf(writer).put(key, writer.name));
        for (const reader of subject.members) {
          const reply = await subject.rawOf(reader).get(key);
          expect(reply.kvs).toMatchObject([{ value: writer.name, mod_revision: `${revision}` }]);
        }
      }
    });
  });

  describe('a put', () => {
    test('keeps the create revision and counts versions, until the key is deleted', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const first = revisionOf(await raw.put(key, 'a'));
      await raw.put(key, 'b');
      expect((await raw.get(key)).kvs).toEqual([
        {
          key,
          value: 'b',
          create_revision: `${first}`,
          mod_revision: `${first + 1}`,
          version: '2',
          lease: '0',
        },
      ]);
      await raw.remove(key);
      await raw.put(key, '');
      expect((await raw.get(key)).kvs).toMatchObject([
        { value: '', create_revision: `${first + 3}`, version: '1' },
      ]);
    });

    test('returns the previous value, if requested', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      expect((await raw.put(key, 'a', { prev_kv: true })).prev_kv).toBeNull();
      expect((await raw.put(key, 'b')).prev_kv).toBeNull();
      expect((await raw.put(key, 'c', { prev_kv: true })).prev_kv).toMatchObject({
        key,
        value: 'b',
        version: '2',
      });
    });

    test('leaves the value, or the lease, as it is, if asked', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      const lease = await raw.grant();
      await raw.put(key, 'a', { lease });
      await raw.put(key, 'b', { ignore_lease: true });
      expect((await raw.get(key)).kvs).toMatchObject([{ value: 'b', lease, version: '2' }]);
      await raw.put(key, '', { ignore_value: true });
      expect((await raw.get(key)).kvs).toMatchObject([{ value: 'b', lease: '0', version: '3' }]);
      await raw.ask('Lease.LeaseRevoke', { ID: lease });
      expect((await raw.get(key)).count).toBe('1');
    });

    test('takes keys and values of any bytes', async () => {
      const key = Buffer.concat([Buffer.from(subject.freshKey()), Buffer.from([0, 255, 128, 10])]);
      const value = Buffer.from([0, 1, 254, 255]);
      const { client } = subject.members[0]!;
      await client.call('KV', 'Put', { key, value });
      const { kvs } = await client.call('KV', 'Range', { key });
      expect(kvs[0]?.key).toEqual(key);
      expect(kvs[0]?.value).toEqual(value);
    });

    const refused: readonly [request: object, code: string, details: string][] = [
      [{ value: 'a' }, 'INVALID_ARGUMENT', 'etcdserver: key is not provided'],
      [
        { key: 'a', value: 'a', ignore_value: true },
        'INVALID_ARGUMENT',
        'etcdserver: value is provided',
      ],
      [
        { key: 'a', lease: 7, ignore_lease: true },
        'INVALID_ARGUMENT',
        'etcdserver: lease is provided',
      ],
      [{ key: 'not-there', ignore_value: true }, 'INVALID_ARGUMENT', 'etcdserver: key not found'],
      [
        { key: 'not-there', value: 'a', ignore_lease: true },
        'INVALID_ARGUMENT',
        'etcdserver: key not found',
      ],
      [
        { key: 'a', value: 'a', lease: 123_456 },
        'NOT_FOUND',
        'etcdserver: requested lease not found',
      ],
      [
        { key: 'a', value: 'x'.repeat(1_572_864) },
        'INVALID_ARGUMENT',
        'etcdserver: request is too large',
      ],
    ];
    test.each(refused.map((row) => [JSON.stringify(row[0]).slice(0, 60), ...row] as const))(
      '%s is refused',
      async (_what, request, code, details) => {
        const before = await subject.raw.revision();
        expect(await subject.raw.failure('KV.Put', request)).toEqual({ code, details });
        expect(await subject.raw.revision()).toBe(before);
      },
    );

    test('of nearly the largest size is taken', async () => {
      const key = subject.freshKey();
      await subject.raw.put(key, 'x'.repeat(1_572_864 - 512));
      expect((await subject.raw.get(key)).kvs[0]?.value).toHaveLength(1_572_864 - 512);
      await subject.raw.remove(key);
    });
  });

  describe('a deletion', () => {
    test('counts and returns the deleted keys, in one revision', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      for (const name of ['a', 'b', 'c', 'd']) await raw.put(`${key}${name}`, name);
      const before = await raw.revision();
      const reply = await raw.remove(`${key}b`, { range_end: `${key}d`, prev_kv: true });
      expect(reply.deleted).toBe('2');
      expect(reply.prev_kvs.map(({ value }) => value)).toEqual(['b', 'c']);
      expect(revisionOf(reply)).toBe(before + 1);
      const rest = await raw.remove(key, { range_end: endOf(key) });
      expect(rest).toMatchObject({ deleted: '2', prev_kvs: [] });
      expect((await raw.list(key)).count).toBe('0');
    });

    test('goes to the end of all keys when told so', async () => {
      const { raw } = subject;
      const key = `zzz${subject.freshKey()}`;
      for (const name of ['a', 'b']) await raw.put(`${key}${name}`, name);
      expect((await raw.remove(key, { range_end: '\0' })).deleted).toBe('2');
    });

    test('without a key is refused', async () => {
      expect(await subject.raw.failure('KV.DeleteRange', {})).toEqual({
        code: 'INVALID_ARGUMENT',
        details: 'etcdserver: key is not provided',
      });
    });
  });

  describe('a compaction', () => {
    test('removes earlier revisions, and keeps versions that are current at it', async () => {
      const { raw } = subject;
      const key = subject.freshKey();
      await raw.put(`${key}old`, '1');
      const first = revisionOf(await raw.put(key, 'a'));
      await raw.put(key, 'b');
      await raw.remove(`${key}old`);
      const last = revisionOf(await raw.put(key, 'c'));
      const compacted = {
        code: 'OUT_OF_RANGE',
        details: 'etcdserver: mvcc: required revision has been compacted',
      };

      const reply = await raw.ask('KV.Compact', { revision: first + 1, physical: true });
      expect(revisionOf(reply)).toBe(last);
      expect(await raw.failure('KV.Range', { key, revision: first })).toEqual(compacted);
      const at = await raw.list(key, { revision: first + 1 });
      expect(at.kvs.map(({ value }) => value)).toEqual(['b', '1']);
      expect((await raw.list(key)).kvs.map(({ value }) => value)).toEqual(['c']);

      expect(await raw.failure('KV.Compact', { revision: first + 1 })).toEqual(compacted);
      expect(await raw.failure('KV.Compact', { revision: first })).toEqual(compacted);
      expect(await raw.failure('KV.Compact', { revision: 0 })).toEqual(compacted);
      expect(await raw.failure('KV.Compact', { revision: -1 })).toEqual(compacted);
      expect(await raw.failure('KV.Compact', { revision: last + 1 })).toEqual({
        code: 'OUT_OF_RANGE',
        details: 'etcdserver: mvcc: required revision is a future revision',
      });
      await raw.ask('KV.Compact', { revision: last });
      expect((await raw.list(key, { revision: last })).kvs).toMatchObject([{ value: 'c' }]);
    });
  });

  describe('bytes that are no request', () => {
    test('are refused, and the server continues', async () => {
      const failure = await subject.raw.bytes('/etcdserverpb.KV/Put', Buffer.from([0x0a, 0xff]));
      expect(failure?.code).toBe('INTERNAL');
      const cut = await subject.raw.bytes('/etcdserverpb.KV/Txn', Buffer.from([0x12, 0x05, 0x01]));
      expect(cut?.code).toBe('INTERNAL');
      expect(await subject.raw.revision()).toBeGreaterThan(0);
    });

    test('of an unknown field are passed over', async () => {
      const key = Buffer.from(subject.freshKey());
      const put = [0x0a, key.length, ...key, 0x12, 1, 0x61, 0xfa, 0x3e, 2, 1, 2];
      expect(await subject.raw.bytes('/etcdserverpb.KV/Put', Buffer.from(put))).toBeUndefined();
      expect((await subject.raw.get(key.toString())).kvs).toMatchObject([{ value: 'a' }]);
    });

    test('beyond the size of a message are refused before they are read', async () => {
      const key = Buffer.alloc(1_572_864 + (512 << 10) + 1, 1);
      expect(await subject.raw.bytes('/etcdserverpb.KV/Put', key)).toMatchObject({
        code: 'RESOURCE_EXHAUSTED',
        details: expect.stringMatching(/^grpc: received message larger than max \(\d+ vs\. \d+\)$/),
      });
    });

    const unknown: readonly [path: string, details: string][] = [
      ['/etcdserverpb.KV/Nonsense', 'unknown method Nonsense for service etcdserverpb.KV'],
      ['/nonsense.Service/Call', 'unknown service nonsense.Service'],
    ];
    test.each(unknown)('to %s are refused', async (path, details) => {
      const failure = { code: 'UNIMPLEMENTED', details };
      expect(await subject.raw.bytes(path, Buffer.alloc(0))).toEqual(failure);
    });
  });

  describe('metadata', () => {
    test('that insists on a leader does no harm where there is one', async () => {
      const metadata = { hasleader: 'true', 'client-api-version': '3.7.1' };
      const reply = await subject.raw.ask('KV.Range', { key: 'a' }, metadata);
      expect(revisionOf(reply)).toBeGreaterThan(0);
    });

    if (subject.since('3.7')) {
      test('with a token works without authentication', async () => {
        const reply = await subject.raw.ask('KV.Range', { key: 'a' }, { token: 'Bearer nonsense' });
        expect(revisionOf(reply)).toBeGreaterThan(0);
      });
    }
  });
});
