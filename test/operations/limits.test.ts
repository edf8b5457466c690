import { expect, test } from 'vitest';
import { startAutoCompaction } from '../../src/operations/index.ts';
import { getOf, operationsOf, putOf, Stage } from './stage.ts';
import { anonymous } from '../simulation/callers.ts';

test('however many writes the quota refuses, one alarm is proposed at a time', async () => {
  const stage = await Stage.open({ members: 3, quotaBytes: 1000 });
  const [machine] = stage.machines;
  const value = 'v'.repeat(2000);
  const refused = Array.from({ length: 100 }, (_, at) =>
    stage.refusal(operationsOf(machine!).put(putOf(`k${at}`, value), anonymous)),
  );
  await Promise.resolve();
  expect(machine!.replica!.pendingProposals).toBe(1);
  for (const refusal of await Promise.all(refused)) {
    expect(refusal).toMatchObject({ code: 'no-space' });
  }
  await stage.until('the alarm', () => operationsOf(machine!).alarms().length > 0);
});

test('at the quota growth is refused and the alarm raised, until space is freed and the alarm disarmed', async () => {
  const stage = await Stage.open({ members: 3, quotaBytes: 20_000 });
  const operations = operationsOf(stage.machines[0]!);
  const elsewhere = operationsOf(stage.machines[1]!);
  const value = 'v'.repeat(2000);
  let refused: unknown = 'not refused';
  let stored = 0;
  for (; refused === 'not refused' && stored < 100; stored++) {
    refused = await stage.refusal(operations.put(putOf(`k${stored}`, value), anonymous));
  }
  expect(refused).toMatchObject({ code: 'no-space' });
  await stage.until('the alarm', () => elsewhere.alarms().length > 0);
  expect(elsewhere.alarms()).toEqual([{ memberId: stage.machines[0]!.id, type: 'no-space' }]);

  // Now the smallest growth is refused, wherever it is asked for; everything else goes on.
  const noSpace = expect.objectContaining({ code: 'no-space' });
  expect(await stage.refusal(elsewhere.put(putOf('small'), anonymous))).toEqual(noSpace);
  const grant = { id: 5n, ttlSeconds: 5 };
  expect(await stage.refusal(elsewhere.leaseGrant(grant, anonymous))).toEqual(noSpace);
  const putting = [{ kind: 'put', request: putOf('small') }] as const;
  const txn = { compares: [], success: putting, failure: [], serializable: false };
  expect(await stage.refusal(elsewhere.txn(txn, anonymous))).toEqual(noSpace);
  const { kvs } = await stage.settled(elsewhere.range(getOf('k0'), anonymous));
  expect(kvs).toHaveLength(1);

  const everything = { range: { start: 'k', end: 'l' }, prevKv: false };
  const { header } = await stage.settled(elsewhere.deleteRange(everything, anonymous));
  await stage.settled(elsewhere.compact({ revision: header.revision, physical: true }, anonymous));
  expect(await stage.refusal(elsewhere.put(putOf('small'), anonymous))).toEqual(noSpace);
  for (const alarm of operations.alarms()) {
    await stage.settled(elsewhere.alarm({ action: 'deactivate', ...alarm }, anonymous));
  }
  await stage.settled(operations.put(putOf('small'), anonymous));
  await stage.settled(operations.leaseGrant(grant, anonymous));
  expect(operations.alarms()).toEqual([]);
});

test('locks and elections count against the quota before the alarm is raised', async () => {
  const stage = await Stage.open({ quotaBytes: 300 });
  const operations = operationsOf(stage.leader);
  const value = Buffer.from('v');
  const leader = { name: 'e', key: 'e/7', createRevision: 1, lease: 0n };
  const calls = [
    () => operations.lock({ name: 'l', lease: 0n }, anonymous),
    () => operations.campaign({ name: 'e', lease: 0n, value }, anonymous),
    () => operations.proclaim({ leader, value }, anonymous),
  ];
  for (const call of calls) expect(await stage.refusal(call())).toMatchObject({ code: 'no-space' });
});

test('a request is measured as it travels, and refused beyond the limit', async () => {
  const stage = await Stage.open({ maxRequestBytes: 1000 });
  const operations = operationsOf(stage.leader);
  await stage.settled(operations.put(putOf('k', 'v'.repeat(900)), anonymous));
  expect(
    await stage.refusal(operations.put(putOf('k', 'v'.repeat(1000)), anonymous)),
  ).toMatchObject({
    code: 'request-too-large',
  });
});

test('a learner serves serializable reads and its status, and refuses all other calls', async () => {
  const stage = await Stage.open({ members: 3 });
  const voting = operationsOf(stage.leader);
  await stage.settled(voting.put(putOf('key', 'value'), anonymous));
  // Members count as healthy once they have been connected for 5 s.
  await stage.pass(10_000);
  const added = { peerUrls: ['http://m4:2380'], isLearner: true };
  await stage.settled(voting.memberAdd(added, anonymous));
  const machine = stage.join('m4');
  // A snapshot brings it the data, and the log what it is.
  await stage.until(
    'the learner knowing what it is',
    () => machine.replica?.isLearner === true && machine.replica.state.keyCount > 0,
  );

  const learner = operationsOf(machine);
  expect(learner.isLearner()).toBe(true);
  const calls = [
    learner.put(putOf('key'), anonymous),
    learner.range(getOf('key'), anonymous),
    learner.discover({ ranges: [getOf('key').range], consistency: 'default' }, anonymous),
    learner.discover({ ranges: [getOf('key').range], consistency: 'consistent' }, anonymous),
    learner.deleteRange({ range: getOf('key').range, prevKv: false }, anonymous),
    learner.leaseGrant({ id: 1n, ttlSeconds: 5 }, anonymous),
    learner.leaseKeepAlive(1n, anonymous),
    learner.memberList({ linearizable: false }, anonymous),
    learner.moveLeader('abc', anonymous),
    learner.lock({ name: 'lock', lease: 0n }, anonymous),
    learner.compact({ revision: 1, physical: false }, anonymous),
  ];
  for (const outcome of await stage.settled(Promise.allSettled(calls))) {
    expect(outcome).toMatchObject({ reason: { code: 'not-supported-for-learner' } });
  }
  expect(() => learner.watch({ push: () => true, failed: () => {} }, anonymous)).toThrow(
    expect.objectContaining({ code: 'not-supported-for-learner' }),
  );
  const old = await stage.settled(learner.range(getOf('key', { serializable: true }), anonymous));
  expect(old.count).toBe(1);
  const stale = { ranges: [getOf('key').range], consistency: 'stale' } as const;
  await stage.settled(learner.discover(stale, anonymous));
  expect(await stage.settled(learner.status({}, anonymous))).toMatchObject({ isLearner: true });
});

async function write(stage: Stage, count: number): Promise<void> {
  const operations = operationsOf(stage.leader);
  for (let at = 0; at < count; at++) await stage.settled(operations.put(putOf('key'), anonymous));
}

test('by period, revisions older than the period are compacted, and newer ones stay', async () => {
  const stage = await Stage.open();
  const core = stage.coreOf(stage.leader);
  const periodMs = 60_000;
  const stop = startAutoCompaction(core, { mode: 'periodic', retention: periodMs });
  await write(stage, 10);
  const oldRevision = core.state.revision;
  await stage.pass(periodMs * 0.95);
  expect(core.state.compactedRevision).toBeLessThan(1);
  await write(stage, 10);
  await stage.pass(periodMs * 0.3);
  expect(core.state.compactedRevision).toBe(oldRevision);
  await stage.pass(periodMs);
  expect(core.state.compactedRevision).toBe(core.state.revision);

  stop();
  await write(stage, 10);
  await stage.pass(3 * periodMs);
  expect(core.state.compactedRevision).toBe(core.state.revision - 10);
});

test('by revision, the configured number of revisions stays', async () => {
  const stage = await Stage.open();
  const core = stage.coreOf(stage.leader);
  const stop = startAutoCompaction(core, { mode: 'revision', retention: 5 });
  await write(stage, 20);
  await stage.pass(4 * 60_000);
  expect(core.state.compactedRevision).toBeLessThan(1);
  await stage.pass(2 * 60_000);
  expect(core.state.compactedRevision).toBe(core.state.revision - 5);
  stop();
});

test('only the leader compacts, and no member without a retention', async () => {
  const stage = await Stage.open({ members: 3 });
  await write(stage, 20);
  const stops = stage.followers.map((machine) =>
    startAutoCompaction(stage.coreOf(machine), { mode: 'revision', retention: 5 }),
  );
  const nothing = { mode: 'revision', retention: 0 } as const;
  stops.push(startAutoCompaction(stage.coreOf(stage.leader), nothing));
  const { leader } = stage;
  await stage.pass(10 * 60_000);
  expect(stage.leader).toBe(leader);
  expect(leader.replica!.state.compactedRevision).toBeLessThan(1);
  for (const stop of stops) stop();
});
