import { expect, test } from 'vitest';
import { prefixRange } from '../../../src/base/key.ts';
import { KeyChanges } from '../../../src/api/consul/frame/key-requests.ts';
import type { WatchMessage } from '../../../src/operations/index.ts';
import { anonymous } from '../../simulation/callers.ts';
import { operationsOf, putOf, Stage } from '../../operations/stage.ts';

/** What a query hears of messages that its watcher gets. */
async function heardOf(...messages: readonly WatchMessage[]) {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const changes = new KeyChanges(
    {
      ...operations,
      watch: (sink, options) => {
        for (const message of messages) sink.push(message);
        return operations.watch(sink, options);
      },
    },
    [prefixRange('/consul/kv/')],
    anonymous,
  );
  let wakeUps = 0;
  const cancel = changes.onChange(() => wakeUps++);
  return { stage, operations, changes, cancel, wakeUps: () => wakeUps };
}

const canceled = { kind: 'canceled', watchId: 0, revision: 9, reason: '' } as const;

test('a query is woken by changes of its keys, and by no others', async () => {
  const { stage, operations, cancel, wakeUps } = await heardOf();
  await stage.settled(operations.put(putOf('/other'), anonymous));
  expect(wakeUps()).toBe(0);
  await stage.settled(operations.put(putOf('/consul/kv/a'), anonymous));
  expect(wakeUps()).toBe(1);
  cancel();
  await stage.settled(operations.put(putOf('/consul/kv/a'), anonymous));
  expect(wakeUps()).toBe(1);
});

test('a query that fell behind a compaction is woken, and not refused', async () => {
  const { changes, wakeUps } = await heardOf({ ...canceled, created: false, compactRevision: 5 });
  expect(wakeUps()).toBe(1);
  changes.check();
});

test('a query that may not watch is refused with the reason', async () => {
  const refused = { ...canceled, created: true, compactRevision: 0, reason: 'too many watchers' };
  const { changes, wakeUps } = await heardOf(refused);
  expect(wakeUps()).toBe(1);
  expect(() => changes.check()).toThrow('too many watchers');
});
