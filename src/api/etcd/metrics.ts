import type { MemberId } from '../../base/member-id.ts';
import type { Labels, Metrics } from '../../base/metrics.ts';

/**
 * The values of a member that etcd's dashboards and alerts use. Each is read when `/metrics` is read, so it must be in
 * memory. Metrics that are counted where they happen are not here: proposals applied and failed,
 * leader changes, leases renewed and expired (`replica`), disk times (`storage`), peers' bytes and times
 * (`transport`), calls (`call-metrics.ts`), health checks (`health-pages.ts`).
 */
export interface EtcdMetrics {
  readonly memberId: MemberId;
  /** The etcd release that is reported to clients. */
  readonly serverVersion: string;
  /** "v20.20.2" */
  readonly runtimeVersion: string;
  /** "3.7.0"; undefined until the members have settled it. */
  clusterVersion(): string | undefined;

  hasLeader(): boolean;
  isLeader(): boolean;
  isLearner(): boolean;
  /** All members, this one too. */
  knownPeers(): readonly MemberId[];

  /** The newest committed index of the log. */
  proposalsCommitted(): number;
  /** Commands of the log applied here since the start. */
  proposalsApplied(): number;
  /** Proposals waiting to be agreed on. */
  proposalsPending(): number;
  readIndexesFailed(): number;
  slowReadIndexes(): number;
  slowApplies(): number;
  heartbeatSendFailures(): number;
  /** Snapshots of the leader that are being installed. */
  snapshotsApplying(): number;

  quotaBytes(): number;
  dbSizeBytes(): number;
  dbSizeInUseBytes(): number;
  /** All versions of all keys. */
  keys(): number;
  putBytes(): number;
  currentRevision(): number;
  compactRevision(): number;
  /** Versions of keys that compaction has removed. */
  compactedKeys(): number;
  /** Seconds since 1970; 0 if there was none. */
  lastCompactionSeconds(): number;

  ranges(): number;
  puts(): number;
  deletes(): number;
  txns(): number;

  watchStreams(): number;
  watchers(): number;
  /** Those that have not caught up. */
  slowWatchers(): number;
  /** Events handed to watchers. */
  events(): number;

  leasesGranted(): number;
  leasesRevoked(): number;

  /** Learners that this member, as leader, made voters. */
  learnersPromoted(): number;
  /** Of users, roles and permissions; 1 if there never were any. */
  authRevision(): number;
  /** Alarms that are raised now, by etcd's names. */
  alarms(): readonly { readonly memberId: MemberId; readonly type: 'NOSPACE' | 'CORRUPT' }[];
}

/** Declares the metrics of a member under etcd's names. */
export function declareEtcdMetrics(metrics: Metrics, values: EtcdMetrics): void {
  declareFacts(metrics, values);
  for (const [name, help, read] of serverGauges(values)) metrics.gauge(name, help, read);
  for (const [name, help, read] of dataGauges(values)) metrics.gauge(name, help, read);
  for (const [name, help, read] of totals(values)) metrics.total(name, help, read);
  declareWithoutCounterpart(metrics);
}

/**
 * Metrics of parts of etcd that Rollcall does not have: a file that needs defragmentation, snapshots as files, a loop and a
 * queue for each watch stream, a write to the log that is no sync, the store of v2, the gRPC proxy. Tests and dashboards
 * use the names, so they are there and stay 0.
 */
function declareWithoutCounterpart(metrics: Metrics): void {
  const help = 'Always 0: Rollcall has nothing like it.';
  for (const name of [
    'etcd_debugging_mvcc_pending_events_total',
    'etcd_debugging_store_watchers',
    'etcd_disk_defrag_inflight',
    'etcd_grpc_proxy_cache_hits_total',
    'etcd_grpc_proxy_cache_keys_total',
    'etcd_grpc_proxy_cache_misses_total',
    'etcd_grpc_proxy_watchers_coalescing_total',
    'etcd_mvcc_db_open_read_transactions',
  ]) {
    metrics.gauge(name, help, () => 0);
  }
  for (const name of [
    'etcd_debugging_store_expires_total',
    'etcd_debugging_store_watch_requests_total',
    'etcd_grpc_proxy_events_coalescing_total',
  ]) {
    metrics.counter(name, help);
  }
  for (const name of [
    'etcd_debugging_disk_backend_commit_rebalance_duration_seconds',
    'etcd_debugging_disk_backend_commit_spill_duration_seconds',
    'etcd_debugging_disk_backend_commit_write_duration_seconds',
    'etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds',
    'etcd_debugging_snap_save_marshalling_duration_seconds',
    'etcd_debugging_snap_save_total_duration_seconds',
    'etcd_debugging_server_watch_send_loop_control_stream_duration_seconds',
    'etcd_debugging_server_watch_send_loop_progress_duration_seconds',
    'etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds',
    'etcd_debugging_server_watch_send_loop_watch_stream_duration_seconds',
    'etcd_disk_backend_defrag_duration_seconds',
    'etcd_disk_wal_write_duration_seconds',
    'etcd_snap_db_fsync_duration_seconds',
    'etcd_snap_db_save_total_duration_seconds',
    'etcd_snap_fsync_duration_seconds',
  ]) {
    metrics.histogram(name, help, []);
  }
}

type Row = readonly [name: string, help: string, read: () => number];

function declareFacts(metrics: Metrics, values: EtcdMetrics): void {
  metrics.facts(
    'etcd_server_version',
    'The etcd release that this member speaks like.',
    ['server_version'],
    () => [{ server_version: values.serverVersion }],
  );
  metrics.facts(
    'etcd_cluster_version',
    'The etcd release that all members speak like.',
    ['cluster_version'],
    () => {
      const version = minorOf(values.clusterVersion());
      return version === undefined ? [] : [{ cluster_version: version }];
    },
  );
  metrics.facts('etcd_server_id', 'The id of this member.', ['server_id'], () => [
    { server_id: values.memberId },
  ]);
  metrics.facts(
    'etcd_server_go_version',
    'The version of Node.js, which this is made with instead of Go.',
    ['server_go_version'],
    () => [{ server_go_version: values.runtimeVersion }],
  );
  metrics.facts(
    'etcd_server_feature_enabled',
    'Features that can be switched on and off; there are none.',
    ['name', 'stage'],
    () => [],
  );
  metrics.facts(
    'etcd_debugging_server_alarms',
    'Alarms that are raised.',
    ['alarm_type', 'server_id'],
    () => values.alarms().map(({ memberId, type }) => ({ alarm_type: type, server_id: memberId })),
  );
  const pair = (peer: MemberId): Labels => ({ Local: values.memberId, Remote: peer });
  metrics.facts('etcd_network_known_peers', 'Members of the cluster.', ['Local', 'Remote'], () =>
    values.knownPeers().map(pair),
  );
}

/** "3.7.0" -> "3.7" */
function minorOf(version: string | undefined): string | undefined {
  return version?.split('.').slice(0, 2).join('.');
}

function serverGauges(values: EtcdMetrics): readonly Row[] {
  return [
    ['etcd_server_has_leader', '1 if the cluster has a leader.', () => +values.hasLeader()],
    ['etcd_server_is_leader', '1 if this member leads.', () => +values.isLeader()],
    ['etcd_server_is_learner', '1 if this member only learns.', () => +values.isLearner()],
    [
      'etcd_server_proposals_committed_total',
      'Index of the newest log entry that a majority has.',
      () => values.proposalsCommitted(),
    ],
    [
      'etcd_server_proposals_applied_total',
      'Commands of the log applied to the state of this member.',
      () => values.proposalsApplied(),
    ],
    [
      'etcd_server_proposals_pending',
      'Proposals waiting to be agreed on.',
      () => values.proposalsPending(),
    ],
    [
      'etcd_server_snapshot_apply_in_progress_total',
      'Snapshots being taken over from the leader.',
      () => values.snapshotsApplying(),
    ],
    ['etcd_server_quota_backend_bytes', 'Bytes that the data may take.', () => values.quotaBytes()],
    [
      'etcd_mvcc_db_total_size_in_bytes',
      'Bytes of the data, as they are counted against the quota.',
      () => values.dbSizeBytes(),
    ],
    [
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'Bytes of the data itself.',
      () => values.dbSizeInUseBytes(),
    ],
  ];
}

function dataGauges(values: EtcdMetrics): readonly Row[] {
  return [
    ['etcd_debugging_mvcc_keys_total', 'Keys.', () => values.keys()],
    [
      'etcd_debugging_mvcc_total_put_size_in_bytes',
      'Bytes of keys and values that were put.',
      () => values.putBytes(),
    ],
    ['etcd_debugging_mvcc_current_revision', 'Revision now.', () => values.currentRevision()],
    [
      'etcd_debugging_mvcc_compact_revision',
      'Revision up to which the past is gone.',
      () => values.compactRevision(),
    ],
    [
      'etcd_debugging_mvcc_db_compaction_last',
      'When the last compaction ended, in seconds since 1970.',
      () => values.lastCompactionSeconds(),
    ],
    ['etcd_debugging_mvcc_watch_stream_total', 'Watch streams.', () => values.watchStreams()],
    ['etcd_debugging_mvcc_watcher_total', 'Watchers.', () => values.watchers()],
    [
      'etcd_debugging_mvcc_slow_watcher_total',
      'Watchers that have not caught up.',
      () => values.slowWatchers(),
    ],
    [
      'etcd_debugging_auth_revision',
      'Revision of users, roles and permissions.',
      () => values.authRevision(),
    ],
  ];
}

function totals(values: EtcdMetrics): readonly Row[] {
  return [
    ['etcd_mvcc_range_total', 'Ranges read.', () => values.ranges()],
    ['etcd_mvcc_put_total', 'Keys put.', () => values.puts()],
    ['etcd_mvcc_delete_total', 'Delete ranges done.', () => values.deletes()],
    ['etcd_mvcc_txn_total', 'Transactions done.', () => values.txns()],
    [
      'etcd_debugging_mvcc_db_compaction_keys_total',
      'Versions of keys that compaction removed.',
      () => values.compactedKeys(),
    ],
    ['etcd_debugging_mvcc_events_total', 'Events handed to watchers.', () => values.events()],
    ['etcd_debugging_lease_granted_total', 'Leases granted.', () => values.leasesGranted()],
    ['etcd_debugging_lease_revoked_total', 'Leases revoked.', () => values.leasesRevoked()],
    [
      'etcd_server_read_indexes_failed_total',
      'Linearizable reads that failed for want of a leader.',
      () => values.readIndexesFailed(),
    ],
    [
      'etcd_server_slow_read_indexes_total',
      'Linearizable reads that waited too long for the leader.',
      () => values.slowReadIndexes(),
    ],
    [
      'etcd_server_slow_apply_total',
      'Turns that took too long to apply.',
      () => values.slowApplies(),
    ],
    [
      'etcd_server_heartbeat_send_failures_total',
      'Heartbeats that the leader sent too late.',
      () => values.heartbeatSendFailures(),
    ],
    [
      'etcd_server_learner_promote_successes',
      'Learners made voters by this member as leader.',
      () => values.learnersPromoted(),
    ],
  ];
}
