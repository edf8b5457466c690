import { createHash } from 'node:crypto';
import { compareMemberIds, memberIdOf } from '../base/member-id.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Configuration } from '../raft/index.ts';
import type { Member } from '../state/index.ts';
import type { ServerConfig } from './config.ts';

/** A cluster that all its first members work out alike, each from its own configuration. */
export interface FirstCluster {
  readonly clusterId: MemberId;
  /** Without names: a member publishes its own once it runs, which is how the others know that it has started. */
  readonly members: readonly Member[];
  readonly idByName: ReadonlyMap<string, MemberId>;
}

/** The first members as the configuration names them. Ids depend on nothing but peer URLs and the token. */
export function firstCluster(
  config: Pick<ServerConfig, 'initialCluster' | 'initialClusterToken'>,
): FirstCluster {
  const urlsByName = new Map<string, string[]>();
  for (const { name, peerUrl } of config.initialCluster) {
    urlsByName.set(name, [...(urlsByName.get(name) ?? []), peerUrl].toSorted());
  }
  const idByName = new Map(
    [...urlsByName].map(([name, urls]) => [name, hashedId(...urls, config.initialClusterToken)]),
  );
  const members = [...urlsByName]
    .map(([name, peerUrls]) => ({
      id: idByName.get(name) ?? '',
      name: '',
      peerUrls,
      clientUrls: [],
      isLearner: false,
    }))
    .toSorted((a, b) => compareMemberIds(a.id, b.id));
  const clusterId = hashedId(...members.map(({ id }) => id), config.initialClusterToken);
  return { clusterId, members, idByName };
}

/** The id of a member that is added later: time makes it new even if its URLs were used before. */
export function addedMemberId(peerUrls: readonly string[], nowMs: number): MemberId {
  return hashedId(...peerUrls.toSorted(), String(nowMs));
}

export function configurationOf(members: readonly Member[]): Configuration {
  const ids = (learners: boolean): MemberId[] =>
    members
      .filter(({ isLearner }) => isLearner === learners)
      .map(({ id }) => id)
      .toSorted(compareMemberIds);
  return { voters: ids(false), outgoing: [], learners: ids(true) };
}

function hashedId(...parts: readonly string[]): MemberId {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part).update('\0');
  const id = memberIdOf(hash.digest().readBigUInt64BE(0));
  if (id === undefined) throw new Error('a hash of zero; change the peer URLs or the token');
  return id;
}
