import { declareEtcdMetrics } from '../api/index.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Core } from '../operations/index.ts';
import { wallTimeMs } from '../platform/index.ts';
import type { Store } from '../replica/index.ts';

const alarmNames = { 'no-space': 'NOSPACE', corrupt: 'CORRUPT' } as const;

/** Declares the metrics of a member. */
export function declareMetrics(metrics: Metrics, core: Core, store: Store): void {
  const { replica, options } = core;
  const { counters } = replica;
  const sizeOnDisk = lastKnown(() => store.sizeOnDisk());
  metrics.gauge(
    'rollcall_feature_level',
    'What all members of the cluster know, and may therefore write.',
    () => core.state.featureLevel,
  );
  metrics.gauge(
    'rollcall_storage_size_bytes',
    'Files of the data directory: log and state, with what compaction has not given back yet.',
    sizeOnDisk,
  );
  declareEtcdMetrics(metrics, {
    memberId: replica.id,
    serverVersion: options.reportEtcdVersion,
    runtimeVersion: process.version,
    clusterVersion: () => core.state.clusterVersion,
    hasLeader: () => replica.leader !== undefined,
    isLeader: () => replica.isLeader,
    isLearner: () => replica.isLearner,
    knownPeers: () => core.state.members.map(({ id }) => id),
    proposalsApplied: () => counters.commands,
    proposalsCommitted: () => replica.commitIndex,
    proposalsPending: () => replica.pendingProposals,
    readIndexesFailed: () => counters.readIndexesFailed,
    slowReadIndexes: () => counters.slowReadIndexes,
    slowApplies: () => counters.slowApplies,
    heartbeatSendFailures: () => counters.lateHeartbeats,
    snapshotsApplying: () => +replica.isInstalling,
    quotaBytes: () => (Number.isFinite(options.limits.quotaBytes) ? options.limits.quotaBytes : 0),
    // The size that the quota limits, so that alerts that divide the two fire when NOSPACE is near.
    dbSizeBytes: () => core.state.sizeInUseBytes,
    dbSizeInUseBytes: () => core.state.sizeInUseBytes,
    keys: () => core.state.keyCount,
    putBytes: () => counters.putBytes,
    currentRevision: () => core.state.revision,
    compactRevision: () => core.state.compactedRevision,
    compactedKeys: () => core.state.compactedVersions,
    lastCompactionSeconds: () => {
      const { lastCompactionMs } = counters;
      if (lastCompactionMs === undefined) return 0;
      return (wallTimeMs() - (core.clock.nowMs() - lastCompactionMs)) / 1000;
    },
    ranges: () => core.rangesRead,
    puts: () => counters.puts,
    deletes: () => counters.deletes,
    txns: () => counters.txns,
    watchStreams: () => core.watchStats.streams,
    watchers: () => core.watchStats.watchers,
    slowWatchers: () => core.watchStats.slowWatchers,
    events: () => core.watchStats.eventsSent,
    leasesGranted: () => counters.leasesGranted,
    leasesRevoked: () => counters.leasesRevoked,
    learnersPromoted: () => counters.learnersPromoted,
    authRevision: () => 1,
    alarms: () =>
      core.state.alarms.map(({ memberId, type }) => ({ memberId, type: alarmNames[type] })),
  });
}

/** The last known value when it cannot be read: disk failures are reported where they matter. */
function lastKnown(read: () => number): () => number {
  let known = 0;
  return () => {
    try {
      known = read();
    } catch {
      // Kept.
    }
    return known;
  };
}
