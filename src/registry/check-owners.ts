import { hashOf, mixedHash } from '../base/hash.ts';

/**
 * Which member runs a check: the one whose hash with it is the highest (rendezvous hashing). All members that know the same
 * members agree, and when one comes or goes, only the checks that it gets or had change hands.
 */
export class CheckOwners {
  readonly #members: readonly { readonly id: string; readonly hash: number }[];

  constructor(members: Iterable<string>) {
    this.#members = [...members].toSorted().map((id) => ({ id, hash: hashOf(id) }));
  }

  get members(): readonly string[] {
    return this.#members.map(({ id }) => id);
  }

  /** `checkHash`: `hashOf` the check's key. Undefined: no member runs checks. */
  ownerOf(checkHash: number): string | undefined {
    let owner: string | undefined;
    let highest = -1;
    for (const member of this.#members) {
      const mixed = mixedHash(member.hash, checkHash);
      if (mixed > highest) [owner, highest] = [member.id, mixed];
    }
    return owner;
  }
}
