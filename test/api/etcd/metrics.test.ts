import { expect, test } from 'vitest';
import { declareEtcdMetrics } from '../../../src/api/etcd/index.ts';
import type { EtcdMetrics } from '../../../src/api/etcd/index.ts';
import { createPrometheusMetrics } from '../../../src/platform/prometheus-metrics.ts';
import { etcdHandler, fakeOperations, fakeOptions } from './fake.ts';
import { etcdMetricNames } from './metric-names.ts';

function figures(otherwise: Partial<EtcdMetrics> = {}): EtcdMetrics {
  return {
    memberId: '8e9e05c52164694d',
    serverVersion: '3.7.1',
    runtimeVersion: 'v20.20.2',
    clusterVersion: () => '3.7.0',
    hasLeader: () => true,
    isLeader: () => false,
    isLearner: () => false,
    knownPeers: () => ['8e9e05c52164694d', '91bc3c398fb3c146'],
    proposalsCommitted: () => 101,
    proposalsApplied: () => 124,
    proposalsPending: () => 102,
    readIndexesFailed: () => 103,
    slowReadIndexes: () => 104,
    slowApplies: () => 105,
    heartbeatSendFailures: () => 106,
    snapshotsApplying: () => 107,
    quotaBytes: () => 2147483648,
    dbSizeBytes: () => 108,
    dbSizeInUseBytes: () => 109,
    keys: () => 110,
    putBytes: () => 111,
    currentRevision: () => 112,
    compactRevision: () => 113,
    compactedKeys: () => 114,
    lastCompactionSeconds: () => 115,
    ranges: () => 116,
    puts: () => 117,
    deletes: () => 118,
    txns: () => 119,
    watchStreams: () => 120,
    watchers: () => 121,
    slowWatchers: () => 122,
    events: () => 123,
    leasesGranted: () => 125,
    leasesRevoked: () => 126,
    learnersPromoted: () => 127,
    authRevision: () => 128,
    alarms: () => [],
    ...otherwise,
  };
}

/** Type by name of all metrics in a text. */
function typesIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
}

test('every metric of etcd that is declared here has the type that it has in etcd', async () => {
  const options = fakeOptions(fakeOperations());
  declareEtcdMetrics(options.metrics, figures());
  etcdHandler(options);

  const types = typesIn((await options.metricsText()).text);

  const here = ['api/etcd/metrics', 'api/etcd/pages', 'api/etcd/health-pages', 'no counterpart'];
  const names = [...here, ...(process.platform === 'linux' ? ['platform'] : [])].flatMap(
    (module) => etcdMetricNames[module] ?? [],
  );
  expect(names.length).toBeGreaterThan(70);
  expect(names.filter(([name, type]) => types.get(name) !== type)).toEqual([]);
});

test('no value is shown under the name of another', async () => {
  const metrics = createPrometheusMetrics();
  declareEtcdMetrics(metrics, figures());
  const text = await metrics.text();

  expect(text.match(/^etcd_\S+ 1(0[1-9]|1\d|2[0-8])$/gm)?.toSorted()).toEqual([
    'etcd_debugging_auth_revision 128',
    'etcd_debugging_lease_granted_total 125',
    'etcd_debugging_lease_revoked_total 126',
    'etcd_debugging_mvcc_compact_revision 113',
    'etcd_debugging_mvcc_current_revision 112',
    'etcd_debugging_mvcc_db_compaction_keys_total 114',
    'etcd_debugging_mvcc_db_compaction_last 115',
    'etcd_debugging_mvcc_events_total 123',
    'etcd_debugging_mvcc_keys_total 110',
    'etcd_debugging_mvcc_slow_watcher_total 122',
    'etcd_debugging_mvcc_total_put_size_in_bytes 111',
    'etcd_debugging_mvcc_watch_stream_total 120',
    'etcd_debugging_mvcc_watcher_total 121',
    'etcd_mvcc_db_total_size_in_bytes 108',
    'etcd_mvcc_db_total_size_in_use_in_bytes 109',
    'etcd_mvcc_delete_total 118',
    'etcd_mvcc_put_total 117',
    'etcd_mvcc_range_total 116',
    'etcd_mvcc_txn_total 119',
    'etcd_server_heartbeat_send_failures_total 106',
    'etcd_server_learner_promote_successes 127',
    'etcd_server_proposals_applied_total 124',
    'etcd_server_proposals_committed_total 101',
    'etcd_server_proposals_pending 102',
    'etcd_server_read_indexes_failed_total 103',
    'etcd_server_slow_apply_total 105',
    'etcd_server_slow_read_indexes_total 104',
    'etcd_server_snapshot_apply_in_progress_total 107',
  ]);
  expect(text).toMatch(/^etcd_server_quota_backend_bytes 2147483648$/m);
});

test('facts are labels, and booleans are 1 and 0', async () => {
  const metrics = createPrometheusMetrics();
  declareEtcdMetrics(
    metrics,
    figures({ alarms: () => [{ memberId: '91bc3c398fb3c146', type: 'NOSPACE' }] }),
  );
  const lines = (await metrics.text()).split('\n');

  expect(lines).toEqual(
    expect.arrayContaining([
      'etcd_server_has_leader 1',
      'etcd_server_is_leader 0',
      'etcd_server_version{server_version="3.7.1"} 1',
      'etcd_cluster_version{cluster_version="3.7"} 1',
      'etcd_server_id{server_id="8e9e05c52164694d"} 1',
      'etcd_server_go_version{server_go_version="v20.20.2"} 1',
      'etcd_network_known_peers{Local="8e9e05c52164694d",Remote="91bc3c398fb3c146"} 1',
      'etcd_debugging_server_alarms{alarm_type="NOSPACE",server_id="91bc3c398fb3c146"} 1',
    ]),
  );
});

test('the cluster version is left out until it is settled', async () => {
  const metrics = createPrometheusMetrics();
  declareEtcdMetrics(metrics, figures({ clusterVersion: () => undefined }));

  expect(await metrics.text()).not.toContain('etcd_cluster_version{');
});
