import type { MemberId } from '../base/member-id.ts';
import type { MemberHash } from '../replica/index.ts';

/** What one member said of its data; nothing if it could not be asked, or could not tell. */
export interface ToldHash {
  readonly memberId: MemberId;
  readonly told: MemberHash | undefined;
}

export interface Verdict {
  /** Other members whose hash is of the same revisions, so that it can be compared. */
  readonly comparedCount: number;
  /** More than one: the data of these members differs. */
  readonly groups: readonly HashGroup[];
  /** The members that a majority outvotes. Empty if no hashes differ, and if there is no majority. */
  readonly outvoted: readonly MemberId[];
}

/** Members with the same hash. */
export interface HashGroup {
  readonly hash: number;
  readonly memberIds: readonly MemberId[];
}

/**
 * Compares the hash of this member with those of all others. Only hashes of the same revisions mean anything together. A
 * majority is one of all members, as in etcd: members that did not tell count as having another opinion.
 */
export function judgeHashes(
  own: { readonly memberId: MemberId; readonly told: MemberHash },
  others: readonly ToldHash[],
): Verdict {
  const byHash = new Map<number, MemberId[]>([[own.told.hash, [own.memberId]]]);
  let comparedCount = 0;
  for (const { memberId, told } of others) {
    if (told === undefined || !isComparable(own.told, told)) continue;
    comparedCount++;
    const group = byHash.get(told.hash);
    if (group === undefined) byHash.set(told.hash, [memberId]);
    else group.push(memberId);
  }
  const groups = [...byHash].map(([hash, memberIds]) => ({ hash, memberIds }));
  const majority = Math.floor((others.length + 1) / 2) + 1;
  const hasMajority = groups.some(({ memberIds }) => memberIds.length >= majority);
  const minority = groups.filter(({ memberIds }) => memberIds.length < majority);
  return {
    comparedCount,
    groups,
    outvoted: hasMajority ? minority.flatMap(({ memberIds }) => memberIds) : [],
  };
}

export function isComparable(one: MemberHash, other: MemberHash): boolean {
  return one.hashRevision === other.hashRevision && one.compactRevision === other.compactRevision;
}
