import { expect, test } from 'vitest';
import { operationsOf, putOf, Stage } from '../operations/stage.ts';
import type { Machine } from '../simulation/machine.ts';
import { anonymous } from '../simulation/callers.ts';

/** Three members of which two are named by their part; the third stays whatever happens. */
async function open() {
  const stage = await Stage.open({ members: 3 });
  // So long that everybody counts as healthy.
  await stage.pass(6000);
  const [follower, other] = stage.followers;
  return { stage, leader: stage.leader, follower: follower!, other: other! };
}

const remove = (stage: Stage, via: Machine, { id }: Machine): Promise<unknown> =>
  stage.settled(operationsOf(via).memberRemove(id!, anonymous));

const ended = (stage: Stage, machine: Machine): Promise<void> =>
  stage.until('its end', () => machine.state === 'removed');

test('a removed follower ends, whichever member was asked', async () => {
  const { stage, leader, follower, other } = await open();
  await remove(stage, other, follower);
  await ended(stage, follower);
  await remove(stage, other, other);
  await ended(stage, other);
  await stage.settled(operationsOf(leader).put(putOf('key'), anonymous));
});

test('a member that was removed while it was down ends when it is started again', async () => {
  const { stage, leader, follower } = await open();
  follower.crash('process');
  await stage.pass(1000);
  await remove(stage, leader, follower);
  await stage.pass(60_000);
  follower.start();
  await ended(stage, follower);
});

test('a member that was cut off while it was removed ends when it reaches the others', async () => {
  const { stage, leader, follower } = await open();
  stage.isolate(follower);
  await stage.until('the loss being noticed', () => !leader.replica!.isConnected(follower.id!));
  await remove(stage, leader, follower);
  await stage.pass(60_000);
  expect(follower.state).toBe('running');
  stage.network.healAll();
  await ended(stage, follower);
});

test('a removed learner ends, although it never misses a leader', async () => {
  const { stage, leader } = await open();
  const peerUrls = ['http://m4:2380'];
  // Members count as healthy once they have been connected for 5 s.
  await stage.pass(10_000);
  await stage.settled(operationsOf(leader).memberAdd({ peerUrls, isLearner: true }, anonymous));
  const learner = stage.join('m4');
  await stage.until('the learner', () => learner.replica?.leader === leader.id);
  stage.isolate(learner);
  await stage.pass(10_000);
  await remove(stage, leader, learner);
  await stage.pass(60_000);
  expect(learner.replica?.leader).toBe(leader.id);
  stage.network.healAll();
  await ended(stage, learner);
});

test('only the leader is believed while the member hears one', async () => {
  const { stage, leader, follower, other } = await open();
  const tell = (machine: Machine, by: Machine): void =>
    stage.network.transportOf(machine.id!)?.refusedBy(by.id!);
  tell(follower, other);
  tell(leader, other);
  await stage.pass(10_000);
  expect([leader.state, follower.state]).toEqual(['running', 'running']);
  tell(other, leader);
  await ended(stage, other);
  stage.isolate(follower);
  await stage.until('the loss being noticed', () => follower.replica?.leader === undefined);
  tell(follower, other);
  await ended(stage, follower);
});
