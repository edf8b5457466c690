import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefixRange, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import { deletionsLevel, State } from '../../src/state/index.ts';
import type { Applied, Command, LeaseId, Operation, StateBounds } from '../../src/state/index.ts';
import { byName, DeletionModel } from '../simulation/deletion-model.ts';
import { MemoryEngine } from './memory-engine.ts';
import { putRequest } from './requests.ts';

const member = { id: 'a', name: 'a', peerUrls: [], clientUrls: [], isLearner: false };
const allKnow: Command = { kind: 'member-level', id: 'a', level: deletionsLevel };

/** So little memory that the command visits one key in a step. */
const tight: Partial<StateBounds> = {
  cacheBytesMax: 100,
  recentRevisionsMax: 2,
  recentBytesMax: 1000,
  keysPerStep: 1,
};

/** A state whose one member knows the table from the start. */
function begin(bounds: Partial<StateBounds> = {}) {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: [member] }, bounds);
  state.apply(1, allKnow);
  return { engine, state };
}

function apply(state: State, command: Command): Applied {
  return state.apply(state.appliedIndex + 1, command);
}

function put(state: State, key: string, lease: LeaseId = 0n): void {
  apply(state, { kind: 'put', request: putRequest(key, '', { lease }) });
}

function remove(state: State, range: KeyRange): number {
  return apply(state, { kind: 'delete-range', request: { range, prevKv: false } }).revision;
}

function putAndDelete(state: State, key: string): number {
  put(state, key);
  return remove(state, singleKey(key));
}

test.each([
  ['/services/payment/a', '/services/payment/'],
  ['/services/eu/payment/a', '/services/eu/payment/'],
  ['/services/a', '/services/'],
  ['/checks/payment/a/http', '/checks/payment/'],
  ['/checks/eu/payment/a/http', '/checks/eu/payment/'],
  ['/checks/payment/a', '/checks/'],
  ['/checks/a', '/checks/'],
  ['/heartbeats/payment/a/ttl', '/heartbeats/payment/'],
  ['/consul/kv/a/b/c', '/consul/kv/a/b/'],
  ['/consul/sessions/1', '/consul/sessions/'],
])('the deletion of %s counts in %s', (key, directory) => {
  const { state } = begin();
  expect(state.deletions.of(directory)).toBe(1);
  const revision = putAndDelete(state, key);
  expect(state.deletions.list(prefixRange(''))).toEqual([[directory, revision]]);
  expect(state.deletions.of(directory)).toBe(revision);
});

test.each(['services/a/b', '/service/a/b', '/other/a', 'a', '/', '/services', '/checks'])(
  'the deletion of %s is not noted',
  (key) => {
    const { engine, state } = begin();
    putAndDelete(state, key);
    expect(state.deletions.list(prefixRange(''))).toEqual([]);
    expect([...engine.keys()].filter((row) => row.startsWith('d'))).toEqual([]);
  },
);

test('a deletion in a directory of a very long name counts in all directories', async () => {
  const { engine, state } = begin();
  const known = putAndDelete(state, `/consul/kv/${'x'.repeat(628)}/a`);
  expect(state.deletions.list(prefixRange(''))).toHaveLength(1);
  const long = `/consul/kv/${'x'.repeat(629)}/`;
  const revision = putAndDelete(state, `${long}a`);
  expect(known).toBeLessThan(revision);
  const loaded = await State.load(engine, state.appliedIndex);
  for (const { deletions } of [state, loaded]) {
    expect(deletions.list(prefixRange(''))).toHaveLength(1);
    expect(deletions.of(long)).toBe(revision);
    expect(deletions.within(singleKey(`${long}a`))).toBe(revision);
    expect(deletions.of('/services/other/')).toBe(revision);
  }
  expect(loaded.digest()).toBe(state.digest());
});

test('rows of the table are bound for ever', () => {
  const { engine, state } = begin();
  putAndDelete(state, '/services/payment/a');
  expect(Buffer.from(engine.get('sdeletions') ?? []).toString('hex')).toBe('9101');
  expect(Buffer.from(engine.get('d/services/payment/') ?? []).toString('hex')).toBe('920300');
});

test('nothing is noted before all members know the table, and then the floor covers what was deleted before', async () => {
  const engine = new MemoryEngine();
  const other = { ...member, id: 'b' };
  const state = State.create(engine, { members: [member, other] });
  apply(state, allKnow);
  const before = putAndDelete(state, '/services/payment/a');
  expect([state.deletions.floor, state.deletions.of('/services/payment/')]).toEqual([0, 0]);
  expect([...engine.keys()].filter((key) => /^(d|sdel)/.test(key))).toEqual([]);
  apply(state, { ...allKnow, id: 'b' });
  expect(state.deletions.floor).toBe(before);
  expect(state.deletions.of('/services/payment/')).toBe(before);
  const after = putAndDelete(state, '/services/payment/a');
  expect(state.deletions.list(prefixRange(''))).toEqual([['/services/payment/', after]]);
  const loaded = await State.load(engine, state.appliedIndex);
  expect(loaded.deletions.floor).toBe(before);
  expect(loaded.digest()).toBe(state.digest());
});

test('the last member that does not know the table can leave, and the table begins', () => {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: [member, { ...member, id: 'b' }] });
  apply(state, allKnow);
  const before = putAndDelete(state, '/services/payment/a');
  apply(state, { kind: 'member-remove', id: 'b' });
  expect(state.deletions.floor).toBe(before);
});

test('a state that is bumped answers with a revision after all that the cluster may have said', async () => {
  const { engine, state } = begin();
  putAndDelete(state, '/services/payment/a');
  state.bumpRevision(1000);
  const loaded = await State.load(engine, state.appliedIndex);
  expect(loaded.revision).toBe(1003);
  expect(loaded.deletions.of('/services/payment/')).toBe(1003);
  expect(loaded.deletions.of('/services/other/')).toBe(1003);
  expect(putAndDelete(loaded, '/services/other/a')).toBe(1005);
  expect(loaded.deletions.of('/services/other/')).toBe(1005);
});

test('beyond the bound the oldest directories leave, and the floor rises to the newest that went', async () => {
  const { engine, state } = begin({ directoriesMax: 3 });
  const revisions = ['a', 'b', 'a', 'c', 'd'].map((name) =>
    putAndDelete(state, `/services/${name}/1`),
  );
  const [, b, a, c, d] = revisions;
  expect(state.deletions.floor).toBe(b);
  expect(state.deletions.list(prefixRange('')).toSorted(byName)).toEqual([
    ['/services/a/', a],
    ['/services/c/', c],
    ['/services/d/', d],
  ]);
  expect([...engine.keys()].filter((row) => row.startsWith('d')).toSorted()).toEqual([
    'd/services/a/',
    'd/services/c/',
    'd/services/d/',
  ]);
  const loaded = await State.load(engine, state.appliedIndex, { directoriesMax: 3 });
  expect(loaded.digest()).toBe(state.digest());
  expect(loaded.deletions.of('/services/b/')).toBe(b);
});

test('a deletion in more directories than the table holds counts in all directories', () => {
  const { state } = begin({ directoriesMax: 3 });
  const before = putAndDelete(state, '/services/old/1');
  for (const name of ['a', 'b', 'c', 'd', 'e']) put(state, `/services/${name}/1`);
  expect(state.deletions.of('/services/a/')).toBe(1);
  const revision = remove(state, prefixRange('/services/'));
  expect(state.deletions.of('/services/a/')).toBe(revision);
  expect(state.deletions.of('/services/old/')).toBe(revision);
  expect(state.deletions.size).toBe(3);
  expect(before).toBeLessThan(revision);
});

test('the newest deletion below a prefix is right among thousands of directories that come and go', () => {
  const { state } = begin({ directoriesMax: 1500 });
  const last = new Map<string, number>();
  const random = fc.sample(fc.nat(1999), { numRuns: 8000, seed: 9 });
  const prefixes = ['', '0', '1', '2'].flatMap((first) =>
    ['', '1', '25', '99'].map((rest) => first + rest),
  );
  for (const [at, number] of random.entries()) {
    // The range of names moves down and up again, so that blocks at its ends become empty.
    const name = String(1000 + number / 4 + Math.floor(Math.abs(4000 - at) / 4) * 2).padStart(
      6,
      '0',
    );
    const directory = `/consul/kv/${name}/`;
    last.set(directory, putAndDelete(state, `${directory}x`));
    if (at % 200 !== 0) continue;
    for (const prefix of prefixes.map((digits) => `/consul/kv/00${digits}`)) {
      const below = [...last].filter(([one]) => one.startsWith(prefix));
      const newest = Math.max(state.deletions.floor, ...below.map(([, revision]) => revision));
      expect(state.deletions.within(prefixRange(prefix))).toBe(newest);
      const known = below.filter(([, revision]) => revision > state.deletions.floor);
      expect(state.deletions.list(prefixRange(prefix)).toSorted(byName)).toEqual(
        known.toSorted(byName),
      );
    }
  }
  expect(state.deletions.size).toBe(1500);
});

test('a range that is no prefix counts the directories around it, and those in it', () => {
  const { state } = begin();
  const inner = putAndDelete(state, '/consul/kv/a/b');
  const outer = putAndDelete(state, '/consul/kv/z');
  const beside = putAndDelete(state, '/consul/kv/b/x');
  const { deletions } = state;
  expect(deletions.within({ start: '/consul/kv/a/b', end: '/consul/kv/a/c' })).toBe(inner);
  expect(deletions.within({ start: '/consul/kv/a/b', end: '/consul/kv/zz' })).toBe(beside);
  expect(deletions.within({ start: '/consul/kv/c/d', end: '/consul/kv/zz' })).toBe(outer);
  expect(deletions.within({ start: '/consul/kv/a/', end: undefined })).toBe(beside);
  expect(deletions.within(singleKey('/consul/kv/a/other'))).toBe(inner);
});

const keys = [
  ...['p/1', 'p/2', 'q/1', 'r/1', 's/1', '1'].map((rest) => `/services/${rest}`),
  ...['p/1/c', 'p/2/c', 'q/1/c', 'q/1', 'q'].map((rest) => `/checks/${rest}`),
  ...['kv/a', 'kv/a/b', 'kv/a/c', 'kv/b/c', 'kv/b/d/e'].map((rest) => `/consul/${rest}`),
  'other',
  `/consul/kv/${'x'.repeat(700)}/a`,
];
const key = fc.constantFrom(...keys);
const prefix = fc.constantFrom(
  '',
  '/',
  '/services/',
  '/services/p',
  '/consul/kv/',
  '/checks/p/',
  '/consul/kv/a',
);
const range = fc.oneof(key.map(singleKey), prefix.map(prefixRange));
const leaseId = fc.constantFrom(0n, 1n, 2n);
const putCommand = fc
  .record({ key, lease: leaseId })
  .map(
    ({ key: name, lease }) => ({ kind: 'put', request: putRequest(name, '', { lease }) }) as const,
  );
const deletion = range.map(
  (one) => ({ kind: 'delete-range', request: { range: one, prevKv: false } }) as const,
);
const txn = fc
  .array(fc.oneof(deletion, putCommand), { maxLength: 6 })
  .map((success: Operation[]) => ({
    kind: 'txn' as const,
    request: { compares: [], success: withoutDuplicates(success), failure: [] },
  }));
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: putCommand },
  { weight: 4, arbitrary: deletion },
  { weight: 2, arbitrary: txn },
  {
    weight: 3,
    arbitrary: leaseId.map((id) => ({ kind: 'lease-grant', id, ttlSeconds: 9 }) as const),
  },
  { weight: 2, arbitrary: leaseId.map((id) => ({ kind: 'lease-revoke', id }) as const) },
  { weight: 1, arbitrary: fc.nat(20).map((revision) => ({ kind: 'compact', revision }) as const) },
  { weight: 1, arbitrary: fc.constant(allKnow) },
);

/** A transaction writes a key once. */
function withoutDuplicates(operations: readonly Operation[]): Operation[] {
  const seen = new Set<string>();
  return operations.filter((operation) => {
    if (operation.kind !== 'put') return true;
    const { key: name } = operation.request;
    return seen.has(name) ? false : seen.add(name);
  });
}

/** All that the table answers, as text. */
function answers(table: Pick<DeletionModel, 'floor' | 'of' | 'within' | 'list'>): string {
  const names = ['/services/p/', '/services/q/', '/checks/p/', '/checks/', '/consul/kv/a/'];
  const prefixes = ['', '/services/', '/services/p', '/consul/kv/a', '/consul/kv/a/b', '/consul/'];
  return JSON.stringify([
    table.floor ?? 0,
    names.map((name) => table.of(name)),
    prefixes.map((one) => table.within(prefixRange(one))),
    keys.map((one) => table.within(singleKey(one))),
    prefixes.map((one) => table.list(prefixRange(one)).toSorted(byName)),
  ]);
}

test('the table answers like a model, between the steps of a command and after restarts too', async () => {
  let between = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ command, reload: fc.nat(9) }), { maxLength: 60, size: 'max' }),
      fc.integer({ min: 1, max: 6 }),
      async (entries, directoriesMax) => {
        const bounds = { ...tight, directoriesMax };
        const engine = new MemoryEngine();
        let otherEngine = new MemoryEngine();
        const steady = State.create(engine, { members: [member] }, { directoriesMax });
        let other = State.create(otherEngine, { members: [member] }, bounds);
        const model = new DeletionModel(directoriesMax);
        for (const { command: next, reload } of entries) {
          const before = answers(model);
          const begun = other.begin(other.appliedIndex + 1, next, false);
          if ('next' in begun) {
            while (begun.next().done !== true) {
              between++;
              expect(answers(other.deletions)).toBe(before);
            }
          }
          const { revision, events } = apply(steady, next);
          model.applied(revision, events);
          if (next === allKnow) model.floor ??= revision;
          expect(answers(steady.deletions)).toBe(answers(model));
          expect(answers(other.deletions)).toBe(answers(model));
          expect(other.digest()).toBe(steady.digest());
          other.compactStep(1);
          // A restart, or a snapshot of the other member.
          if (reload === 1) otherEngine = engine.copy();
          if (reload < 2) other = await State.load(otherEngine, other.appliedIndex, bounds);
        }
      },
    ),
    { numRuns: 100 },
  );
  expect(between).toBeGreaterThan(300);
});
