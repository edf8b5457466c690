import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Random } from '../base/random.ts';
import type { RaftOptions } from '../raft/index.ts';
import type { MembershipRules } from './membership.ts';
import type { Store } from './store.ts';
import type { Transport } from './transport.ts';

/** All that a member is given, besides the contents of its disk. */
export interface ReplicaOptions {
  readonly id: MemberId;
  readonly clusterId: MemberId;
  readonly store: Store;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly preVote: boolean;
  /** Start the first election early: at most one election timeout is waited, instead of up to two. */
  readonly initialElectionTickAdvance: boolean;
  /** Applied entries after which the log is shortened. */
  readonly snapshotCount: number;
  /** Entries that stay in the shortened log for followers that lag. */
  readonly snapshotCatchupEntries: number;
  readonly leaseCheckpointIntervalMs: number;
  readonly progressNotifyIntervalMs: number;
  readonly compactionBatchLimit: number;
  /** Units of work (see `base/steps.ts`) that applying does in one turn; as much as other long work if undefined. */
  readonly applyWorkPerTurn?: number;
  /** Events that a watcher is told of in one turn. */
  readonly watchEventsPerTurn?: number;
  readonly membership: MembershipRules;
  /** See `RaftOptions`; 64 MiB unless a test wants less. */
  readonly openBytesMax?: number;
  /** The member can no longer trust itself or its disk, and has stopped. */
  readonly onFatal: (error: unknown) => void;
  /** This member was removed from the cluster; there is nothing left for it to do. */
  readonly onRemoved: () => void;
}

/**
 * Time before a caller is told that its request took too long: two elections may be needed before it gets
 * through, as with etcd.
 */
export function requestTimeoutMs(electionTimeoutMs: number): number {
  return 5000 + 2 * electionTimeoutMs;
}

/** Raft's settings: a tick is a heartbeat, and what is under way is bounded. */
export function raftOptions(options: ReplicaOptions): RaftOptions {
  const { id, random, preVote, electionTimeoutMs, heartbeatIntervalMs } = options;
  const { openBytesMax = 64 << 20 } = options;
  return {
    id,
    random,
    electionTicks: Math.max(2, Math.round(electionTimeoutMs / heartbeatIntervalMs)),
    preVote,
    checkQuorum: true,
    messageBytesMax: 1 << 20,
    inflightMessagesMax: 256,
    inflightBytesMax: 16 << 20,
    openBytesMax,
  };
}
