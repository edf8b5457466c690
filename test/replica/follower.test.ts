import { describe, expect, test } from 'vitest';
import type { Entry, Message } from '../../src/raft/index.ts';
import type {
  PeerResponse,
  PeerMessage,
  PeerRequest,
  Replica,
  TransportReceiver,
} from '../../src/replica/index.ts';
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
  readonly #asked: readonly Asked[];

  private constructor(
    replica: Replica,
    receiver: TransportReceiver,
    scheduler: Scheduler,
    asked: readonly Asked[],
  ) {
    this.replica = replica;
    this.#receiver = receiver;
    this.#scheduler = scheduler;
    this.#asked = asked;
  }

  static async open(): Promise<Scene> {
    const scheduler = new Scheduler();
    const random = new SeededRandom(1, 'follower');
    const asked: Asked[] = [];
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

  get nowMs(): number {
    return this.#scheduler.nowMs;
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

  /** What the leader was asked of this kind. */
  asked(kind: PeerRequest['kind']): readonly Asked[] {
    return this.#asked.filter(({ question }) => question.kind === kind);
  }

  /** To what the follower asked last, or to this. */
  answers(answer: PeerResponse, asked: Asked | undefined = this.#asked.at(-1)): void {
    this.#receiver.receive(leader, [{ kind: 'answer', id: asked?.id ?? 0, answer }]);
  }

  /** Refuses every question from now on, as soon as it is asked. */
  async refuses(code: 'not-leader' | 'too-many-requests', forMs: number): Promise<void> {
    let answered = this.#asked.length;
    for (const untilMs = this.#scheduler.nowMs + forMs; this.#scheduler.nowMs < untilMs;) {
      await this.passes(0.1);
      for (; answered < this.#asked.length; answered++) {
        this.answers({ kind: 'refused', code, message: '' }, this.#asked[answered]);
      }
    }
  }

  /** Another one leads, in a later term. */
  isReplacedBy(next: string): void {
    this.#receiver.receive(next, [
      {
        kind: 'raft',
        message: { kind: 'heartbeat-request', from: next, to: self, term: 9, commit: 1, round: 0 },
      },
    ]);
  }

  #hears(message: Message): void {
    this.#receiver.receive(leader, [{ kind: 'raft', message }]);
  }
}

type Asked = Extract<PeerMessage, { readonly kind: 'question' }>;

const fromLeader = { from: leader, to: self, term };

function questionOf(message: PeerMessage): Asked[] {
  return message.kind === 'question' ? [message] : [];
}

const value = new Uint8Array(1 << 20);

function put(key: string) {
  const request = {
    key,
    value: new Uint8Array(),
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false,
  };
  return { kind: 'put', request } as const;
}

const megabytes = encodeCommand({ ...put('k'), request: { ...put('k').request, value } });

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

describe.each(['not-leader', 'too-many-requests'] as const)('a leader that refuses: %s', (code) => {
  test("writes and reads are retried with back-off, one batch at a time, until the caller's deadline", async () => {
    const scene = await Scene.open();
    const outcomes: unknown[] = [];
    for (let at = 0; at < 20; at++) {
      scene.replica.proposeEncoded(megabytes, scene.nowMs + 7000, (outcome) => {
        outcomes.push(outcome.kind === 'failed' ? outcome.error.code : outcome.kind);
      });
    }
    let read: unknown;
    scene.replica.linearize(scene.nowMs + 7000, (error) => (read = error?.code));
    await scene.refuses(code, 7200);
    expect(outcomes).toHaveLength(20);
    expect(new Set(outcomes)).toEqual(
      new Set([code === 'not-leader' ? 'timeout' : 'too-many-requests']),
    );
    expect(read).toMatch(/^timeout/);
    // All of them once, and then one at a time: after 0.1, 0.2, 0.4, 0.8 s, and then every second.
    expect(scene.asked('propose').length).toBeGreaterThan(20 + 5);
    expect(scene.asked('propose').length).toBeLessThan(20 + 15);
    expect(scene.asked('read-index').length).toBeLessThan(15);
  });

  test('a new leader is asked at once for all that waits', async () => {
    const scene = await Scene.open();
    for (let at = 0; at < 10; at++) scene.replica.propose(put(`k${at}`), 7000, () => {});
    await scene.refuses(code, 500);
    const before = scene.asked('propose').length;
    scene.isReplacedBy('m3');
    await scene.passes(0.1);
    const [, ...more] = scene.asked('propose').slice(before - 1);
    expect(more.map(({ question }) => question)).toMatchObject([{ commands: { length: 10 } }]);
  });

  test('the batches that wait follow one that is accepted', async () => {
    const scene = await Scene.open();
    for (let at = 0; at < 10; at++) scene.replica.proposeEncoded(megabytes, 7000, () => {});
    await scene.refuses(code, 20);
    while (scene.asked('propose').length === 10) await scene.passes(1);
    const before = scene.asked('propose').length;
    expect(before).toBe(10 + 1);
    scene.answers({ kind: 'proposed', index: 2, term }, scene.asked('propose').at(-1));
    await scene.passes(0.1);
    expect(scene.asked('propose').length).toBe(before + 9);
  });
});

test('a write that the leader cannot decode is refused with the reason, and not retried', async () => {
  const scene = await Scene.open();
  let outcome: unknown;
  scene.replica.propose(put('k'), 7000, (settled) => {
    outcome = settled.kind === 'failed' ? settled.error.message : settled.kind;
  });
  await scene.passes(1);
  scene.answers({ kind: 'refused', code: 'not-supported', message: 'unknown here' });
  await scene.passes(1);
  expect(outcome).toBe('unknown here');
  expect(scene.asked('propose')).toHaveLength(1);
});

test('a write that waits for the leader with others is given up at its own deadline', async () => {
  const scene = await Scene.open();
  const { replica } = scene;
  const over: string[] = [];
  replica.propose(put('long'), 9000, () => over.push('long'));
  replica.propose(put('short'), 1000, () => over.push('short'));
  replica.linearize(9000, () => over.push('long read'));
  replica.linearize(1500, () => over.push('short read'));
  await scene.passes(1000);
  expect(over).toEqual(['short']);
  await scene.passes(500);
  expect(over).toEqual(['short', 'short read']);
});

test('a read is served once its index is applied, and not before', async () => {
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

test('applied records are flushed within a second, even if there is nothing else to write', async () => {
  const scene = await Scene.open();
  const { replica } = scene;
  scene.appends(2, 3);
  await scene.passes(10);
  scene.commits(3);
  await scene.passes(1);
  expect([replica.state.appliedIndex, replica.flushedIndex]).toEqual([3, 1]);
  await scene.passes(1100);
  expect(replica.flushedIndex).toBe(3);
});

test('the leader of a former term renews no lease: the next one is asked', async () => {
  const scene = await Scene.open();
  const told: unknown[] = [];
  const renews = (): void =>
    scene.replica.renewLeases([5n], scene.nowMs + 5000, (result) => told.push(result));
  const renewal = { kind: 'lease-keep-alive', ttlSeconds: [60] } as const;
  renews();
  await scene.passes(10);
  scene.answers(renewal);
  expect(told).toEqual([[60]]);

  renews();
  await scene.passes(10);
  const late = scene.asked('lease-keep-alive').at(-1);
  scene.isReplacedBy('m3');
  scene.answers(renewal, late);
  await scene.passes(500);
  expect(told).toHaveLength(1);
  expect(scene.asked('lease-keep-alive').at(-1)).not.toBe(late);
});
