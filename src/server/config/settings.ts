import { featureGates } from './feature-gates.ts';
import type { FlagGroup } from './flag.ts';
import { namedUrls, someUrls, urls } from './urls.ts';
import {
  boolean,
  choice,
  count,
  duration,
  logOutputs,
  origins,
  path,
  quota,
  text,
  version,
  words,
} from './values.ts';

/** The flags that have an effect, in the order of the help. */
export const settingGroups: readonly FlagGroup[] = [
  {
    title: 'Member',
    flags: [
      {
        name: 'name',
        field: 'name',
        type: text,
        default: 'default',
        help: 'What this member is called; each member of a cluster has a name of its own.',
      },
      {
        name: 'data-dir',
        field: 'dataDir',
        type: path,
        default: '',
        help: 'Directory that holds everything this member knows; by default NAME.rollcall here.',
      },
      {
        name: 'listen-client-urls',
        field: 'listenClientUrls',
        type: someUrls,
        default: 'http://localhost:2379',
        help: 'Where clients are served: gRPC and HTTP on the same port. Addresses, not names.',
      },
      {
        name: 'listen-client-http-urls',
        field: 'listenClientHttpUrls',
        type: urls,
        default: '',
        help: 'More places where clients are served. As everywhere, both gRPC and HTTP are spoken there.',
      },
      {
        name: 'advertise-client-urls',
        field: 'advertiseClientUrls',
        type: urls,
        default: 'http://localhost:2379',
        help: 'Where clients reach this member; needed when --listen-client-urls is given.',
      },
      {
        name: 'listen-peer-urls',
        field: 'listenPeerUrls',
        type: someUrls,
        default: 'http://localhost:2380',
        help: 'Where the other members are served. Addresses, not names.',
      },
      {
        name: 'heartbeat-interval',
        field: 'heartbeatIntervalMs',
        type: count({ unit: 'milliseconds' }),
        default: '100',
        help: 'Milliseconds between two heartbeats of the leader.',
      },
      {
        name: 'election-timeout',
        field: 'electionTimeoutMs',
        type: count({ unit: 'milliseconds' }),
        default: '1000',
        help:
          'Milliseconds without a leader after which an election begins: at least five heartbeats, ' +
          'at most 50000, the same on every member.',
      },
      {
        name: 'initial-election-tick-advance',
        field: 'initialElectionTickAdvance',
        type: boolean,
        default: 'true',
        help: 'Shortens the wait for the first election after a start.',
      },
      {
        name: 'pre-vote',
        field: 'preVote',
        type: boolean,
        default: 'true',
        help: 'Asks whether an election could be won before it begins one, so that a member that comes back disturbs nobody.',
      },
    ],
  },
  {
    title: 'Cluster',
    flags: [
      {
        name: 'initial-advertise-peer-urls',
        field: 'initialAdvertisePeerUrls',
        type: someUrls,
        default: 'http://localhost:2380',
        help: 'Where the other members reach this one.',
      },
      {
        name: 'initial-cluster',
        field: 'initialCluster',
        type: namedUrls,
        default: '',
        help: 'All first members and their peer URLs, this one included; by default this one alone. Used only while there is no data.',
      },
      {
        name: 'initial-cluster-state',
        field: 'initialClusterState',
        type: choice({ new: 'new', existing: 'existing' }),
        default: 'new',
        help: '"new" founds a cluster, "existing" joins one that knows this member already. Used only while there is no data.',
      },
      {
        name: 'initial-cluster-token',
        field: 'initialClusterToken',
        type: text,
        default: 'etcd-cluster',
        help: 'Makes the ids of this cluster differ from those of others with the same URLs.',
      },
      {
        name: 'strict-reconfig-check',
        field: 'strictReconfigCheck',
        type: boolean,
        default: 'true',
        help: 'Refuses a change of members that would leave too few of them running.',
      },
      {
        name: 'max-learners',
        field: 'maxLearners',
        type: count(),
        default: '1',
        help: 'How many members may be learners, which receive everything and vote on nothing.',
      },
      {
        name: 'force-new-cluster',
        field: 'forceNewCluster',
        type: boolean,
        default: 'false',
        help: 'UNSAFE. Makes a cluster of this member alone from its data, when all others are lost.',
      },
    ],
  },
  {
    title: 'Storage',
    flags: [
      {
        name: 'quota-backend-bytes',
        field: 'quotaBackendBytes',
        type: quota,
        default: '0',
        help: 'Bytes of data beyond which nothing is added; 0 is 2 GiB, negative is no limit.',
      },
      {
        name: 'auto-compaction-mode',
        field: 'autoCompactionMode',
        type: choice({ periodic: 'periodic', revision: 'revision' }),
        default: 'periodic',
        help: 'Whether history is kept for a time or for a number of revisions.',
      },
      {
        name: 'auto-compaction-retention',
        field: 'autoCompactionRetention',
        type: { ...text, placeholder: 'DURATION|N' },
        default: '0',
        help: 'How much history is kept: hours, or a duration such as 30m, or so many revisions; 0 keeps all.',
      },
      {
        name: 'compaction-batch-limit',
        field: 'compactionBatchLimit',
        type: count({ zeroMeans: 1000 }),
        default: '1000',
        help: 'Revisions that a compaction takes away in one step.',
      },
      {
        name: 'snapshot-count',
        field: 'snapshotCount',
        type: count({ zeroMeans: 10_000 }),
        default: '10000',
        help: 'Applied entries after which the log is shortened.',
      },
      {
        name: 'snapshot-catchup-entries',
        field: 'snapshotCatchupEntries',
        type: count(),
        default: '5000',
        help: 'Entries that stay in the shortened log for members that lag behind.',
      },
      {
        name: 'unsafe-no-fsync',
        field: 'unsafeNoFsync',
        type: boolean,
        default: 'false',
        help: 'UNSAFE. Acknowledges writes before they are on the disk: fast tests, lost data.',
      },
    ],
  },
  {
    title: 'Corruption checks',
    flags: [
      {
        name: 'corrupt-check-time',
        field: 'corruptCheckMs',
        type: duration({ minMs: 0 }),
        default: '0s',
        help: 'How often the leader compares the data of all members; 0 never.',
      },
      {
        name: 'compact-hash-check-time',
        field: 'compactHashCheckMs',
        type: duration({ minMs: 0.000_001 }),
        default: '1m',
        help: 'How often the leader compares what all members had at the last compactions, where CompactHashCheck is on.',
      },
      {
        name: 'feature-gates',
        field: 'featureGates',
        type: featureGates,
        default: '',
        help:
          'CompactHashCheck compares members after compactions, InitialCorruptCheck compares a member with the others ' +
          "when it starts. etcd's other features are accepted without effect.",
      },
      {
        name: 'experimental-compact-hash-check-enabled',
        field: 'compactHashCheck',
        type: boolean,
        default: 'false',
        help: 'The older name of CompactHashCheck.',
      },
      {
        name: 'experimental-initial-corrupt-check',
        field: 'initialCorruptCheck',
        type: boolean,
        default: 'false',
        help: 'The older name of InitialCorruptCheck.',
      },
    ],
  },
  {
    title: 'Limits',
    flags: [
      {
        name: 'max-request-bytes',
        field: 'maxRequestBytes',
        type: count({ min: 1 }),
        default: '1572864',
        help: 'Size of the largest request that is taken.',
      },
      {
        name: 'max-txn-ops',
        field: 'maxTxnOps',
        type: count({ min: 1 }),
        default: '128',
        help: 'Operations that a transaction may hold.',
      },
      {
        name: 'max-concurrent-streams',
        field: 'maxConcurrentStreams',
        type: count({ max: 2 ** 32 - 1, zeroMeans: 2 ** 32 - 1 }),
        default: '4294967295',
        help: 'Calls that one client connection may have open at a time.',
      },
    ],
  },
  {
    title: 'Clients',
    flags: [
      {
        name: 'watch-progress-notify-interval',
        field: 'watchProgressNotifyIntervalMs',
        type: duration({ minMs: 1, zeroMeansMs: 600_000 }),
        default: '10m',
        help: 'How often a watcher that asked for it hears that nothing has happened.',
      },
      {
        name: 'lease-checkpoint-interval',
        field: 'leaseCheckpointIntervalMs',
        type: duration({ minMs: 1 }),
        default: '30s',
        help:
          "How often the remaining time of a long lease is recorded, for the next leader to go on from. Rollcall's own; " +
          'etcd, where it is on, takes 5m.',
      },
      {
        name: 'grpc-keepalive-min-time',
        field: 'grpcKeepaliveMinTimeMs',
        type: duration({ minMs: 0 }),
        default: '5s',
        help: 'Clients that ping more often than this are sent away.',
      },
      {
        name: 'grpc-keepalive-interval',
        field: 'grpcKeepaliveIntervalMs',
        type: duration({ minMs: 0 }),
        default: '2h',
        help: 'How often an idle client connection is tested by a ping; 0 never.',
      },
      {
        name: 'grpc-keepalive-timeout',
        field: 'grpcKeepaliveTimeoutMs',
        type: duration({ minMs: 0 }),
        default: '20s',
        help: 'How long the answer to such a ping may take before the connection is closed.',
      },
      {
        name: 'enable-grpc-gateway',
        field: 'enableGrpcGateway',
        type: boolean,
        default: 'true',
        help: 'Serves the JSON API under /v3/.',
      },
      {
        name: 'cors',
        field: 'corsOrigins',
        type: origins,
        default: '*',
        help: 'Origins whose web pages may call the HTTP API; * is every one.',
      },
      {
        name: 'host-whitelist',
        field: 'hostWhitelist',
        type: words,
        default: '*',
        help: 'Host names under which plain HTTP is answered; * is every one.',
      },
      {
        name: 'report-etcd-version',
        field: 'reportEtcdVersion',
        type: version,
        default: '3.7.1',
        help: "The etcd release that clients are told, for those that go by it. Rollcall's own.",
      },
    ],
  },
  {
    title: 'Logs and metrics',
    flags: [
      {
        name: 'log-level',
        field: 'logLevel',
        type: choice({
          debug: 'debug',
          info: 'info',
          warn: 'warn',
          error: 'error',
          panic: 'error',
          fatal: 'error',
        }),
        default: 'info',
        help: 'The least important lines that are logged.',
      },
      {
        name: 'log-outputs',
        field: 'logOutputs',
        type: logOutputs,
        default: 'default',
        help:
          'Where log lines go: stderr (which "default" means), stdout, paths of files, or several of them with commas ' +
          'between. SIGHUP opens the files again.',
      },
      {
        name: 'warning-unary-request-duration',
        field: 'warningUnaryRequestDurationMs',
        type: duration({ minMs: 0 }),
        default: '300ms',
        help: 'Calls that take longer are logged (`request stats`), at most 20 in a second.',
      },
      {
        name: 'metrics',
        field: 'metricsDetail',
        type: choice({ basic: 'basic', extensive: 'extensive' }),
        default: 'basic',
        help: '"extensive" adds how long each kind of call takes.',
      },
      {
        name: 'listen-metrics-urls',
        field: 'listenMetricsUrls',
        type: urls,
        default: '',
        help: 'Where nothing but /metrics and the health pages is served.',
      },
    ],
  },
];
