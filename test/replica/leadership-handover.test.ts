import { expect, test } from 'vitest';
import { operationsOf, putOf, Stage } from '../operations/stage.ts';
import type { Machine } from '../simulation/machine.ts';
import { anonymous } from '../simulation/callers.ts';

/** One client that writes through this member, one call after the other, as long as it is asked to. */
class Writer {
  readonly #stage: Stage;
  readonly #machine: Machine;
  isWriting = true;
  written = 0;
  longestMs = 0;
  readonly errors: unknown[] = [];
  readonly done: Promise<void>;

  constructor(stage: Stage, machine: Machine) {
    this.#stage = stage;
    this.#machine = machine;
    this.done = this.#live();
  }

  async #live(): Promise<void> {
    while (this.isWriting) {
      const beganMs = this.#stage.nowMs;
      try {
        await operationsOf(this.#machine).put(
          putOf(`${this.#machine.name}/${this.written}`),
          anonymous,
        );
        this.written++;
      } catch (error) {
        this.errors.push(error);
      }
      this.longestMs = Math.max(this.longestMs, this.#stage.nowMs - beganMs);
    }
  }
}

test.each([0, 1, 2, 3, 7, 50])(
  'writes through every member go on, none of them fails, while the leader leaves (after %i ms)',
  async (afterMs) => {
    const stage = await Stage.open({ members: 3 });
    const { leader, machines } = stage;
    const term = leader.replica!.term;
    const writers = machines.map((machine) => new Writer(stage, machine));
    await stage.pass(200 + afterMs);

    await stage.settled(leader.replica!.leave(5000));
    const own = writers[machines.indexOf(leader)]!;
    own.isWriting = false;
    await stage.settled(own.done);
    await stage.settled(leader.stop());
    await stage.pass(1000);
    for (const writer of writers) writer.isWriting = false;
    await stage.settled(Promise.all(writers.map(({ done }) => done)));

    expect(writers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(Math.max(...writers.map(({ longestMs }) => longestMs))).toBeLessThan(150);
    // One election, and that was won at once.
    expect(stage.leader.replica!.term).toBe(term + 1);
    const versions = stage.leader.replica!.state.revision;
    expect(versions).toBeGreaterThan(writers.reduce((sum, { written }) => sum + written, 0));
  },
);

test('when the member that was told to take over cannot, the next one is told', async () => {
  const stage = await Stage.open({ members: 3 });
  const { leader } = stage;
  const [first, second] = stage.followers;
  // The successor is the first of those that have the same log; it cannot write down its own vote.
  first!.disk.slowMs = 1e9;
  await stage.settled(leader.replica!.leave(5000));
  expect(stage.leader).toBe(second);
});

test('a leader without a possible successor keeps leading, and the handover ends at once', async () => {
  const stage = await Stage.open({ members: 3 });
  const { leader } = stage;
  const alone = await Stage.open({ members: 1 });
  for (const machine of stage.followers) machine.crash('process');
  await stage.until('the loss being noticed', () =>
    stage.machines.every((one) => one === leader || !leader.replica!.isConnected(one.id!)),
  );
  for (const each of [stage, alone]) {
    const beganMs = each.nowMs;
    await each.settled(each.leader.replica!.leave(5000));
    expect(each.nowMs - beganMs).toBeLessThan(10);
  }
  await alone.settled(operationsOf(alone.leader).put(putOf('key'), anonymous));
});

test('a member that leaves and is elected all the same hands over again', async () => {
  const stage = await Stage.open({ members: 3 });
  const [leaving] = stage.followers;
  const { term } = stage.leader.replica!;
  await stage.settled(leaving!.replica!.leave(5000));
  stage.leader.replica!.transferLeadership(leaving!.id!);
  // It leads one term, and somebody else the next one.
  await stage.until('two elections', () => leaving!.replica!.term === term + 2, 500);
  await stage.until('another leader', () => leaving!.replica!.leader !== undefined, 500);
  expect(stage.leader).not.toBe(leaving);
});
