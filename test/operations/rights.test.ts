import { describe, expect, test, vi } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { prefixRange, singleKey } from '../../src/base/key.ts';
import { createOperations, member } from '../../src/operations/index.ts';
import type { CallOptions, Core, WatchMessage, WatchRequest } from '../../src/operations/index.ts';
import type { AuthCommand, TxnRequest } from '../../src/state/index.ts';
import { anonymous } from '../simulation/callers.ts';
import { del, get, put } from '../state/requests.ts';
import { getOf, operationsOf, putOf, rangeOf, Stage } from './stage.ts';
import { callAs, callOf, turnAuthOn } from './users.ts';
import type { Grants } from './users.ts';

const own = prefixRange('own/');
const grants: Grants = {
  ann: [['readwrite', own]],
  bob: [
    ['readwrite', prefixRange('bob/')],
    ['read', own],
  ],
  nil: [],
};

async function open(members = 1) {
  const stage = await Stage.open({ members });
  const core = stage.coreOf(stage.leader);
  const operations = createOperations(core);
  await turnAuthOn(stage, core, grants);
  const ann = callOf(core, 'ann');
  const root = callOf(core, 'root');
  /** The code of a refusal; `ok`: it was none. */
  const told = async (promise: Promise<unknown>): Promise<unknown> => {
    const outcome = await stage.settled(
      promise.then(
        () => 'ok',
        (error: unknown) => error,
      ),
    );
    return outcome instanceof RegistryError ? outcome.code : outcome;
  };
  return { stage, core, operations, ann, root, told };
}

function txnOf(request: Partial<TxnRequest>): TxnRequest & { readonly serializable: boolean } {
  return { compares: [], success: [], failure: [], serializable: false, ...request };
}

function nestedTxn(inner: Partial<TxnRequest>): ReturnType<typeof txnOf> {
  return txnOf({ success: [{ kind: 'txn', request: txnOf(inner) }] });
}

describe('a caller', () => {
  test('is refused what it lacks the right to, with the code that etcd has for it', async () => {
    const { core, operations, told } = await open();
    const { revision } = core.state.auth;
    const token = new RegistryError('invalid-auth-token', 'planted');
    const callers = {
      anonymous,
      refused: callAs({ kind: 'refused', error: token }),
      old: callAs({ kind: 'user', name: 'root', authRevision: revision - 1 }),
      gone: callOf(core, 'gone'),
      nil: callOf(core, 'nil'),
      bob: callOf(core, 'bob'),
      ann: callOf(core, 'ann'),
      root: callOf(core, 'root'),
      member: callAs(member),
    };
    const calls = {
      put: (as: CallOptions) => operations.put(putOf('own/a'), as),
      get: (as: CallOptions) => operations.range(getOf('own/a'), as),
      grant: (as: CallOptions) => operations.leaseGrant({ id: 0n, ttlSeconds: 60 }, as),
      compact: (as: CallOptions) =>
        operations.alarm({ action: 'deactivate', memberId: '0', type: 'no-space' }, as),
      health: (as: CallOptions) => operations.checkHealth({ linearizable: true }, as),
    };
    const outcomes: Record<string, unknown> = {};
    for (const [name, as] of Object.entries(callers)) {
      const each: unknown[] = [];
      for (const call of Object.values(calls)) each.push(await told(call(as)));
      outcomes[name] = each.join(' ');
    }
    expect(outcomes).toEqual({
      anonymous: 'user-empty user-empty user-empty user-empty ok',
      refused: 'invalid-auth-token invalid-auth-token invalid-auth-token invalid-auth-token ok',
      old: 'auth-revision-old auth-revision-old auth-revision-old auth-revision-old ok',
      gone: 'permission-denied permission-denied permission-denied permission-denied ok',
      nil: 'permission-denied permission-denied ok permission-denied ok',
      bob: 'permission-denied ok ok permission-denied ok',
      ann: 'ok ok ok permission-denied ok',
      root: 'ok ok ok ok ok',
      member: 'ok ok ok ok ok',
    });
  });

  test('needs the rights of everything that is nested in a transaction', async () => {
    const { operations, ann, told } = await open();
    const refused = [
      nestedTxn({ success: [put('other', 'v')] }),
      nestedTxn({ failure: [put('other', 'v')] }),
      nestedTxn({ success: [get(singleKey('other'))] }),
      nestedTxn({ failure: [del(singleKey('other'))] }),
      nestedTxn({
        compares: [
          { range: singleKey('other'), result: 'equal', against: { target: 'version', value: 0 } },
        ],
      }),
    ];
    for (const request of refused)
      expect(await told(operations.txn(request, ann))).toBe('permission-denied');
    expect(await told(operations.txn(nestedTxn({ success: [put('own/a', 'v')] }), ann))).toBe('ok');
  });

  test('needs the right to read for former values', async () => {
    const { stage, core, operations, told } = await open();
    await stage.settled(
      core.propose({ kind: 'role-grant', name: 'nil', permission: { type: 'write', range: own } }),
    );
    const nil = callOf(core, 'nil');
    expect(await told(operations.put(putOf('own/a'), nil))).toBe('ok');
    const request = { ...putOf('own/a'), prevKv: true };
    expect(await told(operations.put(request, nil))).toBe('permission-denied');
    const nested = put('own/a', 'v', { prevKv: true });
    expect(await told(operations.txn(txnOf({ success: [nested] }), nil))).toBe('permission-denied');
    const deletion = { range: own, prevKv: true };
    expect(await told(operations.deleteRange(deletion, nil))).toBe('permission-denied');
    expect(await told(operations.deleteRange({ ...deletion, prevKv: false }, nil))).toBe('ok');
  });

  test('is not told of a key that was put on a lease after its right had gone', async () => {
    const { stage, core, operations, ann, root } = await open();
    await stage.settled(operations.leaseGrant({ id: 1n, ttlSeconds: 60 }, root));
    await stage.settled(operations.put(putOf('own/1', 'v', 1n), root));
    const { replica } = core;
    const asked = vi.spyOn(replica, 'leaseTimeToLive').mockImplementation(() => {});
    const answer = operations.leaseTimeToLive({ id: 1n, keys: true }, ann);
    await stage.until('the question', () => asked.mock.calls.length === 1);
    const question = asked.mock.calls[0]!;
    asked.mockRestore();
    await stage.settled(core.propose({ kind: 'role-revoke', name: 'ann', range: own }));
    await stage.settled(operations.put(putOf('own/2', 'v', 1n), callOf(core, 'root')));
    // Only now the leader says how long the lease lives.
    replica.leaseTimeToLive(...question);

    expect((await stage.settled(answer)).keys).toEqual(['own/1']);
  });

  test('needs the rights to all keys of a lease', async () => {
    const { stage, core, operations, ann, root, told } = await open();
    for (const id of [1n, 2n])
      await stage.settled(operations.leaseGrant({ id, ttlSeconds: 60 }, root));
    await stage.settled(operations.put(putOf('own/1', 'v', 1n), root));
    await stage.settled(operations.put(putOf('own/2', 'v', 2n), root));
    await stage.settled(operations.put(putOf('bob/2', 'v', 2n), root));
    const bob = callOf(core, 'bob');
    const outcomes = [];
    for (const id of [1n, 2n]) {
      for (const as of [ann, bob]) {
        outcomes.push([
          await told(operations.leaseTimeToLive({ id, keys: true }, as)),
          await told(operations.leaseTimeToLive({ id, keys: false }, as)),
          await told(operations.leaseKeepAlive(id, as)),
          await told(operations.put(putOf(as === ann ? 'own/3' : 'bob/3', 'v', id), as)),
          await told(operations.leaseRevoke(id, as)),
        ]);
      }
      // The first of them has revoked it: the second finds no lease.
    }
    const no = 'permission-denied';
    expect(outcomes).toEqual([
      ['ok', 'ok', 'ok', 'ok', 'ok'],
      ['ok', 'ok', 'ok', 'lease-not-found', 'lease-not-found'],
      [no, 'ok', no, no, no],
      ['ok', 'ok', no, no, no],
    ]);
  });
});

/** Proposes changes of users and roles, and makes the call in the same turn: the gate still sees what was before. */
function after(
  core: Core,
  changes: readonly AuthCommand[],
  call: () => Promise<unknown>,
): Promise<unknown> {
  for (const change of changes) core.propose(change).catch(() => {});
  return call();
}

const unrelated: AuthCommand = { kind: 'role-add', name: 'another' };
const takenFromAnn: AuthCommand = { kind: 'user-revoke-role', name: 'ann', role: 'ann' };

describe('when users and roles change while a call is under way', () => {
  test('a write whose caller lost the right has no effect', async () => {
    const { stage, core, operations, told } = await open();
    const { revision } = core.state;
    const writes = [
      (as: CallOptions) => operations.put(putOf('own/a'), as),
      (as: CallOptions) => operations.deleteRange({ range: own, prevKv: false }, as),
      (as: CallOptions) => operations.txn(txnOf({ success: [put('own/a', 'v')] }), as),
    ];
    for (const write of writes) {
      const ann = callOf(core, 'ann');
      expect(await told(after(core, [takenFromAnn], () => write(ann)))).toBe('permission-denied');
      await stage.settled(core.propose({ kind: 'user-grant-role', name: 'ann', role: 'ann' }));
    }
    expect(core.state.revision).toBe(revision);
  });

  test('a write whose caller keeps the right takes effect, once', async () => {
    const { core, operations, ann, told } = await open();
    const { revision } = core.state;
    const write = () => operations.put(putOf('own/a'), ann);
    expect(await told(after(core, [unrelated], write))).toBe('ok');
    expect(core.state.revision).toBe(revision + 1);
  });

  test('a write of a caller that did not log in is refused once authentication is on', async () => {
    const { core, operations, told, root } = await open();
    expect(await told(core.propose({ kind: 'auth-disable' }, root.caller))).toBe('ok');
    const write = () => operations.put(putOf('free'), anonymous);
    expect(await told(after(core, [{ kind: 'auth-enable' }], write))).toBe('user-empty');
  });

  test.each<readonly [string, AuthCommand]>([
    ['is deleted', { kind: 'user-delete', name: 'ann' }],
    ['gets another password', { kind: 'user-password', name: 'ann', passwordHash: 'new' }],
  ])('a login whose user %s counts no more', async (_what, change) => {
    const { stage, core, operations, ann, told } = await open(3);
    const { revision } = core.state;
    const [follower] = stage.followers;
    const before = core.state.auth.revision;
    const changed = core.propose(change);
    while (core.state.auth.revision === before) await stage.scheduler.run(stage.nowMs + 0.1);
    expect(follower!.replica!.state.auth.revision).toBe(before);
    const behind = operationsOf(follower!);
    const calls = [behind.range(getOf('own/a'), ann), behind.put(putOf('own/a'), ann)];
    for (const call of calls) call.catch(() => {});
    await stage.settled(changed);
    for (const call of calls) expect(await told(call)).toBe('invalid-auth-token');
    expect(await told(operations.put(putOf('own/a'), ann))).toBe('auth-revision-old');
    expect(core.state.revision).toBe(revision);
  });

  test('a linearizable read shows nothing that its caller may not see any more', async () => {
    const { stage, core, ann, told } = await open(3);
    const [follower] = stage.followers;
    const { replica } = follower!;
    const { revision } = core.state.auth;
    for (const [change, outcome] of [
      [unrelated, 'ok'],
      [takenFromAnn, 'permission-denied'],
    ] as const) {
      const before = core.state.auth.revision;
      const as = change === unrelated ? ann : callOf(core, 'ann');
      const changed = core.propose(change);
      while (core.state.auth.revision === before) await stage.scheduler.run(stage.nowMs + 0.1);
      // The follower has not applied the change yet, so its gate lets the call pass.
      expect(replica!.state.auth.revision).toBe(before);
      const read = operationsOf(follower!).range(getOf('own/a'), as);
      read.catch(() => {});
      await stage.settled(changed);
      expect(await told(read)).toBe(outcome);
    }
    expect(core.state.auth.revision).toBe(revision + 2);
  });

  test('a streamed range ends with the piece before', async () => {
    const { stage, core, operations, ann, told } = await open();
    for (let at = 10; at < 50; at++) await stage.settled(operations.put(putOf(`own/${at}`), ann));
    const pieces = operations.rangeStream(rangeOf(own), ann)[Symbol.asyncIterator]();
    expect(await told(pieces.next())).toBe('ok');
    await stage.settled(core.propose(takenFromAnn));
    expect(await told(pieces.next())).toBe('permission-denied');
  });

  test('a lease is revoked only if its caller may write the keys that were attached meanwhile', async () => {
    const { stage, core, operations, ann, root, told } = await open();
    await stage.settled(operations.leaseGrant({ id: 1n, ttlSeconds: 60 }, ann));
    const attached = operations.put(putOf('secret', 'v', 1n), root);
    expect(await told(operations.leaseRevoke(1n, ann))).toBe('permission-denied');
    await stage.settled(attached);
    expect(core.state.leases.get(1n)?.keys).toEqual(['secret']);
  });

  test('a key is attached to a lease only if its caller may write the keys that were attached meanwhile', async () => {
    const { stage, operations, ann, root, told } = await open();
    await stage.settled(operations.leaseGrant({ id: 1n, ttlSeconds: 60 }, ann));
    for (const write of [
      () => operations.put(putOf('own/a', 'v', 1n), ann),
      () => operations.txn(txnOf({ success: [put('own/a', 'v', { lease: 1n })] }), ann),
    ]) {
      const attached = operations.put(putOf('secret', 'v', 1n), root);
      expect(await told(write())).toBe('permission-denied');
      await stage.settled(attached);
      await stage.settled(
        operations.deleteRange({ range: singleKey('secret'), prevKv: false }, root),
      );
    }
  });
});

test('leases lapse while authentication is on, also after a caller without the right tried to revoke them', async () => {
  const { stage, core, operations, ann, root, told } = await open(3);
  await stage.settled(operations.leaseGrant({ id: 1n, ttlSeconds: 5 }, root));
  await stage.settled(operations.put(putOf('secret', 'v', 1n), root));
  // A member that is behind does not know the key yet, so its gate lets the call pass.
  const revocation = core.propose({ kind: 'lease-revoke', id: 1n }, ann.caller);
  expect(await told(revocation)).toBe('permission-denied');
  await stage.until('the lapse', () => core.state.leases.get(1n) === undefined);
});

test('no member applies what the others refuse', async () => {
  const { stage, operations, ann, core } = await open(3);
  const writes = [operations.put(putOf('own/a'), ann)];
  core.propose(takenFromAnn).catch(() => {});
  for (let at = 0; at < 5; at++) writes.push(operations.put(putOf(`own/${at}`), ann));
  await stage.settled(Promise.allSettled(writes));
  await stage.pass(1000);
  const digests = stage.machines.map(({ replica }) => replica?.state.digest());
  expect(new Set(digests).size).toBe(1);
  expect(core.state.keyCount).toBe(1);
});

describe('an open watcher', () => {
  const watcher: Omit<WatchRequest, 'range'> = {
    startRevision: 0,
    watchId: 0,
    prevKv: false,
    progressNotify: false,
    noPut: false,
    noDelete: false,
    fragment: false,
  };

  async function watched() {
    const opened = await open();
    const { operations, ann } = opened;
    const told: WatchMessage[] = [];
    const sink = { push: (message: WatchMessage) => told.push(message) > 0, failed: () => {} };
    const stream = operations.watch(sink, ann);
    stream.create({ ...watcher, range: own });
    stream.create({ ...watcher, range: singleKey('own/b') });
    return { ...opened, told, stream, kinds: () => told.map(({ kind }) => kind) };
  }

  test('of one key does not see the tail behind it', async () => {
    const { stage, core, operations } = await open();
    const range = singleKey('k');
    await stage.settled(
      core.propose({ kind: 'role-grant', name: 'nil', permission: { type: 'read', range } }),
    );
    const told: WatchMessage[] = [];
    const sink = { push: (message: WatchMessage) => told.push(message) > 0, failed: () => {} };
    const stream = operations.watch(sink, callOf(core, 'nil'));
    for (const asked of [
      { start: 'k', end: undefined },
      { start: 'k', end: 'l' },
      prefixRange(''),
    ]) {
      stream.create({ ...watcher, range: asked });
      const [refused] = told.splice(0);
      expect(refused).toMatchObject({ kind: 'canceled', watchId: -1, created: true });
      expect(refused).toMatchObject({ refusal: { code: 'permission-denied' } });
    }
    stream.create({ ...watcher, range });
    expect(told).toMatchObject([{ kind: 'created' }]);
  });

  test('is canceled when its reader loses the right, before any later event', async () => {
    const { stage, core, operations, root, told, kinds } = await watched();
    const revoked = core.propose(takenFromAnn);
    const written = operations.put(putOf('own/b'), root).catch(() => {});
    await stage.settled(Promise.all([revoked, written]));
    // The write was refused, as of an old revision, and made again.
    expect(kinds()).toEqual(['created', 'created', 'canceled', 'canceled']);
    expect(told.at(-1)).toMatchObject({
      watchId: 1,
      created: false,
      refusal: { code: 'permission-denied' },
    });
  });

  test('goes on after a change that leaves its reader the right', async () => {
    const { stage, core, operations, kinds } = await watched();
    await stage.settled(core.propose(unrelated));
    await stage.settled(operations.put(putOf('own/b'), callOf(core, 'root')));
    expect(kinds()).toEqual(['created', 'created', 'events']);
  });

  test.each<readonly [string, AuthCommand]>([
    ['is deleted', { kind: 'user-delete', name: 'ann' }],
    ['gets another password', { kind: 'user-password', name: 'ann', passwordHash: 'new' }],
  ])('is canceled when its user %s', async (_what, change) => {
    const { stage, core, told } = await watched();
    await stage.settled(core.propose(change));
    await stage.pass(100);
    const canceled = told.slice(2);
    expect(canceled).toMatchObject([{ watchId: 0 }, { watchId: 1 }]);
    for (const one of canceled)
      expect(one).toMatchObject({ refusal: { code: 'invalid-auth-token' } });
  });

  test('of a caller that did not log in is canceled when authentication is turned on', async () => {
    const { stage, core, operations } = await open();
    await stage.settled(core.propose({ kind: 'auth-disable' }));
    const told: WatchMessage[] = [];
    const sink = { push: (message: WatchMessage) => told.push(message) > 0, failed: () => {} };
    operations.watch(sink, anonymous).create({ ...watcher, range: own });
    await stage.settled(core.propose({ kind: 'auth-enable' }));
    await stage.pass(100);
    expect(told).toMatchObject([
      { kind: 'created' },
      { kind: 'canceled', watchId: 0, refusal: { code: 'user-empty' } },
    ]);
  });

  test('of a member that was away gets no event of the time after the loss', async () => {
    const { stage, core, operations, ann } = await open(3);
    const [follower] = stage.followers;
    const told: WatchMessage[] = [];
    const sink = { push: (message: WatchMessage) => told.push(message) > 0, failed: () => {} };
    operationsOf(follower!)
      .watch(sink, ann)
      .create({ ...watcher, range: own });
    stage.isolate(follower!);
    await stage.settled(core.propose(takenFromAnn));
    await stage.settled(operations.put(putOf('own/b'), callOf(core, 'root')));
    stage.network.healAll();
    await stage.until('the cancellation', () => told.length > 1);
    await stage.pass(1000);
    expect(told.map(({ kind }) => kind)).toEqual(['created', 'canceled']);
  });
});
