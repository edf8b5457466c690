import type { Caller } from './caller.ts';
import type { CallOptions } from './options.ts';
import { bigintOf, uint64 } from './numbers.ts';
import { methods, type WireMember } from './wire.ts';

/** A member of the cluster. */
export interface Member {
  readonly id: bigint;
  /** Empty until the member has started for the first time. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  /** A learner receives the data and has no vote. */
  readonly isLearner: boolean;
}

/**
 * The members of the cluster.
 *
 * @example
 * for (const member of await client.members.list()) console.log(member.name, member.clientUrls);
 */
export class Members {
  readonly #caller: Caller;

  /** @internal Made by the client. */
  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async list(options?: CallOptions): Promise<readonly Member[]> {
    const request = { linearizable: true };
    return membersOf(await this.#caller.call(methods.memberList, request, options));
  }

  /** Adds a member that is about to start. */
  async add(
    peerUrls: readonly string[],
    options: CallOptions & { readonly isLearner?: boolean } = {},
  ): Promise<{ member: Member; members: readonly Member[] }> {
    const request = { peerURLs: [...peerUrls], isLearner: options.isLearner === true };
    const response = await this.#caller.call(methods.memberAdd, request, options);
    return { member: memberOf(response.member ?? {}), members: membersOf(response) };
  }

  async remove(id: bigint, options?: CallOptions): Promise<readonly Member[]> {
    return membersOf(await this.#caller.call(methods.memberRemove, { ID: uint64(id) }, options));
  }

  /** Changes where the other members find this one. */
  async update(
    id: bigint,
    peerUrls: readonly string[],
    options?: CallOptions,
  ): Promise<readonly Member[]> {
    const request = { ID: uint64(id), peerURLs: [...peerUrls] };
    return membersOf(await this.#caller.call(methods.memberUpdate, request, options));
  }

  /** Gives a learner its vote. */
  async promote(id: bigint, options?: CallOptions): Promise<readonly Member[]> {
    return membersOf(await this.#caller.call(methods.memberPromote, { ID: uint64(id) }, options));
  }
}

function membersOf(response: { members?: WireMember[] | null }): readonly Member[] {
  return (response.members ?? []).map(memberOf);
}

function memberOf(wire: WireMember): Member {
  return {
    id: bigintOf(wire.ID),
    name: wire.name ?? '',
    peerUrls: wire.peerURLs ?? [],
    clientUrls: wire.clientURLs ?? [],
    isLearner: wire.isLearner === true,
  };
}
