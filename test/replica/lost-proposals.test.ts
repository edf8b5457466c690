import { expect, test } from 'vitest';
import { anonymous } from '../simulation/callers.ts';
import { operationsOf, putOf, Stage } from '../operations/stage.ts';

test('a write that the next leader does not have is made again, also where that has the first entry of its term', async () => {
  const stage = await Stage.open({ members: 3 });
  const { leader: former } = stage;
  stage.isolate(former);
  const beganMs = stage.nowMs;
  const outcome = operationsOf(former)
    .put(putOf('key'), anonymous)
    .then(
      () => 'written',
      (error: unknown) => String(error),
    );
  await stage.until('another leader', () =>
    stage.machines.some((machine) => machine !== former && machine.replica!.isLeader),
  );
  stage.network.healAll();
  expect(await stage.settled(outcome)).toBe('written');
  // An election and a connection, and no request timeout.
  expect(stage.nowMs - beganMs).toBeLessThan(4000);
});
