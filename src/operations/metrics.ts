import type { Counter, Histogram, Metrics } from '../base/metrics.ts';
import type { Command } from '../state/index.ts';

/** Bucket bounds that double, as in etcd's histograms. */
function doubling(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, power) => first * 2 ** power);
}

const requestBuckets = doubling(0.001, 13);
const rangeBuckets = doubling(0.0001, 8);
const longBuckets = doubling(0.01, 15);

/** etcd's names of the requests that go through the log. */
const requestTypes: Readonly<Record<Command['kind'], string>> = {
  put: 'Put',
  'delete-range': 'DeleteRange',
  txn: 'Txn',
  compact: 'Compaction',
  'lease-grant': 'LeaseGrant',
  'lease-revoke': 'LeaseRevoke',
  'lease-checkpoint': 'LeaseCheckpoint',
  'member-add': 'ClusterMemberAdd',
  'member-remove': 'ClusterMemberRemove',
  'member-promote': 'ClusterMemberPromote',
  'member-update': 'ClusterMemberUpdate',
  'member-publish': 'ClusterMemberAttrSet',
  'member-level': 'ClusterMemberAttrSet',
  'cluster-version': 'ClusterVersionSet',
  alarm: 'Alarm',
  'auth-enable': 'AuthEnable',
  'auth-disable': 'AuthDisable',
  'user-add': 'AuthUserAdd',
  'user-delete': 'AuthUserDelete',
  'user-password': 'AuthUserChangePassword',
  'user-grant-role': 'AuthUserGrantRole',
  'user-revoke-role': 'AuthUserRevokeRole',
  'role-add': 'AuthRoleAdd',
  'role-delete': 'AuthRoleDelete',
  'role-grant': 'AuthRoleGrantPermission',
  'role-revoke': 'AuthRoleRevokePermission',
  login: 'Authenticate',
};

/** Durations of operations, under etcd's names. */
export interface OperationMetrics {
  /** Of a command: from the proposal until it is applied here or fails. Of a range: the whole call. */
  request(kind: Command['kind'] | 'range', success: boolean, seconds: number): void;
  /** Of the read of a range from the state. */
  readonly rangeSeconds: Histogram;
  readonly hashSeconds: Histogram;
  readonly hashAtRevisionSeconds: Histogram;
  /** Of a backup, until its last byte is handed out. */
  readonly backupSeconds: Histogram;
  /** Refused promotions of learners that lag behind. */
  readonly promotionsRefused: Counter;
  /** A call through this API was refused for lack of a right. */
  denied(api: string): void;
}

export function declareOperationMetrics(metrics: Metrics): OperationMetrics {
  const succeeded = new Map<string, Histogram>();
  const failed = new Map<string, Histogram>();
  const requestHistogram = (type: string, success: boolean): Histogram => {
    const requests = success ? succeeded : failed;
    let histogram = requests.get(type);
    if (histogram === undefined) {
      histogram = metrics.histogram(
        'etcd_server_request_duration_seconds',
        'Time from a request to its outcome.',
        requestBuckets,
        { type, success: String(success) },
      );
      requests.set(type, histogram);
    }
    return histogram;
  };
  requestHistogram('Range', true);
  const denied = new Map<string, Counter>();
  return {
    denied: (api) => {
      const known = denied.get(api);
      if (known !== undefined) return known.add();
      const help = 'Calls refused because their caller lacks the right, by API.';
      const counter = metrics.counter('rollcall_auth_denied_total', help, { api });
      denied.set(api, counter);
      counter.add();
    },
    request: (kind, success, seconds) =>
      requestHistogram(kind === 'range' ? 'Range' : requestTypes[kind], success).observe(seconds),
    rangeSeconds: metrics.histogram(
      'etcd_server_range_duration_seconds',
      'Time to read a range from the state.',
      rangeBuckets,
      { success: 'true' },
    ),
    hashSeconds: metrics.histogram(
      'etcd_mvcc_hash_duration_seconds',
      'Time to sum up the whole data.',
      longBuckets,
    ),
    hashAtRevisionSeconds: metrics.histogram(
      'etcd_mvcc_hash_rev_duration_seconds',
      'Time to sum up the data of a revision.',
      longBuckets,
    ),
    backupSeconds: metrics.histogram(
      'etcd_disk_backend_snapshot_duration_seconds',
      'Time to hand out a backup.',
      longBuckets,
    ),
    promotionsRefused: metrics.counter(
      'etcd_server_learner_promote_failures',
      'Learners that were to become voters too early.',
      { Reason: 'learner-not-ready' },
    ),
  };
}
