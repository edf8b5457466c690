import { expect, test } from 'vitest';
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

test('strictly, members count that have been reachable for a while; otherwise those that are now', () => {
  const facts = factsOf(['a', 'b', 'c'], 'abc', 'ab');
  expect(codeOf(newcomer, facts, true)).toBe('unhealthy-cluster');
  expect(codeOf(newcomer, facts, false)).toBe('member-add');
});

test('a learner may come whoever is down, because nobody waits for it', () => {
  const learner: MembershipRequest = { kind: 'add', member: memberOf('d', { isLearner: true }) };
  expect(codeOf(learner, factsOf(['a', 'b', 'c'], 'ab'), true)).toBe('member-add');
});

test('who is down may always go, and who is needed may not', () => {
  const facts = factsOf(['a', 'b', 'c'], 'ab');
  expect(codeOf({ kind: 'remove', id: 'c' }, facts, true)).toBe('member-remove');
  expect(codeOf({ kind: 'remove', id: 'b' }, facts, true)).toBe('unhealthy-cluster');
  expect(codeOf({ kind: 'remove', id: 'b' }, facts, false)).toBe('member-remove');
  expect(codeOf({ kind: 'remove', id: 'a' }, factsOf(['a'], 'a'), false)).toBe(
    'not-enough-started-members',
  );
});
