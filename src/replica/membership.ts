import { unreachable } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Command, Member } from '../state/index.ts';

/** A change of who belongs to the cluster, as the leader is asked for it. */
export type MembershipRequest =
  | { readonly kind: 'add'; readonly member: Member }
  | { readonly kind: 'remove'; readonly id: MemberId }
  | { readonly kind: 'promote'; readonly id: MemberId };

export interface MembershipRules {
  readonly maxLearners: number;
  /** Refuse also changes after which the cluster might soon be without a working majority. */
  readonly strict: boolean;
}

/** Facts of the leader that decide whether a change is safe. */
export interface MembershipFacts {
  readonly members: readonly Member[];
  /** True for this member, and for peers that have been reachable for some seconds. */
  readonly isHealthy: (id: MemberId) => boolean;
  /** The same, reachable now. */
  readonly isReachable: (id: MemberId) => boolean;
  /** True if the learner's log has nearly all of the leader's (etcd: nine tenths). */
  readonly isCaughtUp: (id: MemberId) => boolean;
}

/** The command for a permitted change; throws RegistryError for one that is not. */
export function membershipCommand(
  request: MembershipRequest,
  facts: MembershipFacts,
  rules: MembershipRules,
): Command {
  switch (request.kind) {
    case 'add':
      checkAdd(request.member, facts, rules);
      return { kind: 'member-add', member: request.member };
    case 'remove':
      checkRemove(request.id, facts, rules);
      return { kind: 'member-remove', id: request.id };
    case 'promote':
      checkPromote(request.id, facts, rules);
      return { kind: 'member-promote', id: request.id };
    default:
      return unreachable(request);
  }
}

/** In etcd's order: first whether the cluster can bear a change, then whether this one makes sense. */
function checkAdd(member: Member, facts: MembershipFacts, rules: MembershipRules) {
  const { members } = facts;
  checkQuorumWith(member, facts, rules);
  if (members.some(({ id }) => id === member.id)) {
    throw new RegistryError('member-exists', `a member with the id ${member.id} is there already`);
  }
  const taken = member.peerUrls.find((url) => members.some((m) => m.peerUrls.includes(url)));
  if (taken !== undefined) {
    throw new RegistryError('peer-url-exists', `another member has the peer URL ${taken}`);
  }
  const learners = members.filter(({ isLearner }) => isLearner).length;
  if (member.isLearner && learners >= rules.maxLearners) {
    throw new RegistryError(
      'too-many-learners',
      `there are ${learners} learners, and at most ${rules.maxLearners} may be; promote or remove one first`,
    );
  }
}

/**
 * Refuses a new member where too few have been reachable for some seconds. The new member counts as one that is not: a
 * voter cannot start before its addition is agreed on. A learner changes no quorum, but is refused as in etcd, unless
 * the rules are not strict.
 */
function checkQuorumWith(
  { isLearner }: Member,
  facts: MembershipFacts,
  rules: MembershipRules,
): void {
  const voters = facts.members.filter((member) => !member.isLearner);
  // The first step of a cluster of one leaves it waiting for the second member, whatever is checked.
  if (voters.length === 1 || (isLearner && !rules.strict)) return;
  const then = voters.length + 1;
  if (rules.strict && !isLearner) checkStarted(voters.filter(hasStarted).length, then);
  const isThere = rules.strict ? facts.isHealthy : facts.isReachable;
  if (voters.filter(({ id }) => isThere(id)).length < quorumOf(then)) {
    throw unhealthy('adding a member');
  }
}

function checkRemove(id: MemberId, facts: MembershipFacts, rules: MembershipRules) {
  const { members, isHealthy, isReachable } = facts;
  const leaving = memberOf(id, members);
  const voters = members.filter(({ isLearner }) => !isLearner);
  if (!leaving.isLearner && voters.length === 1) {
    throw new RegistryError(
      'not-enough-started-members',
      `${id} is the only voting member; a cluster cannot go on without one`,
    );
  }
  if (leaving.isLearner) return;
  const staying = voters.filter((member) => member.id !== id);
  // A member that never started makes no difference to who has.
  if (rules.strict && hasStarted(leaving)) {
    checkStarted(staying.filter(hasStarted).length, staying.length);
  }
  // A member that is down may always go: that makes the cluster healthier.
  if (!isReachable(id)) return;
  // The removed voter does not count towards the quorum that commits its removal; the others must form one.
  const isThere = rules.strict ? isHealthy : isReachable;
  if (staying.filter((member) => isThere(member.id)).length < quorumOf(staying.length)) {
    throw unhealthy('removing this member');
  }
}

function checkPromote(id: MemberId, facts: MembershipFacts, rules: MembershipRules) {
  const member = memberOf(id, facts.members);
  if (!member.isLearner) {
    throw new RegistryError('not-a-learner', `${id} is a voting member already`);
  }
  if (!facts.isCaughtUp(id)) {
    throw new RegistryError(
      'learner-not-ready',
      `${id} has not caught up with the leader yet; wait and try again`,
    );
  }
  const then = [...facts.members.filter(({ isLearner }) => !isLearner), member];
  if (rules.strict) checkStarted(then.filter(hasStarted).length, then.length);
  // It counts at once; its log alone does not tell that it is still there.
  if (then.filter((voter) => facts.isReachable(voter.id)).length < quorumOf(then.length)) {
    throw unhealthy('promoting this member');
  }
}

function memberOf(id: MemberId, members: readonly Member[]): Member {
  const member = members.find((candidate) => candidate.id === id);
  if (member === undefined) {
    throw new RegistryError('member-not-found', `there is no member ${id}; see "member list"`);
  }
  return member;
}

function checkStarted(started: number, voters: number): void {
  if (started < quorumOf(voters)) {
    throw new RegistryError(
      'not-enough-started-members',
      `only ${started} of then ${voters} voting members have started; start the others first`,
    );
  }
}

function unhealthy(what: string): RegistryError {
  return new RegistryError(
    'unhealthy-cluster',
    `${what} now could stop the cluster, because not all members have been reachable for the last seconds; ` +
      'start or remove the others first',
  );
}

function hasStarted(member: Member): boolean {
  return member.name !== '';
}

function quorumOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
