import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unreachable } from '../../src/base/assert.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { keyOfText, rangeHolds, singleKey } from '../../src/base/key.ts';
import type { Key, KeyRange } from '../../src/base/key.ts';
import { Core, createOperations } from '../../src/operations/index.ts';
import type {
  Access,
  Authorize,
  CallerOperations,
  GatedOperations,
  MemberView,
  OperationResult,
  TxnRequest,
  WatchMessage,
} from '../../src/operations/index.ts';
import { checkGated } from '../../src/operations/gate.ts';
import { useOfTxn } from '../../src/state/index.ts';
import type { KeyUse } from '../../src/state/index.ts';
import { State, validateTxn } from '../../src/state/index.ts';
import { anonymous } from '../simulation/callers.ts';
import { keyCommand } from '../state/arbitraries.ts';
import { MemoryEngine } from '../state/memory-engine.ts';
import { del, get, grant, put } from '../state/requests.ts';
import { getOf, putOf, rangeOf, Stage } from './stage.ts';

type Name = keyof CallerOperations;
type RequestOf<N extends Name> = Parameters<CallerOperations[N]>[0];

const a = keyOfText('a');
const b = keyOfText('b');
const everyKey = { start: '\0', end: undefined };
const leaderKey = { name: keyOfText('e'), key: keyOfText('e/7'), createRevision: 2, lease: 7n };
const sink = { push: () => true, failed: () => {} };
const nested: TxnRequest = {
  compares: [{ range: singleKey(a), result: 'equal', against: { target: 'version', value: 0 } }],
  success: [
    {
      kind: 'txn',
      request: {
        compares: [],
        success: [put('b', 'v', { prevKv: true, lease: 9n })],
        failure: [get(singleKey('c')), del({ start: 'd', end: 'f' }, true)],
      },
    },
  ],
  failure: [put('g', 'v')],
};

/** A sound request of each operation, with the right that it needs. */
const samples: { readonly [N in Name]: readonly [RequestOf<N>, string | Partial<KeyUse>] } = {
  range: [getOf('a'), { reads: [singleKey(a)] }],
  rangeStream: [getOf('a'), { reads: [singleKey(a)] }],
  put: [putOf('a', 'v', 7n), { writes: [singleKey(a)], writtenLeases: [7n] }],
  deleteRange: [
    { range: singleKey(a), prevKv: true },
    { writes: [singleKey(a)], reads: [singleKey(a)] },
  ],
  txn: [
    { ...nested, serializable: false },
    {
      reads: [singleKey(a), singleKey(b), singleKey('c'), { start: 'd', end: 'f' }],
      writes: [singleKey(b), { start: 'd', end: 'f' }, singleKey('g')],
      writtenLeases: [9n],
    },
  ],
  compact: [{ revision: 1, physical: false }, 'root'],
  leaseGrant: [{ id: 7n, ttlSeconds: 60 }, 'login'],
  discover: [{ ranges: [singleKey('a')], consistency: 'default' }, 'known'],
  leaseRevoke: [7n, { writtenLeases: [7n] }],
  leaseKeepAlive: [7n, { writtenLeases: [7n] }],
  leaseTimeToLive: [{ id: 7n, keys: true }, { readLeases: [7n] }],
  leaseList: [{}, { readLeases: 'all' }],
  watch: [sink, 'none'],
  memberAdd: [{ peerUrls: ['http://new:2380'], isLearner: false }, 'root'],
  memberRemove: ['abc', 'root'],
  memberUpdate: [{ id: 'abc', peerUrls: ['http://new:2380'] }, 'root'],
  memberPromote: ['abc', 'root'],
  memberList: [{ linearizable: true }, 'login'],
  alarm: [{ action: 'activate', memberId: 'abc', type: 'no-space' }, 'root'],
  status: [{}, 'login'],
  defragment: [{}, 'root'],
  hash: [{}, 'root'],
  hashKv: [0, 'root'],
  backup: [{}, 'root'],
  moveLeader: ['abc', 'root'],
  downgrade: [{ action: 'cancel', version: '' }, 'root'],
  lock: [
    { name: 'l', lease: 7n },
    {
      reads: [{ start: 'l/', end: 'l0' }],
      writes: [singleKey('l/7')],
      writtenLeases: [7n],
    },
  ],
  unlock: ['l/7', { writes: [singleKey('l/7')] }],
  campaign: [
    { name: 'e', lease: 0n, value: Buffer.from('v') },
    { reads: [{ start: 'e/', end: 'e0' }], writes: [{ start: 'e/', end: 'e0' }] },
  ],
  proclaim: [
    { leader: leaderKey, value: Buffer.from('v') },
    { reads: [singleKey('e/7')], writes: [singleKey('e/7')], writtenLeases: [7n] },
  ],
  leader: ['e', { reads: [{ start: 'e/', end: 'e0' }] }],
  observe: ['e', { reads: [{ start: 'e/', end: 'e0' }] }],
  resign: [
    leaderKey,
    { reads: [singleKey('e/7')], writes: [singleKey('e/7')], writtenLeases: [7n] },
  ],
  authEnable: [{}, 'root'],
  authDisable: [{}, 'root'],
  authStatus: [{}, 'any'],
  authenticate: [{ name: 'ann', password: 'p' }, 'none'],
  userAdd: [{ name: 'ann', password: 'p', hasPassword: true }, 'root'],
  userGet: ['ann', 'user'],
  userList: [{}, 'root'],
  userDelete: ['ann', 'root'],
  userChangePassword: [{ name: 'ann', password: 'p' }, 'root'],
  userGrantRole: [{ name: 'ann', role: 'r' }, 'root'],
  userRevokeRole: [{ name: 'ann', role: 'r' }, 'root'],
  roleAdd: ['r', 'root'],
  roleGet: ['r', 'role'],
  roleList: [{}, 'root'],
  roleDelete: ['r', 'root'],
  roleGrantPermission: [{ name: 'r', permission: undefined }, 'root'],
  roleRevokePermission: [{ name: 'r', range: singleKey('a') }, 'root'],
  checkHealth: [{ linearizable: true }, 'none'],
};

/** APIs use these without a caller asking. An operation that is not behind the gate has to be one of them. */
const unguarded: readonly (keyof MemberView)[] = [
  'alarms',
  'anonymous',
  'clusterVersion',
  'endLockWaits',
  'hasLeader',
  'header',
  'identify',
  'inSlices',
  'isAuthOn',
  'isLeader',
  'isLearner',
  'leaderContactMs',
  'onLeaderless',
  'rightsOf',
  'turn',
  'whenIdentifiable',
];

function operationsWith(stage: Stage, authorize: Authorize): GatedOperations & MemberView {
  return createOperations(new Core({ ...stage.coreOf(stage.leader).options, authorize }));
}

/** A call of an operation by its name. */
function callOf(operations: object, name: string, request: unknown): () => unknown {
  const operation: unknown = Reflect.get(operations, name);
  if (typeof operation !== 'function') throw new Error(`there is no operation ${name}`);
  return () => Reflect.apply(operation, undefined, [request, anonymous]);
}

/** The outcome of a call, whether it answers once, over time, or opens a stream. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    const answer = await call();
    if (!isStream(answer)) return answer;
    for await (const each of answer) return each;
    return 'nothing';
  } catch (error) {
    return error;
  }
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

const names: readonly string[] = Object.keys(samples);

test('every operation has a row, and all functions without one are listed', async () => {
  const stage = await Stage.open();
  const operations = operationsWith(stage, () => undefined);
  const gated = Object.entries(operations).filter(([, one]) => 'needs' in one);
  expect(gated.map(([name]) => name).toSorted()).toEqual(names.toSorted());
  for (const [name, one] of gated) {
    expect(Reflect.get(one, 'operation')).toBe(name);
    for (const need of ['access', 'servedByLearner', 'leader', 'consistency', 'growthBytes']) {
      expect(Reflect.get(one, 'needs')).toHaveProperty(need);
    }
  }
  const others = Object.keys(operations).filter((name) => !names.includes(name));
  expect(others.toSorted()).toEqual(unguarded);
});

test('an operation that no gate has made is refused at creation, and so is one under another name', async () => {
  const stage = await Stage.open();
  const { range, put: putKey } = operationsWith(stage, () => undefined);
  checkGated({ range, put: putKey });
  const bare = (request: never, options: never) => range(request, options);
  expect(() => checkGated({ range: bare })).toThrow(/the operation range has no row of needs/);
  const disguised = Object.assign(bare, { operation: 'range', needs: range.needs });
  expect(() => checkGated({ range: disguised })).toThrow(/has no row of needs/);
  expect(() => checkGated({ put: range })).toThrow(/the operation put has no row of needs/);
});

describe.each(Object.entries(samples))('%s', (name, [request, right]) => {
  test('asks for the right that its request needs, once, and does nothing without it', async () => {
    const stage = await Stage.open();
    const asked: unknown[] = [];
    const denied = new RegistryError('permission-denied', 'planted');
    const operations = operationsWith(stage, (caller, access, operation) => {
      asked.push([caller, access, operation]);
      return denied;
    });
    const { lastIndex } = stage.leader.replica!;
    const call = callOf(operations, name, request);

    expect(await stage.settled(outcomeOf(call))).toBe(denied);

    expect(asked).toEqual([[anonymous.caller, accessOf(right, request), name]]);
    await stage.pass(1000);
    expect(stage.leader.replica!.lastIndex).toBe(lastIndex);
  });
});

function accessOf(right: string | Partial<KeyUse>, request: unknown): unknown {
  if (right === 'user' || right === 'role') return { kind: right, name: request };
  if (typeof right === 'string') return { kind: right };
  const unused: KeyUse = { reads: [], writes: [], readLeases: [], writtenLeases: [] };
  return { kind: 'keys', use: { ...unused, ...right } };
}

/** Allows reading and writing one key. */
function only(key: Key): Authorize {
  const holds = (range: KeyRange): boolean => range.start === key && range.end === `${key}\0`;
  return (_caller, access: Access) => {
    if (access.kind === 'none') return undefined;
    const isAllowed =
      access.kind === 'keys' && [...access.use.reads, ...access.use.writes].every(holds);
    return isAllowed ? undefined : new RegistryError('permission-denied', 'not for you');
  };
}

test('a caller with a right to one key reads neither the tail behind it nor the whole range', async () => {
  const stage = await Stage.open();
  const operations = operationsWith(stage, only(a));
  await stage.settled(operations.put(putOf('a'), anonymous));
  expect((await stage.settled(operations.range(getOf('a'), anonymous))).count).toBe(1);
  for (const range of [{ start: a, end: undefined }, { start: a, end: b }, everyKey]) {
    const refusal = stage.refusal(operations.range(rangeOf(range), anonymous));
    expect(await refusal).toMatchObject({ code: 'permission-denied' });
  }
});

test('each watcher of a stream is decided by itself, and a refused one gets no event', async () => {
  const stage = await Stage.open();
  const operations = operationsWith(stage, only(a));
  const told: WatchMessage[] = [];
  const stream = operations.watch(
    { push: (message) => told.push(message) > 0, failed: () => {} },
    anonymous,
  );
  const watcher = {
    startRevision: 1,
    prevKv: false,
    progressNotify: false,
    noPut: false,
    noDelete: false,
    fragment: false,
  };
  stream.create({ ...watcher, watchId: 1, range: { start: a, end: undefined } });
  stream.create({ ...watcher, watchId: 2, range: singleKey(a) });
  await stage.settled(operations.put(putOf('a'), anonymous));
  await stage.until('the event', () => told.some(({ kind }) => kind === 'events'));

  expect(told).toMatchObject([
    { kind: 'canceled', watchId: -1 },
    { kind: 'created', watchId: 2 },
    { kind: 'events', watchIds: [2] },
  ]);
  expect(told[0]).toMatchObject({ created: true, reason: 'not for you' });
});

test('a request that makes no sense is refused before its keys are looked at', async () => {
  const stage = await Stage.open();
  const asked: string[] = [];
  const operations = operationsWith(stage, (_caller, _access, operation) => {
    asked.push(operation);
    return undefined;
  });
  const empty = keyOfText('');
  const refused = [
    operations.put(putOf(''), anonymous),
    operations.unlock(empty, anonymous),
    operations.proclaim({ leader: undefined, value: Buffer.of() }, anonymous),
    operations.resign(undefined, anonymous),
    operations.memberAdd({ peerUrls: [], isLearner: false }, anonymous),
  ];
  const outcomes = await stage.settled(Promise.allSettled(refused));
  expect(outcomes.map(({ status }) => status)).toEqual(refused.map(() => 'rejected'));
  expect(asked).toEqual([]);
});

test('a transaction reads and writes no key outside its row, nested ones included', () => {
  let written = 0;
  let read = 0;
  const property = fc.property(
    fc.array(keyCommand, { minLength: 10, maxLength: 30 }),
    (commands) => {
      const state = State.create(new MemoryEngine(), { members: [] });
      for (const id of [1n, 77n]) state.apply(state.appliedIndex + 1, grant(id));
      for (const each of commands) {
        if (each.kind === 'txn' && !isSound(each.request)) continue;
        const { result, events } = state.apply(state.appliedIndex + 1, each);
        if (each.kind !== 'txn' || result.kind !== 'txn') continue;
        const use = useOfTxn(each.request);
        for (const { kv } of events) expect(held(use.writes, kv.key)).toBe(true);
        const shown = shownBy(result);
        for (const key of shown) expect(held(use.reads, key)).toBe(true);
        written += events.length;
        read += shown.length;
      }
    },
  );
  fc.assert(property, { numRuns: 1000 });
  expect(Math.min(written, read)).toBeGreaterThan(100);
});

function held(ranges: readonly KeyRange[], key: Key): boolean {
  return ranges.some((range) => rangeHolds(range, key));
}

function isSound(request: TxnRequest): boolean {
  try {
    validateTxn(request, 128);
    return true;
  } catch {
    return false;
  }
}

/** The keys that an answer shows, former values included. */
function shownBy(result: OperationResult): Key[] {
  switch (result.kind) {
    case 'range':
      return result.kvs.map(({ key }) => key);
    case 'put':
      return result.previous === undefined ? [] : [result.previous.key];
    case 'delete-range':
      return result.previous.map(({ key }) => key);
    case 'txn':
      return result.results.flatMap(shownBy);
    default:
      return unreachable(result);
  }
}
