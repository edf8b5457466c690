/** The only home of time, chance, the log and the figures of the process: the real ones behind base's interfaces. */
export { probeClientSockets } from './client-sockets.ts';
export { systemClock, wallTimeMs } from './clock.ts';
export { openLog } from './logger.ts';
export type { Log, LoggerFactory, LoggerOptions } from './logger.ts';
export { createPrometheusMetrics } from './prometheus-metrics.ts';
export type { PrometheusMetrics } from './prometheus-metrics.ts';
export { processVars } from './process-metrics.ts';
export { connectServiceManager } from './service-manager.ts';
export type { ServiceManager } from './service-manager.ts';
export { systemRandom } from './random.ts';
