import { describe, expect, test } from 'vitest';
import { endOf, revisionOf } from './raw.ts';
import type { Reply } from './raw.ts';
import { onEachTarget } from './targets.ts';

const put = (key: string, value = 'x', more: object = {}): object => ({
  request_put: { key, value, ...more },
});
const get = (key: string, more: object = {}): object => ({ request_range: { key, ...more } });
const remove = (key: string, more: object = {}): object => ({
  request_delete_range: { key, ...more },
});
const nested = (txn: object): object => ({ request_txn: txn });

onEachTarget('transactions', (subject) => {
  const txn = (request: object): Promise<Reply> => subject.raw.ask('KV.Txn', request);

  /** Whether all these compares hold. */
  async function hold(...compare: readonly object[]): Promise<boolean> {
    return (await txn({ compare })).succeeded;
  }

  describe('compares', () => {
    test('look at every field of a key', async () => {
      const key = subject.freshKey();
      const lease = await subject.raw.grant();
      const created = revisionOf(await subject.raw.put(key, 'm'));
      await subject.raw.put(key, 'm', { lease });
      const fields: readonly [target: string, field: object, smaller: object, larger: object][] = [
        ['VERSION', { version: 2 }, { version: 1 }, { version: 3 }],
        [
          'CREATE',
          { create_revision: created },
          { create_revision: created - 1 },
          { create_revision: created + 1 },
        ],
        [
          'MOD',
          { mod_revision: created + 1 },
          { mod_revision: created },
          { mod_revision: created + 2 },
        ],
        ['VALUE', { value: 'm' }, { value: 'lz' }, { value: 'ma' }],
        ['LEASE', { lease }, { lease: 0 }, { lease: '9223372036854775807' }],
      ];
      for (const [target, equal, smaller, larger] of fields) {
        const is = (result: string, than: object): Promise<boolean> =>
          hold({ key, target, result, ...than });
        const seen = {
          equal: await is('EQUAL', equal),
          equalToSmaller: await is('EQUAL', smaller),
          notEqual: await is('NOT_EQUAL', smaller),
          notEqualToItself: await is('NOT_EQUAL', equal),
          greater: await is('GREATER', smaller),
          greaterThanItself: await is('GREATER', equal),
          less: await is('LESS', larger),
          lessThanItself: await is('LESS', equal),
        };
        expect([target, seen]).toEqual([
          target,
          {
            equal: true,
            equalToSmaller: false,
            notEqual: true,
            notEqualToItself: false,
            greater: true,
            greaterThanItself: false,
            less: true,
            lessThanItself: false,
          },
        ]);
      }
    });

    test('take a missing key for one of zeros, which has no value at all', async () => {
      const key = subject.freshKey();
      expect(await hold({ key, target: 'VERSION', version: 0 })).toBe(true);
      expect(await hold({ key, target: 'CREATE', create_revision: 0 })).toBe(true);
      expect(await hold({ key, target: 'MOD', result: 'LESS', mod_revision: 1 })).toBe(true);
      expect(await hold({ key, target: 'LEASE', lease: 0 })).toBe(true);
      expect(await hold({ key, target: 'VALUE', value: '' })).toBe(false);
      expect(await hold({ key, target: 'VALUE', result: 'NOT_EQUAL', value: 'a' })).toBe(false);
    });

    test('of a range hold if they do for every key of it', async () => {
      const key = subject.freshKey();
      for (const name of ['a', 'b', 'c']) await subject.raw.put(`${key}${name}`, 'same');
      const range = { key, range_end: endOf(key), target: 'VALUE' };
      expect(await hold({ ...range, value: 'same' })).toBe(true);
      await subject.raw.put(`${key}b`, 'other');
      expect(await hold({ ...range, value: 'same' })).toBe(false);
      expect(await hold({ ...range, result: 'NOT_EQUAL', value: 'nothing' })).toBe(true);
      const empty = { key: `${key}x`, range_end: `${key}z` };
      expect(await hold({ ...empty, target: 'VERSION', version: 0 })).toBe(true);
      expect(await hold({ ...empty, target: 'VERSION', result: 'GREATER', version: 0 })).toBe(
        false,
      );
      expect(await hold({ ...empty, target: 'VALUE', value: '' })).toBe(false);
    });

    test('have to hold all together, and no compare always holds', async () => {
      const key = subject.freshKey();
      const absent = { key, target: 'VERSION', version: 0 };
      const present = { key, target: 'VERSION', result: 'GREATER', version: 0 };
      expect(await hold()).toBe(true);
      expect(await hold(absent, absent)).toBe(true);
      expect(await hold(absent, present)).toBe(false);
    });
  });

  describe('operations', () => {
    test('run in order, see earlier operations, and share one revision', async () => {
      const key = subject.freshKey();
      const before = revisionOf(await subject.raw.put(key, 'old'));
      const reply = await txn({
        success: [get(key), put(key, 'new', { prev_kv: true }), get(key), put(`${key}2`, 'second')],
      });
      expect(reply.succeeded).toBe(true);
      expect(revisionOf(reply)).toBe(before + 1);
      const [old, written, fresh, second] = reply.responses;
      expect(old?.['response_range']?.kvs).toMatchObject([{ value: 'old' }]);
      expect(written?.['response_put']?.prev_kv).toMatchObject({ value: 'old' });
      expect(fresh?.['response_range']?.kvs).toMatchObject([
        { value: 'new', mod_revision: `${before + 1}`, version: '2' },
      ]);
      expect(second?.['response_put']).toBeDefined();
      const { kvs } = await subject.raw.list(key);
      expect(kvs.map(({ mod_revision }) => mod_revision)).toEqual([
        `${before + 1}`,
        `${before + 1}`,
      ]);
    });

    test('answer with a header that tells the revision', async () => {
      const key = subject.freshKey();
      const reply = await txn({ success: [put(key), get(key), remove(`${key}2`)] });
      const revision = `${revisionOf(reply)}`;
      const [one, two, three] = reply.responses;
      expect(two?.['response_range']?.header?.revision).toBe(revision);
      expect(one?.['response_put']?.header?.revision).toBe(revision);
      expect(three?.['response_delete_range']?.header?.revision).toBe(revision);
    });

    test('of the other branch run when a compare fails', async () => {
      const key = subject.freshKey();
      const compare = [{ key, target: 'CREATE', result: 'GREATER', create_revision: 0 }];
      const reply = await txn({ compare, success: [remove(key)], failure: [put(key, 'made')] });
      expect(reply.succeeded).toBe(false);
      expect((await subject.raw.get(key)).kvs).toMatchObject([{ value: 'made' }]);
      const again = await txn({ compare, success: [remove(key)], failure: [put(key, 'made')] });
      expect(again.succeeded).toBe(true);
      expect(again.responses[0]?.['response_delete_range']?.deleted).toBe('1');
    });

    test('may be transactions, whose compares all see the state before the first operation', async () => {
      const key = subject.freshKey();
      const absent = { key, target: 'VERSION', version: 0 };
      const reply = await txn({
        success: [
          put(key, 'outer'),
          nested({
            compare: [absent],
            success: [get(key), put(`${key}then`, '1')],
            failure: [put(`${key}else`, '1')],
          }),
        ],
      });
      const inner = reply.responses[1]?.['response_txn'];
      expect(inner?.succeeded).toBe(true);
      expect(inner?.responses[0]?.['response_range']?.kvs).toMatchObject([{ value: 'outer' }]);
      const { kvs } = await subject.raw.list(key);
      expect(kvs.map((kv) => [kv.key.slice(key.length), kv.mod_revision])).toEqual([
        ['', `${revisionOf(reply)}`],
        ['then', `${revisionOf(reply)}`],
      ]);
    });

    test('may delete before they put, but not the other way round', async () => {
      const key = subject.freshKey();
      await subject.raw.put(key, 'old');
      expect(
        await subject.raw.failure('KV.Txn', {
          success: [remove(key, { range_end: endOf(key) }), put(key)],
        }),
      ).toEqual({
        code: 'INVALID_ARGUMENT',
        details: 'etcdserver: duplicate key given in txn request',
      });
    });

    test('that only read do not need the leader when every range is serializable', async () => {
      const key = subject.freshKey();
      await subject.raw.put(key, 'a');
      const reply = await txn({ success: [get(key, { serializable: true })] });
      expect(reply.responses).toHaveLength(1);
    });
  });

  const tooMany = (count: number): object[] =>
    Array.from({ length: count }, (_, at) => put(`many/${at}`));
  const duplicate = {
    code: 'INVALID_ARGUMENT',
    details: 'etcdserver: duplicate key given in txn request',
  };
  const tooManyOperations = {
    code: 'INVALID_ARGUMENT',
    details: 'etcdserver: too many operations in txn request',
  };
  const refused: readonly [what: string, request: object, failure: object, since?: string][] = [
    ['the same key twice', { success: [put('a'), put('a')] }, duplicate],
    ['the same key twice in the other branch', { failure: [put('a'), put('a')] }, duplicate],
    [
      'a key that is deleted, too',
      { success: [put('b'), remove('a', { range_end: 'c' })] },
      duplicate,
    ],
    [
      'a key that is put in a nested transaction, too',
      { success: [put('a'), nested({ success: [put('a')] })] },
      duplicate,
    ],
    [
      'a key that is deleted in a nested transaction',
      { success: [put('a'), nested({ failure: [remove('a')] })] },
      duplicate,
    ],
    [
      'a nested key that is deleted outside',
      { success: [nested({ success: [put('a')] }), remove('a')] },
      duplicate,
    ],
    [
      'the same key in two nested transactions',
      { success: [nested({ success: [put('a')] }), nested({ success: [put('a')] })] },
      duplicate,
    ],
    ['129 operations', { success: tooMany(129) }, tooManyOperations],
    ['129 operations in the other branch', { failure: tooMany(129) }, tooManyOperations],
    [
      '129 compares',
      { compare: Array.from({ length: 129 }, () => ({ key: 'a', target: 'VERSION' })) },
      tooManyOperations,
    ],
    [
      '128 operations and a nested one',
      { success: [...tooMany(127), nested({ success: [put('x'), put('y')] })] },
      tooManyOperations,
    ],
    [
      'an operation that is none',
      { success: [{}] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: key not found' },
    ],
    [
      'a put without a key',
      { success: [put('')] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: key is not provided' },
    ],
    [
      'a range without a key',
      { success: [get('')] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: key is not provided' },
    ],
    [
      'a deletion without a key',
      { failure: [remove('')] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: key is not provided' },
    ],
    [
      'a compare without a key',
      { compare: [{ target: 'VERSION' }] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: key is not provided' },
    ],
    [
      'a value beside ignore_value',
      { success: [put('a', 'x', { ignore_value: true })] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: value is provided' },
    ],
    [
      'a lease beside ignore_lease',
      { success: [put('a', 'x', { ignore_lease: true, lease: 1 })] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: lease is provided' },
    ],
    [
      'an order that there is not',
      { success: [get('a', { sort_order: 9 })] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: invalid sort option' },
      '3.5',
    ],
    [
      'a lease that does not exist',
      { success: [put('not-written'), put('a', 'x', { lease: 4711 })] },
      { code: 'NOT_FOUND', details: 'etcdserver: requested lease not found' },
    ],
    [
      'ignore_value for a missing key',
      { success: [put('not-written'), put('not-there', '', { ignore_value: true })] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: key not found' },
    ],
    [
      'a range in the future',
      { success: [put('not-written'), get('a', { revision: 1_000_000 })] },
      {
        code: 'OUT_OF_RANGE',
        details: 'etcdserver: mvcc: required revision is a future revision',
      },
    ],
    [
      'more bytes than a request may have',
      { success: [put('a', 'x'.repeat(900_000)), put('b', 'x'.repeat(900_000))] },
      { code: 'INVALID_ARGUMENT', details: 'etcdserver: request is too large' },
    ],
  ];
  for (const [what, request, failure, since = '3.0'] of refused) {
    if (!subject.since(since)) continue;
    test(`a transaction with ${what} is refused, and nothing of it happens`, async () => {
      const before = await subject.raw.revision();
      expect(await subject.raw.failure('KV.Txn', request)).toEqual(failure);
      expect(await subject.raw.revision()).toBe(before);
      expect((await subject.raw.get('not-written')).count).toBe('0');
    });
  }

  const accepted: readonly [what: string, request: object][] = [
    ['128 operations', { success: tooMany(128) }],
    [
      'the same key in both branches of a nested transaction',
      { success: [nested({ success: [put('t1')], failure: [put('t1')] })] },
    ],
    ['the same key in both branches', { success: [put('t2')], failure: [put('t2')] }],
    ['overlapping deletions', { success: [remove('t3', { range_end: 't9' }), remove('t4')] }],
    ['nothing', {}],
  ];
  test.each(accepted)('a transaction with %s is taken', async (_what, request) => {
    expect((await txn(request)).succeeded).toBe(true);
  });
});
