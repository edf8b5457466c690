import { createHash } from 'node:crypto';
import { compareMemberIds, memberIdNumber, memberIdOf } from '../base/member-id.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Configuration } from '../raft/index.ts';
import type { Member } from '../state/index.ts';
import type { ServerConfig } from './config.ts';

/** A new cluster, which each first member computes alike from its own configuration. */
export interface FirstCluster {
  readonly clusterId: MemberId;
  /** Without names: each member publishes its own once it runs, by which the others know that it has started. */
  readonly members: readonly Member[];
  readonly idByName: ReadonlyMap<string, MemberId>;
}

/**
 * The first members according to the configuration. Ids are those that etcd computes from the same flags: they depend
 * only on peer URLs and token. A member with data keeps the ids in it, however they were computed.
 */
export function firstCluster(
  config: Pick<ServerConfig, 'initialCluster' | 'initialClusterToken'>,
): FirstCluster {
  const urlsByName = new Map<string, string[]>();
  for (const { name, peerUrl } of config.initialCluster) {
    urlsByName.set(name, [...(urlsByName.get(name) ?? []), peerUrl].toSorted());
  }
  const idByName = new Map(
    [...urlsByName].map(([name, urls]) => [name, memberIdFor(urls, config.initialClusterToken)]),
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
  const clusterId = hashedId(Buffer.concat(members.map(({ id }) => bytesOf(id))));
  return { clusterId, members, idByName };
}

/**
 * The id of a member that is added later, computed as etcd does: from its URLs and the current second, so that it is
 * new even if the URLs were used before. If the id is taken, the next free second is used.
 */
export function addedMemberId(
  peerUrls: readonly string[],
  nowMs: number,
  isTaken: (id: MemberId) => boolean,
): MemberId {
  for (let second = Math.floor(nowMs / 1000); ; second++) {
    const id = memberIdFor(peerUrls, String(second));
    if (!isTaken(id)) return id;
  }
}

function memberIdFor(peerUrls: readonly string[], suffix: string): MemberId {
  return hashedId(Buffer.from(peerUrls.toSorted().join('') + suffix));
}

/** An id as eight bytes. */
function bytesOf(id: MemberId): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(memberIdNumber(id));
  return bytes;
}

export function configurationOf(members: readonly Member[]): Configuration {
  const ids = (learners: boolean): MemberId[] =>
    members
      .filter(({ isLearner }) => isLearner === learners)
      .map(({ id }) => id)
      .toSorted(compareMemberIds);
  return { voters: ids(false), outgoing: [], learners: ids(true) };
}

function hashedId(bytes: Uint8Array): MemberId {
  const id = memberIdOf(createHash('sha1').update(bytes).digest().readBigUInt64BE(0));
  if (id === undefined) throw new Error('a hash of zero; change the peer URLs or the token');
  return id;
}
