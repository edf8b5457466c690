import { RegistryError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Logger } from '../../../src/base/logger.ts';
import { etcdStatusOf } from '../../../src/api/etcd/errors.ts';
import { jsonGateway } from '../../../src/api/etcd/json-gateway.ts';
import { createPages } from '../../../src/api/etcd/pages.ts';
import type { PagesOptions } from '../../../src/api/etcd/pages.ts';
import type { GatewayOptions } from '../../../src/api/gateway/index.ts';
import { createHttpHandler } from '../../../src/api/http/index.ts';
import type { AccessOptions, HttpHandler } from '../../../src/api/http/index.ts';
import type { Method } from '../../../src/api/methods.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { PrometheusMetrics } from '../../../src/platform/prometheus-metrics.ts';
import { createPrometheusMetrics } from '../../../src/platform/prometheus-metrics.ts';

type HealthOperations = PagesOptions['operations'];

/** The options of etcd's API over HTTP. */
export interface FakeOptions extends PagesOptions, GatewayOptions, AccessOptions {
  readonly metrics: PrometheusMetrics;
  readonly methods: ReadonlyMap<string, Method>;
  readonly enableGrpcGateway: boolean;
}

/** etcd's API over HTTP, as on a client port. */
export function etcdHandler(options: FakeOptions): HttpHandler {
  const methods = new Map(
    [...options.methods].map(([path, method]) => [path, { ...method, statusOf: etcdStatusOf }]),
  );
  const { clientRoutes } = createPages(options);
  const routes = options.enableGrpcGateway ? [jsonGateway(methods, options)] : [];
  return createHttpHandler({
    routes: [...routes, clientRoutes],
    access: options,
    logger: options.logger,
  });
}

/** etcd's pages on a port for metrics. */
export function metricsHandler(options: FakeOptions): HttpHandler {
  const { metricsRoutes } = createPages(options);
  return createHttpHandler({ routes: [metricsRoutes], logger: options.logger });
}

/** A healthy member, except for the given operations. */
export function fakeOperations(otherwise: Partial<HealthOperations> = {}): HealthOperations {
  return {
    checkHealth: async () => {},
    alarms: () => [],
    hasLeader: () => true,
    isLearner: () => false,
    ...otherwise,
  };
}

/** Options of a handler around these operations. */
export function fakeOptions(
  operations: HealthOperations = fakeOperations(),
  otherwise: Partial<FakeOptions> = {},
): FakeOptions {
  const metrics = createPrometheusMetrics();
  return {
    operations,
    metrics,
    logger: silentLogger,
    metricsText: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    versions: { etcdServer: '3.7.1', clusterVersion: () => '3.7.0', rollcall: '0.1.0' },
    corsOrigins: ['*'],
    hostWhitelist: ['*'],
    methods: new Map(),
    turn: () => Promise.resolve(),
    enableGrpcGateway: true,
    messageBytesMax: 2 * 1024 * 1024,
    clock: systemClock(),
    ...otherwise,
  };
}

/** A logger that keeps its messages. */
export function memoryLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string): void => {
    lines.push(message);
  };
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

export function refuse(code: ConstructorParameters<typeof RegistryError>[0]): () => Promise<never> {
  return () => Promise.reject(new RegistryError(code, `for the test: ${code}`));
}
