import { expect, test } from 'vitest';
import { Compactions } from './compactions.ts';
import { LeasePromises } from './lease-promises.ts';
import { Timeline } from './timeline.ts';
import { WatchRecord } from './watch-record.ts';
import type { WatchAnswer } from './watch-record.ts';

function held(timeline: Timeline = new Timeline()): LeasePromises {
  const promises = new LeasePromises(timeline);
  promises.promise('k', 1000, 2);
  promises.isThere('k');
  return promises;
}

function gone(revision: number, seenAtMs: number): Parameters<LeasePromises['take']>[0] {
  return { revision, key: 'k', found: null, previous: null, seenAtMs };
}

test('a lease that is seen to be gone before the promised time is a finding', () => {
  const promises = held();
  promises.take(gone(7, 2999));
  expect(promises.tooEarly()).toEqual(['k lapsed 1 ms before the time that was promised']);
  const inTime = held();
  inTime.take(gone(7, 3000));
  expect(inTime.tooEarly()).toEqual([]);
  expect(inTime.lapsed).toBe(1);
});

test('an early expiry is found although the watcher was away, by an answer with a later revision', () => {
  const timeline = new Timeline();
  const promises = held(timeline);
  timeline.note(6, 1500);
  timeline.note(8, 2000);
  timeline.note(9, 2500);
  promises.take(gone(7, 3600));
  expect(promises.tooEarly()).toEqual(['k lapsed 1000 ms before the time that was promised']);
});

test('a lease that its holder revokes may go at once', () => {
  const promises = held();
  promises.isGivenUp('k', 1500);
  promises.take(gone(7, 1600));
  expect(promises.tooEarly()).toEqual([]);
});

test('a keep-alive prolongs a promise, and never shortens it', () => {
  const promises = held();
  promises.promise('k', 2500, 2);
  promises.promise('k', 1500, 2);
  promises.take(gone(7, 4400));
  expect(promises.tooEarly()).toHaveLength(1);
});

test('to hear of no lease is a finding while the promise holds, and none later', () => {
  const promises = held();
  promises.wasDenied('k', 'a keep-alive', 3000);
  expect(promises.tooEarly()).toEqual([]);
  promises.wasDenied('k', 'a keep-alive', 2999);
  expect(promises.tooEarly()).toHaveLength(1);
});

test('a key that was perhaps never written is not waited for, until it is seen', () => {
  const promises = new LeasePromises(new Timeline());
  promises.promise('k', 1000, 2);
  expect(promises.tooLate(6000)).toEqual([]);
  const found = { value: 'held', modRevision: 5, createRevision: 5, version: 1 };
  promises.take({ revision: 5, key: 'k', found, previous: null, seenAtMs: 1100 });
  expect(promises.tooLate(6000)).toHaveLength(1);
  expect(promises.living).toBe(1);
});

test('a revision existed by the time of the first answer with it or a later one', () => {
  const timeline = new Timeline();
  timeline.note(5, 10);
  timeline.note(3, 20);
  timeline.note(8, 30);
  const times = [2, 5, 6, 8, 9].map((revision) => timeline.cameAboutBy(revision));
  expect(times).toEqual([10, 10, 30, 30, Infinity]);
});

const nothing: WatchAnswer = {
  header: { revision: '0' },
  created: false,
  canceled: false,
  compact_revision: '0',
  cancel_reason: '',
  fragment: false,
  events: [],
};

function putAt(...revisions: readonly number[]): WatchAnswer {
  const events = revisions.map((revision) => ({
    type: 'PUT' as const,
    prev_kv: null,
    kv: {
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      create_revision: `${revision}`,
      mod_revision: `${revision}`,
      version: '1',
    },
  }));
  return { ...nothing, header: { revision: `${revisions.at(-1) ?? 0}` }, events };
}

function progressTo(revision: number): WatchAnswer {
  return { ...nothing, header: { revision: `${revision}` } };
}

function compactedAt(revision: number): WatchAnswer {
  return { ...nothing, canceled: true, compact_revision: `${revision}` };
}

/** It watches from revision 5 on, and revisions up to 10 may be compacted. */
function record(mustSeeAll = false): WatchRecord {
  const compactions = new Compactions();
  compactions.newest = 10;
  return new WatchRecord({ revision: 5, compactions, mustSeeAll });
}

test('parts of a response count when the last one is there, and not after the stream has ended', () => {
  const cutUp = record();
  cutUp.take({ ...putAt(5), fragment: true });
  expect(cutUp.nextRevision).toBe(5);
  cutUp.begin();
  cutUp.take({ ...putAt(5), fragment: true });
  cutUp.take(putAt(5));
  expect(cutUp.events).toHaveLength(2);
  expect(cutUp.nextRevision).toBe(6);
  expect(cutUp.problems).toEqual([]);
});

test('an event that comes after progress was told beyond it is a finding', () => {
  const right = record();
  for (const answer of [putAt(5), progressTo(7), putAt(8)]) expect(right.take(answer)).toBe(true);
  expect(right.problems).toEqual([]);
  const wrong = record();
  for (const answer of [putAt(5), progressTo(7), putAt(7)]) wrong.take(answer);
  expect(wrong.problems).toEqual(['k at revision 7 came after 7']);
});

test('a watch continues after the last progress, and not after the revision of its creation', () => {
  const watcher = record();
  watcher.take({ ...progressTo(20), created: true });
  expect(watcher.nextRevision).toBe(5);
  watcher.take(progressTo(20));
  expect(watcher.nextRevision).toBe(21);
});

test('after a compaction a watch continues at the compacted revision, which must not be missing', () => {
  const watcher = record();
  expect(watcher.take(compactedAt(8))).toBe(false);
  expect(watcher.problems).toEqual([]);
  expect(watcher.holes).toEqual([{ from: 5, to: 7 }]);
  expect(watcher.nextRevision).toBe(8);
});

test('a watch that is refused for a compaction that leaves it everything is a finding', () => {
  for (const compacted of [4, 5]) {
    const watcher = record();
    watcher.take(compactedAt(compacted));
    expect(watcher.problems).toHaveLength(1);
  }
});

test('a compaction that was not requested, or that a watcher of everything misses, is a finding', () => {
  const early = record();
  early.take(compactedAt(11));
  expect(early.problems).toHaveLength(1);
  const complete = record(true);
  complete.take(compactedAt(8));
  expect(complete.problems).toHaveLength(1);
});

test('a watch that is canceled without a good reason is a finding', () => {
  const reasons = ['', 'etcdserver: no leader', 'etcdserver: server stopped', 'made up'];
  const found = reasons.map((cancel_reason) => {
    const watcher = record();
    expect(watcher.take({ ...nothing, canceled: true, cancel_reason })).toBe(false);
    return watcher.problems.length;
  });
  expect(found).toEqual([1, 0, 0, 1]);
});
