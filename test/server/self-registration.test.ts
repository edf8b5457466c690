import { expect, test } from 'vitest';
import { knownLevel } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { idOf, Stage } from '../operations/stage.ts';
import type { Machine } from '../simulation/machine.ts';

/** The last announcement of the member before it was killed, so that its own disk does not have it. */
async function saidBefore(stage: Stage, member: Machine, command: Command): Promise<void> {
  member.crash('process');
  const { replica } = stage.leader;
  const outcome = await stage.settled(
    new Promise((resolve) => replica?.propose(command, Infinity, resolve)),
  );
  expect(outcome).toMatchObject({ kind: 'applied' });
}

async function restarted(stage: Stage, member: Machine): Promise<void> {
  member.start();
  await stage.until('the restart', () => member.replica?.leader !== undefined);
  await stage.pass(1000);
}

test('a member downgraded right after it announced the newer level announces the older one', async () => {
  const stage = await Stage.open({ members: 3 });
  const [member] = stage.followers;
  const id = idOf(member!);
  await saidBefore(stage, member!, { kind: 'member-level', id, level: knownLevel + 1 });
  expect(stage.leader.replica?.state.featureLevelOf(id)).toBe(knownLevel + 1);

  await restarted(stage, member!);

  expect(stage.leader.replica?.state.featureLevelOf(id)).toBe(knownLevel);
});

test('a member that said last that it is elsewhere says where it is now', async () => {
  const stage = await Stage.open({ members: 3 });
  const [member] = stage.followers;
  const id = idOf(member!);
  const elsewhere = ['http://elsewhere:2379'];
  const { name } = member!;
  await saidBefore(stage, member!, { kind: 'member-publish', id, name, clientUrls: elsewhere });

  await restarted(stage, member!);

  const known = stage.leader.replica?.state.members.find((each) => each.id === id);
  expect(known?.clientUrls).toEqual([`http://${name}:2379`]);
});

test('a member that comes back as it was writes nothing', async () => {
  const stage = await Stage.open({ members: 3 });
  const [member] = stage.followers;
  const lastIndex = stage.leader.replica?.lastIndex;
  member!.crash('process');

  await restarted(stage, member!);

  expect(stage.leader.replica?.lastIndex).toBe(lastIndex);
});
