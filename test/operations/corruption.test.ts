import { expect, test } from 'vitest';
import {
  checkBeforeServing,
  CorruptionChecker,
  hashHere,
  serveHashes,
} from '../../src/operations/index.ts';
import type { Core } from '../../src/operations/index.ts';
import type { Machine } from '../simulation/machine.ts';
import { idOf, operationsOf, putOf, Stage } from './stage.ts';
import type { StageOptions } from './stage.ts';
import { anonymous } from '../simulation/callers.ts';

const recordsWritten = 6;

/** Three members with a few revisions. All answer when they are asked for hashes. */
async function openStage(options: StageOptions = {}): Promise<Stage> {
  const stage = await Stage.open({ members: 3, ...options });
  for (let nth = 0; nth < recordsWritten; nth++) await put(stage, `key ${nth % 3}`);
  await stage.pass(500);
  for (const machine of stage.machines) serve(stage, machine);
  return stage;
}

function serve(stage: Stage, machine: Machine): Core {
  const core = stage.coreOf(machine);
  serveHashes(core);
  return core;
}

function put(stage: Stage, key: string, at = stage.leader): Promise<unknown> {
  return stage.settled(operationsOf(at).put(putOf(key), anonymous));
}

/** Stops a member, changes the value of its oldest version, and starts it again. */
async function damage(stage: Stage, machine: Machine): Promise<void> {
  await stage.settled(machine.stop());
  const { durable, current } = machine.disk;
  const oldest = [...durable.records.keys()].filter((key) => key.startsWith('k')).toSorted()[0];
  const changed = Buffer.from(durable.records.get(oldest!)!);
  changed[changed.length - 1]! ^= 1;
  durable.records.set(oldest!, changed);
  current.records.set(oldest!, changed);
  await restart(stage, machine);
}

async function restart(stage: Stage, machine: Machine): Promise<void> {
  machine.start();
  await stage.until('the member', () => machine.replica?.leader !== undefined);
  await stage.until('a leader', () => stage.machines.some(({ replica }) => replica?.isLeader));
  await stage.pass(1000);
  serve(stage, machine);
}

async function lead(stage: Stage, machine: Machine): Promise<void> {
  stage.leader.replica?.transferLeadership(idOf(machine));
  await stage.until('the new leader', () => machine.replica?.isLeader === true);
  await stage.pass(500);
}

function compact(stage: Stage, revision: number): Promise<unknown> {
  return stage.settled(operationsOf(stage.leader).compact({ revision, physical: true }, anonymous));
}

function accused(stage: Stage): string[] {
  const alarms = stage.leader.replica?.state.alarms ?? [];
  return alarms.filter(({ type }) => type === 'corrupt').map(({ memberId }) => memberId);
}

function checkerOf(stage: Stage, machine = stage.leader): CorruptionChecker {
  return new CorruptionChecker(stage.coreOf(machine));
}

test('a follower with different data is named, and no write is accepted any more', async () => {
  const stage = await openStage();
  const [follower] = stage.followers;
  await damage(stage, follower!);
  expect(accused(stage)).toEqual([]);
  await stage.settled(checkerOf(stage).checkCurrent());
  expect(accused(stage)).toEqual([idOf(follower!)]);
  expect(
    await stage.refusal(operationsOf(stage.leader).put(putOf('more'), anonymous)),
  ).toMatchObject({
    code: 'cluster-corrupt',
  });
});

test('a leader whose data differs from all others is named', async () => {
  const stage = await openStage();
  const [machine] = stage.followers;
  await damage(stage, machine!);
  await lead(stage, machine!);
  await stage.settled(checkerOf(stage).checkCurrent());
  expect(accused(stage)).toEqual([idOf(machine!)]);
});

test('if no majority agrees, the alarm names the whole cluster', async () => {
  const stage = await openStage();
  const [damaged, away] = stage.followers;
  await damage(stage, damaged!);
  await stage.settled(away!.stop());
  await stage.settled(checkerOf(stage).checkCurrent());
  expect(accused(stage)).toEqual(['0']);
});

test('members with equal data raise no alarm: all up, one away, one that cannot report, one that lags', async () => {
  const stage = await openStage();
  const checker = checkerOf(stage);
  const [first, second] = stage.followers;
  await stage.settled(checker.checkCurrent());
  first!.replica?.respondToHashesWith((_, answered) =>
    answered({ kind: 'refused', code: 'not-supported', message: 'what is a hash?' }),
  );
  await stage.settled(checker.checkCurrent());
  stage.isolate(second!);
  await put(stage, 'unseen');
  await stage.settled(checker.checkCurrent());
  await stage.settled(checker.checkCompactions());
  expect(accused(stage)).toEqual([]);
});

test('a member that installed a snapshot of the leader has the same hash as the others', async () => {
  const stage = await openStage({ snapshotCount: 10, snapshotCatchupEntries: 5 });
  const [follower] = stage.followers;
  await stage.settled(follower!.stop());
  for (let nth = 0; nth < 40; nth++) await put(stage, `key ${nth % 7}`);
  await compact(stage, 20);
  for (let nth = 0; nth < 40; nth++) await put(stage, `key ${nth % 7}`);
  await restart(stage, follower!);
  await stage.until('the snapshot', () => follower!.replica?.isInstalling === false);
  expect(follower!.replica?.snapshotsReceived).toBe(1);
  const own = await stage.settled(hashHere(stage.coreOf(stage.leader), 0));
  const told = await stage.settled(hashHere(stage.coreOf(follower!), 0));
  expect(told).toEqual(own);
  const checker = checkerOf(stage);
  await stage.settled(checker.checkCurrent());
  await compact(stage, 60);
  await stage.pass(500);
  await stage.settled(checker.checkCompactions());
  expect(accused(stage)).toEqual([]);
});

test('hashes of the last compaction are compared between members that remember it', async () => {
  const stage = await openStage();
  const [follower] = stage.followers;
  const checker = checkerOf(stage);
  await compact(stage, 4);
  // It forgets the hash of revision 4 by this.
  await damage(stage, follower!);
  await stage.settled(checker.checkCompactions());
  expect(accused(stage)).toEqual([]);
  await compact(stage, 6);
  await stage.pass(500);
  await stage.settled(checker.checkCompactions());
  expect(accused(stage)).toEqual([idOf(follower!)]);

  const alarm = { action: 'deactivate', memberId: idOf(follower!), type: 'corrupt' } as const;
  await stage.settled(operationsOf(stage.leader).alarm(alarm, anonymous));
  expect(accused(stage)).toEqual([]);
  await stage.settled(checker.checkCompactions());
  expect(accused(stage)).toEqual([idOf(follower!)]);
});

test('a compaction at which all members agreed is not compared again', async () => {
  const stage = await openStage();
  const asked: number[] = [];
  const forgotten = new Set([7]);
  for (const machine of stage.followers) {
    const { state } = stage.coreOf(machine);
    machine.replica?.respondToHashesWith((revision, answered) => {
      asked.push(revision);
      if (forgotten.has(revision) && machine === stage.followers[0]) {
        answered({ kind: 'refused', code: 'revision-compacted', message: 'gone' });
      } else answered({ kind: 'hash', ...state.hashKv(revision), revision: state.revision });
    });
  }
  const checker = checkerOf(stage);
  await compact(stage, 4);
  await compact(stage, 6);
  await stage.pass(500);
  await stage.settled(checker.checkCompactions());
  await stage.settled(checker.checkCompactions());
  expect(asked).toEqual([6, 6]);
  await compact(stage, 7);
  await stage.pass(500);
  await stage.settled(checker.checkCompactions());
  expect(asked.splice(0)).toEqual([6, 6, 7, 7]);

  // Not all could tell, so that the newest is asked about again, and older ones that are not checked yet.
  forgotten.clear();
  await stage.settled(checker.checkCompactions());
  expect(asked).toEqual([7, 7]);
});

test('one check runs at a time, on the leader only', async () => {
  const stage = await openStage();
  let asked = 0;
  for (const machine of stage.machines) {
    machine.replica?.respondToHashesWith((_, answered) => {
      asked++;
      answered({ kind: 'refused', code: 'revision-compacted', message: 'gone' });
    });
  }
  const checker = checkerOf(stage);
  await stage.settled(Promise.all([checker.checkCurrent(), checker.checkCurrent()]));
  expect(asked).toBe(2);
  await stage.settled(checkerOf(stage, stage.followers[0]).checkCurrent());
  expect(asked).toBe(2);
});

test('a member with a revision beyond all committed ones is named', async () => {
  const stage = await openStage();
  const [follower] = stage.followers;
  const { state } = stage.coreOf(follower!);
  follower!.replica?.respondToHashesWith((revision, answered) =>
    answered({ kind: 'hash', ...state.hashKv(revision), revision: state.revision + 1 }),
  );
  await stage.settled(checkerOf(stage).checkCurrent());
  expect(accused(stage)).toEqual([idOf(follower!)]);
});

test('a member asks again after the first response is lost', async () => {
  const stage = await openStage();
  const [first] = stage.followers;
  await damage(stage, first!);
  const core = stage.coreOf(first!);
  let asked = 0;
  first!.replica?.respondToHashesWith((revision, answered) => {
    asked++;
    if (asked === 1) return;
    answered({ kind: 'hash', ...core.state.hashKv(revision), revision: core.state.revision });
  });
  await stage.settled(checkerOf(stage).checkCurrent());
  expect([asked, accused(stage)]).toEqual([2, [idOf(first!)]]);
});

test('before it serves, a member compares its data with all members that respond', async () => {
  const stage = await openStage();
  const [first, second] = stage.followers;
  await stage.settled(second!.stop());
  const sound = stage.coreOf(first!);
  await stage.settled(checkBeforeServing(sound, await hashHere(sound, 0)));
  await damage(stage, first!);
  const core = stage.coreOf(first!);
  const own = await hashHere(core, 0);
  expect(await stage.refusal(checkBeforeServing(core, own))).toMatchObject({
    code: 'cluster-corrupt',
    message: expect.stringContaining(`${idOf(first!)} found data inconsistency with peers`),
  });
  expect(accused(stage)).toEqual([]);
});

test('a member computes a few hashes at a time for others, and refuses further ones', async () => {
  const stage = await openStage();
  const { leader } = stage;
  const [follower] = stage.followers;
  const gates: (() => void)[] = [];
  const gate = new Promise<void>((resolve) => gates.push(resolve));
  const core = stage.coreOf(follower!);
  Object.defineProperty(core, 'read', {
    value: async () => {
      await gate;
      return { value: core.state.hashKv(0), release: () => {} };
    },
  });
  serveHashes(core);
  const kinds: string[] = [];
  for (let nth = 0; nth < 20; nth++) {
    leader.replica?.askHash(idOf(follower!), 0, stage.nowMs + 10_000, ({ kind }) =>
      kinds.push(kind),
    );
  }
  await stage.until('the refusals', () => kinds.length === 12);
  expect(new Set(kinds)).toEqual(new Set(['refused']));
  for (const open of gates) open();
  await stage.until('the others', () => kinds.length === 20);
  expect(kinds.slice(12)).toEqual(Array.from({ length: 8 }, () => 'hash'));
});
