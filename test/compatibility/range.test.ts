import { describe, expect, test } from 'vitest';
import { endOf, revisionOf } from './raw.ts';
import type { Reply } from './raw.ts';
import { onEachTarget } from './targets.ts';

const keysOf = ({ kvs }: Reply): string[] => kvs.map(({ key }) => key.slice(key.indexOf('/') + 1));

onEachTarget('reading keys', (subject) => {
  /** Five keys: written in the order d, b, a, c, e; b twice more, c once more. */
  async function written(): Promise<{ key: string; base: number }> {
    const key = subject.freshKey();
    const base = revisionOf(await subject.raw.put(`${key}d`, '2'));
    for (const [name, value] of [
      ['b', '9'],
      ['a', '5'],
      ['c', '1'],
      ['e', '3'],
      ['b', '8'],
      ['b', '7'],
      ['c', '4'],
    ] as const) {
      await subject.raw.put(`${key}${name}`, value);
    }
    return { key, base };
  }

  describe('a range', () => {
    const orders: readonly [what: string, options: object, keys: string[]][] = [
      ['by key, unless told otherwise', {}, ['a', 'b', 'c', 'd', 'e']],
      ['by key downwards', { sort_order: 'DESCEND' }, ['e', 'd', 'c', 'b', 'a']],
      ['by create revision', { sort_target: 'CREATE' }, ['d', 'b', 'a', 'c', 'e']],
      [
        'by create revision downwards',
        { sort_target: 'CREATE', sort_order: 'DESCEND' },
        ['e', 'c', 'a', 'b', 'd'],
      ],
      ['by mod revision', { sort_target: 'MOD' }, ['d', 'a', 'e', 'b', 'c']],
      ['by value', { sort_target: 'VALUE' }, ['d', 'e', 'c', 'a', 'b']],
      [
        'by version, and equals by key',
        { sort_target: 'VERSION', sort_order: 'ASCEND' },
        ['a', 'd', 'e', 'c', 'b'],
      ],
      ['the first two', { limit: 2 }, ['a', 'b']],
      [
        'the first two after sorting',
        { limit: 2, sort_target: 'MOD', sort_order: 'DESCEND' },
        ['c', 'b'],
      ],
      ['all, when the limit is just their number', { limit: 5 }, ['a', 'b', 'c', 'd', 'e']],
    ];
    test('comes in the order that was asked for, and limits after sorting', async () => {
      const { key } = await written();
      for (const [what, options, keys] of orders) {
        const reply = await subject.raw.list(key, options);
        expect([what, keysOf(reply)]).toEqual([what, keys]);
        expect([what, reply.count, reply.more]).toEqual([what, '5', keys.length < 5]);
      }
    });

    test('is filtered by revisions, both ends included, and still counts all', async () => {
      const { key, base } = await written();
      const filters: readonly [options: object, keys: string[]][] = [
        [{ min_mod_revision: base + 4 }, ['b', 'c', 'e']],
        [{ max_mod_revision: base + 4 }, ['a', 'd', 'e']],
        [{ min_create_revision: base + 1, max_create_revision: base + 2 }, ['a', 'b']],
        [{ max_create_revision: base }, ['d']],
        [{ min_create_revision: base + 1, limit: 1, sort_target: 'CREATE' }, ['b']],
        [{ max_mod_revision: base + 4, limit: 2 }, ['a', 'd']],
        [{ min_mod_revision: base + 100 }, []],
      ];
      for (const [options, keys] of filters) {
        const reply = await subject.raw.list(key, options);
        expect([options, keysOf(reply), reply.count]).toEqual([options, keys, '5']);
      }
    });

    test('of many keys gives the few that a limit or a filter leaves', async () => {
      const key = subject.freshKey();
      let last = 0;
      for (let from = 1000; from < 2500; from += 100) {
        const success = Array.from({ length: 100 }, (_, at) => ({
          request_put: { key: `${key}${from + at}`, value: 'x'.repeat(500) },
        }));
        last = revisionOf(await subject.raw.ask('KV.Txn', { success }));
      }
      const some: readonly [options: object, first: string, count: number][] = [
        [{ limit: 3, sort_target: 'VERSION', sort_order: 'ASCEND' }, '1000', 3],
        [{ limit: 3, sort_order: 'DESCEND', keys_only: true }, '2499', 3],
        [{ limit: 3, sort_target: 'VALUE', sort_order: 'DESCEND' }, '1000', 3],
        [{ min_mod_revision: last }, '2400', 100],
        [{ min_mod_revision: last, limit: 5 }, '2400', 5],
      ];
      for (const [options, first, count] of some) {
        const reply = await subject.raw.list(key, options);
        const keys = keysOf(reply);
        expect([options, keys[0], keys.length]).toEqual([options, first, count]);
        expect([options, reply.count]).toEqual([options, '1500']);
        const inTxn = await subject.raw.ask('KV.Txn', {
          success: [
            { request_range: { key, range_end: endOf(key), ...options } },
            { request_range: { key, range_end: endOf(key), count_only: true } },
          ],
        });
        const inner: Reply | undefined = inTxn.responses[0]?.['response_range'];
        expect(inner && keysOf(inner)).toEqual(keys);
      }
    });

    test('shows the past, with the revision of now in the header', async () => {
      const { key, base } = await written();
      const then = await subject.raw.list(key, { revision: base + 1 });
      expect(keysOf(then)).toEqual(['b', 'd']);
      expect(then.count).toBe('2');
      expect(then.kvs[0]).toMatchObject({ value: '9', version: '1', mod_revision: `${base + 1}` });
      expect(revisionOf(then)).toBe(await subject.raw.revision());
      expect(keysOf(await subject.raw.list(key, { revision: base - 1 }))).toEqual([]);
    });

    test('takes a negative revision for the latest, and a negative limit for none', async () => {
      const { key } = await written();
      expect(keysOf(await subject.raw.list(key, { revision: -7 }))).toHaveLength(5);
      expect(keysOf(await subject.raw.list(key, { limit: -1 }))).toHaveLength(5);
    });

    test('gives keys without values, or only their number', async () => {
      const { key } = await written();
      const keys = await subject.raw.list(key, { keys_only: true });
      expect(keys.kvs.map(({ value }) => value)).toEqual(['', '', '', '', '']);
      expect(keys.kvs[1]).toMatchObject({ version: '3' });
      const byValue = await subject.raw.list(key, { keys_only: true, sort_target: 'VALUE' });
      expect(keysOf(byValue)).toEqual(['d', 'e', 'c', 'a', 'b']);
      expect(byValue.kvs[0]?.value).toBe('');
      const count = await subject.raw.list(key, { count_only: true, limit: 2 });
      expect(count).toMatchObject({ kvs: [], count: '5', more: false });
    });

    test('without values tells the leases, or not', async () => {
      const key = subject.freshKey();
      const lease = await subject.raw.grant();
      await subject.raw.put(key, '1', { lease });
      const { kvs } = await subject.raw.get(key, { keys_only: true });
      // The newest etcd answers from its index of keys, where leases are not. Rollcall has them at hand.
      const isTold = subject.isRollcall || !subject.since('3.7');
      expect(kvs).toMatchObject([{ key, value: '', lease: isTold ? lease : '0' }]);
    });

    test('ends at the end of its range', async () => {
      const { key } = await written();
      const ask = async (first: string, end: string): Promise<string[]> =>
        keysOf(await subject.raw.get(first, { range_end: end }));
      expect(await ask(`${key}b`, `${key}d`)).toEqual(['b', 'c']);
      // Older ones take an end that is there, but empty, for no end at all.
      if (subject.since('3.7')) expect(await ask(`${key}b`, '')).toEqual(['b']);
      expect(await ask(`${key}d`, `${key}b`)).toEqual([]);
      expect(await ask(`${key}b`, `${key}b`)).toEqual([]);
      const from = await subject.raw.get(`${key}d`, { range_end: '\0' });
      expect(keysOf(from).slice(0, 2)).toEqual(['d', 'e']);
      const all = await subject.raw.get('\0', { range_end: '\0', limit: 1 });
      expect(Number(all.count)).toBeGreaterThan(4);
      expect(all.more).toBe(true);
    });

    test('of one key that is not there is empty', async () => {
      expect(await subject.raw.get(subject.freshKey())).toMatchObject({ kvs: [], count: '0' });
    });

    test('reads from the member itself when serializable', async () => {
      const { key } = await written();
      const reply = await subject.raw.list(key, { serializable: true });
      expect(Number(reply.header?.member_id)).toBeGreaterThan(0);
    });
  });

  const refused: readonly [
    what: string,
    request: object,
    code: string,
    details: string,
    since?: string,
  ][] = [
    ['no key', { key: '' }, 'INVALID_ARGUMENT', 'etcdserver: key is not provided'],
    [
      'a revision of the future',
      { key: 'a', revision: 1_000_000 },
      'OUT_OF_RANGE',
      'etcdserver: mvcc: required revision is a future revision',
    ],
    [
      'an order that there is not',
      { key: 'a', sort_order: 9 },
      'INVALID_ARGUMENT',
      'etcdserver: invalid sort option',
      '3.5',
    ],
    [
      'a sort target that there is not',
      { key: 'a', sort_target: 9 },
      'INVALID_ARGUMENT',
      'etcdserver: invalid sort option',
      '3.5',
    ],
  ];
  for (const [what, request, code, details, since = '3.0'] of refused) {
    if (!subject.since(since)) continue;
    test(`a range with ${what} is refused`, async () => {
      expect(await subject.raw.failure('KV.Range', request)).toEqual({ code, details });
      const serializable = { ...request, serializable: true };
      expect(await subject.raw.failure('KV.Range', serializable)).toEqual({ code, details });
    });
  }

  async function streamed(request: object): Promise<{ pieces: Reply[]; end: object }> {
    const stream = subject.raw.listen('KV.RangeStream', request);
    const end = await stream.ended();
    const pieces = (await stream.all()).map(({ range_response }) => range_response);
    return { pieces, end };
  }

  if (subject.since('3.7')) {
    describe('a streamed range', () => {
      test('comes in pieces that do not overlap, and tells the rest with the last', async () => {
        const key = subject.freshKey();
        const success = Array.from({ length: 50 }, (_, at) => ({
          request_put: { key: `${key}${String(at).padStart(3, '0')}`, value: 'x' },
        }));
        await subject.raw.ask('KV.Txn', { success });
        const range = { key, range_end: endOf(key) };

        const { pieces, end } = await streamed(range);
        expect(end).toMatchObject({ code: 'OK' });
        const keys = pieces.flatMap(({ kvs }) => kvs.map((kv) => kv.key));
        expect(keys).toEqual(success.map(({ request_put }) => request_put.key));
        expect(pieces[0]?.kvs).toHaveLength(10);
        expect(pieces.slice(0, -1).map(({ header, count }) => [header, count])).toEqual(
          pieces.slice(0, -1).map(() => [null, '0']),
        );
        expect(pieces.at(-1)).toMatchObject({ count: '50', more: false });
        expect(Number(pieces.at(-1)?.header?.revision)).toBeGreaterThan(1);

        const limited = await streamed({ ...range, limit: 12 });
        expect(limited.pieces.flatMap(({ kvs }) => kvs)).toHaveLength(12);
        expect(limited.pieces.at(-1)).toMatchObject({ count: '50', more: true });

        const count = await streamed({ ...range, count_only: true });
        expect(count.pieces).toMatchObject([{ kvs: [], count: '50' }]);
        const none = await streamed({ key: `${key}nothing` });
        expect(none.pieces).toMatchObject([{ kvs: [], count: '0', more: false }]);
      });

      const unsupported: readonly [request: object, code: string, details: string][] = [
        [
          { sort_target: 'MOD', sort_order: 'DESCEND' },
          'UNIMPLEMENTED',
          'RangeStream does not support custom sort orders',
        ],
        [{ min_mod_revision: 1 }, 'UNIMPLEMENTED', 'RangeStream does not support revision filters'],
        [
          { revision: 1_000_000 },
          'OUT_OF_RANGE',
          'etcdserver: mvcc: required revision is a future revision',
        ],
        [{ key: '' }, 'INVALID_ARGUMENT', 'etcdserver: key is not provided'],
      ];
      test('is sorted by a target, without an order', async () => {
        const key = subject.freshKey();
        for (const name of ['b', 'c', 'a']) await subject.raw.put(key + name, name);
        const range = { key, range_end: endOf(key), sort_target: 'MOD' };

        const { pieces, end } = await streamed(range);
        expect(end).toMatchObject({ code: 'OK' });
        expect(pieces.flatMap(({ kvs }) => kvs.map((kv) => kv.value))).toEqual(['b', 'c', 'a']);
      });

      test('of keys only is sorted by their values, too', async () => {
        const key = subject.freshKey();
        for (const [name, value] of Object.entries({ a: '3', b: '1', c: '2' })) {
          await subject.raw.put(key + name, value);
        }
        const range = { key, range_end: endOf(key), keys_only: true, sort_target: 'VALUE' };

        const { pieces } = await streamed(range);
        expect(pieces.flatMap(({ kvs }) => kvs.map((kv) => kv.key + kv.value))).toEqual(
          ['b', 'c', 'a'].map((name) => key + name),
        );
      });

      test.each(unsupported)('refuses %j', async (options, code, details) => {
        const { end } = await streamed({ key: 'a', ...options });
        expect(end).toMatchObject({ code, details });
      });
    });
  }
});
