import { z } from 'zod';
import { present } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Meter } from '../base/meter.ts';
import type { Random } from '../base/random.ts';
import { RegistryError } from '../base/errors.ts';
import { Replica } from '../replica/index.ts';
import type { Identity, Recovered, Store, Transport } from '../replica/index.ts';
import type { SnapshotPosition } from '../raft/index.ts';
import { State } from '../state/index.ts';
import type { Member } from '../state/index.ts';
import type { ServerConfig } from './config.ts';
import { configurationOf, firstCluster } from './identity.ts';

/** What a running cluster tells somebody who is about to join it. */
export interface ClusterDescription {
  readonly clusterId: MemberId;
  readonly members: readonly Member[];
}

/** What a peer answered, checked; rejects what no member of this release would say. */
export function clusterDescriptionOf(answer: unknown): ClusterDescription {
  return description.parse(answer);
}

const description = z.object({
  clusterId: z.string(),
  members: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      peerUrls: z.array(z.string()),
      clientUrls: z.array(z.string()),
      isLearner: z.boolean(),
    }),
  ),
});

/**
 * Where a cluster begins: as if the first entry of the log had made its members. So the log never holds what comes
 * before, and whoever joins later with nothing gets a snapshot, members included.
 */
const firstIndex = 1;
const firstTerm = 1;

/** Who this member is: what its store says, or else what its configuration makes of it. */
export async function establish(
  store: Store,
  config: ServerConfig,
  describeCluster: (peerUrls: readonly string[]) => Promise<ClusterDescription>,
): Promise<{ identity: Identity; recovered: Recovered; state: State }> {
  const found = await store.load();
  if (found.identity !== undefined) {
    const state = await State.load(store.engine, found.appliedIndex);
    checkOwner(found.identity, state.members, config);
    return { identity: found.identity, recovered: found, state };
  }
  if (config.initialClusterState === 'existing') {
    return join(store, config, await describeCluster(otherPeerUrls(config)));
  }
  const { clusterId, members, idByName } = firstCluster(config);
  const memberId = idByName.get(config.name);
  if (memberId === undefined) throw notInCluster(config);
  const position = {
    index: firstIndex,
    term: firstTerm,
    configuration: configurationOf(members),
  };
  return begin(store, { clusterId, memberId }, members, position);
}

/** Joins a cluster that knows this member already, by its peer URLs, and nothing of its data yet. */
async function join(
  store: Store,
  config: ServerConfig,
  { clusterId, members }: ClusterDescription,
): Promise<{ identity: Identity; recovered: Recovered; state: State }> {
  const own = members.find(({ peerUrls }) =>
    peerUrls.some((url) => config.initialAdvertisePeerUrls.includes(url)),
  );
  if (own === undefined) {
    throw new RegistryError(
      'member-not-found',
      `the cluster does not know ${config.initialAdvertisePeerUrls.join(', ')}; run "rollcall member add" first`,
    );
  }
  const nobody = { voters: [], outgoing: [], learners: [] };
  const position = { index: 0, term: 0, configuration: nobody };
  return begin(store, { clusterId, memberId: own.id }, members, position);
}

async function begin(
  store: Store,
  identity: Identity,
  members: readonly Member[],
  position: SnapshotPosition,
): Promise<{ identity: Identity; recovered: Recovered; state: State }> {
  State.create(store.engine, { members });
  await store.create(identity, position);
  const recovered = await store.load();
  const state = await State.load(store.engine, recovered.appliedIndex);
  return { identity, recovered, state };
}

/** A directory that was copied from, or mixed up with, another member's would make one member vote twice. */
function checkOwner(identity: Identity, members: readonly Member[], config: ServerConfig): void {
  const owner = members.find(({ peerUrls }) =>
    peerUrls.some((url) => config.initialAdvertisePeerUrls.includes(url)),
  );
  if (owner === undefined || owner.id === identity.memberId) return;
  throw new RegistryError(
    'invalid-request',
    `the data in ${present(config.dataDir, 'the data directory')} belongs to member ${identity.memberId}, ` +
      `but ${config.initialAdvertisePeerUrls.join(', ')} is member ${owner.id}; start each member on its own directory`,
  );
}

function otherPeerUrls(config: ServerConfig): readonly string[] {
  return config.initialCluster
    .map(({ peerUrl }) => peerUrl)
    .filter((url) => !config.initialAdvertisePeerUrls.includes(url));
}

function notInCluster(config: ServerConfig): RegistryError {
  return new RegistryError(
    'invalid-request',
    `--initial-cluster does not name "${config.name}"; add ${config.name}=${config.initialAdvertisePeerUrls.join(',')}`,
  );
}

/** The parts that a replica runs on. */
export interface Parts {
  readonly store: Store;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly onFatal: (error: unknown) => void;
  readonly onRemoved: () => void;
}

export function createReplica(
  config: ServerConfig,
  parts: Parts,
  { identity, recovered, state }: { identity: Identity; recovered: Recovered; state: State },
): Replica {
  return new Replica(
    {
      ...parts,
      id: identity.memberId,
      clusterId: identity.clusterId,
      heartbeatIntervalMs: config.heartbeatIntervalMs,
      electionTimeoutMs: config.electionTimeoutMs,
      preVote: config.preVote,
      initialElectionTickAdvance: config.initialElectionTickAdvance,
      snapshotCount: config.snapshotCount,
      snapshotCatchupEntries: config.snapshotCatchupEntries,
      leaseCheckpointIntervalMs: config.leaseCheckpointIntervalMs,
      progressNotifyIntervalMs: config.watchProgressNotifyIntervalMs,
      compactionBatchLimit: config.compactionBatchLimit,
      membership: { maxLearners: config.maxLearners, strict: config.strictReconfigCheck },
    },
    recovered,
    state,
  );
}
