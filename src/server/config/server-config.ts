import type { TlsVersion } from '../../tls/index.ts';

export interface NamedPeerUrl {
  readonly name: string;
  readonly peerUrl: string;
}

/** The configuration of one member. Flags, environment and files are converted to it. */
export interface ServerConfig {
  readonly name: string;
  /** Undefined: all data is in memory, and lost when the process ends (library use and tests). */
  readonly dataDir: string | undefined;
  readonly listenClientUrls: readonly string[];
  readonly advertiseClientUrls: readonly string[];
  readonly listenPeerUrls: readonly string[];
  readonly initialAdvertisePeerUrls: readonly string[];
  /** These serve only /metrics and the health pages. */
  readonly listenMetricsUrls: readonly string[];
  /** Addresses to listen on for Consul's HTTP API alone: `address:port` or `https://address:port`, port 0 for any free one. */
  readonly consulListen: readonly string[];
  readonly enableScriptChecks: boolean;
  /** CIDR blocks that health checks may connect to (empty: all), and must not connect to. */
  readonly probeAllow: readonly string[];
  readonly probeDeny: readonly string[];
  readonly checkFailuresBeforeCritical: number;
  /** `5/10m`, or empty: off. */
  readonly checkFlapDamping: string;
  readonly protectShare: number;
  /** Addresses to listen on for DNS, over UDP and TCP: `address:port`, port 0 for any free one. */
  readonly dnsListen: readonly string[];
  /** The domains of Consul's names, and that of Kubernetes' names; empty: they are not answered. */
  readonly dnsDomains: readonly string[];
  readonly dnsClusterDomain: string;
  /** Names of one label are names of services. */
  readonly dnsSingleLabel: boolean;
  /** Servers for all other names: `address:port`. */
  readonly dnsRecursors: readonly string[];
  /** `name=seconds`; a name may end in `*`. */
  readonly dnsServiceTtl: readonly string[];
  readonly dnsNodeTtl: number;
  readonly dnsOnlyPassing: boolean;
  /** Empty: clients of DNS have the rights of the role `anonymous`. */
  readonly dnsUser: string;
  /** 0: no limit, as in the next two. */
  readonly dnsARecordLimit: number;
  readonly dnsUdpAnswerLimit: number;
  readonly dnsAmplificationLimit: number;
  /** As it stands in Consul's names. */
  readonly datacenter: string;
  /** Name and peer URL of each first member, in the given order; a name may occur more than once. */
  readonly initialCluster: readonly NamedPeerUrl[];
  readonly initialClusterState: 'new' | 'existing';
  readonly initialClusterToken: string;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly preVote: boolean;
  readonly initialElectionTickAdvance: boolean;
  /** Applied entries after which the log is truncated. */
  readonly snapshotCount: number;
  /** Entries kept when the log is truncated, for followers that lag. */
  readonly snapshotCatchupEntries: number;
  /** Infinity: no limit. */
  readonly quotaBackendBytes: number;
  readonly autoCompactionMode: 'periodic' | 'revision';
  /** Milliseconds for `periodic`, revisions for `revision`; 0: off. */
  readonly autoCompactionRetention: number;
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  /** `simple`, or `jwt` with its options. */
  readonly authToken: string;
  readonly authTokenTtlSeconds: number;
  readonly bcryptCost: number;
  readonly maxConcurrentStreams: number;
  readonly maxLearners: number;
  readonly strictReconfigCheck: boolean;
  readonly watchProgressNotifyIntervalMs: number;
  readonly compactionBatchLimit: number;
  /** Interval at which the leader compares the data of all members; 0: never. */
  readonly corruptCheckMs: number;
  /** The leader compares the hashes of all members at the last compactions. */
  readonly compactHashCheck: boolean;
  readonly compactHashCheckMs: number;
  /** A member with data compares it with the others' before it serves clients. */
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
  /** Starts a cluster of one from the data of a member whose cluster is lost. */
  readonly forceNewCluster: boolean;
  /** Paths of PEM files, here and below; empty: none. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly trustedCaFile: string;
  readonly clientCertAuth: boolean;
  readonly clientCertAllowedHostnames: readonly string[];
  readonly clientCrlFile: string;
  /** The pair of this member when it is a client. */
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  readonly autoTls: boolean;
  readonly peerCertFile: string;
  readonly peerKeyFile: string;
  readonly peerTrustedCaFile: string;
  readonly peerClientCertAuth: boolean;
  readonly peerCertAllowedCommonNames: readonly string[];
  readonly peerCertAllowedHostnames: readonly string[];
  readonly peerSkipClientSanVerification: boolean;
  readonly peerCrlFile: string;
  readonly peerClientCertFile: string;
  readonly peerClientKeyFile: string;
  readonly peerAutoTls: boolean;
  /** Years. */
  readonly selfSignedCertValidity: number;
  /** By Go's names; empty: `src/tls` chooses. */
  readonly cipherSuites: readonly string[];
  readonly tlsMinVersion: TlsVersion | '';
  readonly tlsMaxVersion: TlsVersion | '';
  /** The etcd version reported to clients. */
  readonly reportEtcdVersion: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** `stdout`, `stderr`, or paths of files. */
  readonly logOutputs: readonly string[];
  /** The path of a file; empty: there is no audit log. */
  readonly auditLog: string;
  readonly auditLogWrites: boolean;
  /** 0: its files are not renamed. */
  readonly auditLogMaxMib: number;
  readonly auditLogFiles: number;
}
