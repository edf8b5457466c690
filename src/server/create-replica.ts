import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Random } from '../base/random.ts';
import { Replica } from '../replica/index.ts';
import type { ReplicaOptions, Store, Transport } from '../replica/index.ts';
import type { ServerConfig } from './config.ts';
import type { Established } from './establish.ts';

/** The surroundings of a replica: a machine, or a simulated one. */
export interface Parts extends Pick<
  ReplicaOptions,
  'applyWorkPerTurn' | 'watchEventsPerTurn' | 'openBytesMax'
> {
  readonly store: Store;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly onFatal: (error: unknown) => void;
  readonly onRemoved: () => void;
}

export function createReplica(
  config: ServerConfig,
  parts: Parts,
  { identity, recovered, state }: Established,
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
