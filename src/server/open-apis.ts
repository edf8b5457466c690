import {
  consulApi,
  etcdApi,
  messageOverheadBytes,
  openClientListeners,
  reflectionApi,
} from '../api/index.ts';
import type { Api, ClientListeners, ConsulApi, Encryption, EtcdApi } from '../api/index.ts';
import type { AgentProcess } from '../base/agent-hooks.ts';
import type { Clock } from '../base/clock.ts';
import type { LogTap } from '../base/log-tap.ts';
import type { Logger } from '../base/logger.ts';
import { describedFiles } from '../gen/descriptors.ts';
import { followRanges } from '../operations/index.ts';
import type { Core, Operations } from '../operations/index.ts';
import {
  openFilesMax,
  processFacts,
  processVars,
  systemRandom,
  wallTimeMs,
} from '../platform/index.ts';
import type { PrometheusMetrics } from '../platform/index.ts';
import type { AbsentNames, CheckDuty, FollowedCatalog, History } from '../registry/index.ts';
import { ownVersion } from './config.ts';
import type { ServerConfig } from './config.ts';
import { fileShares } from './open-files.ts';

/** The name of the port for metrics. */
export const metricsPort = 'metrics';
/** The name of the port for Consul's API. */
export const consulPort = 'Consul';

export interface ApiParts {
  readonly core: Core;
  readonly operations: Operations;
  readonly followed: FollowedCatalog;
  readonly history: History;
  readonly absent: AbsentNames;
  readonly checks: Pick<CheckDuty, 'runsOf' | 'runNow'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logs: LogTap;
  readonly metrics: PrometheusMetrics;
  readonly agent?: AgentProcess | undefined;
  readonly encryption?: Encryption | undefined;
}

/** All APIs that clients can speak. Another API is added here. */
export function apisOf(
  config: ServerConfig,
  {
    core,
    operations,
    followed,
    history,
    absent,
    checks,
    clock,
    logger,
    logs,
    metrics,
    agent,
  }: ApiParts,
): { readonly etcd: EtcdApi; readonly consul: ConsulApi; readonly apis: readonly Api[] } {
  const { metricsDetail } = config;
  const metricsText = async () => ({
    contentType: metrics.contentType,
    text: await metrics.text(),
  });
  const etcd = etcdApi({
    operations,
    clock,
    logger,
    metrics,
    metricsDetail,
    metricsText,
    slowCallMs: config.warningUnaryRequestDurationMs,
    versions: {
      etcdServer: config.reportEtcdVersion,
      clusterVersion: () => core.state.clusterVersion,
      rollcall: ownVersion(),
    },
    debugVars: processVars,
    messageBytesMax: config.maxRequestBytes + messageOverheadBytes,
    maxTxnOps: config.maxTxnOps,
    enableGrpcGateway: config.enableGrpcGateway,
  });
  const reflection = reflectionApi({ files: describedFiles, metrics, metricsDetail });
  const consul = consulApi({
    operations,
    followed,
    history,
    absent,
    dnsWanted: config.dnsOnlyPassing ? 'passing' : 'not-critical',
    checks,
    deletions: () => core.state.deletions,
    follow: (ranges, follower) => {
      const following = followRanges(core, ranges, follower);
      return () => following.stop();
    },
    clock,
    random: systemRandom(),
    logger,
    metrics,
    followLog: (listener) => logs.follow(listener),
    wallTimeMs,
    datacenter: config.datacenter,
    allowsScripts: config.enableScriptChecks,
    memberName: config.name,
    version: ownVersion(),
    host: processFacts(),
    metricsText,
    ...(agent === undefined ? {} : { agent }),
  });
  return { etcd, consul, apis: [etcd, reflection, consul] };
}

/** The URLs of `--consul-listen`; in programs it may hold sockets, too. */
export function consulUrlsOf({ consulListen }: ServerConfig): readonly string[] {
  return consulListen.map((one) => (/^(?:unix|https):/.test(one) ? one : `http://${one}`));
}

/** Opens the ports for clients, with all APIs. */
export function openApis(config: ServerConfig, parts: ApiParts): Promise<ClientListeners> {
  const { clock, logger, encryption } = parts;
  const { etcd, consul, apis } = apisOf(config, parts);
  return openClientListeners({
    apis,
    clock,
    logger,
    wallTimeMs,
    encryption,
    clientUrls: config.listenClientUrls,
    httpPorts: [
      {
        name: metricsPort,
        flag: '--listen-metrics-urls',
        urls: config.listenMetricsUrls,
        routes: [etcd.metricsRoutes],
        servesUntilEnd: true,
      },
      {
        name: consulPort,
        flag: '--consul-listen',
        urls: consulUrlsOf(config),
        routes: [],
        rawRoutes: [consul.portRoutes],
        access: { corsOrigins: config.corsOrigins, hostWhitelist: config.hostWhitelist },
        servesUntilEnd: false,
      },
    ],
    access: { corsOrigins: config.corsOrigins, hostWhitelist: config.hostWhitelist },
    connectionsMax: fileShares(openFilesMax()).connectionsMax,
    messageBytesMax: config.maxRequestBytes + messageOverheadBytes,
    streamsMax: config.maxConcurrentStreams,
    pingsMinTimeMs: config.grpcKeepaliveMinTimeMs,
    keepaliveIntervalMs: config.grpcKeepaliveIntervalMs,
    keepaliveTimeoutMs: config.grpcKeepaliveTimeoutMs,
  });
}
