import type { Origin } from '../command.ts';
import { authLevel } from '../feature-levels.ts';

const ownOrigin: Origin = { user: '', authRevision: 0 };

/**
 * The origin of commands that a member proposes by itself, such as the revocation of a lease that lapsed: it has every
 * right. Undefined below `authLevel`: there are no users yet, and a member that does not know origins would stop.
 */
export function originOfMember({
  featureLevel,
}: {
  readonly featureLevel: number;
}): Origin | undefined {
  return featureLevel >= authLevel ? ownOrigin : undefined;
}
