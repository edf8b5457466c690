import { expect, test } from 'vitest';
import { checkLinearizable } from './index.ts';
import type { Call, HistoryOperation, Outcome, StepResult } from './index.ts';

/** "0-10": sent and answered at these times. */
function operation(
  id: number,
  when: string,
  call: Call,
  outcome: Outcome | 'unknown',
): HistoryOperation {
  const [invokedAt = 0, returnedAt = 0] = when.split('-').map(Number);
  return { id, client: id, call, outcome, invokedAt, returnedAt };
}

const put = (id: number, when: string, value: string, revision?: number) =>
  operation(
    id,
    when,
    { kind: 'put', key: 'k', value },
    {
      ...(revision !== undefined && { revision }),
      results: [{ kind: 'put' }],
    },
  );

const lostPut = (id: number, when: string, value: string) =>
  operation(id, when, { kind: 'put', key: 'k', value }, 'unknown');

const get = (id: number, when: string, value: string | null, mod?: number, revision?: number) =>
  operation(
    id,
    when,
    { kind: 'get', key: 'k' },
    {
      ...(revision !== undefined && { revision }),
      results: [
        {
          kind: 'get',
          found: value === null ? null : { value, ...(mod !== undefined && { modRevision: mod }) },
        },
      ],
    },
  );

const del = (id: number, when: string, deleted: number, revision?: number) =>
  operation(
    id,
    when,
    { kind: 'delete', key: 'k' },
    {
      ...(revision !== undefined && { revision }),
      results: [{ kind: 'delete', deleted }],
    },
  );

function reasonOf(history: readonly HistoryOperation[]): string {
  const verdict = checkLinearizable(history);
  return verdict.ok === true ? 'accepted' : verdict.reason;
}

test('an empty history and one that is in order are accepted', () => {
  expect(checkLinearizable([])).toEqual({ ok: true });
  const history = [
    put(1, '0-1', 'a', 2),
    get(2, '2-3', 'a', 2, 2),
    del(3, '4-5', 1, 3),
    get(4, '6-7', null, 0, 3),
  ];
  expect(checkLinearizable(history)).toEqual({ ok: true });
});

test('calls under way together may have happened in either order', () => {
  const writes = [put(1, '0-10', 'a'), put(2, '0-10', 'b')];
  expect(checkLinearizable([...writes, get(3, '20-21', 'a')]).ok).toBe(true);
  expect(checkLinearizable([...writes, get(3, '20-21', 'b')]).ok).toBe(true);
  expect(checkLinearizable([...writes, get(3, '20-21', 'a'), get(4, '22-23', 'b')]).ok).toBe(false);
});

test('a read of a replaced value is refused, with or without revisions', () => {
  expect(reasonOf([put(1, '0-1', 'a'), put(2, '2-3', 'b'), get(3, '4-5', 'a')])).toContain(
    'it saw k as "a", and the key is "b"',
  );
  expect(
    reasonOf([put(1, '0-1', 'a', 2), put(2, '2-3', 'b', 3), get(3, '4-5', 'a', 2, 2)]),
  ).toContain('no order explains');
  expect(
    reasonOf([put(1, '0-1', 'a', 2), put(2, '2-3', 'b', 3), get(3, '4-5', 'a', 2, 3)]),
  ).toContain('it saw k as "a" mod 2, and the key is "b" mod 3');
});

test('two reads that see two writes in opposite orders are refused', () => {
  const history = [
    put(1, '0-10', 'a'),
    put(2, '0-10', 'b'),
    get(3, '11-12', 'a'),
    get(4, '13-14', 'b'),
    get(5, '15-16', 'a'),
  ];
  expect(checkLinearizable(history).ok).toBe(false);
});

test('an answered write that is lost is refused', () => {
  expect(reasonOf([put(1, '0-1', 'a', 2), get(2, '2-3', null, undefined, 2)])).toContain(
    'it saw k as absent, and the key is "a"',
  );
});

test('a write of unknown outcome may have happened, late or never', () => {
  const before = [put(1, '0-1', 'a'), lostPut(2, '2-3', 'b')];
  expect(checkLinearizable([...before, get(3, '4-5', 'a')]).ok).toBe(true);
  expect(checkLinearizable([...before, get(3, '4-5', 'b')]).ok).toBe(true);
  expect(checkLinearizable([...before, get(3, '4-5', 'a'), get(4, '6-7', 'b')]).ok).toBe(true);
  expect(checkLinearizable([...before, get(3, '4-5', 'b'), get(4, '6-7', 'a')]).ok).toBe(false);
});

test('a write of unknown outcome does not happen before it was sent', () => {
  expect(checkLinearizable([get(1, '0-1', 'b', 2, 2), lostPut(2, '2-3', 'b')]).ok).toBe(false);
  expect(checkLinearizable([get(1, '0-1', 'b'), lostPut(2, '2-3', 'b')]).ok).toBe(false);
});

test('a write of unknown outcome that happens twice is refused', () => {
  const history = [
    lostPut(1, '0-1', 'a'),
    get(2, '2-3', 'a', 2, 2),
    put(3, '4-5', 'b', 3),
    get(4, '6-7', 'a', 4, 4),
  ];
  expect(reasonOf(history)).toContain('was seen at revision 2 and at 4');
  const without = [
    lostPut(1, '0-1', 'a'),
    get(2, '2-3', 'a'),
    put(3, '4-5', 'b'),
    get(4, '6-7', 'a'),
  ];
  expect(checkLinearizable(without).ok).toBe(false);
});

test('an answered write that happens again later is refused', () => {
  const history = [put(1, '0-1', 'a', 2), put(2, '2-3', 'b', 3), get(3, '4-5', 'a', 4, 4)];
  expect(checkLinearizable(history).ok).toBe(false);
});

test('a value that was never written is refused', () => {
  expect(checkLinearizable([put(1, '0-1', 'a', 2), get(2, '2-3', 'x', 2, 2)]).ok).toBe(false);
});

test('a delete of unknown outcome explains an absent key', () => {
  const lost = operation(2, '2-3', { kind: 'delete', key: 'k' }, 'unknown');
  expect(checkLinearizable([put(1, '0-1', 'a', 2), lost, get(3, '4-5', null, 0, 3)]).ok).toBe(true);
  expect(checkLinearizable([put(1, '0-1', 'a', 2), lost, del(3, '4-5', 0, 3)]).ok).toBe(true);
  // The delete would have made revision 3.
  expect(checkLinearizable([put(1, '0-1', 'a', 2), lost, get(3, '4-5', null, 0, 2)]).ok).toBe(
    false,
  );
});

test('a delete that counts wrongly is refused', () => {
  expect(reasonOf([put(1, '0-1', 'a', 2), del(2, '2-3', 0, 2)])).toContain('it deleted 0');
  expect(reasonOf([del(1, '0-1', 1, 2)])).toContain('it deleted 1, and k is absent');
});

const both = (value: string): Call => ({
  kind: 'txn',
  compares: [],
  success: ['j', 'k'].map((key) => ({ kind: 'put', key, value })),
  failure: [],
});
const bothWritten: StepResult[] = [{ kind: 'put' }, { kind: 'put' }];
const readBoth: Call = {
  kind: 'txn',
  compares: [],
  success: ['j', 'k'].map((key) => ({ kind: 'get', key })),
  failure: [],
};
const seeBoth = (j: string, k: string, revision?: number): Outcome => ({
  ...(revision !== undefined && { revision }),
  succeeded: true,
  results: [j, k].map((value) => ({ kind: 'get', found: { value } })),
});

const written = (revision: number): Outcome => ({
  revision,
  succeeded: true,
  results: bothWritten,
});

const lateHistory = (seen: Outcome): HistoryOperation[] => [
  operation(1, '0-1', both('a'), written(2)),
  operation(2, '2-9', both('b'), written(3)),
  operation(3, '4-5', readBoth, seen),
];

test('a transaction that is seen half done is refused', () => {
  expect(checkLinearizable(lateHistory(seeBoth('a', 'a', 2))).ok).toBe(true);
  expect(checkLinearizable(lateHistory(seeBoth('b', 'b', 3))).ok).toBe(true);
  expect(checkLinearizable(lateHistory(seeBoth('b', 'a', 3))).ok).toBe(false);
  expect(checkLinearizable(lateHistory(seeBoth('b', 'a'))).ok).toBe(false);
});

const lostHistory = (seen: Outcome): HistoryOperation[] => [
  operation(1, '0-1', both('a'), { succeeded: true, results: bothWritten }),
  operation(2, '2-3', both('b'), 'unknown'),
  operation(3, '4-5', readBoth, seen),
];

test('a transaction of unknown outcome happens whole or not at all', () => {
  expect(checkLinearizable(lostHistory(seeBoth('a', 'a'))).ok).toBe(true);
  expect(checkLinearizable(lostHistory(seeBoth('b', 'b'))).ok).toBe(true);
  expect(checkLinearizable(lostHistory(seeBoth('b', 'a'))).ok).toBe(false);
});

const swap = (from: string, value: string): Call => ({
  kind: 'txn',
  compares: [{ key: 'k', target: 'value', result: 'equal', against: from }],
  success: [{ kind: 'put', key: 'k', value }],
  failure: [{ kind: 'get', key: 'k' }],
});
const swapped: Outcome = { succeeded: true, results: [{ kind: 'put' }] };

test('two compare-and-swaps from one value cannot both succeed', () => {
  const history = [
    put(1, '0-1', 'a'),
    operation(2, '2-9', swap('a', 'b'), swapped),
    operation(3, '2-9', swap('a', 'c'), swapped),
  ];
  expect(checkLinearizable(history).ok).toBe(false);
  const loser: Outcome = {
    succeeded: false,
    results: [{ kind: 'get', found: { value: 'b' } }],
  };
  expect(
    checkLinearizable([...history.slice(0, 2), operation(3, '2-9', swap('a', 'c'), loser)]).ok,
  ).toBe(true);
});

test('a chain of swaps of unknown outcome explains the value at its end', () => {
  const lost = ['ab', 'bc', 'cd'].map(([from = '', to = ''], at) =>
    operation(10 + at, '2-3', swap(from, to), 'unknown'),
  );
  expect(checkLinearizable([put(1, '0-1', 'a'), ...lost, get(2, '4-5', 'd')]).ok).toBe(true);
  expect(checkLinearizable([put(1, '0-1', 'a'), ...lost.slice(1), get(2, '4-5', 'd')]).ok).toBe(
    false,
  );
});

const compareMod = (against: number): Call => ({
  kind: 'txn',
  compares: [{ key: 'k', target: 'mod', result: 'equal', against }],
  success: [{ kind: 'put', key: 'k', value: 'c' }],
  failure: [],
});

const told = (succeeded: boolean): Outcome =>
  succeeded ? { ...swapped, revision: 9 } : { succeeded, revision: 9, results: [] };

test('a compare with an unknown revision is decided by the answer', () => {
  const history = [put(1, '0-1', 'a', 2), put(2, '2-3', 'b')];
  expect(checkLinearizable([...history, operation(3, '4-5', compareMod(5), told(true))]).ok).toBe(
    true,
  );
  expect(checkLinearizable([...history, operation(3, '4-5', compareMod(5), told(false))]).ok).toBe(
    true,
  );
  expect(checkLinearizable([...history, operation(3, '4-5', compareMod(2), told(true))]).ok).toBe(
    false,
  );
  expect(checkLinearizable([...history, operation(3, '4-5', compareMod(9), told(true))]).ok).toBe(
    false,
  );
});

const look = (version: number, createRevision: number) =>
  operation(
    9,
    '8-9',
    { kind: 'get', key: 'k' },
    {
      results: [{ kind: 'get', found: { value: 'b', version, createRevision } }],
    },
  );

test('versions and creation revisions are judged where they are told', () => {
  const writes = [
    put(1, '0-1', 'x', 2),
    del(2, '2-3', 1, 3),
    put(3, '4-5', 'a', 4),
    put(4, '6-7', 'b', 5),
  ];
  expect(checkLinearizable([...writes, look(2, 4)]).ok).toBe(true);
  expect(checkLinearizable([...writes, look(3, 4)]).ok).toBe(false);
  expect(checkLinearizable([...writes, look(2, 2)]).ok).toBe(false);
});

test('a compare that only asks whether a key is there counts no versions', () => {
  const ifThere: Call = {
    kind: 'txn',
    compares: [{ key: 'k', target: 'version', result: 'greater', against: 0 }],
    success: [{ kind: 'delete', key: 'k' }],
    failure: [],
  };
  const deleted: Outcome = { succeeded: true, results: [{ kind: 'delete', deleted: 1 }] };
  const nothing: Outcome = { succeeded: false, results: [] };
  const thrice = [put(1, '0-1', 'a'), put(2, '2-3', 'b'), put(3, '4-5', 'c')];
  expect(checkLinearizable([...thrice, operation(4, '6-7', ifThere, deleted)]).ok).toBe(true);
  expect(checkLinearizable([...thrice, operation(4, '6-7', ifThere, nothing)]).ok).toBe(false);
  expect(checkLinearizable([operation(4, '6-7', ifThere, nothing)]).ok).toBe(true);
  expect(checkLinearizable([operation(4, '6-7', ifThere, deleted)]).ok).toBe(false);
});

test('a version that only a write of unknown outcome explains is accepted', () => {
  const seen = operation(
    9,
    '8-9',
    { kind: 'get', key: 'k' },
    {
      results: [{ kind: 'get', found: { value: 'b', version: 3 } }],
    },
  );
  const writes = [put(1, '0-1', 'a', 2), put(4, '6-7', 'b', 5)];
  expect(checkLinearizable([...writes, seen]).ok).toBe(false);
  expect(checkLinearizable([...writes, lostPut(2, '2-3', 'lost'), seen]).ok).toBe(true);
});

const other = (id: number, when: string, revision: number) =>
  operation(
    id,
    when,
    { kind: 'put', key: 'other', value: `v${id}` },
    { revision, results: [{ kind: 'put' }] },
  );

test('revisions that go back, or that two writes share, are refused over all keys', () => {
  expect(reasonOf([put(1, '0-1', 'a', 5), other(2, '2-3', 4)])).toContain(
    'revision 5 had been answered',
  );
  expect(reasonOf([put(1, '0-9', 'a', 5), other(2, '2-3', 5)])).toContain(
    'two calls made revision 5',
  );
  expect(reasonOf([put(1, '0-9', 'a', 5), other(2, '2-3', 4)])).toBe('accepted');
  expect(reasonOf([put(1, '0-1', 'a', 5), get(2, '2-3', 'a', 6, 6)])).toContain(
    'no order explains',
  );
});

test('a serializable read is bound by the revision it shows, not by time', () => {
  const writes = [put(1, '10-11', 'a', 2), put(2, '12-13', 'b', 3)];
  expect(checkLinearizable([...writes, get(3, '0-21', 'a', 2, 2)]).ok).toBe(true);
  expect(checkLinearizable([...writes, get(3, '0-21', 'a', 2, 3)]).ok).toBe(false);
  expect(checkLinearizable([...writes, get(3, '0-5', 'a', 2, 2)]).ok).toBe(false);
});

test('a search that takes too long says that it does not know', () => {
  const history = Array.from({ length: 12 }, (_, id) => put(id, '0-100', `v${id % 3}`));
  const reads = Array.from({ length: 12 }, (_, id) => get(100 + id, '0-100', `v${id % 3}`));
  const verdict = checkLinearizable([...history, ...reads, get(200, '101-102', 'never')], {
    stepsMax: 1000,
  });
  expect(verdict.ok).toBe('undecided');
});

test('the reason names the calls of which one had to come next', () => {
  const verdict = checkLinearizable([put(1, '0-1', 'a', 2), get(2, '2-3', 'b', 2, 2)]);
  expect(verdict).toMatchObject({ ok: false, operations: [{ id: 2 }] });
  expect(verdict.ok === false && verdict.reason).toMatchInlineSnapshot(`
    "no order explains the answers; at the furthest point one of these had to come next:
      #2 client 2 [2, 3]: get k -> k is "b" mod 2, revision 2
        it saw k as "b" mod 2, and the key is "a" mod 2"
  `);
});
