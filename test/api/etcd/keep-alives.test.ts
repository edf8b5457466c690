import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { etcdMethods } from '../../../src/api/etcd/index.ts';
import type { RequestStream, ResponseStream, StreamMethod } from '../../../src/api/methods.ts';
import { RegistryError } from '../../../src/base/errors.ts';
import { etcdserverpb as pb } from '../../../src/gen/etcd.js';
import type { Operations } from '../../../src/operations/index.ts';
import { operationsOf, Stage } from '../../operations/stage.ts';
import { ServerAndCaller } from '../grpc/server.ts';
import { etcdHandler, fakeOperations, fakeOptions } from './fake.ts';
import { serve } from './serve.ts';

const path = '/etcdserverpb.Lease/LeaseKeepAlive';
const context = {
  address: '10.0.0.9',
  signal: new AbortController().signal,
  metadata: () => undefined,
};

/** Renewals that reach the leader, and are answered when a test says so. */
class Leader {
  readonly asked: bigint[] = [];
  readonly #answers: ((error?: RegistryError) => void)[] = [];
  readonly #changes = new EventTarget();
  readonly method: StreamMethod;

  /** The other operations are those of a real member. */
  static async open(): Promise<Leader> {
    return new Leader(operationsOf((await Stage.open()).leader));
  }

  private constructor(others: Operations) {
    const operations: Operations = {
      ...others,
      leaseKeepAlive: (id) =>
        new Promise((resolve, reject) => {
          this.asked.push(id);
          const header = { clusterId: '1', memberId: '1', revision: 1, raftTerm: 1 };
          this.#answers.push((error) => {
            if (error === undefined) resolve({ ttlSeconds: Number(id), header });
            else reject(error);
          });
          this.#changes.dispatchEvent(new Event('asked'));
        }),
    };
    const methods = etcdMethods({ operations, messageBytesMax: 1000, maxTxnOps: 128 });
    const method = methods.find((one) => one.path === path);
    if (method?.kind !== 'stream') throw new Error('renewals are a stream');
    this.method = method;
  }

  get waiting(): number {
    return this.#answers.length;
  }

  async isAsked(times: number): Promise<void> {
    while (this.asked.length < times) await once(this.#changes, 'asked');
  }

  /** Answers the oldest renewals that wait, but for the first of them. */
  async answer(count: number, error?: RegistryError, butFor = 0): Promise<void> {
    for (const answer of this.#answers.splice(butFor, count)) answer(error);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
}

/** A caller that sends requests unless its stream is paused. */
class Caller implements ResponseStream {
  readonly answers: number[] = [];
  isPaused = false;
  isEnded = false;
  error: unknown;
  readonly stream: RequestStream;

  constructor(leader: Leader) {
    this.stream = leader.method.open(context, this);
  }

  /** Gives how many renewals were taken. */
  renew(countMax: number): number {
    let count = 0;
    for (; count < countMax && !this.isPaused; count++) {
      this.stream.message(pb.LeaseKeepAliveRequest.encode({ ID: count + 1 }).finish());
    }
    return count;
  }

  push(bytes: Uint8Array): boolean {
    this.answers.push(Number(pb.LeaseKeepAliveResponse.decode(bytes).ID));
    return true;
  }

  pushAlike(): boolean {
    throw new Error('responses to renewals have nothing in common');
  }

  end(error?: unknown): void {
    this.error = error;
    this.isEnded = true;
    this.stream.closed();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

describe('renewals under way', () => {
  test('pause their stream at the limit, until some are answered', async () => {
    const leader = await Leader.open();
    const caller = new Caller(leader);
    expect(caller.renew(100_000)).toBe(256);
    expect(leader.waiting).toBe(256);
    const other = new Caller(leader);
    expect(other.renew(10)).toBe(10);

    await leader.answer(128);
    expect(caller.renew(100_000)).toBe(128);
    expect(caller.answers).toEqual(Array.from({ length: 128 }, (_, at) => at + 1));
    expect(leader.waiting).toBe(256 + 10);
  });

  test('count until their responses have left, which wait for a slow one before them', async () => {
    const leader = await Leader.open();
    const caller = new Caller(leader);
    expect(caller.renew(100_000)).toBe(256);
    await leader.answer(255, undefined, 1);
    expect([caller.answers.length, caller.isPaused]).toEqual([0, true]);
    caller.stream.halfClosed();
    await leader.answer(1);
    expect(caller.answers).toEqual(Array.from({ length: 256 }, (_, at) => at + 1));
    expect(caller.isEnded).toBe(true);
  });

  test('pause all streams at the limit of the member, and resume one after the other', async () => {
    const leader = await Leader.open();
    const callers = Array.from({ length: 100 }, () => new Caller(leader));
    for (const caller of callers) caller.renew(200);
    expect(leader.waiting).toBeGreaterThanOrEqual(16_384);
    expect(leader.waiting).toBeLessThanOrEqual(16_384 + callers.length);
    const late = new Caller(leader);
    expect(late.renew(1)).toBe(0);

    for (let round = 0; leader.waiting > 0; round++) {
      expect(round).toBeLessThan(1000);
      await leader.answer(300);
      for (const caller of [late, ...callers]) {
        const missing = 200 - caller.answers.length;
        if (!caller.isPaused && round < 50) caller.renew(Math.min(10, missing));
      }
    }
    for (const caller of [late, ...callers]) {
      expect(caller.isPaused).toBe(false);
      expect(caller.answers.length).toBeGreaterThan(0);
    }
  });

  test('count until they are answered, even if their streams have ended', async () => {
    const leader = await Leader.open();
    for (let stream = 0; stream < 200; stream++) {
      const caller = new Caller(leader);
      caller.renew(1000);
      caller.stream.closed();
    }
    expect(leader.waiting).toBeLessThanOrEqual(16_384);
    const caller = new Caller(leader);
    expect(caller.isPaused).toBe(true);
    await leader.answer(1);
    expect(caller.isPaused).toBe(false);
  });

  test('that fail end their stream once, and leave no stream paused', async () => {
    const leader = await Leader.open();
    const caller = new Caller(leader);
    caller.renew(1000);
    const refusal = new RegistryError('timeout', 'nobody leads');
    await leader.answer(256, refusal);
    expect(caller.error).toBe(refusal);
    expect(caller.answers).toEqual([]);
    expect(new Caller(leader).renew(1000)).toBe(256);
  });
});

describe('a caller that goes on renewing without being answered', () => {
  const count = 10_000;

  test('is paused over gRPC, and later answered in order', async () => {
    const leader = await Leader.open();
    await using pair = await ServerAndCaller.open([leader.method]);
    const stream = pair.stream(path);
    const answers: number[] = [];
    stream.on('data', (bytes: Buffer) =>
      answers.push(Number(pb.LeaseKeepAliveResponse.decode(bytes).ID)),
    );
    for (let id = 1; id <= count; id++) {
      stream.write(Buffer.from(pb.LeaseKeepAliveRequest.encode({ ID: id }).finish()));
    }
    await leader.isAsked(256);
    // Another call is served, so that the bytes sent before have had their turn.
    for (let turn = 0; turn < 20; turn++) await pair.ask('/nothing');
    expect(leader.asked).toHaveLength(256);
    while (answers.length < count) await leader.answer(1000);
    expect(answers).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    expect(leader.asked).toHaveLength(count);
    stream.cancel();
  });

  test('is paused over HTTP, within one piece of the body', async () => {
    const leader = await Leader.open();
    const methods = new Map([[path, leader.method]]);
    const base = await serve(etcdHandler(fakeOptions(fakeOperations(), { methods })));
    const asked = request(`${base}/v3/lease/keepalive`, { method: 'POST' });
    onTestFinished(() => void asked.destroy());
    asked.on('error', () => {});
    let text = '';
    const response = once(asked, 'response');
    asked.end(Array.from({ length: 5000 }, (_, at) => `{"ID":${at + 1}}`).join(''));
    await leader.isAsked(256);
    for (let turn = 0; turn < 20; turn++) await fetch(`${base}/version`);
    expect(leader.asked).toHaveLength(256);
    await leader.answer(1);
    const [incoming] = await response;
    incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
    const ended = once(incoming, 'end');
    while (leader.asked.length < 5000 || leader.waiting > 0) await leader.answer(1000);
    await ended;
    const ids = text
      .trimEnd()
      .split('\n')
      .map((line) => Number(JSON.parse(line).result.ID));
    expect(ids).toEqual(Array.from({ length: 5000 }, (_, at) => at + 1));
  });
});
