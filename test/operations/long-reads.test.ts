import { expect, test } from 'vitest';
import { keyOfText, prefixRange } from '../../src/base/key.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { LongReads } from '../../src/operations/long-reads.ts';
import type { Read } from '../../src/operations/long-reads.ts';
import { sliceWork } from '../../src/base/steps.ts';
import type { Steps } from '../../src/base/steps.ts';
import { ReadProgress } from '../../src/state/read-progress.ts';
import type { KeyValue, RangeResult, Reading } from '../../src/state/index.ts';
import { operationsOf, putOf, rangeOf, Stage } from './stage.ts';
import { anonymous } from '../simulation/callers.ts';

const mib = 1 << 20;

/** A read that has so many bytes more after each slice. */
function reading(slices: number, bytes: number): Reading<string> {
  const progress = new ReadProgress();
  function* steps(): Steps<string> {
    for (let at = 0; at < slices; at++) {
      progress.packedBytes += bytes;
      yield sliceWork;
    }
    return 'read';
  }
  return { steps: steps(), progress, oldestRevision: 1 };
}

/** An encoding of key-values that is read easily. */
function pack(kvs: readonly KeyValue[]): Uint8Array {
  return Buffer.from(kvs.map(({ key }) => `${key} `).join(''));
}

/** The keys of an answer: those that were encoded and those that were not, in order. */
function told({ parts = [], kvs }: RangeResult): string {
  return Buffer.concat([...parts, pack(kvs)]).toString();
}

async function stageWithReads(): Promise<{ stage: Stage; reads: LongReads }> {
  const stage = await Stage.open();
  const { process } = stage.leader;
  return { stage, reads: new LongReads({ replica: process!.replica!, clock: process!.clock }) };
}

test('a few large responses are built at a time; the others wait in order', async () => {
  const { stage, reads } = await stageWithReads();
  const done: number[] = [];
  const all = Array.from({ length: 10 }, async (_, at) => {
    const read = await reads.resume(reading(20, mib), { call: {} });
    done.push(at);
    read.release();
  });
  expect(reads.count).toBe(10);
  await stage.settled(Promise.all(all));
  expect(done).toEqual(Array.from({ length: 10 }, (_, at) => at));
  expect(reads.bytes).toBe(0);
});

test('responses to slow readers delay further ones, which are refused after a time', async () => {
  const { stage, reads } = await stageWithReads();
  const held: Read<string>[] = [];
  for (let at = 0; at < 3; at++) {
    held.push(await stage.settled(reads.resume(reading(20, 10 * mib), { call: {} })));
  }
  expect(reads.bytes).toBe(600 * mib);
  const refused = await stage.refusal(reads.resume(reading(20, mib), { call: {} }));
  expect(refused).toBeInstanceOf(RegistryError);
  expect(refused).toMatchObject({
    code: 'too-many-long-reads',
    message: expect.stringContaining('too many requests'),
  });
  const waiting = reads.resume(reading(20, mib), { call: {} });
  await stage.pass(1000);
  expect(reads.count).toBe(1);
  held[0]!.release();
  held[0]!.release();
  (await stage.settled(waiting)).release();
  expect(reads.bytes).toBe(400 * mib);
});

test('all large responses together exceed the limit by one response at most', async () => {
  const { stage, reads } = await stageWithReads();
  let most = 0;
  const all = Array.from({ length: 4 }, async () => {
    const read = await reads.resume(reading(100, 4 * mib), { call: {} });
    most = Math.max(most, reads.bytes);
    // It takes its time to be read.
    await stage.scheduler.sleep(100);
    read.release();
  });
  await stage.settled(Promise.all(all));
  expect(most).toBeGreaterThan(512 * mib);
  expect(most).toBeLessThanOrEqual((512 + 404) * mib);
  expect(reads.bytes).toBe(0);
});

test('reads beyond the limit are refused at once; one whose caller has gone makes room', async () => {
  const { stage, reads } = await stageWithReads();
  const controllers = Array.from({ length: 1000 }, () => new AbortController());
  const all = controllers.map(({ signal }) =>
    reads.resume(reading(1e6, 0), { call: { gone: () => signal } }),
  );
  const settled = Promise.allSettled(all);
  await expect(reads.resume(reading(1, 0), { call: {} })).rejects.toMatchObject({
    code: 'too-many-long-reads',
  });
  for (const controller of controllers) controller.abort();
  const outcomes = await settled;
  expect(outcomes.every((one) => one.status === 'rejected')).toBe(true);
  expect(reads.count).toBe(0);
  await stage.settled(reads.resume(reading(3, 0), { call: {} }));
});

test('a response that no message can carry is refused', async () => {
  const { stage, reads } = await stageWithReads();
  expect(await stage.refusal(reads.resume(reading(10, 512 * mib), { call: {} }))).toMatchObject({
    code: 'too-many-long-reads',
  });
  expect([reads.bytes, reads.count]).toEqual([0, 0]);
});

test('a long read continues during writes, deletions and compactions, and shows its revision', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  for (let at = 0; at < 1500; at++) await stage.settled(operations.put(putOf(`k${at}`), anonymous));
  const all = rangeOf(prefixRange(keyOfText('k')));
  const before = await stage.settled(operations.range(all, anonymous));
  const long = operations.range(all, anonymous);
  const revisions: number[] = [];
  let isOver = false;
  const over = long.finally(() => {
    isOver = true;
  });
  const { state } = stage.leader.replica!;
  const del = operations.deleteRange(
    { range: prefixRange(keyOfText('k1')), prevKv: false },
    anonymous,
  );
  await stage.until('the delete', () => state.revision > before.header.revision || isOver);
  revisions.push(state.revision);
  const answer = await stage.settled(over);
  await stage.settled(del);
  expect(answer.kvs).toEqual(before.kvs);
  expect(answer.header.revision).toBe(before.header.revision);
});

test('a long read that finds little loses no key, however its response is encoded', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  for (let at = 1000; at < 2500; at++)
    await stage.settled(operations.put(putOf(`k${at}`), anonymous));
  const { revision } = stage.leader.replica!.state;
  const all = rangeOf(prefixRange(keyOfText('k')));
  const requests = [
    { ...all, limit: 10, sortOrder: 'descend', sortTarget: 'mod' },
    { ...all, limit: 10, sortOrder: 'ascend', sortTarget: 'value' },
    { ...all, limit: 10, sortOrder: 'descend', keysOnly: true },
    { ...all, minModRevision: revision - 2 },
    { ...all, countOnly: true },
    all,
  ] as const;
  const plain = [];
  for (const request of requests) {
    const answer = await stage.settled(operations.range(request, anonymous));
    plain.push(told(answer));
    expect(told(await stage.settled(operations.range(request, anonymous, pack)))).toBe(
      plain.at(-1),
    );
  }
  expect(plain.map((text) => text.split(' ').length - 1)).toEqual([10, 10, 10, 3, 0, 1500]);
  const success = requests.map((request) => ({ kind: 'range', request }) as const);
  const txn = { compares: [], success, failure: [], serializable: false };
  const { results } = await stage.settled(operations.txn(txn, anonymous, pack));
  expect(results.map((one) => (one.kind === 'range' ? told(one) : one.kind))).toEqual(plain);
});

test('a snapshot that replaces the state ends a long read with an error that says to try again', async () => {
  const stage = await Stage.open();
  const { process } = stage.leader;
  const replica = process!.replica!;
  let isReplaced = false;
  const reads = new LongReads({
    replica: {
      pin: (revision: number) => replica.pin(revision),
      slices: replica.slices,
      state: replica.state,
      get isInstalling() {
        return isReplaced;
      },
    },
    clock: process!.clock,
  });
  const read = reads.resume(reading(1000, 10), { call: {} });
  const refusal = stage.refusal(read);
  isReplaced = true;
  expect(await refusal).toMatchObject({ code: 'state-replaced' });
  expect([reads.bytes, reads.count]).toEqual([0, 0]);
});
