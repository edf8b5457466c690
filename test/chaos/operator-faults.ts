import { anyOf, nameOf } from './fault.ts';
import type { Fault, Scene } from './fault.ts';

/** Actions of operators on a running cluster. */
export const operatorFaults: readonly Fault[] = [
  { name: 'move-leader', run: moveLeader },
  { name: 'compact', run: compact },
  { name: 'defragment', run: defragment },
  { name: 'add-remove', run: addRemove },
  { name: 'replace', run: replace },
];

/** The operator gives up for now, and completes its steps when the faults are over. */
const patienceMsMax = 12_000;

function patience(endsMs: number): number {
  return Math.max(0, Math.min(patienceMsMax, endsMs - performance.now()));
}

async function moveLeader({ cluster, random, pause }: Scene): Promise<string> {
  const leader = await cluster.leader();
  if (leader === undefined) return 'nobody leads';
  const target = anyOf(
    random,
    cluster.members.filter((member) => member !== leader),
  );
  const status = await target.process.client.status().catch(() => undefined);
  if (status === undefined) return `${nameOf(target)} does not answer`;
  const targetID = status.header.member_id;
  const done = await leader.process.client
    .call('Maintenance', 'MoveLeader', { targetID }, 2000)
    .then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : 'failed'),
    );
  await pause(random.between(100, 500));
  return `${nameOf(leader)} to ${nameOf(target)}: ${done}`;
}

/**
 * Often, so that it affects watchers that are away; never beyond what the watchers that must see everything have
 * seen.
 */
async function compact({ cluster, random, pause, compactions }: Scene): Promise<string> {
  const times = random.between(4, 16);
  const done: string[] = [];
  for (let time = 0; time < times; time++) {
    const revision = compactions.seenByAll() - random.between(0, 20);
    if (revision > 0) {
      const physical = random.between(0, 2) === 0;
      compactions.newest = Math.max(compactions.newest, revision);
      const answer = await outcomeOf(
        anyOf(random, cluster.members).process.client.call(
          'KV',
          'Compact',
          { revision, physical },
          2000,
        ),
      );
      done.push(`${revision}${physical ? ' physically' : ''}: ${answer}`);
    }
    await pause(random.between(20, 500));
  }
  return `${done.length} times, at last ${done.at(-1) ?? 'to nothing'}`;
}

async function defragment({ cluster, random }: Scene): Promise<string> {
  const member = anyOf(random, cluster.members);
  const answer = await outcomeOf(
    member.process.client.call('Maintenance', 'Defragment', {}, 10_000),
  );
  return `${nameOf(member)}: ${answer}`;
}

function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : 'failed'),
  );
}

/** Adds a member for a while, as a learner that is promoted, or as a voter at once. */
async function addRemove({ random, pause, operator, endsMs }: Scene): Promise<string> {
  if (operator.isBusy) return 'an operator is at work already';
  const asLearner = random.between(0, 1) === 0;
  const kind = asLearner ? 'a learner, then a voter' : 'a voter';
  if (!(await operator.addGuest({ asLearner }, patience(endsMs)))) return `${kind}, not in for now`;
  await pause(random.between(0, 2000));
  const removed = await operator.removeGuest(patience(endsMs));
  return `${kind}, ${removed ? 'and removed' : 'not removed for now'}`;
}

/** Replaces a member that has lost its disk. */
async function replace({ cluster, random, operator, endsMs }: Scene): Promise<string> {
  if (operator.isBusy) return 'an operator is at work already';
  const member = anyOf(random, cluster.members);
  const asLearner = random.between(0, 1) === 0;
  const done = await operator.replace(member, { asLearner }, patience(endsMs));
  return `${nameOf(member)}${asLearner ? ', as a learner first' : ''}${done ? '' : ', not done for now'}`;
}
