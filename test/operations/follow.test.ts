import { expect, test } from 'vitest';
import { keyOfText, prefixRange } from '../../src/base/key.ts';
import type { Steps } from '../../src/base/steps.ts';
import { followRanges } from '../../src/operations/index.ts';
import type { RangeFollower } from '../../src/operations/index.ts';
import { anonymous } from '../simulation/callers.ts';
import { operationsOf, putOf, Stage } from './stage.ts';

/** Keeps what it was told, as the keys with their values. */
class Kept implements RangeFollower {
  readonly values = new Map<string, string>();
  loads = 0;
  revision = 0;

  *load(...[kvs, revision]: Parameters<RangeFollower['load']>): Steps<void> {
    yield 1;
    this.loads++;
    this.values.clear();
    for (const { key, value } of kvs) this.values.set(key, Buffer.from(value).toString());
    this.revision = revision;
  }

  apply(...[events, revision]: Parameters<RangeFollower['apply']>): void {
    for (const { kind, kv } of events) {
      if (kind === 'put') this.values.set(kv.key, Buffer.from(kv.value).toString());
      else this.values.delete(kv.key);
    }
    this.revision = revision;
  }
}

test('a follower has what was there before, and every later change of its range', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  await stage.settled(operations.put(putOf('/s/a', '1'), anonymous));
  const kept = new Kept();
  const follow = followRanges(stage.coreOf(stage.leader), [prefixRange('/s/')], kept);
  await stage.until('the first reading', () => kept.loads === 1);
  expect([...kept.values]).toEqual([['/s/a', '1']]);
  await stage.settled(operations.put(putOf('/s/b', '2'), anonymous));
  await stage.settled(operations.put(putOf('/other', '2'), anonymous));
  const range = { start: keyOfText('/s/a'), end: keyOfText('/s/a\0') };
  const { header } = await stage.settled(
    operations.deleteRange({ range, prevKv: false }, anonymous),
  );
  await stage.until('the change', () => kept.revision === header.revision);
  expect([...kept.values]).toEqual([['/s/b', '2']]);
  expect(kept.loads).toBe(1);
  // Also of revisions without an event of its own.
  await stage.settled(operations.put(putOf('/other', '3'), anonymous));
  expect(follow.revision()).toBe(header.revision + 1);
  follow.stop();
  await stage.settled(operations.put(putOf('/s/c', '3'), anonymous));
  await stage.pass(100);
  expect(kept.values.has('/s/c')).toBe(false);
});

test('a follower without a leader, and one on a learner, sees what its member knows', async () => {
  const stage = await Stage.open({ members: 3 });
  await stage.settled(operationsOf(stage.leader).put(putOf('/s/a', '1'), anonymous));
  const [follower] = stage.followers;
  await stage.pass(1000);
  stage.isolate(follower!);
  await stage.pass(5000);
  const kept = new Kept();
  followRanges(stage.coreOf(follower!), [prefixRange('/s/')], kept);
  await stage.until('the first reading', () => kept.loads === 1);
  expect([...kept.values]).toEqual([['/s/a', '1']]);
});

test('a revision of many keys comes whole', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const keys = Array.from({ length: 1200 }, (_, at) => `/s/${at}`);
  await Promise.all(keys.map((key) => stage.settled(operations.put(putOf(key), anonymous))));
  const kept = new Kept();
  followRanges(stage.coreOf(stage.leader), [prefixRange('/s/')], kept);
  await stage.until('the first reading', () => kept.loads === 1);
  const sizes = new Set<number>();
  const apply = kept.apply.bind(kept);
  kept.apply = (events, revision) => {
    apply(events, revision);
    sizes.add(kept.values.size);
  };
  await stage.settled(
    operations.deleteRange({ range: prefixRange('/s/'), prevKv: false }, anonymous),
  );
  await stage.until('the change', () => kept.values.size === 0);
  expect([...sizes]).toEqual([0]);
});

test('a follower of several ranges has the changes of one revision together, and no others', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  await stage.settled(operations.put(putOf('/a/1', 'x'), anonymous));
  await stage.settled(operations.put(putOf('/m/1', 'x'), anonymous));
  await stage.settled(operations.put(putOf('/z/1', 'x'), anonymous));
  const kept = new Kept();
  followRanges(stage.coreOf(stage.leader), [prefixRange('/z/'), prefixRange('/a/')], kept);
  await stage.until('the first reading', () => kept.loads === 1);
  expect([...kept.values.keys()].toSorted()).toEqual(['/a/1', '/z/1']);
  const batches: string[][] = [];
  const apply = kept.apply.bind(kept);
  kept.apply = (events, revision) => {
    batches.push(events.map(({ kv }) => kv.key));
    apply(events, revision);
  };
  const success = ['/a/2', '/m/2', '/z/2'].map(
    (key) => ({ kind: 'put', request: putOf(key, 'y') }) as const,
  );
  await stage.settled(
    operations.txn({ compares: [], success, failure: [], serializable: false }, anonymous),
  );
  await stage.settled(operations.put(putOf('/m/3', 'y'), anonymous));
  await stage.settled(operations.put(putOf('/a/3', 'y'), anonymous));
  await stage.until('the changes', () => kept.values.has('/a/3'));
  expect(batches).toEqual([['/a/2', '/z/2'], ['/a/3']]);
});
