import { describe, expect, test, vi } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { prefixRange } from '../../src/base/key.ts';
import { getOf, operationsOf, putOf, rangeOf, Stage } from '../operations/stage.ts';
import { anonymous } from '../simulation/callers.ts';

/** The code of a call that is refused. */
function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'not refused',
    (error: unknown) => (error instanceof RegistryError ? error.code : error),
  );
}

/** What a caller may hear of a write that was under way when its leader failed: that nobody knows. */
const unknown = /^timeout/;

test.each([0, 1, 2, 5, 20])(
  'writes that were forwarded when the leader failed (%i ms before) take effect once, or are told to be unknown',
  async (msBefore) => {
    const stage = await Stage.open({ members: 3 });
    const { leader, followers } = stage;
    const writes = new Map(
      followers.flatMap((follower) =>
        Array.from({ length: 20 }, (_, at) => {
          const key = `${follower.name}/${at}`;
          return [key, operationsOf(follower).put(putOf(key), anonymous)] as const;
        }),
      ),
    );
    const all = Promise.allSettled(writes.values());
    await stage.pass(msBefore);
    leader.crash('process');
    const outcomes = await stage.settled(all);

    const survivor = operationsOf(followers[0]!);
    const { kvs } = await stage.settled(survivor.range(rangeOf(prefixRange('m')), anonymous));
    const versions = new Map(kvs.map(({ key, version }) => [key, version]));
    for (const [at, key] of [...writes.keys()].entries()) {
      const outcome = outcomes[at];
      if (outcome?.status === 'fulfilled') expect([key, versions.get(key)]).toEqual([key, 1]);
      else {
        expect(outcome?.reason).toMatchObject({ code: expect.stringMatching(unknown) });
        expect(versions.get(key) ?? 1).toBe(1);
      }
    }
  },
);

test('requests at a member that has lost its leader wait for the next one', async () => {
  const stage = await Stage.open({ members: 3 });
  const [follower] = stage.followers;
  stage.leader.crash('process');
  await stage.until('the loss being noticed', () => follower!.replica?.leader === undefined);
  const beganMs = stage.nowMs;
  const [put, got] = await stage.settled(
    Promise.all([
      operationsOf(follower!).put(putOf('key'), anonymous),
      operationsOf(follower!).range(getOf('key'), anonymous),
    ]),
  );
  expect(put.header.raftTerm).toBeGreaterThan(1);
  expect(got.count).toBeLessThanOrEqual(1);
  expect(stage.nowMs - beganMs).toBeLessThan(5000);
});

/** The leader of three members, when the two others are gone and it has noticed. */
async function alone() {
  const stage = await Stage.open({ members: 3 });
  const survivor = stage.leader;
  const operations = operationsOf(survivor);
  await stage.settled(operations.put(putOf('key', 'value'), anonymous));
  for (const machine of stage.followers) machine.crash('process');
  await stage.until('the leader stepping down', () => survivor.replica?.isLeader === false);
  return { stage, survivor, operations };
}

describe('without a majority', () => {
  test('requests are given up after five seconds and two election timeouts', async () => {
    const { stage, operations } = await alone();
    const beganMs = stage.nowMs;
    const requests = [
      operations.put(putOf('other'), anonymous),
      operations.range(getOf('key'), anonymous),
      operations.leaseGrant({ id: 7n, ttlSeconds: 5 }, anonymous),
      operations.memberList({ linearizable: true }, anonymous),
      operations.leaseTimeToLive({ id: 7n, keys: false }, anonymous),
      operations.leaseKeepAlive(7n, anonymous),
    ];
    const codes = await stage.settled(Promise.all(requests.map(refusalOf)));
    const [late, none] = ['timeout', 'no-leader'];
    expect(codes).toEqual([late, late, late, late, none, none]);
    expect(stage.nowMs - beganMs).toBeGreaterThanOrEqual(7000);
    expect(stage.nowMs - beganMs).toBeLessThan(7300);
  });

  test('a serializable read is answered, and a caller that requires a leader is refused at once', async () => {
    const { stage, operations } = await alone();
    const beganMs = stage.nowMs;
    const old = await stage.settled(
      operations.range(getOf('key', { serializable: true }), anonymous),
    );
    expect(old.count).toBe(1);
    const insisting = { ...anonymous, requireLeader: true };
    const requests = [
      operations.put(putOf('other'), insisting),
      operations.range(getOf('key', { serializable: true }), insisting),
      operations.leaseKeepAlive(7n, insisting),
    ];
    for (const outcome of await stage.settled(Promise.allSettled(requests))) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'no-leader' } });
    }
    expect(stage.nowMs - beganMs).toBeLessThan(100);
  });

  test('streams that require a leader are refused, or ended after three election timeouts', async () => {
    const { stage, operations } = await alone();
    const sink = { push: () => true, failed: () => {} };
    expect(() => operations.watch(sink, { ...anonymous, requireLeader: true })).toThrow(
      expect.objectContaining({ code: 'no-leader' }),
    );
    expect(stage.machines).toHaveLength(3);
    // Streams that began while there was a leader.
    const healthy = await Stage.open({ members: 3 });
    let toldMs = 0;
    operationsOf(healthy.leader).onLeaderless(() => {
      toldMs = healthy.nowMs;
    });
    const stopped = operationsOf(healthy.leader).onLeaderless(() => {
      throw new Error('told, and had stopped listening');
    });
    stopped();
    const { leader } = healthy;
    for (const machine of healthy.followers) machine.crash('process');
    await healthy.until('no leader', () => leader.replica?.leader === undefined);
    const leaderlessMs = healthy.nowMs;
    await healthy.pass(2900);
    expect(toldMs).toBe(0);
    await healthy.until('being told', () => toldMs > 0);
    expect(toldMs - leaderlessMs).toBeLessThan(3100);
  });

  test('requests beyond the bound are refused at once, and the others are answered', async () => {
    const { stage, operations } = await alone();
    const value = 'v'.repeat(1 << 20);
    const waiting = Array.from({ length: 63 }, (_, at) =>
      operations.put(putOf(`k${at}`, value), anonymous),
    );
    const all = Promise.allSettled(waiting);
    const beganMs = stage.nowMs;
    expect(await stage.refusal(operations.put(putOf('one more', value), anonymous))).toMatchObject({
      code: 'too-many-requests',
    });
    expect(stage.nowMs - beganMs).toBeLessThan(100);
    for (const machine of stage.machines) if (machine.state === 'down') machine.start();
    const outcomes = await stage.settled(all);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(63);
    // With the one of before.
    const { count } = await stage.settled(operations.range(rangeOf(prefixRange('k')), anonymous));
    expect(count).toBe(64);
  });

  test('reads beyond the bound are refused at once, and the others are answered', async () => {
    const { stage, survivor } = await alone();
    const core = stage.coreOf(survivor);
    const read = (): Promise<void> => core.linearize();
    const all = Promise.allSettled(Array.from({ length: 50_000 }, read));
    const beganMs = stage.nowMs;
    expect(await stage.refusal(read())).toMatchObject({ code: 'too-many-requests' });
    expect(stage.nowMs - beganMs).toBeLessThan(100);
    for (const machine of stage.machines) if (machine.state === 'down') machine.start();
    const outcomes = await stage.settled(all);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(50_000);
    // They make room when they are answered.
    await stage.settled(read());
  });

  test('renewals are gathered into few requests to the leader', async () => {
    const { stage, survivor, operations } = await alone();
    const asked = vi.spyOn(survivor.replica!, 'renewLeases');
    const beganMs = stage.nowMs;
    const outcomes: { readonly afterMs: number; readonly code: unknown }[] = [];
    const renewals: Promise<unknown>[] = [];
    for (let at = 0; at < 1000; at++) {
      const fromMs = stage.nowMs;
      renewals.push(
        refusalOf(operations.leaseKeepAlive(7n, anonymous)).then((code) => {
          outcomes.push({ afterMs: stage.nowMs - fromMs, code });
          return undefined;
        }),
      );
      await stage.pass(5);
    }
    expect(asked.mock.calls.length).toBeLessThanOrEqual(16);
    await stage.settled(Promise.all(renewals));
    expect(asked.mock.calls.length).toBeLessThan(200);
    expect(outcomes).toHaveLength(1000);
    for (const { afterMs, code } of outcomes) {
      expect(code).toBe('no-leader');
      expect(afterMs).toBeGreaterThan(6900);
      expect(afterMs).toBeLessThan(7700);
    }
    expect(stage.nowMs - beganMs).toBeLessThan(13_000);
  });
});

test('a member that stops answers every waiting caller', async () => {
  const stage = await Stage.open({ members: 3 });
  const survivor = stage.leader;
  for (const machine of stage.followers) machine.crash('process');
  await stage.until('the leader stepping down', () => survivor.replica?.isLeader === false);
  const operations = operationsOf(survivor);
  const waiting = [
    operations.put(putOf('key'), anonymous),
    operations.range(getOf('key'), anonymous),
  ];
  const outcomes = Promise.allSettled(waiting);
  await stage.pass(10);
  await stage.settled(survivor.stop());
  for (const outcome of await stage.settled(outcomes)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'stopped' } });
  }
  const late = await stage.refusal(operations.put(putOf('key'), anonymous));
  expect(late).toMatchObject({ code: 'stopped' });
});

test('many megabytes that are committed at once are applied in order, on the leader and on followers', async () => {
  const stage = await Stage.open({ members: 3 });
  const value = 'v'.repeat(1 << 20);
  const [late] = stage.followers;
  late!.crash('process');
  const puts = Array.from({ length: 20 }, (_, at) =>
    operationsOf(stage.leader).put(putOf(`k${at}`, value), anonymous),
  );
  await stage.settled(Promise.all(puts));
  late!.start();
  await stage.until('everything being there', () => late!.replica?.state.keyCount === 20);
  expect(stage.machines.map(({ replica }) => replica?.state.revision)).toEqual([21, 21, 21]);
});
