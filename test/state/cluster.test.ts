import { expect, test } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { encodeCommand, State } from '../../src/state/index.ts';
import type { Alarm, Command, CommandResult, Member } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { compact, del, everything, grant, put, rangeRequest, revoke, txn } from './requests.ts';

function memberOf(id: string, more: Partial<Member> = {}): Member {
  const peerUrls = [`http://${id}:2380`];
  return { id, name: '', peerUrls, clientUrls: [], isLearner: false, ...more };
}

function begin(ids: readonly string[] = ['a', '10', 'ff']) {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: ids.map((id) => memberOf(id)) });
  const apply = (command: Command): CommandResult =>
    state.apply(state.appliedIndex + 1, encodeCommand(command)).result;
  return { engine, state, apply };
}

test('members are in the order of their ids, which are numbers', () => {
  const { state, apply } = begin();
  expect(state.members.map(({ id }) => id)).toEqual(['a', '10', 'ff']);
  apply({ kind: 'member-add', member: memberOf('b') });
  expect(state.members.map(({ id }) => id)).toEqual(['a', 'b', '10', 'ff']);
});

test('a new member joins, publishes its name, and is promoted', () => {
  const { state, apply } = begin(['a']);
  const learner = memberOf('b', { isLearner: true });
  expect(apply({ kind: 'member-add', member: learner })).toEqual({
    kind: 'members',
    members: [memberOf('a'), learner],
  });
  apply({ kind: 'member-publish', id: 'b', name: 'two', clientUrls: ['http://b:2379'] });
  apply({ kind: 'member-promote', id: 'b' });
  apply({ kind: 'member-update', id: 'b', peerUrls: ['http://c:2380'] });
  expect(state.members[1]).toEqual({
    id: 'b',
    name: 'two',
    peerUrls: ['http://c:2380'],
    clientUrls: ['http://b:2379'],
    isLearner: false,
  });
});

test('the id of a removed member is never used again', async () => {
  const { engine, state, apply } = begin();
  apply({ kind: 'member-remove', id: '10' });
  expect(apply({ kind: 'member-add', member: memberOf('10') })).toMatchObject({
    kind: 'error',
    code: 'member-exists',
  });
  expect(state.removedMembers).toEqual(['10']);
  const loaded = await State.load(engine, state.appliedIndex);
  expect(loaded.removedMembers).toEqual(['10']);
  expect(loaded.members).toEqual(state.members);
});

test('changes to a member that is not there, or make no sense, are refused and change nothing', () => {
  const { state, apply } = begin();
  const before = state.digest();
  const refusals: readonly (readonly [command: Command, code: string])[] = [
    [{ kind: 'member-remove', id: 'c' }, 'member-not-found'],
    [{ kind: 'member-promote', id: 'c' }, 'member-not-found'],
    [{ kind: 'member-update', id: 'c', peerUrls: [] }, 'member-not-found'],
    [{ kind: 'member-publish', id: 'c', name: 'x', clientUrls: [] }, 'member-not-found'],
    [{ kind: 'member-promote', id: 'a' }, 'not-a-learner'],
    [{ kind: 'member-update', id: 'a', peerUrls: ['http://ff:2380'] }, 'peer-url-exists'],
    [{ kind: 'member-add', member: memberOf('a') }, 'member-exists'],
  ];
  for (const [command, code] of refusals) {
    expect(apply(command)).toMatchObject({ kind: 'error', code });
  }
  expect(state.digest()).toBe(before);
});

test('a member keeps its own peer URLs when it is given them again', () => {
  const { apply } = begin();
  const peerUrls = ['http://a:2380', 'http://x:1'];
  expect(apply({ kind: 'member-update', id: 'a', peerUrls })).toMatchObject({ kind: 'members' });
});

test('a backup that is given to a new cluster has its members, and none of the old alarms', async () => {
  const { engine, state, apply } = begin();
  apply(put('a', '1'));
  apply({ kind: 'member-remove', id: '10' });
  apply({ kind: 'alarm', action: 'activate', memberId: 'a', type: 'no-space' });
  state.replaceMembers([memberOf('10')]);
  const loaded = await State.load(engine, state.appliedIndex);
  expect(loaded.members).toEqual([memberOf('10')]);
  expect([loaded.removedMembers, loaded.alarms, loaded.keyCount]).toEqual([[], [], 1]);
});

test('the only member that is kept of a cluster knows that all others were removed', async () => {
  const { engine, state, apply } = begin();
  apply({ kind: 'member-remove', id: '10' });
  const [kept, ...others] = state.members;
  state.keepOnly(kept!);
  const loaded = await State.load(engine, state.appliedIndex);
  expect(loaded.members).toEqual([kept]);
  expect(loaded.removedMembers.toSorted()).toEqual(
    ['10', ...others.map(({ id }) => id)].toSorted(),
  );
});

test("the cluster's version is remembered", async () => {
  const { engine, state, apply } = begin();
  expect(state.clusterVersion).toBeUndefined();
  apply({ kind: 'cluster-version', version: '3.6.0' });
  apply({ kind: 'cluster-version', version: '3.7.0' });
  expect((await State.load(engine, 2)).clusterVersion).toBe('3.7.0');
});

function noSpace(memberId: string): Alarm {
  return { memberId, type: 'no-space' };
}

test('an alarm is raised once, and switched off for one member or for all', () => {
  const { state, apply } = begin();
  const raise = (memberId: string) =>
    apply({ kind: 'alarm', action: 'activate', memberId, type: 'no-space' });
  expect(raise('ff')).toEqual({ kind: 'alarms', alarms: [noSpace('ff')] });
  expect(raise('ff')).toEqual({ kind: 'alarms', alarms: [noSpace('ff')] });
  raise('a');
  raise('10');
  expect(state.alarms).toEqual([noSpace('a'), noSpace('10'), noSpace('ff')]);
  const off = { kind: 'alarm', action: 'deactivate', type: 'no-space' } as const;
  expect(apply({ ...off, memberId: 'a' })).toEqual({ kind: 'alarms', alarms: [noSpace('a')] });
  expect(apply({ ...off, memberId: 'a' })).toEqual({ kind: 'alarms', alarms: [] });
  apply({ ...off, memberId: undefined });
  expect(state.alarms).toEqual([]);
});

test('while members differ, keys can neither be written nor read', () => {
  const { state, apply } = begin();
  apply(grant(1n));
  apply(put('a', '1'));
  apply({ kind: 'alarm', action: 'activate', memberId: 'a', type: 'corrupt' });
  const refused: Command[] = [
    put('a', '2'),
    del(everything),
    txn([], []),
    compact(2),
    grant(2n),
    revoke(1n),
  ];
  for (const command of refused) expect(apply(command)).toMatchObject({ code: 'cluster-corrupt' });
  expect(() => state.range(rangeRequest(everything))).toThrow(RegistryError);
  expect(() => state.readTxn({ compares: [], success: [], failure: [] })).toThrow(RegistryError);
  expect(apply({ kind: 'member-remove', id: 'ff' })).toMatchObject({ kind: 'members' });
  apply({ kind: 'alarm', action: 'deactivate', memberId: 'a', type: 'corrupt' });
  expect(apply(put('a', '2'))).toMatchObject({ kind: 'put' });
});
