import { expect, test } from 'vitest';
import { prefixRange } from '../../src/base/key.ts';
import { anonymous } from '../simulation/callers.ts';
import { operationsOf, putOf, Stage } from './stage.ts';

const ranges = [prefixRange('/services/')];

test('a catalog is read by default while a leader is known, and if stale is good enough always', async () => {
  const stage = await Stage.open({ members: 3 });
  const [follower] = stage.followers;
  const operations = operationsOf(follower!);
  for (const consistency of ['default', 'consistent', 'stale'] as const) {
    await stage.settled(operations.discover({ ranges, consistency }, anonymous));
  }
  expect(operations.leaderContactMs()).toBeLessThan(200);
  stage.isolate(follower!);
  await stage.pass(10_000);
  const refused = operations.discover({ ranges, consistency: 'default' }, anonymous);
  expect(await stage.refusal(refused)).toMatchObject({ code: 'no-leader' });
  await stage.settled(operations.discover({ ranges, consistency: 'stale' }, anonymous));
  expect(operations.leaderContactMs()).toBeGreaterThan(9000);
  const consistent = operations.discover({ ranges, consistency: 'consistent' }, anonymous);
  expect(await stage.refusal(consistent)).toMatchObject({
    code: expect.stringMatching(/^timeout/),
  });
});

test('the leader is in contact with itself, also after a time without messages', async () => {
  const stage = await Stage.open();
  await stage.pass(5000);
  expect(operationsOf(stage.leader).leaderContactMs()).toBe(0);
});

test('a consistent answer names a revision with everything that was acknowledged before', async () => {
  const stage = await Stage.open({ members: 3 });
  const [follower] = stage.followers;
  const request = { ranges, consistency: 'consistent' } as const;
  for (let at = 0; at < 20; at++) {
    const put = operationsOf(stage.leader).put(putOf(`/services/a/${at}`), anonymous);
    const { header } = await stage.settled(put);
    const answer = await stage.settled(operationsOf(follower!).discover(request, anonymous));
    expect(answer.header.revision).toBe(header.revision);
  }
});
