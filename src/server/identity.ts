import { createHash } from 'node:crypto';
import { compareMemberIds, memberIdNumber, memberIdOf } from '../base/member-id.ts';
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

/**
 * The first members as the configuration names them. Ids are those that etcd makes of the same flags: they depend on
 * nothing but peer URLs and the token. A member that has data goes by the ids in it, however they were made.
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
 * The id of a member that is added later, as etcd makes it: the second makes it new even if its URLs were used before.
 * Where that id was given in the same second, the next second that is free is taken.
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
