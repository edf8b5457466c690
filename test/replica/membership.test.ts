import { describe, expect, test } from 'vitest';
import { membershipCommand } from '../../src/replica/membership.ts';
import type { MembershipFacts, MembershipRequest } from '../../src/replica/membership.ts';
import type { Member } from '../../src/state/index.ts';

function memberOf(id: string, change: Partial<Member> = {}): Member {
  return {
    id,
    name: id,
    peerUrls: [`http://${id}:2380`],
    clientUrls: [],
    isLearner: false,
    ...change,
  };
}

const newcomer: MembershipRequest = { kind: 'add', member: memberOf('d', { name: '' }) };

/** What a leader knows of members, of which some are reachable, and of those some have been for long. */
function factsOf(ids: readonly string[], reachable: string, healthy = reachable): MembershipFacts {
  return {
    members: ids.map((id) => memberOf(id)),
    isReachable: (id) => reachable.includes(id),
    isHealthy: (id) => healthy.includes(id),
    isCaughtUp: () => true,
  };
}

function codeOf(request: MembershipRequest, facts: MembershipFacts, strict: boolean): unknown {
  try {
    return membershipCommand(request, facts, { maxLearners: 1, strict }).kind;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

test.each([true, false])(
  'a voter is not added where the others cannot agree on it (strict: %s)',
  (strict) => {
    // Of four voters three are needed, and the fourth cannot start before it was agreed on.
    expect(codeOf(newcomer, factsOf(['a', 'b', 'c'], 'ab'), strict)).toBe('unhealthy-cluster');
    expect(codeOf(newcomer, factsOf(['a', 'b', 'c'], 'abc'), strict)).toBe('member-add');
    expect(codeOf(newcomer, factsOf(['a', 'b'], 'ab'), strict)).toBe('member-add');
    expect(codeOf(newcomer, factsOf(['a', 'b'], 'a'), strict)).toBe('unhealthy-cluster');
    expect(codeOf(newcomer, factsOf(['a'], 'a'), strict)).toBe('member-add');
  },
);

test('with the strict check members count that have been reachable for a while; without it, those that are reachable now', () => {
  const facts = factsOf(['a', 'b', 'c'], 'abc', 'ab');
  expect(codeOf(newcomer, facts, true)).toBe('unhealthy-cluster');
  expect(codeOf(newcomer, facts, false)).toBe('member-add');
});

test('with the strict check a learner is added only if a majority with it has been reachable for a while', () => {
  const learner: MembershipRequest = { kind: 'add', member: memberOf('d', { isLearner: true }) };
  const oneDown = factsOf(['a', 'b', 'c'], 'ab');
  expect(codeOf(learner, oneDown, true)).toBe('unhealthy-cluster');
  expect(codeOf(learner, oneDown, false)).toBe('member-add');
  const fresh = factsOf(['a', 'b', 'c'], 'abc', 'ab');
  expect(codeOf(learner, fresh, true)).toBe('unhealthy-cluster');
  expect(codeOf(learner, factsOf(['a', 'b', 'c'], 'abc'), true)).toBe('member-add');
  expect(codeOf(learner, factsOf(['a'], 'a'), true)).toBe('member-add');
  // Who never started counts among voters, and not for what they can be reached by.
  const { members, ...facts } = factsOf(['a', 'b', 'c'], 'abc');
  const unheardOf = members.map((member) => ({ ...member, name: '' }));
  expect(codeOf(learner, { ...facts, members: unheardOf }, true)).toBe('member-add');
});

test('with the strict check an unhealthy cluster is reported before a fault of the new member', () => {
  const oneDown = factsOf(['a', 'b', 'c'], 'ab');
  const known: MembershipRequest = { kind: 'add', member: memberOf('a') };
  const url: MembershipRequest = {
    kind: 'add',
    member: memberOf('d', { peerUrls: ['http://a:2380'] }),
  };
  expect([known, url].map((add) => codeOf(add, oneDown, true))).toEqual([
    'unhealthy-cluster',
    'unhealthy-cluster',
  ]);
  const healthy = factsOf(['a', 'b', 'c'], 'abc');
  expect([known, url].map((add) => codeOf(add, healthy, true))).toEqual([
    'member-exists',
    'peer-url-exists',
  ]);
});

test('with the strict check a learner is promoted only if a majority has ever been started', () => {
  const { members, ...facts } = factsOf(['a', 'b'], 'abc');
  const learner = memberOf('c', { isLearner: true });
  const promote: MembershipRequest = { kind: 'promote', id: 'c' };
  const started = { ...facts, members: [...members, learner] };
  expect(codeOf(promote, started, true)).toBe('member-promote');
  const unheardOf = started.members.map((member) =>
    member.id === 'a' ? member : { ...member, name: '' },
  );
  const notStarted = { ...facts, members: unheardOf };
  expect(codeOf(promote, notStarted, true)).toBe('not-enough-started-members');
  expect(codeOf(promote, notStarted, false)).toBe('member-promote');
});

test.each([true, false])(
  'who is down may always go, and who is needed may not (strict: %s)',
  (strict) => {
    const facts = factsOf(['a', 'b', 'c'], 'ab');
    expect(codeOf({ kind: 'remove', id: 'c' }, facts, strict)).toBe('member-remove');
    expect(codeOf({ kind: 'remove', id: 'b' }, facts, strict)).toBe('unhealthy-cluster');
    // The leader has no say in its own leaving either.
    expect(codeOf({ kind: 'remove', id: 'a' }, facts, strict)).toBe('unhealthy-cluster');
    const allThere = factsOf(['a', 'b', 'c'], 'abc');
    expect(codeOf({ kind: 'remove', id: 'a' }, allThere, strict)).toBe('member-remove');
    const five = factsOf(['a', 'b', 'c', 'd', 'e'], 'abc');
    expect(codeOf({ kind: 'remove', id: 'd' }, five, strict)).toBe('member-remove');
    expect(codeOf({ kind: 'remove', id: 'a' }, five, strict)).toBe('unhealthy-cluster');
    expect(codeOf({ kind: 'remove', id: 'a' }, factsOf(['a'], 'a'), strict)).toBe(
      'not-enough-started-members',
    );
  },
);

test.each([true, false])(
  'who came back a moment ago is there, and needed like anybody else (strict: %s)',
  (strict) => {
    // Without b, nobody but c could agree with a.
    const facts = factsOf(['a', 'b', 'c'], 'ab', 'a');
    expect(codeOf({ kind: 'remove', id: 'b' }, facts, strict)).toBe('unhealthy-cluster');
  },
);

test('with the strict check the remaining members must have been reachable for a while; without it, be reachable now', () => {
  const facts = factsOf(['a', 'b', 'c'], 'abc', 'ab');
  expect(codeOf({ kind: 'remove', id: 'b' }, facts, true)).toBe('unhealthy-cluster');
  expect(codeOf({ kind: 'remove', id: 'b' }, facts, false)).toBe('member-remove');
});

/** The same with a learner. */
function withLearner(voters: readonly string[], reachable: string): MembershipFacts {
  const facts = factsOf(voters, reachable);
  return { ...facts, members: [...facts.members, memberOf('l', { isLearner: true })] };
}

describe.each([true, false])('a learner (strict: %s)', (strict) => {
  const promote: MembershipRequest = { kind: 'promote', id: 'l' };

  test('is promoted only if then a majority is there', () => {
    expect(codeOf(promote, withLearner(['a', 'b', 'c'], 'abcl'), strict)).toBe('member-promote');
    expect(codeOf(promote, withLearner(['a', 'b', 'c'], 'abl'), strict)).toBe('member-promote');
    expect(codeOf(promote, withLearner(['a', 'b', 'c'], 'abc'), strict)).toBe('member-promote');
    // Its log had all of the leader's when it was last heard of.
    expect(codeOf(promote, withLearner(['a', 'b', 'c'], 'ab'), strict)).toBe('unhealthy-cluster');
    expect(codeOf(promote, withLearner(['a'], 'a'), strict)).toBe('unhealthy-cluster');
    expect(codeOf(promote, withLearner(['a'], 'al'), strict)).toBe('member-promote');
  });

  test('can be removed while members are down', () => {
    const facts = withLearner(['a', 'b', 'c'], 'abl');
    expect(codeOf({ kind: 'remove', id: 'l' }, facts, strict)).toBe('member-remove');
  });
});
