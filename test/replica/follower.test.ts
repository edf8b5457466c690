import { expect, test } from 'vitest';
import type { Entry, Message } from '../../src/raft/index.ts';
import type { Answer, PeerMessage, Replica, TransportReceiver } from '../../src/replica/index.ts';
import { encodeCommand } from '../../src/state/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';
import { MachineClock, processClock } from '../simulation/member-clock.ts';
import { SeededRandom } from '../simulation/random.ts';
import { Scheduler } from '../simulation/scheduler.ts';
import { startOneMember } from './one-member.ts';

const self = 'm1';
const leader = 'm2';
const term = 2;

/** A follower, connected to a leader that goes on leading, and says nothing else unless the test says it. */
class Scene {
  readonly replica: Replica;
  readonly #scheduler: Scheduler;
  readonly #receiver: TransportReceiver;
  readonly #asked: readonly number[];

  private constructor(
    replica: Replica,
    receiver: TransportReceiver,
    scheduler: Scheduler,
    asked: readonly number[],
  ) {
    this.replica = replica;
    this.#receiver = receiver;
    this.#scheduler = scheduler;
    this.#asked = asked;
  }

  static async open(): Promise<Scene> {
    const scheduler = new Scheduler();
    const random = new SeededRandom(1, 'follower');
    const asked: number[] = [];
    const { replica, receiver } = await startOneMember([self, leader], {
      store: createMemoryStore(),
      clock: processClock(new MachineClock(scheduler, 0), scheduler, random, (action) => action()),
      random,
      connectedSinceMs: () => 0,
      send: (_to, messages) => asked.push(...messages.flatMap(questionOf)),
      onFatal: (error) => {
        throw error;
      },
    });
    const scene = new Scene(replica, receiver, scheduler, asked);
    const lead = (): void => {
      scene.commits(1);
      scheduler.after(100, lead);
    };
    lead();
    await scene.passes(200);
    expect(replica.leader).toBe(leader);
    return scene;
  }

  passes(ms: number): Promise<void> {
    return this.#scheduler.run(this.#scheduler.nowMs + ms);
  }

  commits(commit: number): void {
    this.#hears({ kind: 'heartbeat-request', ...fromLeader, commit, round: 0 });
  }

  /** Entries that follow the one at index 1, where the cluster began. */
  appends(...indexes: readonly number[]): void {
    const entries = indexes.map((index): Entry => {
      const data = encodeCommand({ kind: 'lease-grant', id: BigInt(index), ttlSeconds: 60 });
      return { index, term, kind: 'command', data };
    });
    const after = { previousIndex: 1, previousTerm: 1 };
    this.#hears({ kind: 'append-request', ...fromLeader, ...after, entries, commit: 1 });
  }

  /** To what the follower asked last. */
  answers(answer: Answer): void {
    this.#receiver.receive(leader, [{ kind: 'answer', id: this.#asked.at(-1) ?? 0, answer }]);
  }

  #hears(message: Message): void {
    this.#receiver.receive(leader, [{ kind: 'raft', message }]);
  }
}

const fromLeader = { from: leader, to: self, term };

function questionOf(message: PeerMessage): number[] {
  return message.kind === 'question' ? [message.id] : [];
}

test('a read that a connected leader never answers is given up in time', async () => {
  const scene = await Scene.open();
  let answer: unknown;
  scene.replica.linearize(7000, (error) => (answer = error?.code));
  await scene.passes(6700);
  expect(answer).toBeUndefined();
  await scene.passes(400);
  expect(answer).toMatch(/^timeout/);
});

test('a write that a connected leader never answers is given up in time, as of unknown fate', async () => {
  const scene = await Scene.open();
  const { replica } = scene;
  let answer: unknown;
  replica.propose({ kind: 'compact', revision: 1 }, 7000, (outcome) => {
    answer = outcome.kind === 'failed' ? outcome.error.code : outcome.kind;
  });
  await scene.passes(6700);
  expect([answer, replica.pendingProposals]).toEqual([undefined, 1]);
  await scene.passes(400);
  expect([answer, replica.pendingProposals]).toEqual([expect.stringMatching(/^timeout/), 0]);
});

test('a read is served as soon as what it has to see is applied, and not before', async () => {
  const scene = await Scene.open();
  let served = false;
  scene.replica.linearize(5000, (error) => (served = error === undefined));
  await scene.passes(10);
  scene.answers({ kind: 'read-index', index: 3 });
  scene.appends(2, 3);
  scene.commits(2);
  await scene.passes(10);
  expect([scene.replica.state.appliedIndex, served]).toEqual([2, false]);
  scene.commits(3);
  await scene.passes(10);
  expect([scene.replica.state.appliedIndex, served]).toEqual([3, true]);
});

test('what was applied is on the disk a heartbeat interval later, though nothing else has to be written', async () => {
  const scene = await Scene.open();
  const { replica } = scene;
  scene.appends(2, 3);
  await scene.passes(10);
  scene.commits(3);
  await scene.passes(1);
  expect([replica.state.appliedIndex, replica.flushedIndex]).toEqual([3, 1]);
  await scene.passes(150);
  expect(replica.flushedIndex).toBe(3);
});
