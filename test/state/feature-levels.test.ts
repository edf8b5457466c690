import { expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { encodeCommand, knownLevel, State } from '../../src/state/index.ts';
import type { Command, CommandResult, Member } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';

const next = knownLevel + 1;

function memberOf(id: string, isLearner = false): Member {
  return { id, name: '', peerUrls: [`http://${id}:2380`], clientUrls: [], isLearner };
}

function begin(...ids: readonly string[]) {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: ids.map((id) => memberOf(id)) });
  const apply = (command: Command): CommandResult =>
    state.apply(state.appliedIndex + 1, encodeCommand(command)).result;
  return { engine, state, apply };
}

const beyond = new RegExp(`feature level ${next}.* knows ${knownLevel}; run a newer release`);

test('a member that has announced nothing is at the first level', () => {
  const { engine, state } = begin('a', 'b');
  expect([state.featureLevel, state.featureLevelOf('a')]).toEqual([1, 1]);
  expect([...engine.keys()]).not.toContain('slevels');
});

test('the cluster writes nothing that one of its members does not know, a learner included', () => {
  const { state, apply } = begin('a', 'b');
  apply({ kind: 'member-add', member: memberOf('c', true) });
  apply({ kind: 'member-level', id: 'a', level: next });
  apply({ kind: 'member-level', id: 'b', level: next + 1 });
  expect(['a', 'b', 'c'].map((id) => state.featureLevelOf(id))).toEqual([next, next + 1, 1]);
  expect(state.featureLevel).toBe(1);
});

test('a member downgraded before all are upgraded counts with its old level', () => {
  const { state, apply } = begin('a', 'b');
  apply({ kind: 'member-level', id: 'a', level: next });
  apply({ kind: 'member-level', id: 'a', level: 1 });
  expect(apply({ kind: 'member-level', id: 'b', level: next })).toMatchObject({ kind: 'members' });
  expect(state.featureLevel).toBe(1);
});

test("a release stops, and does not start again, once the cluster's level exceeds its own", async () => {
  const { engine, state, apply } = begin('a', 'b');
  apply({ kind: 'member-level', id: 'a', level: next });
  expect(() => apply({ kind: 'member-level', id: 'b', level: next })).toThrow(beyond);
  await expect(State.load(engine, state.appliedIndex)).rejects.toThrow(RegistryError);
  await expect(State.load(engine, state.appliedIndex)).rejects.toThrow(beyond);
});

test('the last member that did not know more can leave, and then the others have all gone beyond', () => {
  const { apply } = begin('a', 'b');
  apply({ kind: 'member-level', id: 'a', level: next });
  expect(() => apply({ kind: 'member-remove', id: 'b' })).toThrow(beyond);
});

test('feature levels are part of the state: persisted, and compared', async () => {
  const { engine, state, apply } = begin('a', 'b');
  const before = state.digest();
  apply({ kind: 'member-level', id: 'a', level: next });
  expect(state.digest()).not.toBe(before);
  expect(Buffer.from(engine.get('slevels') ?? []).toString('hex')).toBe('92019192a16105');
  const loaded = await State.load(engine, state.appliedIndex);
  expect([loaded.featureLevelOf('a'), loaded.featureLevelOf('b')]).toEqual([next, 1]);
  expect(loaded.digest()).toBe(state.digest());
});

test('a level announced for an unknown member is refused', () => {
  const { state, apply } = begin('a', 'b');
  const before = state.digest();
  const result = apply({ kind: 'member-level', id: 'c', level: next });
  expect(result).toMatchObject({ kind: 'error', code: 'member-not-found' });
  expect(state.digest()).toBe(before);
});
