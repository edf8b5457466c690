import { worstOf } from './check.ts';
import type { HealthStatus } from './check.ts';
import { hasFailed } from './protection.ts';
import type { Check, Instance, Service } from './views.ts';

/**
 * Which instances answers have. All APIs and `explain` use these functions and no others: an explanation that disagrees with
 * the answers would be worse than none.
 */

/** How well an instance must be for an answer. `any`: also in maintenance. */
export type Wanted = 'any' | 'not-critical' | 'passing';

interface Health extends Pick<Instance, 'status' | 'publishNotReady'> {
  /** It has failed, and its service is protected. */
  readonly isKept: boolean;
}

/**
 * Whether an instance is well enough. One that is published before it is ready, or that is kept, is left out in maintenance
 * only: an operator's word counts nevertheless.
 */
export function isWellEnough({ status, publishNotReady, isKept }: Health, wanted: Wanted): boolean {
  if (wanted === 'any') return true;
  if (status === 'maintenance') return false;
  if (publishNotReady || isKept) return true;
  return status === 'passing' || (status === 'warning' && wanted !== 'passing');
}

/** The part of a service that decides which of its instances answers have. */
export type Candidates = Pick<Service, 'instances' | 'protection'>;

/** Whether a service keeps an instance that has failed in answers, as it is protected. */
export function keepsInstance({ protection }: Candidates, instance: Instance): boolean {
  return protection !== undefined && hasFailed(instance);
}

/** The instances of a service that are well enough; `statusOf`: by some of their checks only. */
export function inAnswers(
  service: Candidates,
  wanted: Wanted,
  statusOf: (instance: Instance) => HealthStatus = ({ status }) => status,
): readonly Instance[] {
  if (wanted === 'any') return service.instances;
  return service.instances.filter((instance) => {
    const { publishNotReady } = instance;
    const status = statusOf(instance);
    return isWellEnough(
      { status, publishNotReady, isKept: keepsInstance(service, instance) },
      wanted,
    );
  });
}

/** Whether a node with these checks is well enough. */
export function areWellEnough(checks: readonly Check[], wanted: Wanted): boolean {
  return isWellEnough({ status: worstOf(checks), publishNotReady: false, isKept: false }, wanted);
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
