import { RegistryError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Logger } from '../../../src/base/logger.ts';
import { createPrometheusMetrics } from '../../../src/platform/prometheus-metrics.ts';
import type { HttpOptions } from '../../../src/api/http/index.ts';

type HealthOperations = HttpOptions['operations'];

/** A member that is well, except for what is said otherwise. */
export function fakeOperations(otherwise: Partial<HealthOperations> = {}): HealthOperations {
  return {
    checkHealth: async () => {},
    alarms: () => [],
    hasLeader: () => true,
    isLearner: () => false,
    ...otherwise,
  };
}

/** What a handler needs, around these operations. */
export function fakeOptions(
  operations: HealthOperations = fakeOperations(),
  otherwise: Partial<HttpOptions> = {},
): HttpOptions {
  const metrics = createPrometheusMetrics();
  return {
    operations,
    metrics,
    logger: silentLogger,
    errorText: (error) =>
      error instanceof RegistryError && error.code === 'timeout'
        ? 'etcdserver: request timed out'
        : 'etcdserver: no leader',
    metricsText: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    versions: { etcdServer: '3.7.1', clusterVersion: () => '3.7.0', rollcall: '0.1.0' },
    corsOrigins: ['*'],
    hostWhitelist: ['*'],
    methods: new Map(),
    turn: () => Promise.resolve(),
    enableGrpcGateway: true,
    maxRequestBytes: 1.5 * 1024 * 1024,
    ...otherwise,
  };
}

/** A logger that keeps what it is told. */
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
