import { flapDampingOf } from '../base/flap-damping.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { member } from '../operations/index.ts';
import type { Core, Operations } from '../operations/index.ts';
import { killProcessGroup, wallTimeMs } from '../platform/index.ts';
import { createProber } from '../probe/index.ts';
import { Registrar, startCheckDuty } from '../registry/index.ts';
import type { CheckDuty, FollowedCatalog } from '../registry/index.ts';
import type { ServerConfig } from './config.ts';

export interface CheckParts {
  readonly core: Core;
  readonly operations: Operations;
  readonly followed: FollowedCatalog;
  readonly memberId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Runs health checks together with the other members. */
export function startChecks(config: ServerConfig, parts: CheckParts): CheckDuty {
  const { operations, followed, clock, metrics } = parts;
  const registrar = new Registrar({
    operations,
    followed,
    nowMs: () => clock.nowMs(),
    wallTimeMs,
    memberName: config.name,
  });
  const caller = { api: 'checks', address: undefined, identity: member };
  return startCheckDuty({
    ...parts,
    wallTimeMs,
    prober: createProber({
      clock,
      metrics,
      allow: config.probeAllow,
      deny: config.probeDeny,
      scripts: config.enableScriptChecks,
      killGroup: killProcessGroup,
    }),
    failuresBeforeCritical: config.checkFailuresBeforeCritical,
    flapDamping: flapDampingOf(config.checkFlapDamping),
    maxTxnOps: config.maxTxnOps,
    deregister: (check, criticalMs) => registrar.deregisterCritical(check, criticalMs, { caller }),
  });
}
