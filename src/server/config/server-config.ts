export interface NamedPeerUrl {
  readonly name: string;
  readonly peerUrl: string;
}

/** Everything that one member needs to know before it starts; flags, environment and files all end up here. */
export interface ServerConfig {
  readonly name: string;
  /** Undefined: everything in memory, gone when the process ends (library use and tests). */
  readonly dataDir: string | undefined;
  readonly listenClientUrls: readonly string[];
  readonly advertiseClientUrls: readonly string[];
  readonly listenPeerUrls: readonly string[];
  readonly initialAdvertisePeerUrls: readonly string[];
  /** Only /metrics and the health pages. */
  readonly listenMetricsUrls: readonly string[];
  /** Name and peer URL of each first member, in the order given; a name may come more than once. */
  readonly initialCluster: readonly NamedPeerUrl[];
  readonly initialClusterState: 'new' | 'existing';
  readonly initialClusterToken: string;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly preVote: boolean;
  readonly initialElectionTickAdvance: boolean;
  /** Applied entries after which the log is shortened. */
  readonly snapshotCount: number;
  /** Entries kept behind the shortened log for followers that lag. */
  readonly snapshotCatchupEntries: number;
  /** Infinity: no limit. */
  readonly quotaBackendBytes: number;
  readonly autoCompactionMode: 'periodic' | 'revision';
  /** Milliseconds for `periodic`, revisions for `revision`; 0: off. */
  readonly autoCompactionRetention: number;
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  readonly maxConcurrentStreams: number;
  readonly maxLearners: number;
  readonly strictReconfigCheck: boolean;
  readonly watchProgressNotifyIntervalMs: number;
  readonly compactionBatchLimit: number;
  /** How often the leader compares the data of all members; 0: never. */
  readonly corruptCheckMs: number;
  /** The leader compares what all members had at the last compactions. */
  readonly compactHashCheck: boolean;
  readonly compactHashCheckMs: number;
  /** A member with data compares it with the others before it serves clients. */
  readonly initialCorruptCheck: boolean;
  readonly leaseCheckpointIntervalMs: number;
  readonly grpcKeepaliveMinTimeMs: number;
  readonly grpcKeepaliveIntervalMs: number;
  readonly grpcKeepaliveTimeoutMs: number;
  readonly corsOrigins: readonly string[];
  readonly hostWhitelist: readonly string[];
  readonly enableGrpcGateway: boolean;
  readonly metricsDetail: 'basic' | 'extensive';
  /** A call that takes longer is logged. */
  readonly warningUnaryRequestDurationMs: number;
  /** Writes are acknowledged before they are on the disk. For tests only. */
  readonly unsafeNoFsync: boolean;
  /** Starts a one-member cluster from the data of a member whose cluster is lost. */
  readonly forceNewCluster: boolean;
  /** The etcd release that clients are told. */
  readonly reportEtcdVersion: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** `stdout`, `stderr`, or paths of files. */
  readonly logOutputs: readonly string[];
}
