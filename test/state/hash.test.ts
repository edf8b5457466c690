import { expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { encodeCommand, State } from '../../src/state/index.ts';
import type { Command } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { compact, del, grant, one, put } from './requests.ts';

function stateAfter(
  commands: readonly Command[],
  engine: MemoryEngine = new MemoryEngine(),
): State {
  const state = State.create(engine, { members: [] });
  for (const [at, command] of commands.entries()) state.apply(at + 1, encodeCommand(command));
  return state;
}

const history: readonly Command[] = [
  put('a', '1'),
  put('b', '1'),
  put('a', '2'),
  del(one('b')),
  put('c', '1'),
];

test('the hash tells apart every difference between two histories', () => {
  const others: readonly (readonly Command[])[] = [
    history.with(0, put('a', '0')),
    history.with(1, put('c', '1')),
    history.toReversed(),
    history.slice(0, -1),
    [...history, put('c', '1')],
    history.with(4, put('c', '')),
    history.with(3, put('b', '')),
  ];
  const hashes = [history, ...others].map((commands) => stateAfter(commands).hashKv(0).hash);
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('the hash tells apart values that differ in zero bytes at the end only', () => {
  const values = Array.from({ length: 9 }, (_, at) => `x${'\0'.repeat(at)}`);
  const hashes = values.map((value) => stateAfter([put('a', value)]).hashKv(0).hash);
  expect(new Set(hashes).size).toBe(values.length);
});

test('the digest tells apart leases and members, which are no keys', () => {
  const member = { id: 'a', name: '', peerUrls: [], clientUrls: [], isLearner: false };
  const others: readonly Command[] = [
    grant(7n, 60),
    grant(7n, 61),
    grant(8n, 60),
    { kind: 'member-add', member },
    { kind: 'member-add', member: { ...member, isLearner: true } },
    { kind: 'alarm', action: 'activate', memberId: 'a', type: 'no-space' },
    { kind: 'alarm', action: 'activate', memberId: 'a', type: 'corrupt' },
    { kind: 'cluster-version', version: '3.7.0' },
  ];
  const digests = others.map((command) => stateAfter([...history, command]).digest());
  expect(new Set([stateAfter(history).digest(), ...digests]).size).toBe(others.length + 1);
});

test('the hash up to a revision does not change when more is written', () => {
  const short = stateAfter(history.slice(0, 3));
  const long = stateAfter(history);
  expect(long.hashKv(short.revision)).toEqual(short.hashKv(0));
  expect(long.hashKv(0)).not.toEqual(short.hashKv(0));
});

test('the hash names the revisions that it covers', () => {
  const state = stateAfter([...history, compact(3)]);
  expect(state.hashKv(4)).toMatchObject({ compactRevision: 3, hashRevision: 4 });
  expect(state.hashKv(0)).toMatchObject({ compactRevision: 3, hashRevision: 6 });
  expect(() => state.hashKv(2)).toThrow(RegistryError);
  expect(() => state.hashKv(7)).toThrow(RegistryError);
});

test('the hash of a revision is the same number before, during and after its compaction', () => {
  const state = stateAfter(history);
  const before = [4, 6].map((revision) => state.hashKv(revision));
  expect(before[0]).toMatchObject({ compactRevision: -1, hashRevision: 4 });
  let index = history.length;
  state.apply(++index, encodeCommand(compact(4)));
  // Its records are still there, and more is written.
  state.apply(++index, encodeCommand(put('a', '3')));
  expect(state.hashKv(4)).toEqual(before[0]);
  const second = state.hashKv(6);
  state.apply(++index, encodeCommand(compact(6)));
  expect(state.hashKv(6)).toEqual(second);
  expect(second).toMatchObject({ compactRevision: 4, hashRevision: 6 });
  expect(second.hash).not.toBe(before[1]?.hash);
  while (state.compactStep(1)) {
    expect([4, 6].map((revision) => state.hashKv(revision))).toEqual([before[0], second]);
  }
  expect([4, 6].map((revision) => state.hashKv(revision))).toEqual([before[0], second]);
  expect(state.compactionHashes).toEqual([before[0], second]);
});

test('the hashes of the last ten compactions are remembered, and none of others', () => {
  const state = stateAfter(Array.from({ length: 12 }, (_, at) => put('a', `${at}`)));
  let index = 12;
  const taken = [];
  for (let revision = 2; revision <= 13; revision++) {
    taken.push(state.hashKv(revision));
    state.apply(++index, encodeCommand(compact(revision)));
    while (state.compactStep(100));
  }
  expect(state.compactionHashes).toEqual(taken.slice(-10));
  expect(state.hashKv(4)).toEqual(taken[2]);
  expect(() => state.hashKv(3)).toThrow(RegistryError);
});

test('pending hashes are bounded however fast compactions come, and the taken ones are correct', () => {
  const state = stateAfter(Array.from({ length: 40 }, (_, at) => put('a', `${at}`)));
  let index = 40;
  const taken = new Map<number, unknown>();
  for (let revision = 2; revision <= 41; revision++) {
    taken.set(revision, state.hashKv(revision));
    state.apply(++index, encodeCommand(compact(revision)));
  }
  while (state.compactStep(100));
  expect(state.compactionHashes.length).toBe(10);
  for (const hash of state.compactionHashes) expect(hash).toEqual(taken.get(hash.hashRevision));
});

test('members agree on the hash however far the removal of compacted records got', async () => {
  const engine = new MemoryEngine();
  const swept = stateAfter([...history, compact(5)], engine);
  const waiting = stateAfter([...history, compact(5)]);
  while (swept.compactStep(1)) expect(swept.hashKv(0)).toEqual(waiting.hashKv(0));
  expect(swept.hashKv(0)).toEqual(waiting.hashKv(0));
  expect((await State.load(engine, 6)).hashKv(0)).toEqual(waiting.hashKv(0));
  expect(waiting.hashKv(0)).not.toEqual(stateAfter(history).hashKv(0));
});
