import { present } from '../../../base/assert.ts';
import { member } from '../../../operations/index.ts';
import type { CallOptions, Member } from '../../../operations/index.ts';
import { folded, nodeIdOf } from '../../../registry/index.ts';
import type { FollowedCatalog } from '../../../registry/index.ts';
import type { ConsulParts } from '../parts.ts';

export { consulVersion } from '../../../base/consul-version.ts';

/** A member of the cluster, as Consul sees its servers. */
export interface Server {
  readonly name: string;
  readonly memberId: string;
  /** The ID of its node. */
  readonly id: string;
  /** Host and port at which its peers reach it. */
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly isLeader: boolean;
  readonly isVoter: boolean;
}

/** All members, as this one knows them; it needs no leader. */
export async function serversOf(
  { operations, followed }: ConsulParts,
  options: CallOptions,
): Promise<readonly Server[]> {
  const { members } = await operations.memberList({ linearizable: false }, asMember(options));
  const { leader } = await operations.status({}, asMember(options));
  return members.map((one) => serverOf(one, one.id === leader, followed));
}

/** Each endpoint declares which callers are shown the members (`needs`). */
function asMember({ caller, ...options }: CallOptions): CallOptions {
  return { ...options, caller: { ...caller, identity: member } };
}

/** This member. */
export async function ownServer(parts: ConsulParts, options: CallOptions): Promise<Server> {
  const { members } = await parts.operations.memberList({ linearizable: false }, asMember(options));
  const { memberId } = parts.operations.header();
  const { leader } = await parts.operations.status({}, asMember(options));
  const own = present(
    members.find(({ id }) => id === memberId),
    'this member in its own list',
  );
  return {
    ...serverOf(own, memberId === leader, parts.followed),
    name: parts.memberName,
    id: idOf(parts.memberName, parts.followed),
  };
}

function serverOf(
  { id, name, peerUrls, isLearner }: Member,
  isLeader: boolean,
  followed: FollowedCatalog,
): Server {
  // Without a name it has not started yet.
  const known = name === '' ? id : name;
  const { hostname = '127.0.0.1', port = '' } = peerUrls[0] === undefined ? {} : urlOf(peerUrls[0]);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const address = `${hostname}:${port}`;
  return {
    name: known,
    memberId: id,
    id: idOf(known, followed),
    host,
    port: Number(port),
    address,
    isLeader,
    isVoter: !isLearner,
  };
}

/** The id with which its node was registered, or else the one that follows from its name. */
function idOf(name: string, { catalog }: FollowedCatalog): string {
  return catalog?.node(name)?.id ?? nodeIdOf(folded(name));
}

/** A peer URL may be that of a socket file, which has no port. */
function urlOf(text: string): { readonly hostname: string; readonly port: string } {
  const { hostname, port, protocol } = new URL(text);
  return { hostname, port: port === '' ? (protocol === 'https:' ? '443' : '80') : port };
}
