import { compareMemberIds } from '../base/member-id.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Configuration } from './messages.ts';

/** Members to add, and to remove. A learner among `addVoters` is promoted. */
export interface MembershipChange {
  readonly addVoters: readonly MemberId[];
  readonly addLearners: readonly MemberId[];
  readonly remove: readonly MemberId[];
}

/** All members that get the log, in ascending order. */
export function membersOf({ voters, outgoing, learners }: Configuration): MemberId[] {
  return [...new Set([...voters, ...outgoing, ...learners])].toSorted(compareMemberIds);
}

export function isVoter({ voters, outgoing }: Configuration, id: MemberId): boolean {
  return voters.includes(id) || outgoing.includes(id);
}

export function isJoint({ outgoing }: Configuration): boolean {
  return outgoing.length > 0;
}

/**
 * The configuration to enter. Changing one voter at a time, any two majorities of old and new overlap, and the new
 * one can count at once (thesis, section 4.1); otherwise, or if `asJoint` says so, both have to agree for a while (Raft
 * paper, section 6).
 */
export function applyChange(
  from: Configuration,
  change: MembershipChange,
  asJoint = false,
): Configuration {
  const leaving = new Set([...change.remove, ...change.addLearners]);
  const voters = sorted([...from.voters, ...change.addVoters].filter((id) => !leaving.has(id)));
  const learners = sorted(
    [...from.learners, ...change.addLearners].filter(
      (id) => !change.remove.includes(id) && !voters.includes(id),
    ),
  );
  const outgoing = asJoint || differences(from.voters, voters) > 1 ? from.voters : [];
  return { voters, outgoing, learners };
}

/** The configuration after the joint one. */
export function leaveJoint({ voters, learners }: Configuration): Configuration {
  return { voters, outgoing: [], learners };
}

/** A majority of the voters, and while joint of the old voters too, meets the condition. */
export function majorityHolds(
  { voters, outgoing }: Configuration,
  holds: (id: MemberId) => boolean,
): boolean {
  return majorityOf(voters, holds) && (outgoing.length === 0 || majorityOf(outgoing, holds));
}

/** The highest number that a majority has reached, and while joint a majority of the old voters too. */
export function majorityReached(
  { voters, outgoing }: Configuration,
  reached: (id: MemberId) => number,
): number {
  const incoming = reachedByMajority(voters, reached);
  return outgoing.length === 0
    ? incoming
    : Math.min(incoming, reachedByMajority(outgoing, reached));
}

function majorityOf(voters: readonly MemberId[], holds: (id: MemberId) => boolean): boolean {
  let count = 0;
  for (const id of voters) if (holds(id)) count++;
  return count * 2 > voters.length;
}

function reachedByMajority(voters: readonly MemberId[], reached: (id: MemberId) => number): number {
  const numbers = voters.map(reached).toSorted((a, b) => b - a);
  return numbers[Math.floor(numbers.length / 2)] ?? 0;
}

function differences(a: readonly MemberId[], b: readonly MemberId[]): number {
  const gone = a.filter((id) => !b.includes(id)).length;
  const come = b.filter((id) => !a.includes(id)).length;
  return gone + come;
}

function sorted(ids: readonly MemberId[]): MemberId[] {
  return [...new Set(ids)].toSorted(compareMemberIds);
}
