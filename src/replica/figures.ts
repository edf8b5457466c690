import type { Counter, Histogram, Meter } from '../base/meter.ts';

const buckets = Array.from({ length: 14 }, (_, power) => 0.001 * 2 ** power);

/** What a replica counts, under the names that etcd's dashboards ask for. */
export interface ReplicaFigures {
  readonly applied: Counter;
  readonly failed: Counter;
  readonly leaderChanges: Counter;
  readonly applySeconds: Histogram;
}

export function declareFigures(meter: Meter): ReplicaFigures {
  return {
    applied: meter.counter(
      'etcd_server_proposals_applied_total',
      'Commands of the log applied to the state of this member.',
    ),
    failed: meter.counter(
      'etcd_server_proposals_failed_total',
      'Requests that ended without being known to be agreed on.',
    ),
    leaderChanges: meter.counter(
      'etcd_server_leader_changes_seen_total',
      'Leaders that this member has seen come.',
    ),
    applySeconds: meter.histogram(
      'etcd_server_apply_duration_seconds',
      'Time to apply what one turn committed.',
      buckets,
    ),
  };
}
