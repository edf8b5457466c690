import { expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { keyOfText, prefixRange, singleKey } from '../../src/base/key.ts';
import { sliceWork } from '../../src/base/steps.ts';
import type { Steps } from '../../src/base/steps.ts';
import { followRanges } from '../../src/operations/index.ts';
import type { DirectoryDeletion, RangeFollower } from '../../src/operations/index.ts';
import { anonymous } from '../simulation/callers.ts';
import { operationsOf, putOf, Stage } from './stage.ts';

/** Keeps what it was told, as the keys with their values. */
class Kept implements RangeFollower {
  readonly values = new Map<string, string>();
  loads = 0;
  revision = 0;
  deletions: readonly DirectoryDeletion[] = [];
  /** A reading takes one slice after another for as long as this is true. */
  isHeld = false;

  *load(...[kvs, deletions, revision]: Parameters<RangeFollower['load']>): Steps<void> {
    yield 1;
    while (this.isHeld) yield sliceWork;
    this.loads++;
    this.deletions = deletions;
    this.values.clear();
    for (const { key, value } of kvs) this.values.set(key, Buffer.from(value).toString());
    this.revision = revision;
  }

  apply(...[events, revision]: Parameters<RangeFollower['apply']>): void {
    for (const { kind, kv } of events) {
      expect(kv.modRevision).toBe(revision);
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

test('the last deletions come with a reading: those of directories within its ranges', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  const remove = async (key: string): Promise<number> => {
    await stage.settled(operations.put(putOf(key), anonymous));
    const request = { range: singleKey(keyOfText(key)), prevKv: false };
    return (await stage.settled(operations.deleteRange(request, anonymous))).header.revision;
  };
  const first = await remove('/services/a/1');
  await remove('/consul/kv/a/1');
  const second = await remove('/checks/a/1/c');
  const kept = new Kept();
  const ranges = ['/services/', '/checks/'].map((prefix) => prefixRange(prefix));
  followRanges(stage.coreOf(stage.leader), ranges, kept);
  await stage.until('the first reading', () => kept.loads === 1);
  expect(kept.deletions).toEqual([
    ['/services/a/', first],
    ['/checks/a/', second],
  ]);
});

test('a reading that begins in the middle of a deletion has keys and deletions before it', async () => {
  const stage = await Stage.open({ workPerTurn: 1 });
  const operations = operationsOf(stage.leader);
  for (const name of ['a', 'b', 'c', 'd']) {
    for (let at = 0; at < 100; at++) {
      await stage.settled(operations.put(putOf(`/services/${name}/${at}`), anonymous));
    }
  }
  const { state } = stage.leader.replica!;
  const before = state.revision;
  const deletion = operations.deleteRange(
    { range: prefixRange('/services/'), prevKv: false },
    anonymous,
  );
  const kept = new Kept();
  const core = stage.coreOf(stage.leader);
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const read = core.read.bind(core);
  core.read = async (reading, options) => {
    const done = await read(reading, options);
    await held;
    return done;
  };
  const look = (): void => {
    if (state.isHalfway) followRanges(core, [prefixRange('/services/')], kept);
    else stage.scheduler.after(0.01, look);
  };
  look();
  const { header } = await stage.settled(deletion);
  // The keys were read, and the table has gone on meanwhile.
  release?.();
  await stage.until('the first reading', () => kept.loads === 1);
  expect([kept.values.size, kept.deletions.length]).toEqual([400, 0]);
  expect(header.revision).toBe(before + 1);
  await stage.until('the change', () => kept.values.size === 0);
});

test('changes that were made during a reading come after it, revision by revision', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  await stage.settled(operations.put(putOf('/s/0'), anonymous));
  const kept = new Kept();
  kept.isHeld = true;
  const revisions: number[] = [];
  const apply = kept.apply.bind(kept);
  kept.apply = (events, revision) => {
    apply(events, revision);
    revisions.push(revision);
  };
  followRanges(stage.coreOf(stage.leader), [prefixRange('/s/')], kept);
  for (let at = 1; at <= 5; at++) {
    await stage.settled(operations.put(putOf(`/s/${at}`), anonymous));
  }
  expect(kept.loads).toBe(0);
  kept.isHeld = false;
  await stage.until('the changes', () => kept.values.has('/s/5'));
  expect(revisions).toEqual([3, 4, 5, 6, 7]);
});

test('a follower has a revision when all before it is applied, also if it is about other keys', async () => {
  const stage = await Stage.open();
  const operations = operationsOf(stage.leader);
  await stage.settled(operations.put(putOf('/s/0'), anonymous));
  const kept = new Kept();
  kept.isHeld = true;
  const follow = followRanges(stage.coreOf(stage.leader), [prefixRange('/s/')], kept);
  expect(follow.revision()).toBe(0);
  await stage.settled(operations.put(putOf('/other'), anonymous));
  const atOther = follow.whenAt(3);
  expect(atOther).toBeDefined();
  await stage.pass(100);
  kept.isHeld = false;
  await stage.settled(atOther!);
  expect(kept.loads).toBe(1);
  const { header } = await stage.settled(operations.put(putOf('/s/1'), anonymous));
  expect(follow.whenAt(header.revision)).toBeUndefined();
  expect(kept.values.has('/s/1')).toBe(true);
  follow.stop();
  expect(await stage.refusal(follow.whenAt(99)!)).toMatchObject({ code: 'stopped' });
});

test('a call that waits for a follower is refused when a request times out, and when too many wait', async () => {
  const stage = await Stage.open();
  const kept = new Kept();
  kept.isHeld = true;
  const follow = followRanges(stage.coreOf(stage.leader), [prefixRange('/s/')], kept);
  const waiting = Array.from({ length: 10_000 }, () => follow.whenAt(1)!);
  const refusals = waiting.map((one) => one.catch((error: unknown) => error));
  expect(await stage.refusal(follow.whenAt(1)!)).toMatchObject({ code: 'too-many-requests' });
  const outcomes = await stage.settled(Promise.all(refusals));
  expect(outcomes.every((one) => one instanceof RegistryError && one.code === 'timeout')).toBe(
    true,
  );
  kept.isHeld = false;
  await stage.until('the first reading', () => kept.loads === 1);
  expect(follow.whenAt(1)).toBeUndefined();
});
