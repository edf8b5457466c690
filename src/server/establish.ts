import { present } from '../base/assert.ts';
import type { MemberId } from '../base/member-id.ts';
import { RegistryError } from '../base/errors.ts';
import type { Identity, Recovered, Store } from '../replica/index.ts';
import type { SnapshotPosition } from '../raft/index.ts';
import { State } from '../state/index.ts';
import type { Member } from '../state/index.ts';
import { canonicalUrl } from './config.ts';
import type { ServerConfig } from './config.ts';
import type { ClusterDescription } from './cluster-description.ts';
import { configurationOf, firstCluster } from './identity.ts';

/**
 * A cluster begins as if the first entry of the log had created its members. So the log never holds what comes
 * before, and a member that joins later with no data gets a snapshot, members included.
 */
const firstIndex = 1;
const firstTerm = 1;

/** Asks the member at this URL. Rejects, with a text that names the URL, if none responds in time. */
export type DescribeCluster = (peerUrl: string, timeoutMs: number) => Promise<ClusterDescription>;

/** Time for the response of a member to one that wants to join. */
const joinTimeoutMs = 3000;
/** Time for its response to a first member, which must not wait long for others that have not started yet. */
const firstStartTimeoutMs = 1000;

/** The identity of this member, and what it recovered. */
export interface Established {
  readonly identity: Identity;
  readonly recovered: Recovered;
  readonly state: State;
}

/** Establishes the identity of this member: from its store, or else from its configuration and the other members. */
export async function establish(
  store: Store,
  config: ServerConfig,
  describeCluster: DescribeCluster,
  settleUrls: (config: ServerConfig) => Promise<ServerConfig>,
): Promise<Established> {
  const found = await store.load();
  if (found.identity !== undefined) {
    const state = await State.load(store.engine, found.appliedIndex);
    checkOwner(found.identity, state.members, config);
    return { identity: found.identity, recovered: found, state };
  }
  return await establishAnew(store, await settleUrls(config), describeCluster);
}

/** For a member without data: one of the first of a new cluster, or one that joins a running cluster. */
async function establishAnew(
  store: Store,
  config: ServerConfig,
  describeCluster: DescribeCluster,
): Promise<Established> {
  const askOthers = (timeoutMs: number): Promise<Answers> =>
    Promise.allSettled(otherPeerUrls(config).map((url) => describeCluster(url, timeoutMs)));
  if (config.initialClusterState === 'existing') {
    return join(store, config, await askOthers(joinTimeoutMs));
  }
  const { clusterId, members, idByName } = firstCluster(config);
  const memberId = idByName.get(config.name);
  if (memberId === undefined) throw notInCluster(config);
  const identity = { clusterId, memberId };
  checkFirstStart(identity, config, await askOthers(firstStartTimeoutMs));
  const position = {
    index: firstIndex,
    term: firstTerm,
    configuration: configurationOf(members),
  };
  return begin(store, identity, members, position);
}

/** The responses of the others, or why there are none. */
type Answers = readonly PromiseSettledResult<ClusterDescription>[];

function descriptionsIn(answers: Answers): ClusterDescription[] {
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/**
 * A first member without data has never run, or has lost votes and entries that it acknowledged: then an election
 * could lose acknowledged writes. If other members run, they can tell; if none runs, the cluster is taken for a new
 * one.
 *
 * The others' cluster can have another id than the configuration gives: the list of members or the token may have
 * changed, or the cluster is older than the present way to compute ids. It knows this member by its peer URL; names
 * such as "m1" are the same in many clusters.
 */
function checkFirstStart(
  { clusterId, memberId }: Identity,
  config: ServerConfig,
  answers: Answers,
): void {
  for (const { clusterId: otherId, members } of descriptionsIn(answers)) {
    if (otherId !== clusterId) {
      checkOtherCluster(otherId, members, config);
      continue;
    }
    const own = members.find(({ id }) => id === memberId);
    // All first members belong to a cluster from its beginning.
    if (own === undefined) throw removedBefore(memberId);
    if (hasRun(own)) throw dataLost(memberId, config);
  }
}

function checkOtherCluster(id: MemberId, members: readonly Member[], config: ServerConfig): void {
  const own = members.find(({ peerUrls }) => hasUrlOf(config, peerUrls));
  if (own === undefined) return;
  throw hasRun(own) ? dataLost(own.id, config) : awaitedElsewhere(own.id, id);
}

/** Joins a cluster that knows this member by its peer URLs, and has none of its data yet. */
async function join(store: Store, config: ServerConfig, answers: Answers): Promise<Established> {
  const descriptions = descriptionsIn(answers);
  if (descriptions.length === 0) throw noAnswer(answers);
  const known = descriptions.flatMap(({ clusterId, members }) => {
    const own = members.find(({ peerUrls }) => hasUrlOf(config, peerUrls));
    return own === undefined ? [] : [{ clusterId, members, own }];
  });
  // A member that lags may still know a former member with these URLs.
  const joined = known.find(({ own }) => !hasRun(own));
  if (joined === undefined) {
    const [former] = known;
    if (former === undefined || known.length < descriptions.length) throw notAdded(config);
    throw dataLost(former.own.id, config);
  }
  const { clusterId, members, own } = joined;
  const noMembers = { voters: [], outgoing: [], learners: [] };
  const position = { index: 0, term: 0, configuration: noMembers };
  return begin(store, { clusterId, memberId: own.id }, members, position);
}

/** A member publishes its name and client URLs only once its data directory has its identity. */
function hasRun({ name, clientUrls }: Member): boolean {
  return name !== '' || clientUrls.length > 0;
}

async function begin(
  store: Store,
  identity: Identity,
  members: readonly Member[],
  position: SnapshotPosition,
): Promise<Established> {
  State.create(store.engine, { members });
  await store.create(identity, position);
  const recovered = await store.load();
  const state = await State.load(store.engine, recovered.appliedIndex);
  return { identity, recovered, state };
}

/** A directory that was copied from, or confused with, another member's would make one member vote twice. */
function checkOwner(identity: Identity, members: readonly Member[], config: ServerConfig): void {
  const owner = members.find(({ peerUrls }) => hasUrlOf(config, peerUrls));
  if (owner === undefined || owner.id === identity.memberId) return;
  throw new RegistryError(
    'invalid-request',
    `the data in ${present(config.dataDir, 'the data directory')} belongs to member ${identity.memberId}, ` +
      `but ${config.initialAdvertisePeerUrls.join(', ')} is member ${owner.id}; start each member on its own directory`,
  );
}

function hasUrlOf(config: ServerConfig, peerUrls: readonly string[]): boolean {
  const own = config.initialAdvertisePeerUrls.map(canonicalUrl);
  return peerUrls.some((url) => own.includes(canonicalUrl(url)));
}

function otherPeerUrls(config: ServerConfig): readonly string[] {
  return config.initialCluster
    .map(({ peerUrl }) => peerUrl)
    .filter((url) => !hasUrlOf(config, [url]));
}

// Refusals.

function notInCluster(config: ServerConfig): RegistryError {
  return new RegistryError(
    'invalid-request',
    `--initial-cluster does not name "${config.name}"; add ${config.name}=${config.initialAdvertisePeerUrls.join(',')}`,
  );
}

function notAdded(config: ServerConfig): RegistryError {
  return new RegistryError(
    'member-not-found',
    `the cluster does not know ${config.initialAdvertisePeerUrls.join(', ')}; run "rollcall member add" first`,
  );
}

function noAnswer(answers: Answers): RegistryError {
  const failures = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [textOf(answer.reason)] : [],
  );
  return new RegistryError(
    'invalid-request',
    `no member of the cluster to join answers (${failures.join('; ') || 'none is named'}); look at --initial-cluster`,
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function dataLost(id: MemberId, { dataDir = 'in memory' }: ServerConfig): RegistryError {
  return new RegistryError(
    'invalid-request',
    `member ${id} has been part of the cluster before, and its data directory (${dataDir}) is empty; give the right ` +
      `--data-dir, or, if the data is lost, run "rollcall member remove ${id}" and "rollcall member add" with a member ` +
      'that works, and start this one with --initial-cluster-state existing',
  );
}

function awaitedElsewhere(id: MemberId, clusterId: MemberId): RegistryError {
  return new RegistryError(
    'invalid-request',
    `the members of --initial-cluster that run belong to cluster ${clusterId}, which waits for this one as its member ` +
      `${id}, but --initial-cluster and --initial-cluster-token would begin another cluster; give what the others were ` +
      'given, or join them with --initial-cluster-state existing',
  );
}

function removedBefore(id: MemberId): RegistryError {
  return new RegistryError(
    'invalid-request',
    `member ${id} was removed from the cluster, which goes on without it; to bring it back, run "rollcall member add" ` +
      'and start it with --initial-cluster-state existing',
  );
}
