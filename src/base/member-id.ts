/**
 * The 64-bit id of a member, as lower-case hexadecimal without leading zeros ("8e9e05c52164694d"), the form that
 * etcd prints. Compare with `compareMemberIds`, never with `<`: lengths differ.
 */
export type MemberId = string;

/** The member id for a number from the wire. 0 is "no member" and gives `undefined`. */
export function memberIdOf(value: bigint): MemberId | undefined {
  return value === 0n ? undefined : BigInt.asUintN(64, value).toString(16);
}

/** The number for the wire; 0 stands for no member. */
export function memberIdNumber(id: MemberId | undefined): bigint {
  return id === undefined ? 0n : BigInt(`0x${id}`);
}

/** Orders ids by their numeric value. */
export function compareMemberIds(a: MemberId, b: MemberId): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
