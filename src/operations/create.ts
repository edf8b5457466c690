import { clusterOperations } from './cluster.ts';
import type { Core } from './core.ts';
import { kvOperations } from './kv.ts';
import { leaseOperations } from './leases.ts';
import { lockOperations } from './locks.ts';
import { maintenanceOperations } from './maintenance.ts';
import type { Operations } from './operations.ts';
import { watchOperations } from './watches.ts';

/** Everything a caller may ask of the member that `core` stands for. */
export function createOperations(core: Core): Operations {
  return {
    header: () => core.header(),
    turn: () => core.turn(),
    inSlices: (steps) => core.inSlices(steps),
    ...kvOperations(core),
    ...leaseOperations(core),
    ...watchOperations(core),
    ...clusterOperations(core),
    ...maintenanceOperations(core),
    ...lockOperations(core),
  };
}
