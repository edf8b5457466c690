import {
  consulApi,
  etcdApi,
  messageOverheadBytes,
  openClientListeners,
  reflectionApi,
} from '../api/index.ts';
import type { Api, ClientListeners, ConsulApi, EtcdApi } from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { describedFiles } from '../gen/descriptors.ts';
import { followRanges } from '../operations/index.ts';
import type { Core, Operations } from '../operations/index.ts';
import { processFacts, processVars, systemRandom, wallTimeMs } from '../platform/index.ts';
import type { PrometheusMetrics } from '../platform/index.ts';
import type { FollowedCatalog } from '../registry/index.ts';
import { ownVersion } from './config.ts';
import type { ServerConfig } from './config.ts';

/** The name of the port for metrics. */
export const metricsPort = 'metrics';
/** The name of the port for Consul's API. */
export const consulPort = 'Consul';

export interface ApiParts {
  readonly core: Core;
  readonly operations: Operations;
  readonly followed: FollowedCatalog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: PrometheusMetrics;
}

/** All APIs that clients can speak. Another API is added here. */
export function apisOf(
  config: ServerConfig,
  { core, operations, followed, clock, logger, metrics }: ApiParts,
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
    deletions: () => core.state.deletions,
    follow: (ranges, follower) => {
      const following = followRanges(core, ranges, follower);
      return () => following.stop();
    },
    clock,
    random: systemRandom(),
    logger,
    metrics,
    wallTimeMs,
    datacenter: config.datacenter,
    allowsScripts: config.enableScriptChecks,
    memberName: config.name,
    version: ownVersion(),
    host: processFacts(),
    metricsText,
  });
  return { etcd, consul, apis: [etcd, reflection, consul] };
}

/** Opens the ports for clients, with all APIs. */
export function openApis(config: ServerConfig, parts: ApiParts): Promise<ClientListeners> {
  const { clock, logger } = parts;
  const { etcd, consul, apis } = apisOf(config, parts);
  return openClientListeners({
    apis,
    clock,
    logger,
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
        urls: config.consulListen.map((address) => `http://${address}`),
        routes: [],
        rawRoutes: [consul.portRoutes],
        access: { corsOrigins: config.corsOrigins, hostWhitelist: config.hostWhitelist },
        servesUntilEnd: false,
      },
    ],
    access: { corsOrigins: config.corsOrigins, hostWhitelist: config.hostWhitelist },
    messageBytesMax: config.maxRequestBytes + messageOverheadBytes,
    streamsMax: config.maxConcurrentStreams,
    pingsMinTimeMs: config.grpcKeepaliveMinTimeMs,
    keepaliveIntervalMs: config.grpcKeepaliveIntervalMs,
    keepaliveTimeoutMs: config.grpcKeepaliveTimeoutMs,
  });
}
