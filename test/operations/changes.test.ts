import { expect, test } from 'vitest';
import { prefixRange, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import { createOperations } from '../../src/operations/index.ts';
import type { Header } from '../../src/operations/index.ts';
import { anonymous } from '../simulation/callers.ts';
import { getOf, operationsOf, putOf, rangeOf, Stage } from './stage.ts';

const kv = prefixRange('/consul/kv/');

function changeOf(range: KeyRange, after: number, serializable = false) {
  return { range, after, serializable };
}

/** Whether a promise has settled. */
function watched(promise: Promise<unknown>): { isOver: boolean } {
  const seen = { isOver: false };
  const over = (): void => void (seen.isOver = true);
  promise.then(over, over);
  return seen;
}

test('a call waits until a key of its range is put or deleted, and for nothing else', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const changes: readonly (() => Promise<{ readonly header: Header }>)[] = [
    () => operations.put(putOf('/consul/kv/a/b'), anonymous),
    () => operations.put(putOf('/consul/kv/a/b', 'again'), anonymous),
    () => operations.deleteRange({ range: singleKey('/consul/kv/a/b'), prevKv: false }, anonymous),
  ];
  for (const change of changes) {
    const after = operations.header().revision;
    const waiting = operations.nextChange(changeOf(kv, after), anonymous);
    const seen = watched(waiting);
    await stage.settled(operations.put(putOf('/consul/kw'), anonymous));
    await stage.pass(20_000);
    expect(seen.isOver).toBe(false);
    const { header } = await stage.settled(change());
    expect((await stage.settled(waiting)).header.revision).toBe(header.revision);
  }
});

test('a call does not wait if the change has come already, or its history is compacted', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  await stage.settled(operations.put(putOf('/consul/kv/a'), anonymous));
  const { header } = await stage.settled(operations.put(putOf('/other'), anonymous));
  await stage.settled(operations.nextChange(changeOf(kv, 1), anonymous));
  const waiting = watched(operations.nextChange(changeOf(kv, 2), anonymous));
  await stage.pass(1000);
  expect(waiting.isOver).toBe(false);
  const compaction = { revision: header.revision, physical: false };
  await stage.settled(operations.compact(compaction, anonymous));
  await stage.settled(operations.nextChange(changeOf(kv, 1), anonymous));
});

test('a caller that goes away ends its call, and leaves no watcher', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const caller = new AbortController();
  const options = { ...anonymous, signal: caller.signal };
  const { watch } = stage.leader.replica!;
  // The member follows its catalog, too.
  const { watchers, streams } = watch.stats;
  const waiting = operations.nextChange(changeOf(kv, 1), options);
  const refusal = stage.refusal(waiting);
  await stage.pass(100);
  expect(watch.stats.watchers).toBe(watchers + 1);
  caller.abort();
  expect(await refusal).toMatchObject({ code: 'canceled' });
  expect(watch.stats).toMatchObject({ watchers, streams });
  const late = operations.nextChange(changeOf(kv, 1), options);
  expect(await stage.refusal(late)).toMatchObject({ code: 'canceled' });
  expect(watch.stats.streams).toBe(streams);
});

test('calls that wait are bounded for each address, and in total', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const all: Promise<unknown>[] = [];
  const waitFrom = (address: string): Promise<unknown> => {
    const caller = { ...anonymous.caller, address };
    const waiting = operations.nextChange(changeOf(kv, 1), { caller });
    all.push(waiting.catch(() => 'refused'));
    return waiting;
  };
  for (let count = 0; count < 8192; count++) void waitFrom('10.0.0.1').catch(() => {});
  expect(await stage.refusal(waitFrom('10.0.0.1'))).toMatchObject({
    code: 'too-many-requests',
    message: expect.stringContaining('8192 calls wait for a change from this address'),
  });
  for (const address of ['10.0.0.2', '10.0.0.3', '10.0.0.4']) {
    for (let count = 0; count < 8192; count++) void waitFrom(address).catch(() => {});
  }
  expect(await stage.refusal(waitFrom('10.0.0.5'))).toMatchObject({
    code: 'too-many-requests',
    message: expect.stringContaining('32768 calls wait for a change at this member'),
  });
  await stage.settled(operations.put(putOf('/consul/kv/a'), anonymous));
  const outcomes = await stage.settled(Promise.all(all));
  expect(outcomes.filter((one) => one === 'refused')).toHaveLength(2);
  // What has ended does not count any more.
  expect(await stage.settled(waitFrom('10.0.0.1'))).toMatchObject({ header: { revision: 2 } });
});

test('a request that makes no sense is refused', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  for (const request of [
    changeOf({ start: 'b', end: 'a' }, 1),
    changeOf(kv, -1),
    changeOf(kv, Number.NaN),
  ]) {
    const refusal = await stage.refusal(operations.nextChange(request, anonymous));
    expect(refusal).toMatchObject({ code: 'invalid-request' });
  }
});

test('a read tells the last deletion among its keys, if it is asked to', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  await stage.settled(operations.put(putOf('/consul/kv/a/b'), anonymous));
  const request = { range: singleKey('/consul/kv/a/b'), prevKv: false };
  const { header } = await stage.settled(operations.deleteRange(request, anonymous));
  await stage.settled(operations.put(putOf('/consul/kv/c/d'), anonymous));
  const deletionsOf = async (read: Parameters<typeof operations.range>[0]) =>
    (await stage.settled(operations.range({ ...read, deletions: true }, anonymous)))
      .deletionRevision;
  expect(await deletionsOf(getOf('/consul/kv/a/b'))).toBe(header.revision);
  expect(await deletionsOf(rangeOf(prefixRange('/consul/kv/')))).toBe(header.revision);
  expect(await deletionsOf(rangeOf(prefixRange('/consul/kv/a/b')))).toBe(header.revision);
  expect(await deletionsOf(getOf('/consul/kv/c/d'))).toBe(1);
  const plain = await stage.settled(operations.range(getOf('/consul/kv/a/b'), anonymous));
  expect(plain).not.toHaveProperty('deletionRevision');
});

test('a long read tells the last deletion of the revision that it shows', async () => {
  const stage = await Stage.open();
  const core = stage.coreOf(stage.leader);
  const operations = createOperations(core);
  const { header } = await stage.settled(operations.put(putOf('/consul/kv/a'), anonymous));
  const read = core.read.bind(core);
  // The key is deleted while it is read.
  core.read = async (reading, options) => {
    await operations.deleteRange({ range: kv, prevKv: false }, anonymous);
    return read(reading, options);
  };
  const request = { ...rangeOf(kv), serializable: true, deletions: true };
  const answer = await stage.settled(operations.range(request, anonymous));
  expect(stage.leader.replica!.state.revision).toBe(header.revision + 1);
  expect(answer).toMatchObject({ count: 1, header: { revision: header.revision } });
  expect(answer.deletionRevision).toBe(1);
});
