/**
 * Time, randomness, the log and the metrics of the process: the real implementations of base's interfaces. Only this
 * module uses them directly.
 */
export { AuditLog } from './audit-log.ts';
export { probeClientSockets } from './client-sockets.ts';
export { systemClock, wallTimeMs } from './clock.ts';
export { boundHeap } from './heap.ts';
export { openLog } from './logger.ts';
export type { Log, LoggerFactory, LoggerOptions } from './logger.ts';
export { createPrometheusMetrics } from './prometheus-metrics.ts';
export type { PrometheusMetrics } from './prometheus-metrics.ts';
export { PasswordThread } from './passwords.ts';
export { killProcessGroup } from './process-group.ts';
export { processFacts } from './process-facts.ts';
export { openFilesMax, processVars } from './process-metrics.ts';
export { connectServiceManager } from './service-manager.ts';
export type { ServiceManager } from './service-manager.ts';
export { systemRandom } from './random.ts';
