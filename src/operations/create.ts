import { authOperations } from './auth.ts';
import { clusterOperations } from './cluster.ts';
import type { Core } from './core.ts';
import { discoverOperation } from './discover.ts';
import { checkGated } from './gate.ts';
import { kvOperations } from './kv.ts';
import { leaseOperations } from './leases.ts';
import { Logins } from './login/logins.ts';
import { lockOperations, Places } from './locks.ts';
import { maintenanceOperations } from './maintenance.ts';
import type { GatedOperations } from './needs.ts';
import type { MemberView } from './operations.ts';
import { onLeaderless, watchOperations } from './watches.ts';

/** All operations of a member, behind the gate, and the view of the member that APIs need. */
export function createOperations(core: Core): GatedOperations & MemberView {
  const places = new Places(core);
  const logins = new Logins(core);
  const gated: GatedOperations = {
    ...kvOperations(core),
    ...discoverOperation(core),
    ...leaseOperations(core),
    ...watchOperations(core),
    ...clusterOperations(core),
    ...maintenanceOperations(core),
    ...lockOperations(core, places),
    ...authOperations(core, logins),
  };
  checkGated(gated);
  return { ...gated, ...memberView(core, places, logins) };
}

function memberView(core: Core, places: Places, logins: Logins): MemberView {
  return {
    header: () => core.header(),
    turn: () => core.turn(),
    inSlices: (steps) => core.inSlices(steps),
    onLeaderless: (listener) => onLeaderless(core, listener),
    identify: (shown) => logins.identify(shown),
    whenIdentifiable: (shown) => logins.whenIdentifiable(shown),
    rightsOf: (caller) => core.rightsOf(caller),
    anonymous: () => core.anonymous(),
    isAuthOn: () => core.state.auth.isEnabled,
    clusterVersion: () => core.state.clusterVersion,
    alarms: () => core.state.alarms,
    isLeader: () => core.replica.isLeader,
    hasLeader: () => core.replica.leader !== undefined,
    leaderContactMs: () => core.replica.leaderContactMs,
    isLearner: () => core.replica.isLearner,
    endLockWaits: (limitMs) => places.waits.stop(limitMs),
  };
}
