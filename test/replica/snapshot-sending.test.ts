import { expect, test } from 'vitest';
import { operationsOf, putOf, Stage } from '../operations/stage.ts';
import { anonymous } from '../simulation/callers.ts';
import type { Machine } from '../simulation/machine.ts';

/** A follower that is down, while the log of the others goes on beyond what they keep of it. */
async function oneBehind(): Promise<{ stage: Stage; behind: Machine; other: Machine }> {
  const stage = await Stage.open({ members: 3, snapshotCount: 10, snapshotCatchupEntries: 2 });
  const [behind, other] = stage.followers;
  behind!.crash('process');
  for (let nth = 0; nth < 40; nth++) {
    await stage.settled(operationsOf(stage.leader).put(putOf(`key ${nth}`), anonymous));
  }
  await stage.pass(2000);
  return { stage, behind: behind!, other: other! };
}

/** Damages a record that nobody reads but who sends the state. */
function damage({ disk }: Machine): void {
  const [, value] = [...disk.current.records].find(([key]) => key.startsWith('k')) ?? [];
  disk.rottenRecords.add(value!);
}

test('a leader whose disk cannot give the state has another member lead, which sends its own', async () => {
  const { stage, behind, other } = await oneBehind();
  damage(stage.leader);

  behind.start();
  await stage.until('another leader', () => other.replica?.isLeader === true, 5000);
  const { appliedIndex } = other.replica!.state;
  await stage.until('the follower', () => behind.replica!.state.appliedIndex >= appliedIndex, 5000);
});

test('where nobody else can give it either, leadership does not go back and forth', async () => {
  const { stage, behind, other } = await oneBehind();
  const former = stage.leader;
  damage(former);
  damage(other);

  behind.start();
  await stage.until('another leader', () => other.replica?.isLeader === true, 5000);
  await stage.until('the former leader', () => former.replica?.isLeader === true, 5000);
  const { term } = former.replica!;
  await stage.pass(50_000);
  expect(former.replica!.isLeader).toBe(true);
  expect(former.replica!.term).toBe(term);
});
