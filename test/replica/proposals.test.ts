import { beforeEach, expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { Proposals } from '../../src/replica/proposals.ts';
import type { Outcome, Proposal } from '../../src/replica/proposals.ts';
import type { Applied } from '../../src/state/index.ts';

const applied: Applied = {
  result: { kind: 'put', previous: undefined },
  revision: 7,
  events: [],
  isLarge: false,
};
let proposals: Proposals;
let outcomes: Map<string, Outcome>;

beforeEach(() => {
  proposals = new Proposals({ countMax: 4, bytesMax: 100 });
  outcomes = new Map();
});

function propose(name: string, { bytes = 1, expiresMs = 1000 } = {}): Proposal {
  const done = (outcome: Outcome): void => void outcomes.set(name, outcome);
  const proposal = { command: new Uint8Array(bytes), expiresMs, done };
  proposals.add(proposal);
  return proposal;
}

function codeOf(name: string): string | undefined {
  const outcome = outcomes.get(name);
  return outcome?.kind === 'failed' ? outcome.error.code : outcome?.kind;
}

function gaveUp(): RegistryError {
  return new RegistryError('timeout-leader-failure', 'gave up');
}

function neverMade(): RegistryError {
  return new RegistryError('too-many-requests', 'never made');
}

test('a proposal gets the result of the entry at its index if the term matches', () => {
  propose('a');
  propose('b');
  proposals.place(10, 3, proposals.takeQueued());
  proposals.settleAt(10, 3, applied);
  expect(outcomes.get('a')).toEqual({ kind: 'applied', applied, term: 3 });
  expect(outcomes.has('b')).toBe(false);
  proposals.settleAt(11, 3, applied);
  expect(codeOf('b')).toBe('applied');
  expect(proposals.takeQueued()).toEqual([]);
});

test('a proposal whose index was applied with another term is lost, and proposed again before later ones', () => {
  const lost = propose('lost');
  proposals.place(10, 3, proposals.takeQueued());
  const later = propose('later');
  proposals.settleAt(10, 4, applied);
  expect(outcomes.size).toBe(0);
  expect(proposals.takeQueued()).toEqual([lost, later]);
  proposals.place(12, 4, [lost]);
  proposals.settleAt(12, 4, applied);
  expect(codeOf('lost')).toBe('applied');
});

test('a membership change that was lost fails, and no empty command takes its place', () => {
  propose('change', { bytes: 0 });
  proposals.place(10, 3, proposals.takeQueued());
  proposals.settleAt(10, 4, undefined);
  expect(codeOf('change')).toBe('timeout');
  expect(proposals.takeQueued()).toEqual([]);
});

test('a proposal where an entry without a command was applied is proposed again', () => {
  const lost = propose('lost');
  proposals.place(10, 3, proposals.takeQueued());
  proposals.settleAt(10, 4, undefined);
  expect(outcomes.size).toBe(0);
  expect(proposals.takeQueued()).toEqual([lost]);
});

test('of two proposals at one index the one of the applied term succeeds, and the other is lost', () => {
  const old = propose('old');
  proposals.place(10, 3, proposals.takeQueued());
  propose('new');
  proposals.place(10, 5, proposals.takeQueued());
  proposals.settleAt(10, 5, applied);
  expect(codeOf('new')).toBe('applied');
  expect(proposals.takeQueued()).toEqual([old]);
});

test('batches of several terms that overlap, in whatever order they were placed, are settled place by place', () => {
  proposals = new Proposals({ countMax: 100, bytesMax: 1000 });
  const batch = (name: string, count: number): readonly Proposal[] => {
    for (let at = 0; at < count; at++) propose(`${name}${at}`);
    return proposals.takeQueued();
  };
  proposals.place(20, 5, batch('late', 2));
  proposals.place(10, 3, batch('long', 10));
  proposals.place(12, 4, batch('short', 2));
  const isPlaced = (index: number): boolean => proposals.isPlaced(index);
  expect([9, 22].map(isPlaced)).toEqual([false, false]);
  expect([10, 13, 19, 20, 21].map(isPlaced)).not.toContain(false);
  const terms = new Map([10, 11, 12, 13].map((index) => [index, index < 12 ? 3 : 4]));
  for (let index = 10; index < 22; index++) {
    proposals.settleAt(index, terms.get(index) ?? 5, applied);
  }
  const names = ['long0', 'long1', 'short0', 'short1', 'late0', 'late1'];
  expect([...outcomes.keys()]).toEqual(names);
  expect(names.map(codeOf)).toEqual(names.map(() => 'applied'));
  expect(proposals.takeQueued()).toHaveLength(8);
  expect(isPlaced(21)).toBe(false);
});

test('proposals that a snapshot covers have an unknown fate, later ones do not', () => {
  propose('covered');
  propose('after');
  proposals.place(10, 3, proposals.takeQueued());
  proposals.skipTo(10);
  expect(codeOf('covered')).toBe('timeout');
  proposals.settleAt(11, 3, applied);
  expect(codeOf('after')).toBe('applied');
});

test("proposals expire wherever they are, and a place that was given up is nobody else's", () => {
  propose('placed', { expiresMs: 10 });
  propose('placed and patient', { expiresMs: 30 });
  proposals.place(10, 3, proposals.takeQueued());
  propose('queued', { expiresMs: 20 });
  propose('patient', { expiresMs: 30 });
  proposals.expire(20, { queued: neverMade, unknown: gaveUp });
  expect(codeOf('placed')).toBe('timeout-leader-failure');
  expect(codeOf('queued')).toBe('too-many-requests');
  expect(codeOf('patient')).toBeUndefined();
  expect(codeOf('placed and patient')).toBeUndefined();
  outcomes.clear();
  proposals.settleAt(10, 3, applied);
  expect(outcomes.size).toBe(0);
});

test('each proposal expires at its own deadline, in whatever order they came', () => {
  const expire = (nowMs: number): void =>
    proposals.expire(nowMs, { queued: neverMade, unknown: gaveUp });
  propose('long', { expiresMs: 7000 });
  propose('short', { expiresMs: 100 });
  const [long, short] = proposals.takeQueued();
  propose('queued long', { expiresMs: 7000 });
  propose('queued short', { expiresMs: 200 });
  expire(100);
  expect([...outcomes.keys()]).toEqual(['short']);
  expire(200);
  expect([...outcomes.keys()]).toEqual(['short', 'queued short']);
  // The leader places, and refuses, whole batches; those who gave up are in them.
  proposals.place(10, 3, [long!, short!]);
  proposals.putBack([short!]);
  expect(proposals.takeQueued()).toHaveLength(1);
  proposals.settleAt(10, 3, applied);
  expect(codeOf('long')).toBe('applied');
  proposals.settleAt(11, 3, applied);
  expect(codeOf('short')).toBe('timeout-leader-failure');
  expect(proposals.pendingCount).toBe(1);
});

test('proposals that return to the queue keep their order', () => {
  const all = ['a', 'b', 'c'].map((name) => propose(name));
  const [a, b, c] = all.map((one) => [one]);
  proposals.takeQueued();
  const d = propose('d');
  for (const batch of [b, a, c]) proposals.putBack(batch!);
  expect(proposals.takeQueued(2)).toEqual([...a!, ...b!]);
  expect(proposals.takeQueued()).toEqual([...c!, d]);
});

test('proposals beyond the bound on number or bytes are refused at once', () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) propose(name);
  expect(codeOf('e')).toBe('too-many-requests');
  // With the leader, or in the log, they still wait for their answers.
  proposals.place(10, 3, proposals.takeQueued());
  propose('f');
  expect(codeOf('f')).toBe('too-many-requests');
  for (let index = 10; index < 14; index++) proposals.settleAt(index, 3, applied);
  expect(proposals.pendingCount).toBe(0);
  propose('large', { bytes: 90 });
  proposals.takeQueued();
  propose('too large', { bytes: 11 });
  propose('small', { bytes: 10 });
  expect([codeOf('large'), codeOf('too large'), codeOf('small')]).toEqual([
    undefined,
    'too-many-requests',
    undefined,
  ]);
});

test.each(['expired', 'failed', 'stopped', 'covered by a snapshot'])(
  'a proposal that is answered makes room for another: %s',
  (how) => {
    const all = ['a', 'b', 'c', 'd'].map((name) => propose(name));
    if (how === 'expired') proposals.expire(1000, { queued: neverMade, unknown: gaveUp });
    else if (how === 'failed') proposals.fail(proposals.takeQueued(), gaveUp());
    else if (how === 'stopped') proposals.stop();
    else {
      proposals.place(10, 3, proposals.takeQueued());
      proposals.skipTo(13);
    }
    expect([outcomes.size, proposals.pendingCount]).toEqual([all.length, 0]);
    propose('next', { bytes: 100 });
    expect(outcomes.has('next')).toBe(false);
  },
);

test('when the member stops, queued proposals were never made, and proposals with an index have an unknown fate', () => {
  propose('placed');
  proposals.place(10, 3, proposals.takeQueued());
  propose('queued');
  proposals.stop();
  expect([codeOf('placed'), codeOf('queued')]).toEqual(['timeout', 'stopped']);
});
