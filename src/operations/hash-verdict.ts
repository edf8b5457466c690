import type { MemberId } from '../base/member-id.ts';
import type { MemberHash } from '../replica/index.ts';

/** The hash that a member has reported; undefined if it was unreachable or could not compute it. */
export interface ReportedHash {
  readonly memberId: MemberId;
  readonly reported: MemberHash | undefined;
}

export interface Verdict {
  /** Other members whose hash covers the same revisions as ours. */
  readonly comparedCount: number;
  /** Members by hash. More than one group: their data differs. */
  readonly groups: readonly HashGroup[];
  /** Members whose hash differs from that of a majority. Empty if no hashes differ, or no hash has a majority. */
  readonly outvoted: readonly MemberId[];
}

/** Members with the same hash. */
export interface HashGroup {
  readonly hash: number;
  readonly memberIds: readonly MemberId[];
}

/**
 * Compares the hash of this member with those of the others. Only hashes of the same revisions are comparable. A majority
 * is one of all members, as in etcd; members without a report count against it.
 */
export function judgeHashes(
  own: { readonly memberId: MemberId; readonly reported: MemberHash },
  others: readonly ReportedHash[],
): Verdict {
  const byHash = new Map<number, MemberId[]>([[own.reported.hash, [own.memberId]]]);
  let comparedCount = 0;
  for (const { memberId, reported } of others) {
    if (reported === undefined || !isComparable(own.reported, reported)) continue;
    comparedCount++;
    const group = byHash.get(reported.hash);
    if (group === undefined) byHash.set(reported.hash, [memberId]);
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
