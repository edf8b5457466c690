import { followQueries, openDns } from '../api/index.ts';
import type { ClientListeners, MessagePort } from '../api/index.ts';
import type { AgentProcess } from '../base/agent-hooks.ts';
import { present } from '../base/assert.ts';
import type { Cancel } from '../base/clock.ts';
import { LogTap } from '../base/log-tap.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import {
  checkBeforeServing,
  Core,
  createOperations,
  hashHere,
  minorOf,
  serveHashes,
  startAutoCompaction,
  startCorruptionChecks,
  startTokenExpiry,
} from '../operations/index.ts';
import type { Operations } from '../operations/index.ts';
import {
  createPrometheusMetrics,
  openFilesMax,
  PasswordThread,
  systemClock,
  systemRandom,
  wallTimeMs,
} from '../platform/index.ts';
import type { AuditLog, LoggerFactory, PrometheusMetrics } from '../platform/index.ts';
import { AbsentNames, followCatalog, History } from '../registry/index.ts';
import type { CheckDuty, FollowedCatalog } from '../registry/index.ts';
import type { Replica, Store } from '../replica/index.ts';
import { createMemoryStore, openLevelStore } from '../storage/index.ts';
import { createGrpcTransport, describeCluster } from '../transport/index.ts';
import type { GrpcTransport } from '../transport/index.ts';
import type { ServerConfig } from './config.ts';
import { hostAndPortOf } from './config.ts';
import { knownLevel } from '../state/index.ts';
import { openAuditLog } from './audit.ts';
import { startSelfRegistration } from './self-registration.ts';
import type { SelfRegistration } from './self-registration.ts';
import { clusterDescriptionOf } from './cluster-description.ts';
import { declareMetrics } from './metrics.ts';
import { makeCluster } from './force-new-cluster.ts';
import { addedMemberId } from './identity.ts';
import { logReady } from './log-ready.ts';
import { createReplica } from './create-replica.ts';
import { establish } from './establish.ts';
import { dnsOptionsOf, dnsServersOf } from './dns-options.ts';
import { fileShares } from './open-files.ts';
import { consulPort, consulUrlsOf, metricsPort, openApis } from './open-apis.ts';
import type { ApiParts } from './open-apis.ts';
import { loginOptionsOf, webTokensOf } from './login-options.ts';
import type { WebTokensOf } from './login-options.ts';
import { startChecks } from './start-checks.ts';
import type { CheckParts } from './start-checks.ts';
import { settleOwnUrls, systemLookup } from './own-urls.ts';
import { sha256 } from './restore.ts';
import { clearSocketFiles } from './socket-files.ts';
import { openClientTls, openPeerTls } from './tls.ts';
import type { SideTls, TlsParts } from './tls.ts';

/** Why a member ended by itself. */
export type EndedBy =
  { readonly kind: 'removed' } | { readonly kind: 'failed'; readonly error: unknown };

/** A running member. */
export interface RunningMember {
  /** The URLs that clients are served at, with actual ports. */
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  readonly metricsUrls: readonly string[];
  /** The URLs of Consul's HTTP API on ports of its own, with actual ports. */
  readonly consulUrls: readonly string[];
  /** The addresses of DNS, with actual ports. */
  readonly dnsPorts: readonly number[];
  /** Hexadecimal, as etcd prints it. */
  readonly memberId: string;
  readonly clusterId: string;
  /** Resolves once the cluster knows this member: there is a leader, and writes succeed. */
  readonly ready: Promise<void>;
  /** Resolves if the member ends by itself; it has stopped by then. */
  readonly ended: Promise<EndedBy>;
  /** Reads the files of certificates and keys now; they are looked at every few seconds anyway. */
  reloadCertificates(): Promise<void>;
  /** Continues the audit log in a new file, after its file was renamed. */
  reopenAuditLog(): void;
  /** Stops it; all that was acknowledged is on the disk. May be called twice. */
  stop(): Promise<void>;
}

/** When a member stops: how long calls under way may take to end, and a leader to hand over. */
const stopLimitMs = 5000;
/** Giving its health checks away is one write. */
const checksStopLimitMs = 1000;
/** The same after a failure, when calls can hardly succeed. */
const failedLimitMs = 500;
/**
 * Time during which a removed member continues, so that the removal can be acknowledged to the client and delivered
 * to others.
 */
const removedGraceMs = 1000;
/**
 * A leader sends to removed members for at most two election timeouts; the transport must not disconnect them before.
 */
const drainElectionTimeouts = 3;

/**
 * Starts one member: establishes its identity, listens for peers, joins the cluster, listens for clients. Rejects
 * with a RegistryError that says what to do, and has then closed everything.
 */
export async function startMember(
  config: ServerConfig,
  loggers: LoggerFactory,
  agent?: AgentProcess,
): Promise<RunningMember> {
  const metrics = createPrometheusMetrics();
  const store = await openStore(config, loggers('storage'), metrics);
  try {
    // This process has locked the data directory, so socket files of a former member are its own, too.
    const { listenClientUrls, listenMetricsUrls, listenPeerUrls } = config;
    const consulUrls = consulUrlsOf(config);
    await clearSocketFiles(listenClientUrls.concat(listenMetricsUrls, listenPeerUrls, consulUrls));
    if (config.forceNewCluster) await makeCluster(store, config, loggers('server'));
    return await new Member(config, loggers, metrics, store, agent).start();
  } catch (error) {
    await store.close();
    throw error;
  }
}

function openStore(
  config: ServerConfig,
  logger: Logger,
  metrics: PrometheusMetrics,
): Promise<Store> {
  if (config.dataDir === undefined) return Promise.resolve(createMemoryStore());
  return openLevelStore(config.dataDir, {
    clock: systemClock(),
    logger,
    metrics,
    fsync: !config.unsafeNoFsync,
    tablesMax: fileShares(openFilesMax()).tablesMax,
  });
}

/** The parts of one member, from start to end. */
class Member {
  readonly #config: ServerConfig;
  readonly #logs = new LogTap();
  readonly #loggers: LoggerFactory;
  readonly #logger: Logger;
  readonly #metrics: PrometheusMetrics;
  readonly #store: Store;
  readonly #agent: AgentProcess | undefined;
  readonly #clock = systemClock();
  #replica: Replica | undefined;
  #transport: GrpcTransport | undefined;
  #clientTls: SideTls | undefined;
  #peerTls: SideTls | undefined;
  #audit: AuditLog | undefined;
  #listeners: ClientListeners | undefined;
  #selfRegistration: SelfRegistration | undefined;
  readonly #passwords = new PasswordThread();
  #webTokensOf: WebTokensOf | undefined;
  #stopExpiry: Cancel = () => {};
  #stopCompacting: Cancel = () => {};
  #stopChecking: Cancel = () => {};
  #checks: CheckDuty | undefined;
  #history: History | undefined;
  #stopFollowing: Cancel = () => {};
  #stopQueries: Cancel = () => {};
  readonly #dns: MessagePort[] = [];
  #cancelEnd: Cancel = () => {};
  #stopping: Promise<void> | undefined;
  #end: (how: EndedBy) => void = () => {};

  constructor(
    config: ServerConfig,
    loggers: LoggerFactory,
    metrics: PrometheusMetrics,
    store: Store,
    agent: AgentProcess | undefined,
  ) {
    this.#agent = agent;
    this.#config = config;
    this.#loggers = this.#logs.around(loggers);
    this.#logger = this.#loggers('server');
    this.#metrics = metrics;
    this.#store = store;
  }

  async start(): Promise<RunningMember> {
    // First: certificates that cannot be used are refused before anything else is done.
    try {
      this.#clientTls = await openClientTls(this.#config, this.#tlsParts());
      this.#peerTls = await openPeerTls(this.#config, this.#tlsParts());
      this.#audit = openAuditLog(this.#config, this.#loggers('audit'), this.#metrics);
      return await this.#begin();
    } catch (error) {
      this.#closeTls();
      this.#audit?.close();
      throw error;
    }
  }

  async #begin(): Promise<RunningMember> {
    const config = this.#config;
    this.#webTokensOf = await webTokensOf(config, this.#logger);
    const established = await this.#establish();
    const { clusterId, memberId } = established.identity;
    const ended = this.#endsByItself();
    const transport = createGrpcTransport({
      self: memberId,
      clusterId,
      listenUrls: config.listenPeerUrls,
      advertiseUrls: config.initialAdvertisePeerUrls,
      drainMs: drainElectionTimeouts * config.electionTimeoutMs,
      clock: this.#clock,
      logger: this.#loggers('transport'),
      metrics: this.#metrics,
      encryption: this.#peerTls,
      describe: () => ({ clusterId, members: this.#replica?.state.members ?? [] }),
    });
    const replica = createReplica(
      config,
      {
        store: this.#store,
        transport,
        clock: this.#clock,
        random: systemRandom(),
        logger: this.#loggers('replica'),
        metrics: this.#metrics,
        onFatal: (error) => this.#end({ kind: 'failed', error }),
        onRemoved: () => {
          this.#cancelEnd = this.#clock.after(removedGraceMs, () => this.#end({ kind: 'removed' }));
        },
      },
      established,
    );
    this.#transport = transport;
    this.#replica = replica;
    const { listeners, selfRegistration } = await this.#serve(replica, memberId);
    const { clientUrls, httpUrls } = listeners;
    const dnsPorts = this.#dns.map(({ port }) => port);
    const ready = this.#ready(selfRegistration, clientUrls);
    return {
      clientUrls,
      metricsUrls: httpUrls.get(metricsPort) ?? [],
      consulUrls: httpUrls.get(consulPort) ?? [],
      peerUrls: transport.boundUrls,
      dnsPorts,
      memberId,
      clusterId,
      ready,
      ended,
      reopenAuditLog: () => this.#audit?.reopen(),
      reloadCertificates: async () => {
        await this.#clientTls?.material.reload();
        await this.#peerTls?.material.reload();
      },
      stop: () => this.stop(),
    };
  }

  /** Starts the replica, and all that works on its state. If anything fails, the parts that run already are stopped. */
  async #serve(
    replica: Replica,
    memberId: MemberId,
  ): Promise<{
    readonly listeners: ClientListeners;
    readonly selfRegistration: SelfRegistration;
  }> {
    try {
      const core = await this.#takePart(replica);
      const logger = this.#loggers('registry');
      const absent = new AbsentNames({ wallTimeMs, metrics: this.#metrics });
      const history = present(this.#history, 'the history of this member');
      const followed = followCatalog(core, logger, this.#metrics, {
        own: this.#agent?.node,
        protectShare: this.#config.protectShare,
        history,
      });
      this.#stopFollowing = () => followed.stop();
      const operations = createOperations(core);
      const checks = this.#startChecks({ core, operations, followed, memberId });
      this.#checks = checks;
      const listeners = await this.#openListeners({
        core,
        operations,
        followed,
        history,
        absent,
        checks,
      });
      this.#listeners = listeners;
      await this.#openDns(core, operations, followed, absent);
      this.#startUpkeep(core);
      const selfRegistration = this.#startSelfRegistration(replica, listeners);
      this.#selfRegistration = selfRegistration;
      return { listeners, selfRegistration };
    } catch (error) {
      await this.#stopParts(0);
      throw error;
    }
  }

  #startChecks(
    parts: Pick<CheckParts, 'core' | 'operations' | 'followed' | 'memberId'>,
  ): CheckDuty {
    return startChecks(this.#config, {
      ...parts,
      clock: this.#clock,
      logger: this.#loggers('checks'),
      metrics: this.#metrics,
    });
  }

  /** Starts the work that the leader does by itself. */
  #startUpkeep(core: Core): void {
    const config = this.#config;
    this.#stopExpiry = startTokenExpiry(core);
    this.#stopCompacting = startAutoCompaction(core, {
      mode: config.autoCompactionMode,
      retention: config.autoCompactionRetention,
    });
    this.#stopChecking = startCorruptionChecks(core, {
      currentEveryMs: config.corruptCheckMs,
      compactionsEveryMs: config.compactHashCheck ? config.compactHashCheckMs : 0,
    });
  }

  #establish(): ReturnType<typeof establish> {
    const outside = { lookup: systemLookup, clock: this.#clock, logger: this.#logger };
    return establish(
      this.#store,
      this.#config,
      async (url, timeoutMs) =>
        clusterDescriptionOf(
          await describeCluster(url, { timeoutMs, clock: this.#clock, encryption: this.#peerTls }),
        ),
      (config) => settleOwnUrls(config, outside),
    );
  }

  #tlsParts(): TlsParts {
    return { clock: this.#clock, logger: this.#loggers('tls'), metrics: this.#metrics };
  }

  #closeTls(): void {
    this.#clientTls?.close();
    this.#peerTls?.close();
  }

  #endsByItself(): Promise<EndedBy> {
    return new Promise((resolve) => {
      this.#end = (how) => {
        const limitMs = how.kind === 'failed' ? failedLimitMs : stopLimitMs;
        this.stop(limitMs).then(
          () => resolve(how),
          (error: unknown) => resolve({ kind: 'failed', error }),
        );
      };
    });
  }

  async #ready({ published }: SelfRegistration, clientUrls: readonly string[]): Promise<void> {
    await published;
    logReady(this.#logger, clientUrls);
  }

  /**
   * Starts the replica. With the feature InitialCorruptCheck it rejects if the data differs from the other
   * members'.
   */
  async #takePart(replica: Replica): Promise<Core> {
    const core = this.#createCore(replica);
    serveHashes(core);
    // A member without any write has nothing to compare.
    const isChecked = this.#config.initialCorruptCheck && core.state.revision > 1;
    // Taken before anything new arrives from the others.
    const own = isChecked ? await hashHere(core, 0) : undefined;
    await replica.start();
    if (own !== undefined) await checkBeforeServing(core, own);
    return core;
  }

  #createCore(replica: Replica): Core {
    const config = this.#config;
    const history = new History({
      wallTimeMs,
      memberName: config.name,
      hasLease: (lease) => replica.state.leases.get(lease) !== undefined,
      isAlone: () => replica.state.members.length === 1,
    });
    this.#history = history;
    return new Core({
      replica,
      store: this.#store,
      clock: this.#clock,
      random: systemRandom(),
      logger: this.#loggers('operations'),
      metrics: this.#metrics,
      limits: {
        maxRequestBytes: config.maxRequestBytes,
        maxTxnOps: config.maxTxnOps,
        quotaBytes: config.quotaBackendBytes,
      },
      heartbeatIntervalMs: config.heartbeatIntervalMs,
      electionTimeoutMs: config.electionTimeoutMs,
      reportEtcdVersion: config.reportEtcdVersion,
      newMemberId: (peerUrls, isTaken) => addedMemberId(peerUrls, wallTimeMs(), isTaken),
      sha256,
      login: loginOptionsOf(
        config,
        this.#passwords,
        this.#webTokensOf?.(replica.clusterId),
        this.#logger,
      ),
      ...(this.#audit === undefined
        ? {}
        : { audit: { audit: this.#audit, withWrites: config.auditLogWrites } }),
      onWritten: history.wrote,
    });
  }

  #openListeners(
    parts: Pick<ApiParts, 'core' | 'operations' | 'followed' | 'history' | 'absent' | 'checks'>,
  ): Promise<ClientListeners> {
    declareMetrics(this.#metrics, parts.core, this.#store);
    return openApis(this.#config, {
      ...parts,
      clock: this.#clock,
      logger: this.#loggers('api'),
      logs: this.#logs,
      metrics: this.#metrics,
      agent: this.#agent,
      encryption: this.#clientTls?.handshakes,
    });
  }

  /** Answers DNS questions from the registrations. */
  async #openDns(
    core: Core,
    operations: Operations,
    followed: FollowedCatalog,
    absent: AbsentNames,
  ): Promise<void> {
    const config = this.#config;
    if (config.dnsListen.length === 0) return;
    const queries = followQueries(core);
    this.#stopQueries = () => queries.stop();
    const options = {
      operations,
      catalog: () => followed.catalog,
      onAbsent: (name: string, client: string) => absent.asked('dns', name, client),
      ...dnsOptionsOf(config),
      servers: () => dnsServersOf(core.state.members),
      queries,
      clock: this.#clock,
      random: systemRandom(),
      logger: this.#loggers('registry'),
      metrics: this.#metrics,
    };
    for (const address of config.dnsListen) {
      const place = present(hostAndPortOf(address), 'the address to listen on');
      this.#dns.push(await openDns({ ...place, ...options }));
    }
  }

  #startSelfRegistration(replica: Replica, listeners: ClientListeners): SelfRegistration {
    const { name, advertiseClientUrls, reportEtcdVersion } = this.#config;
    const isOpenEnded = advertiseClientUrls.some((url) => url.endsWith(':0'));
    return startSelfRegistration({
      replica,
      clock: this.#clock,
      logger: this.#logger,
      name,
      // With port 0 the system chooses the port, which is known only now.
      clientUrls: isOpenEnded ? listeners.clientUrls : advertiseClientUrls,
      clusterVersion: minorOf(reportEtcdVersion),
      level: knownLevel,
    });
  }

  stop(limitMs = stopLimitMs): Promise<void> {
    this.#stopping ??= this.#stopParts(limitMs).then(() => this.#store.close());
    return this.#stopping;
  }

  /**
   * In this order: refuse new calls; hand leadership over, so that the next leader finishes what this one took on;
   * let calls under way end; stop the replica. A client that retries elsewhere notices nothing.
   */
  async #stopParts(limitMs: number): Promise<void> {
    this.#cancelEnd();
    this.#stopExpiry();
    this.#passwords.stop();
    this.#stopCompacting();
    this.#stopChecking();
    for (const dns of this.#dns) dns.close();
    this.#selfRegistration?.stop();
    // The others take its checks over now, and not only when its lease has lapsed.
    await this.#checks?.stop(Math.min(limitMs, checksStopLimitMs));
    this.#stopFollowing();
    this.#stopQueries();
    await Promise.all([this.#listeners?.close(limitMs), this.#replica?.leave(limitMs)]);
    this.#closeTls();
    if (this.#replica === undefined) await this.#transport?.stop();
    else await this.#replica.stop();
    this.#audit?.close();
  }
}
