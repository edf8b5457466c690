import { worstOf } from './check.ts';
import type { HealthStatus } from './check.ts';
import type { Check, Instance } from './views.ts';

/**
 * Which instances answers have. All APIs and `explain` use these functions and no others: an explanation that disagrees with
 * the answers would be worse than none.
 */

/** How well an instance must be for an answer. `any`: also in maintenance. */
export type Wanted = 'any' | 'not-critical' | 'passing';

type Health = Pick<Instance, 'status' | 'publishNotReady'>;

/**
 * Whether an instance is well enough. One that is published before it is ready is left out in maintenance only: an operator's
 * word counts nevertheless.
 */
export function isWellEnough({ status, publishNotReady }: Health, wanted: Wanted): boolean {
  if (wanted === 'any') return true;
  if (status === 'maintenance') return false;
  return publishNotReady || status === 'passing' || (status === 'warning' && wanted !== 'passing');
}

/** The instances of a service that are well enough; `statusOf`: by some of their checks only. */
export function inAnswers(
  instances: readonly Instance[],
  wanted: Wanted,
  statusOf: (instance: Instance) => HealthStatus = ({ status }) => status,
): readonly Instance[] {
  if (wanted === 'any') return instances;
  return instances.filter((instance) =>
    isWellEnough({ status: statusOf(instance), publishNotReady: instance.publishNotReady }, wanted),
  );
}

/** Whether a node with these checks is well enough. */
export function areWellEnough(checks: readonly Check[], wanted: Wanted): boolean {
  return isWellEnough({ status: worstOf(checks), publishNotReady: false }, wanted);
}

/** Whether an instance has all these tags, which are in lower case. */
export function hasTags({ tags }: Pick<Instance, 'tags'>, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const own = new Set(tags.map((tag) => tag.toLowerCase()));
  return wanted.every((tag) => own.has(tag));
}

/** The share of the traffic of an instance, compared with the others. */
export function weightOf({ status, weights }: Pick<Instance, 'status' | 'weights'>): number {
  return status === 'passing' ? weights.passing : weights.warning;
}
