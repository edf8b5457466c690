import type { Counter, Histogram, Metrics } from '../base/metrics.ts';

/** Turns should take less than 20 ms; what takes longer than 100 ms endangers heartbeats. */
const turnBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const buckets = Array.from({ length: 14 }, (_, power) => 0.001 * 2 ** power);

/** The metrics of a replica, under the names that etcd's dashboards use. */
export interface ReplicaMetrics {
  readonly failed: Counter;
  readonly leaderChanges: Counter;
  readonly applySeconds: Histogram;
  /** Of one turn of the replica's event loop, and of one slice of long work. */
  readonly turnSeconds: Histogram;
  readonly sliceSeconds: Histogram;
  /** Of one step of a compaction, and of a whole one; in milliseconds. */
  readonly compactionStepMs: Histogram;
  readonly compactionMs: Histogram;
  /** The TTLs of leases as they are granted. */
  readonly leaseTtlSeconds: Histogram;
}

export function declareMetrics(metrics: Metrics): ReplicaMetrics {
  return {
    failed: metrics.counter(
      'etcd_server_proposals_failed_total',
      'Requests that ended without being known to be agreed on.',
    ),
    leaderChanges: metrics.counter(
      'etcd_server_leader_changes_seen_total',
      'Leaders that this member has seen come.',
    ),
    applySeconds: metrics.histogram(
      'etcd_server_apply_duration_seconds',
      'Time to apply what one turn committed.',
      buckets,
    ),
    turnSeconds: turnHistogram(metrics, 'replica'),
    sliceSeconds: turnHistogram(metrics, 'slice'),
    compactionStepMs: metrics.histogram(
      'etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds',
      'Time of one step of a compaction, during which nothing else is done.',
      Array.from({ length: 13 }, (_, power) => 2 ** power),
    ),
    compactionMs: metrics.histogram(
      'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds',
      'Time of a whole compaction.',
      Array.from({ length: 14 }, (_, power) => 100 * 2 ** power),
    ),
    leaseTtlSeconds: metrics.histogram(
      'etcd_debugging_lease_ttl_total',
      'TTLs of leases as they are granted.',
      Array.from({ length: 24 }, (_, power) => 2 ** power),
    ),
  };
}

function turnHistogram(metrics: Metrics, part: 'replica' | 'slice'): Histogram {
  return metrics.histogram(
    'rollcall_turn_duration_seconds',
    'Time that one turn of the replica, or one slice of long work, keeps everything else waiting.',
    turnBuckets,
    { part },
  );
}
