import { expect, test } from 'vitest';
import type { KeyRange } from '../../src/base/key.ts';
import type { WatchMessage } from '../../src/operations/index.ts';
import type { Machine } from '../simulation/machine.ts';
import { putOf, rangeOf } from '../simulation/requests.ts';
import { Stage } from './stage.ts';
import { anonymous } from '../simulation/callers.ts';

const bulk: KeyRange = { start: 'bulk/', end: 'bulk0' };
const count = 2000;

/** Puts the keys, with a lease if it is given, a hundred at a time. */
async function fill(stage: Stage, lease = 0n): Promise<void> {
  const { operations } = stage.leader;
  for (let at = 0; at < count; at += 100) {
    const success = Array.from({ length: 100 }, (_, more) => {
      const request = putOf(`bulk/${String(at + more).padStart(5, '0')}`, `${at}`, { lease });
      return { kind: 'put', request } as const;
    });
    await stage.settled(
      operations!.txn({ compares: [], success, failure: [], serializable: false }, anonymous),
    );
  }
}

/** Looks at the state of a member in every turn of its event loop; `stop` gives what it saw, without repetitions. */
function looking(machine: Machine, look: () => unknown): () => string[] {
  const seen: string[] = [];
  let goesOn = true;
  const again = (): void => {
    if (!goesOn) return;
    const shown = JSON.stringify(look());
    if (seen.at(-1) !== shown) seen.push(shown);
    machine.process?.clock.endOfTurn(again);
  };
  again();
  return () => {
    goesOn = false;
    return seen;
  };
}

test('a range of many keys is deleted over many turns, and no read shows a part of it', async () => {
  const stage = await Stage.open({ members: 3, workPerTurn: 100 });
  await fill(stage);
  const machine = stage.followers[0]!;
  const { replica } = machine;
  let halfwayTurns = 0;
  const stop = looking(machine, () => {
    if (replica!.state.isHalfway) halfwayTurns++;
    const { kvs, count: found } = replica!.state.range(rangeOf(bulk));
    return [replica!.state.revision > 21, kvs.length, found];
  });
  const deleted = await stage.settled(
    stage.leader.operations!.deleteRange({ range: bulk, prevKv: true }, anonymous),
  );
  await stage.until('the end on the follower', () => replica!.state.revision === 22);
  const seen = stop();
  expect(deleted.deleted).toBe(count);
  expect(deleted.previous).toHaveLength(count);
  expect(seen).toEqual(['[false,2000,2000]', '[true,0,0]']);
  expect(halfwayTurns).toBeGreaterThanOrEqual(count / 200);
});

test('the keys of a lease are deleted over many turns, and the lease shows all of them until then', async () => {
  const stage = await Stage.open({ workPerTurn: 100 });
  const { operations, replica } = stage.leader;
  await stage.settled(operations!.leaseGrant({ id: 7n, ttlSeconds: 60 }, anonymous));
  await fill(stage, 7n);
  let halfwayTurns = 0;
  const stop = looking(stage.leader, () => {
    if (replica!.state.isHalfway) halfwayTurns++;
    const { count: found } = replica!.state.range(rangeOf(bulk));
    const lease = replica!.state.leases.get(7n);
    return [lease?.keys.length, lease?.keySet.size, found];
  });
  await stage.settled(
    operations!.deleteRange(
      { range: { start: 'bulk/01', end: 'bulk0' }, prevKv: false },
      anonymous,
    ),
  );
  await stage.settled(operations!.leaseRevoke(7n, anonymous));
  expect(stop()).toEqual(['[2000,2000,2000]', '[1000,1000,1000]', '[null,null,0]']);
  expect(halfwayTurns).toBeGreaterThanOrEqual(count / 150);
});

test('a command that was begun before its place was known fails with an unknown fate', async () => {
  const stage = await Stage.open({ members: 3, workPerTurn: 5 });
  await fill(stage);
  const machine = stage.followers[0]!;
  const { network } = stage;
  const carry = network.carry.bind(network);
  const held: (() => void)[] = [];
  network.carry = (from, link, messages) => {
    const answers = messages.filter(({ kind }) => kind === 'answer');
    if (link.to === machine.id && answers.length > 0) {
      held.push(() => carry(from, link, answers));
    }
    carry(
      from,
      link,
      messages.filter(({ kind }) => link.to !== machine.id || kind !== 'answer'),
    );
  };
  let deliveries = 0;
  const stop = looking(machine, () => {
    if (machine.replica!.state.isHalfway) {
      for (const deliver of held.splice(0)) {
        deliveries++;
        deliver();
      }
    }
    return undefined;
  });
  const deleting = machine.operations!.deleteRange({ range: bulk, prevKv: true }, anonymous);
  await expect(stage.settled(deleting)).rejects.toThrow('may or may not have taken effect');
  stop();
  expect(deliveries).toBe(1);
  await stage.until('the end', () => machine.replica!.state.keyCount === 0);
});

test('a member goes on answering while it applies many entries that were committed at once', async () => {
  const stage = await Stage.open({ members: 3, workPerTurn: 50 });
  const [away] = stage.followers;
  stage.isolate(away!);
  await fill(stage);
  for (let at = 0; at < 600; at++)
    void stage.leader.operations!.put(putOf(`k${at}`, 'x'), anonymous);
  await stage.pass(1000);
  const before = away!.replica!.state.appliedIndex;
  let turns = 0;
  const stop = looking(away!, () => {
    const { appliedIndex } = away!.replica!.state;
    if (appliedIndex > before && appliedIndex < stage.leader.replica!.commitIndex) turns++;
    return undefined;
  });
  stage.network.healAll();
  await stage.until('the end', () => {
    const { appliedIndex } = away!.replica!.state;
    return appliedIndex === stage.leader.replica!.commitIndex;
  });
  stop();
  expect(turns).toBeGreaterThan(5);
});

test('events of one revision come in parts, over many turns, to watchers of its keys only', async () => {
  const stage = await Stage.open({ workPerTurn: 100 });
  await fill(stage);
  const { operations } = stage.leader;
  const told: WatchMessage[] = [];
  const watch = (range: KeyRange, push: (message: WatchMessage) => boolean): void => {
    const stream = operations!.watch({ push, failed: () => {} }, anonymous);
    stream.create({ ...watchRequest, range });
  };
  watch(bulk, (message) => told.push(message) > 0);
  let others = 0;
  watch({ start: 'bulk/', end: 'bulk/0' }, ({ kind }) => {
    if (kind === 'events') others++;
    return true;
  });
  await stage.settled(operations!.deleteRange({ range: bulk, prevKv: false }, anonymous));
  await stage.until('everything', () => told.some((one) => one.kind === 'events' && !one.isPart));
  const parts = told.flatMap((one) => (one.kind === 'events' ? [one] : []));
  expect(parts.map(({ isPart }) => isPart)).toEqual(parts.map((_, at) => at < parts.length - 1));
  expect(parts.length).toBeGreaterThanOrEqual(count / 100);
  const events = parts.flatMap((one) => one.events);
  expect(new Set(events.map(({ event }) => event.kv.key)).size).toBe(count);
  expect(events.every(({ previous }) => previous?.key.startsWith('bulk/') === true)).toBe(true);
  expect(others).toBe(0);
});

test('a physical compaction ends when the last version is removed, or with its member', async () => {
  const stage = await Stage.open({ compactionBatchLimit: 7 });
  const { operations, replica } = stage.leader;
  const putMany = async (): Promise<number> => {
    for (let at = 0; at < 300; at++) {
      await stage.settled(operations!.put(putOf(`k${at % 3}`, `${at}`), anonymous));
    }
    return replica!.state.revision;
  };
  const revision = await putMany();
  await stage.settled(operations!.compact({ revision, physical: true }, anonymous));
  expect(replica!.state.compactionPending).toBe(false);
  expect(replica!.state.compactedVersions).toBe(297);

  const next = await putMany();
  const release = replica!.state.pin(next - 1);
  const compacting = stage.refusal(
    operations!.compact({ revision: next, physical: true }, anonymous),
  );
  await stage.until('the compaction', () => replica!.state.compactedRevision === next);
  await stage.settled(replica!.stop());
  expect(await compacting).toMatchObject({ code: 'stopped' });
  release();
});

test('a long command ends although a compaction is under way', async () => {
  const stage = await Stage.open({ workPerTurn: 20 });
  await fill(stage);
  await fill(stage);
  const { operations, replica } = stage.leader;
  const { revision } = replica!.state;
  const compacting = operations!.compact({ revision, physical: true }, anonymous);
  const deleting = operations!.deleteRange({ range: bulk, prevKv: false }, anonymous);
  await stage.settled(Promise.all([compacting, deleting]));
  expect(replica!.state.compactedVersions).toBe(count);
  expect(replica!.state.keyCount).toBe(0);
});

const watchRequest = {
  startRevision: 0,
  watchId: 0,
  prevKv: true,
  progressNotify: false,
  noPut: false,
  noDelete: false,
  fragment: false,
};
