import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { AuditLog, wallTimeMs } from '../platform/index.ts';
import type { ServerConfig } from './config.ts';

/** The audit log, if the flags ask for one. Throws RegistryError if its file cannot be opened. */
export function openAuditLog(
  { auditLog: path, auditLogMaxMib, auditLogFiles, name }: ServerConfig,
  logger: Logger,
  metrics: Metrics,
): AuditLog | undefined {
  if (path === '') return undefined;
  try {
    return new AuditLog({
      path,
      fileBytesMax: auditLogMaxMib * 2 ** 20,
      olderFiles: auditLogFiles,
      member: name,
      logger,
      metrics,
      wallTimeMs,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RegistryError(
      'invalid-request',
      `the file of --audit-log cannot be opened: ${reason}; choose one that this member may write`,
      { cause },
    );
  }
}
