import { isMaintenance } from './check.ts';
import type { Catalog } from './catalog.ts';
import type { Check, Instance } from './views.ts';

/** A service of which so many instances fail that answers keep them. */
export interface Protection {
  /** Instances that were well, and are critical now. */
  readonly failed: number;
  /** Instances that are or were well, and that no operator has taken out of service. */
  readonly of: number;
  /** The service is protected while more than this share has failed. */
  readonly share: number;
}

/** One instance is no mass: its failure says nothing about the place from which the checks look. */
const failedMin = 2;

/**
 * Whether a service is protected. It follows from the registrations and checks alone, so that members with the same revision
 * agree, and so that it begins and ends at a revision of the service. `shareByDefault`: of services that do not say it.
 */
export function protectionOf(
  instances: readonly Instance[],
  shareByDefault: number,
): Protection | undefined {
  const share = shareOf(instances) ?? shareByDefault;
  if (share <= 0) return undefined;
  let failed = 0;
  let of = 0;
  for (const instance of instances) {
    if (hasFailed(instance)) failed++;
    else if (instance.status !== 'passing' && instance.status !== 'warning') continue;
    of++;
  }
  return failed >= failedMin && failed / of > share ? { failed, of, share } : undefined;
}

/** The newest registration that says a share counts; of several of one revision, the first by name. */
function shareOf(instances: readonly Instance[]): number | undefined {
  let newest: Instance | undefined;
  for (const instance of instances) {
    if (instance.protectShare === undefined) continue;
    if (newest === undefined || instance.modRevision > newest.modRevision) newest = instance;
  }
  return newest?.protectShare;
}

/**
 * An instance that is critical, and was well before. One that was never well is new, and one that an operator has taken out of
 * service does not fail: protection keeps neither in the answers.
 */
export function hasFailed({
  status,
  checks,
  node,
}: Pick<Instance, 'status' | 'checks' | 'node'>): boolean {
  if (status !== 'critical') return false;
  return [...checks, ...node.checks].every(
    (check) => check.status !== 'critical' || wasWell(check),
  );
}

/** Of a critical check: it had a better status before. */
function wasWell({ saidStatus, before, id }: Check): boolean {
  if (isMaintenance(id)) return false;
  // A heartbeat that has lapsed changes no key of the check.
  return saidStatus !== 'critical' || before !== undefined;
}

/** Protection keeps an instance that is critical no longer than this: a service must not grow for ever by what has died. */
const sparedMsMax = 24 * 3600 * 1000;

/** Whether an instance stays registered, though a check of it has been critical for `criticalMs` and orders its removal. */
export function isSpared(catalog: Catalog, { subject }: Check, criticalMs: number): boolean {
  if (subject.kind === 'node' || criticalMs > sparedMsMax) return false;
  return catalog.service(subject.name)?.protection !== undefined;
}
